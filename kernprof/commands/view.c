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

#include "kernprof/merge/merge.h"
#include "util/output.h"
#include "viewer/model/columns.h"
#include "viewer/model/listing.h"
#include "viewer/model/memory_listing.h"
#include "viewer/model/units.h"
#include "viewer/page/page.h"
#include "viewer/terminal/tui.h"
#include "viewer/text/default_view.h"
#include "viewer/text/format.h"
#include "viewer/text/memory_text.h"
#include "viewer/text/summary.h"
#include "viewer/text/text.h"
#include "viewer/text/timers.h"

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

static const char *column_key(size_t index)
{
    return index < KP_COLUMN_COUNT ? kp_columns[index].key : index == KP_COLUMN_COUNT ? "ranks" : NULL;
}

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
     "more columns: self, error, min, max, threads (default: all of them), ranks; of memory: allocs, allocated, frees, "
     "freed, "
     "peak, leaked, leaks, temporary",
     NULL, column_key},
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

struct view {
    struct kp_text_options text;
    struct kp_listing_filter filter;
    enum kp_listing_order order;
    struct kp_summary_options summary;
    const char *sort; /* held against the kind of profile that is shown */
    bool all_columns;
    bool timers;
    const struct kp_format *format; /* NULL: the listing */
    bool tui;
    const char *html; /* where to write the page; NULL: not asked for */
    const char *color;
    const char *output;
    const char **functions; /* what `filter` points to, with room for all of argv */
    const char **files;
};

static int parse_color(const char *when, struct view *view, struct kp_error *error)
{
    if (strcmp(when, "auto") != 0 && strcmp(when, "always") != 0 && strcmp(when, "never") != 0)
        return kp_fail(error, "--color: unknown '%s'; there are: auto, always, never", when);
    view->color = when;
    return 0;
}

/* A key of either kind of profile, as which kind it is comes later. */
static int take_sort(const char *key, struct view *view, struct kp_error *error)
{
    view->sort = key;
    if (kp_listing_order_parse(key, &view->order) != 0) {
        struct kp_summary_options keys = {0};
        return kp_summary_add_keys(&keys, key, error);
    }
    return 0;
}

static int take_limit(const char *text, size_t *limit, struct kp_error *error)
{
    char *end;
    unsigned long long number = strtoull(text, &end, 10);
    if (end == text || *end || text[0] == '-' || number == 0 || number > SIZE_MAX)
        return kp_fail(error, "--limit: '%s' is no number of functions from 1", text);
    *limit = (size_t)number;
    return 0;
}

static int take_option(int option, struct view *view, struct kp_error *error)
{
    switch (option) {
    case 'u':
        return kp_units_parse(optarg, &view->text.unit_s) == 0
                   ? 0
                   : kp_fail(error, "--unit: '%s' is no unit; give seconds (1e-3) or s, ms, us, ns", optarg);
    case 'z': view->filter.skip_zero = true; return 0;
    case 't': view->order = KP_ORDER_TIME; return 0;
    case 'm': view->text.summary = true; return 0;
    case 'o': view->output = optarg; return 0;
    case OPTION_COLUMNS: view->all_columns |= !optarg; return kp_columns_add(&view->text.columns, optarg, error);
    case OPTION_THREADS:
        view->text.columns |= kp_columns_shown(KP_SHOWN_FOR_THREADS);
        return kp_columns_add(&view->text.columns, "threads", error);
    case OPTION_RANKS: view->text.columns |= kp_columns_shown(KP_SHOWN_FOR_RANKS); return 0;
    case OPTION_FUNCTION: view->functions[view->filter.function_count++] = optarg; return 0;
    case OPTION_FILE: view->files[view->filter.file_count++] = optarg; return 0;
    case 's': return take_sort(optarg, view, error);
    case OPTION_CALLERS: view->summary.table = KP_SUMMARY_CALLERS; return 0;
    case OPTION_CALLEES: view->summary.table = KP_SUMMARY_CALLEES; return 0;
    case OPTION_LIMIT: return take_limit(optarg, &view->summary.limit, error);
    case OPTION_COLOR: return parse_color(optarg ? optarg : "always", view, error);
    case OPTION_INSTANCES: view->filter.instances = true; return 0;
    case OPTION_TIMERS: view->timers = true; return 0;
    case OPTION_TUI: view->tui = true; return 0;
    case OPTION_FORMAT: return (view->format = kp_format_find(optarg, error)) ? 0 : -1;
    case OPTION_HTML: view->html = view->output = optarg; return 0;
    default: return -1;
    }
}

/* 1: --help was asked for. */
static int parse(int argc, char **argv, struct view *view, struct kp_error *error)
{
    struct kp_option_reader reader;
    kp_options_begin(&reader, "view", option_table, argc, argv, 0);
    for (int option; (option = kp_options_next(&reader, error)) != -1;) {
        if (option == 'h')
            return 1;
        if (take_option(option, view, error) != 0)
            return -1;
    }
    return optind < argc ? 0 : kp_fail(error, "view: no FILE; see `kernprof view --help`");
}

static int render_memory(const char *path, sqlite3 *profile, const struct view *view, FILE *out, struct kp_error *error)
{
    if (kp_profile_is_kind(profile, "samples"))
        return kp_fail(error, "%s: memory over time, which has no lines; `memprof plot %s` draws it", path, path);
    struct kp_memory_text_options options = kp_memory_text_defaults();
    options.columns =
        kp_columns_of_memory_text(view->all_columns ? kp_columns_shown(KP_SHOWN_FOR_MEMORY) : view->text.columns);
    return kp_memory_text_show(profile, &options, out, error);
}

static int render_functions(sqlite3 *profile, const struct view *view, FILE *out, struct kp_error *error)
{
    struct kp_summary_options summary = view->summary;
    if (view->sort && kp_summary_add_keys(&summary, view->sort, error) != 0)
        return -1;
    return kp_view_functions(profile, &summary, out, error);
}

/* `memory`: what lines allocated, to be shown beside them; NULL: nothing. */
static int render_lines(const char *path, sqlite3 *profile, struct kp_memory_listing *memory, const struct view *view,
                        FILE *out, struct kp_error *error)
{
    struct kp_listing listing;
    struct kp_text_options text = view->text;
    if (!memory && text.columns & kp_columns_shown(KP_SHOWN_FOR_MEMORY))
        return kp_fail(error,
                       "--columns: %s does not say what lines allocate; name a profile of `memprof PROGRAM` beside it",
                       path);
    if (memory && !(text.columns & kp_columns_shown(KP_SHOWN_FOR_MEMORY)))
        text.columns |= view->all_columns ? kp_columns_shown(KP_SHOWN_FOR_MEMORY) : kp_columns_memory_default();
    int status = kp_listing_load_with_memory(&listing, profile, memory, &view->filter, error);
    if (status != 0)
        return status;
    kp_listing_sort(&listing, view->order);
    if (view->html)
        status = kp_page_render(&listing, profile, path, out, error);
    else if (view->tui)
        status = kp_tui_run(&listing, profile, text.columns, text.unit_s, error);
    else if (view->format)
        status = view->format->write(&listing, out, error);
    else
        kp_text_render(&listing, &text, out);
    kp_listing_free(&listing);
    return status;
}

static int render_one(char **paths, struct kp_memory_listing *memory, const struct view *view, FILE *out,
                      struct kp_error *error)
{
    sqlite3 *profile = kp_merge_open(paths, error);
    if (!profile)
        return -1;
    bool other = view->html || view->tui || view->format; /* what shows timers and memory beside the lines, or not */
    if (!other && !view->timers && (kp_profile_is_kind(profile, "memory") || kp_profile_is_kind(profile, "samples"))) {
        int result = render_memory(paths[0], profile, view, out, error);
        sqlite3_close(profile);
        return result;
    }
    if (!other && (view->timers || kp_timers_alone(profile))) {
        int failed = kp_timers_render(profile, view->order == KP_ORDER_TIME, out, error);
        sqlite3_close(profile);
        return failed;
    }
    if (kp_profile_is_kind(profile, "functions") && !view->html && !view->tui && !view->format) {
        int result = render_functions(profile, view, out, error);
        sqlite3_close(profile);
        return result;
    }
    if (view->sort && kp_listing_order_parse(view->sort, &(enum kp_listing_order){0}) != 0) {
        sqlite3_close(profile);
        return kp_fail(error, "--sort: '%s' is for profiles by function; of lines there are: line, time, hits, name",
                       view->sort);
    }
    int status = render_lines(paths[0], profile, memory, view, out, error);
    sqlite3_close(profile);
    return status;
}

static bool is_memory(const char *path)
{
    struct kp_error unused; /* what is wrong with it is said when it is read */
    sqlite3 *profile = kp_profile_open(path, &unused);
    bool is = profile && kp_profile_is_kind(profile, "memory");
    sqlite3_close(profile);
    return is;
}

/* Profiles of lines and of memory together: each kind is merged on its own. */
static int render_both(char **lines, char **memory, const struct view *view, FILE *out, struct kp_error *error)
{
    struct kp_memory_listing listing;
    sqlite3 *profile = kp_merge_open(memory, error);
    int status = profile ? kp_memory_listing_load(&listing, profile, error) : -1;
    sqlite3_close(profile);
    if (status != 0)
        return -1;
    status = render_one(lines, &listing, view, out, error);
    kp_memory_listing_free(&listing);
    return status;
}

static int render(char **paths, const struct view *view, FILE *out, struct kp_error *error)
{
    size_t count = 0, lines = 0, memory = 0;
    while (paths[count])
        count++;
    char **parted = calloc(2 * (count + 1), sizeof *parted);
    if (!parted)
        return kp_fail(error, "view: out of memory");
    for (size_t i = 0; i < count; i++)
        if (is_memory(paths[i]))
            parted[count + 1 + memory++] = paths[i];
        else
            parted[lines++] = paths[i];
    bool both = lines && memory && !view->html && !view->format && !view->timers;
    int status =
        both ? render_both(parted, parted + count + 1, view, out, error) : render_one(paths, NULL, view, out, error);
    free(parted);
    return status;
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

static int show_on_terminal(char **paths, const struct view *view, struct kp_error *error)
{
    char *text = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&text, &size);
    if (!memory)
        return kp_fail(error, "view: out of memory");
    int status = render(paths, view, memory, error);
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

static int show(char **paths, struct view *view, struct kp_error *error)
{
    bool terminal = (!view->output || strcmp(view->output, "-") == 0) && isatty(STDOUT_FILENO);
    const char *no_color = getenv("NO_COLOR");
    const char *term = getenv("TERM");
    view->text.color =
        strcmp(view->color, "always") == 0 ||
        (strcmp(view->color, "auto") == 0 && terminal && !(no_color && *no_color) && term && strcmp(term, "dumb") != 0);
    if (view->tui)
        return render(paths, view, stdout, error);
    if (terminal)
        return show_on_terminal(paths, view, error);
    struct kp_output output;
    if (kp_output_open(&output, view->output, error) != 0)
        return -1;
    if (render(paths, view, output.stream, error) == 0)
        return kp_output_close(&output, error);
    kp_output_abandon(&output);
    return -1;
}

static int cmd_view(int argc, char **argv, struct kp_error *error)
{
    const char **globs = calloc(2 * (size_t)argc, sizeof *globs);
    struct view view = {
        .text = kp_text_defaults(),
        .filter = {.functions = globs, .files = globs + argc},
        .color = "auto",
        .functions = globs,
        .files = globs + argc,
    };
    if (!globs) {
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
    free(globs);
    return status == 0 ? 0 : KP_EXIT_FAILED;
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
};
