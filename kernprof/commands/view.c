/* `kernprof view`: the annotated listing of profiles, on a terminal through a pager where it is longer than that. */
#include "kernprof/commands/command.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernprof/commands/view_render.h"
#include "util/output.h"
#include "viewer/model/units.h"

enum {
    OPTION_COLUMNS = KP_OPTION_LONG,
    OPTION_FUNCTION,
    OPTION_FILE,
    OPTION_CALLERS,
    OPTION_CALLEES,
    OPTION_LIMIT,
    OPTION_COLOR,
    OPTION_INSTANCES,
    OPTION_TIMERS,
    OPTION_THREADS,
    OPTION_RANKS,
    OPTION_HTML,
    OPTION_FORMAT,
    OPTION_TUI
};

static const char *sort_key(size_t index)
{
    const char *key = kp_summary_key_name(index);
    return key ? key : kp_summary_key_name(index - 1) ? "hits" : NULL;
}

static const char *format_name(size_t index)
{
    return kp_formats[index].name;
}

static const struct kp_option option_table[] = {
    {"unit", 'u', "UNIT", "unit of times: seconds (1e-3) or s, ms, us, ns (default: 1e-6)", "s ms us ns", NULL},
    {"skip-zero", 'z', NULL, "leave out functions that never ran", NULL, NULL},
    {NULL, 't', NULL, "sort by time, the slowest last (--sort=time)", NULL, NULL},
    {"summarize", 'm', NULL, "end with one line per function", NULL, NULL},
    {"output", 'o', "OUT", "write to OUT (default: standard output)", NULL, NULL},
    {"columns", OPTION_COLUMNS, "[LIST]",
     "more columns: of those below, events by their names, or `ranks` for all of ranks (default: those with a +, and "
     "all of memory)",
     NULL, kp_column_key},
    {"threads", OPTION_THREADS, NULL,
     "for each line in how many threads it ran, the most hits and the least, mean and most time of one thread, and how "
     "much "
     "longer the slowest takes than the mean",
     NULL, NULL},
    {"ranks", OPTION_RANKS, NULL,
     "for each line the least, mean and most time of one rank (of one run, where the profiles have no ranks), how much "
     "longer the slowest takes than the mean, and which one that is",
     NULL, NULL},
    {"function", OPTION_FUNCTION, "GLOB", "only functions of this name; may be given again", NULL, NULL},
    {"file", OPTION_FILE, "GLOB", "only functions of this file; may be given again", NULL, NULL},
    {"sort", 's', "KEY",
     "line (default), time, hits or name; of a profile by function any of pstats' keys (default: cumulative), several "
     "with "
     "commas between them",
     NULL, sort_key},
    {"callers", OPTION_CALLERS, NULL, "of a profile by function: who called each function", NULL, NULL},
    {"callees", OPTION_CALLEES, NULL, "of a profile by function: whom each function called", NULL, NULL},
    {"limit", OPTION_LIMIT, "N", "of a profile by function: only the first N functions", NULL, NULL},
    {"timers", OPTION_TIMERS, NULL, "the table of timers (KP_REGION and the like) instead of the listing", NULL, NULL},
    {"html", OPTION_HTML, "OUT.html",
     "write a page for a web browser, which needs no network: sources, calls, timers, memory", NULL, NULL},
    {"tui", OPTION_TUI, NULL, "walk about in it on the terminal: functions, source, calls and back; ? shows the keys",
     NULL, NULL},
    {"format", OPTION_FORMAT, "FORMAT",
     "gcc (a message per line that ran, hottest first, for editors), markdown (a summary for a pull request) or sarif "
     "(the "
     "hot lines, for code scanning)",
     NULL, format_name},
    {"instances", OPTION_INSTANCES, NULL, "part the instances of templates and inline functions", NULL, NULL},
    {"color", OPTION_COLOR, "[WHEN]",
     "heat by % time: auto (default: on a terminal, unless NO_COLOR is set), always, never", "auto always never", NULL},
    KP_OPTION_HELP,
    KP_OPTIONS_END,
};

static void add_value(struct kp_view_values *values, const char *value)
{
    values->at[values->count++] = value;
}

static int take_unit(const char *unit, struct kp_view *view, struct kp_error *error)
{
    return kp_units_parse(unit, &view->text.unit_s) == 0
               ? 0
               : kp_fail(error, "--unit: '%s' is no unit; give seconds (1e-3) or s, ms, us, ns", unit);
}

static int take_color(const char *when, struct kp_view *view, struct kp_error *error)
{
    view->color = when ? when : "always";
    if (strcmp(view->color, "auto") != 0 && strcmp(view->color, "always") != 0 && strcmp(view->color, "never") != 0)
        return kp_fail(error, "--color: unknown '%s'; there are: auto, always, never", when);
    return 0;
}

static int take_columns(const char *list, struct kp_view *view, struct kp_error *error)
{
    (void)error; /* which there are is known when the profile is */
    if (list)
        add_value(&view->columns, list);
    else
        view->all_columns = true;
    return 0;
}

static int take_format(const char *name, struct kp_view *view, struct kp_error *error)
{
    view->format = kp_format_find(name, error);
    return view->format ? 0 : -1;
}

static int take_time(const char *none, struct kp_view *view, struct kp_error *error)
{
    (void)none;
    (void)error;
    view->order = KP_ORDER_TIME;
    return 0;
}

static int take_callers(const char *none, struct kp_view *view, struct kp_error *error)
{
    (void)none;
    (void)error;
    view->summary.table = KP_SUMMARY_CALLERS;
    return 0;
}

static int take_callees(const char *none, struct kp_view *view, struct kp_error *error)
{
    (void)none;
    (void)error;
    view->summary.table = KP_SUMMARY_CALLEES;
    return 0;
}

/* A key of either kind of profile, as which kind it is comes later. */
static int take_sort(const char *key, struct kp_view *view, struct kp_error *error)
{
    view->sort = key;
    if (kp_listing_order_parse(key, &view->order) != 0) {
        struct kp_summary_options keys = {0};
        return kp_summary_add_keys(&keys, key, error);
    }
    return 0;
}

static int take_limit(const char *text, struct kp_view *view, struct kp_error *error)
{
    char *end;
    unsigned long long number = strtoull(text, &end, 10);
    if (end == text || *end || text[0] == '-' || number == 0 || number > SIZE_MAX)
        return kp_fail(error, "--limit: '%s' is no number of functions from 1", text);
    view->summary.limit = (size_t)number;
    return 0;
}

static int take_html(const char *path, struct kp_view *view, struct kp_error *error)
{
    (void)error;
    view->html = view->output = path;
    return 0;
}

/* What an option does: sets the flag or the text at `offset` of the view, adds to the values there, or calls `take`. */
static const struct {
    int option;
    enum { FLAG, TEXT, VALUES, CALL } action;
    size_t offset;
    int (*take)(const char *value, struct kp_view *view, struct kp_error *error);
} actions[] = {
    {'u', CALL, 0, take_unit},
    {'z', FLAG, offsetof(struct kp_view, filter.skip_zero), NULL},
    {'t', CALL, 0, take_time},
    {'m', FLAG, offsetof(struct kp_view, text.summary), NULL},
    {'o', TEXT, offsetof(struct kp_view, output), NULL},
    {OPTION_COLUMNS, CALL, 0, take_columns},
    {OPTION_THREADS, FLAG, offsetof(struct kp_view, threads), NULL},
    {OPTION_RANKS, FLAG, offsetof(struct kp_view, ranks), NULL},
    {OPTION_FUNCTION, VALUES, offsetof(struct kp_view, functions), NULL},
    {OPTION_FILE, VALUES, offsetof(struct kp_view, files), NULL},
    {'s', CALL, 0, take_sort},
    {OPTION_CALLERS, CALL, 0, take_callers},
    {OPTION_CALLEES, CALL, 0, take_callees},
    {OPTION_LIMIT, CALL, 0, take_limit},
    {OPTION_COLOR, CALL, 0, take_color},
    {OPTION_INSTANCES, FLAG, offsetof(struct kp_view, filter.instances), NULL},
    {OPTION_TIMERS, FLAG, offsetof(struct kp_view, timers), NULL},
    {OPTION_TUI, FLAG, offsetof(struct kp_view, tui), NULL},
    {OPTION_FORMAT, CALL, 0, take_format},
    {OPTION_HTML, CALL, 0, take_html},
};

static int take_option(int option, struct kp_view *view, struct kp_error *error)
{
    size_t i = 0;
    while (i < sizeof actions / sizeof *actions && actions[i].option != option)
        i++;
    if (i == sizeof actions / sizeof *actions)
        return -1; /* unknown, and said so */
    void *place = (char *)view + actions[i].offset;
    switch (actions[i].action) {
    case FLAG: *(bool *)place = true; return 0;
    case TEXT: *(const char **)place = optarg; return 0;
    case VALUES: add_value(place, optarg); return 0;
    default: return actions[i].take(optarg, view, error);
    }
}

/* 1: --help was asked for. */
static int parse(int argc, char **argv, struct kp_view *view, struct kp_error *error)
{
    struct kp_option_reader reader;
    kp_options_begin(&reader, "view", option_table, argc, argv, 0);
    for (int option; (option = kp_options_next(&reader, error)) != -1;) {
        if (option == 'h')
            return 1;
        if (take_option(option, view, error) != 0)
            return -1;
    }
    view->filter.function_count = view->functions.count;
    view->filter.file_count = view->files.count;
    return optind < argc ? 0 : kp_fail(error, "view: no FILE; see `kernprof view --help`");
}

static bool longer_than_terminal(const char *text)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0)
        return false;
    size_t lines = 1; /* of the prompt that follows */
    for (const char *end = text; (end = strchr(end, '\n')); end++)
        lines++;
    return lines > size.ws_row;
}

/* false: there is no such pager, nothing was shown. */
static bool page(const char *text, size_t size)
{
    const char *pager = getenv("PAGER");
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    struct sigaction old;
    setenv("LESS", "FRX", 0);          /* for PAGER=less, which would show colors as codes */
    sigaction(SIGPIPE, &ignore, &old); /* leaving the pager early is no failure */
    FILE *pipe = popen(pager && *pager ? pager : "less -FRX", "we");
    int status = -1;
    if (pipe) {
        fwrite(text, 1, size, pipe); /* an error here is the reader having left */
        status = pclose(pipe);
    }
    sigaction(SIGPIPE, &old, NULL);
    return pipe && !(WIFEXITED(status) && (WEXITSTATUS(status) == 127 || WEXITSTATUS(status) == 126));
}

static int show_on_terminal(char **paths, const struct kp_view *view, struct kp_error *error)
{
    char *text = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&text, &size);
    if (!memory)
        return kp_fail(error, "view: out of memory");
    int status = kp_view_render(paths, view, memory, error);
    if (fclose(memory) != 0 && status == 0)
        status = kp_fail(error, "view: out of memory");
    fflush(stdout);
    if (size > 0 && !(status == 0 && longer_than_terminal(text) && page(text, size)))
        fwrite(text, 1, size, stdout); /* in case of an error what came before it */
    free(text);
    if (status == 0)
        status = kp_output_flush(stdout, "standard output", error);
    return status;
}

static int show(char **paths, struct kp_view *view, struct kp_error *error)
{
    bool terminal = (!view->output || strcmp(view->output, "-") == 0) && isatty(STDOUT_FILENO);
    const char *no_color = getenv("NO_COLOR");
    const char *term = getenv("TERM");
    view->text.color =
        strcmp(view->color, "always") == 0 ||
        (strcmp(view->color, "auto") == 0 && terminal && !(no_color && *no_color) && term && strcmp(term, "dumb") != 0);
    if (view->tui)
        return kp_view_render(paths, view, stdout, error);
    if (terminal)
        return show_on_terminal(paths, view, error);
    struct kp_output output;
    if (kp_output_open(&output, view->output, error) != 0)
        return -1;
    if (kp_view_render(paths, view, output.stream, error) == 0)
        return kp_output_close(&output, error);
    kp_output_abandon(&output);
    return -1;
}

static int cmd_view(int argc, char **argv, struct kp_error *error)
{
    const char **values = calloc(3 * (size_t)argc, sizeof *values);
    struct kp_view view = {
        .text = kp_text_defaults(),
        .filter = {.functions = values, .files = values + argc},
        .color = "auto",
        .functions = {.at = values},
        .files = {.at = values + argc},
        .columns = {.at = values + 2 * argc},
    };
    if (!values) {
        kp_fail(error, "view: out of memory");
        return KP_EXIT_FAILED;
    }
    int status = parse(argc, argv, &view, error);
    if (status == 1) {
        kp_command_print_help(&kp_command_view, stdout);
        status = kp_output_flush(stdout, "standard output", error);
    } else if (status == 0) {
        status = show(argv + optind, &view, error);
    }
    free(values);
    return status == 0 ? 0 : KP_EXIT_FAILED;
}

static void print_columns(FILE *out)
{
    fputs("Columns:\n", out);
    kp_columns_print_help(KP_GROUPS_WITHOUT_MEMORY, out);
    fputs("\nColumns of memory:\n", out);
    kp_columns_print_help(KP_GROUP(KP_GROUP_MEMORY), out);
}

const struct kp_command kp_command_view = {
    .name = "view",
    .run = cmd_view,
    .purpose = "print the annotated listing of a profile",
    .synopsis = "kernprof view [options] FILE ...",
    .description =
        "Prints the source of the profiled functions with each line's hits and time, on a terminal through "
        "a pager ($PAGER, less) where it is longer than that.\n\n"
        "Several profiles are merged first, as `kernprof merge` does, and shown as one; of memory profiles "
        "(PROGRAM.mprof) "
        "beside them, what each line allocates is shown with its hits and time.\n\n"
        "Of a profile by function (PROGRAM.prof) it prints the summary that cProfile prints: calls (all/those that "
        "were not recursive), own and cumulative time.",
    .options = option_table,
    .print_more = print_columns,
};
