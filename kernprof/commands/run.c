/* kernprof [run]: runs a program under the profiler and writes its profile. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <libgen.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "format/counters.h"
#include "format/profile.h"
#include "kernprof/run/child.h"
#include "kernprof/commands/command.h"
#include "kernprof/analyze/join.h"
#include "kernprof/run/live.h"
#include "kernprof/run/output_path.h"
#include "kernprof/run/profile_file.h"
#include "kernprof/run/program.h"
#include "kernprof/run/run_record.h"
#include "kernprof/sample/perf_events.h"
#include "kernprof/sample/samples_file.h"
#include "kernprof/sample/sampler_choice.h"
#include "kernprof/run/surviving_processes.h"
#include "util/folder.h"
#include "util/host.h"
#include "util/output.h"
#include "viewer/terminal/live.h"
#include "viewer/terminal/screen.h"
#include "viewer/text/default_view.h"
#include "viewer/text/summary.h"

enum { TIMING = KP_OPTION_LONG, OVERHEAD, EVENT, FORCE, NO_SOURCE, WAIT, LIVE, INTERVAL, FUNCTION };

static const struct kp_option option_table[] = {
    {"line-by-line", 'l', NULL, "by line: PROGRAM.lprof; without it by function: PROGRAM.prof", NULL, NULL},
    {"view", 'v', NULL, "print the listing afterwards", NULL, NULL},
    {"outfile", 'o', "FILE", "output file; " KP_OUTPUT_PATH_NAMES, NULL, NULL},
    {"sort", 's', "KEY", "what the summary by function is sorted by (default: cumulative); pstats' keys", NULL,
     kp_summary_key_name},
    {"quiet", 'q', NULL, "say nothing", NULL, NULL},
    {"timing", TIMING, "MODE",
     "adaptive: samples and timed calls, at a small cost (default); exact: a timestamp at every "
     "change of line; off: hits alone",
     "adaptive exact off", NULL},
    {"overhead", OVERHEAD, "PCT", "per cent of the run that adaptive timing may cost (default: 5)", NULL, NULL},
    {"event", EVENT, "NAME",
     "count this event on every line as well, by samples: page-faults, context-switches, and where the processor has "
     "them "
     "cycles, instructions, cache-misses, branch-misses; may be given again",
     NULL, NULL},
    {"no-source", NO_SOURCE, NULL, "do not embed the sources in the profile", NULL, NULL},
    {"force", FORCE, NULL, "run PROGRAM even if nothing in it is instrumented", NULL, NULL},
    {"wait", WAIT, "SECONDS",
     "wait at most so long for processes that outlive PROGRAM and go on counting (daemons); "
     "default: until they end, or Ctrl-C",
     NULL, NULL},
    {"live", LIVE, NULL,
     "show the hottest lines while PROGRAM runs: in the lower half of the terminal, elsewhere one listing "
     "after the other; on standard error",
     NULL, NULL},
    {"interval", INTERVAL, "SECONDS", "of --live: time between two listings (default: 1)", NULL, NULL},
    {"function", FUNCTION, "GLOB",
     "of --live: the listing of functions of this name, not the hottest lines; may be given again", NULL, NULL},
    KP_OPTION_HELP,
    KP_OPTIONS_END,
};

struct options {
    int by_line, view, quiet, force, no_source;
    double wait_seconds; /* negative: without limit */
    const char *output;
    const char *timing;
    double overhead; /* per cent */
    uint32_t events; /* set of kinds of cost */
    struct kp_summary_options summary;
    int live;
    double interval_s;
    struct kp_live_options shown; /* of --live */
    const char **functions;       /* its globs */
};

static int parse_percent(const char *text, double *percent)
{
    char *end;
    *percent = strtod(text, &end);
    return end == text || *end || !(*percent > 0) || *percent > 100 ? -1 : 0;
}

static int parse_seconds(const char *text, double *seconds)
{
    char *end;
    *seconds = strtod(text, &end);
    return end == text || *end || !(*seconds >= 0) ? -1 : 0;
}

/* The members that options without a value set to 1. */
static const struct {
    int letter;
    size_t offset;
} flags[] = {
    {'l', offsetof(struct options, by_line)}, {'v', offsetof(struct options, view)},
    {'q', offsetof(struct options, quiet)},   {FORCE, offsetof(struct options, force)},
    {LIVE, offsetof(struct options, live)},   {NO_SOURCE, offsetof(struct options, no_source)},
};

/* 1: `letter` is such an option; 0: it is another. */
static int take_flag(struct options *options, int letter)
{
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (flags[i].letter == letter) {
            *(int *)((char *)options + flags[i].offset) = 1;
            return 1;
        }
    return 0;
}

static int take_timing(struct options *options, const char *mode, struct kp_error *error)
{
    if (strcmp(mode, "exact") != 0 && strcmp(mode, "off") != 0 && strcmp(mode, "adaptive") != 0)
        return kp_fail(error, "--timing=%s: there are adaptive, exact and off", mode);
    options->timing = mode;
    return 0;
}

/* An option with a value. 0, or -1 with `error`. */
static int take_value(struct options *options, int letter, const char *value, struct kp_error *error)
{
    switch (letter) {
    case 'o': options->output = value; return 0;
    case 's': return kp_summary_add_keys(&options->summary, value, error);
    case TIMING: return take_timing(options, value, error);
    case OVERHEAD:
        if (parse_percent(value, &options->overhead) != 0)
            return kp_fail(error, "--overhead=%s: not a number above 0 and up to 100", value);
        return 0;
    case EVENT: return kp_perf_events_add(&options->events, value, error);
    case WAIT:
        if (parse_seconds(value, &options->wait_seconds) != 0)
            return kp_fail(error, "--wait=%s: give a number of seconds", value);
        return 0;
    case INTERVAL: return kp_live_parse_interval(value, &options->interval_s, error);
    case FUNCTION: options->functions[options->shown.filter.function_count++] = value; return 0;
    default: return -1; /* kp_options_next has filled `error` */
    }
}

/* 0; 1: done (help was printed); -1: `error`. */
static int parse(int argc, char **argv, struct options *options, struct kp_error *error)
{
    struct kp_option_reader reader;
    kp_options_begin(&reader, "run", option_table, argc, argv, 1);
    for (int letter; (letter = kp_options_next(&reader, error)) != -1;) {
        if (letter == 'h') {
            kp_command_print_help(&kp_command_run, stdout);
            return 1;
        }
        if (!take_flag(options, letter) && take_value(options, letter, optarg, error) != 0)
            return -1;
    }
    if (optind == argc)
        return kp_fail(error, "no program to run; see kernprof --help");
    if (options->events && !options->by_line)
        return kp_fail(error, "--event is for -l: events are counted by line");
    if (options->shown.filter.function_count && !(options->live && options->by_line))
        return kp_fail(error, "--function is for -l --live; `kernprof view --function` is for afterwards");
    return 0;
}

static void say_where(const char *output, const struct kp_run *run)
{
    struct kp_error ignored;
    sqlite3 *profile = kp_profile_open(output, &ignored);
    struct kp_hottest hottest = {0};
    if (profile && kp_view_hottest(profile, &hottest) == 0 && hottest.file[0])
        fprintf(stderr, "kernprof: %s: %.3g s, hottest line %s:%ld (%.1f %% of its function)\n", output,
                (double)run->duration_ns / 1e9, hottest.file, (long)hottest.line, hottest.percent);
    else
        fprintf(stderr, "kernprof: %s: %.3g s\n", output, (double)run->duration_ns / 1e9);
    sqlite3_close(profile);
}

/* A pattern that chose nothing in any module that was loaded. */
static void say_unmatched(const struct kp_join *join)
{
    struct kp_globs globs = {0};
    kp_join_globs(join, &globs);
    const char *option;
    for (size_t i = 0; (option = kp_globs_next_unmatched(&globs, &i));)
        fprintf(stderr, "kernprof: %s: matches nothing that was compiled\n", option);
    kp_globs_free(&globs);
}

static void say_what_is_missing(const struct kp_join *join, const char *folder)
{
    if (kp_join_damaged(join))
        fprintf(stderr, "kernprof: %u processes left no readable counters\n", kp_join_damaged(join));
    if (kp_join_uncounted(join))
        fprintf(stderr,
                "kernprof: %llu threads were not counted: no room for their counters in %s: set TMPDIR to a folder "
                "with room\n",
                (unsigned long long)kp_join_uncounted(join), folder);
}

static int print_summary(const char *output, const struct options *options, FILE *out, struct kp_error *error)
{
    sqlite3 *profile = kp_profile_open(output, error);
    if (!profile)
        return -1;
    int status = kp_view_functions(profile, &options->summary, out, error);
    if (status == 0)
        status = kp_output_flush(out, out == stdout ? "standard output" : "standard error", error);
    sqlite3_close(profile);
    return status;
}

/* The summary by function is for whoever names no file to keep it in, as cProfile has it; the program's standard output
 * stays its own, and of many ranks one is enough to read. */
static int show(const struct options *options, const struct kp_run *run, const char *output, int timers_alone,
                struct kp_error *error)
{
    int summary = !options->by_line && !timers_alone;
    if (options->view)
        return summary ? print_summary(output, options, stdout, error) : kp_view_profile(output, stdout, error);
    if (options->quiet)
        return 0;
    if (summary && !options->output && kp_host_rank() <= 0)
        return print_summary(output, options, stderr, error);
    if (isatty(STDERR_FILENO))
        say_where(output, run);
    return 0;
}

/* From the counter files to the profile and what is printed of it. The program's own status stays the exit status
 * unless kernprof fails. `keep`: the counters are not in a profile yet. */
static int finish(const struct options *options, const char *folder, const struct kp_run *run,
                  const struct kp_samples *samples, const char *sampler, const char *output, int *keep,
                  struct kp_error *error)
{
    struct kp_join *join = kp_join_new(!options->by_line);
    if (!join)
        return kp_fail(error, "out of memory"), KP_EXIT_FAILED;
    int status = run->exit_status;
    int added = kp_join_add_folder(join, folder, error);
    kp_join_add_samples(join, samples, sampler);
    if (added == 0 && !options->quiet)
        say_unmatched(join);
    if (added != 0) {
        status = KP_EXIT_FAILED;
    } else if (kp_join_functions(join) == 0 && kp_join_timers(join) == 0) {
        if (!options->quiet)
            fprintf(stderr, "kernprof: no profile: nothing that ran was instrumented\n");
    } else if (kp_profile_file_write(join, run, output, error) != 0) {
        status = KP_EXIT_FAILED;
        *keep = 1;
    } else {
        if (!options->quiet)
            say_what_is_missing(join, folder);
        if (show(options, run, output, kp_join_functions(join) == 0, error) != 0)
            status = KP_EXIT_FAILED;
    }
    kp_join_free(join);
    return status;
}

static void say_what_was_not_sampled(const struct kp_samples *samples, uint32_t events)
{
    if (events && !samples->events)
        fputs("kernprof: the system did not allow events to be sampled: they are not in the profile\n", stderr);
    if (samples->lost)
        fprintf(stderr, "kernprof: %llu samples were lost: use a smaller --overhead\n",
                (unsigned long long)samples->lost);
    if (samples->unsampled)
        fprintf(stderr,
                "kernprof: %llu threads or processes could not be sampled: their lines have the time of calls alone\n",
                (unsigned long long)samples->unsampled);
}

/* In mode exact samples only share out the time of loops, and may not show in what timestamps measure. */
#define EXACT_SAMPLES_OVERHEAD 0.005

static int is_adaptive(const struct kp_run *run)
{
    return strcmp(run->timing, "adaptive") == 0;
}

/* What is done while the program runs. */
struct watched {
    struct kp_live *live; /* NULL: nothing is shown */
    struct kp_samples_saver saver;
};

static int look(void *data, int pid)
{
    struct watched *watched = data;
    kp_samples_save(&watched->saver);
    return watched->live ? kp_live_look(watched->live, pid) : 0;
}

/* An old kernel does not wake who waits for a process and for a time. */
static int can_watch(void)
{
    int self = kp_child_open(getpid());
    if (self >= 0)
        close(self);
    return self >= 0;
}

/* Runs the program, and shows what it does if that is asked for. 0, or an exit status with `error`. */
static int run_program(const char *folder, const struct options *options, char **argv, const char *path,
                       const struct kp_run *run, struct kp_sampler *sampling, struct kp_child_end *end,
                       struct kp_error *error)
{
    struct kp_child_hook hook = {kp_sampler_start, sampling};
    struct kp_live live = {
        .folder = folder, .run = *run, .options = options->shown, .out = stderr, .sampler = &sampling->by_kernel};
    live.run.embed_sources = 1; /* so that what is shown is what was compiled */
    struct watched watched = {options->live ? &live : NULL, {.folder = folder, .sampler = &sampling->by_kernel}};
    struct kp_child_watch watch = {look, &watched,
                                   options->live ? (int64_t)(options->interval_s * 1e9) : KP_SAMPLES_INTERVAL_NS};
    int watches = options->live || (is_adaptive(run) && can_watch());
    if (options->live)
        live.screen = kp_screen_open(STDERR_FILENO, false);
    int samples = strcmp(run->timing, "off") != 0 || options->events;
    int status = kp_child_run(path, argv, samples ? &hook : NULL, watches ? &watch : NULL, end, error);
    if (live.screen)
        kp_screen_close(live.screen);
    return status;
}

/* What a small program's counters take: with less than that, do not even start it. */
enum { ROOM_BYTES = 1 << 20 };

static int run_and_finish(const char *folder, const struct options *options, char **argv, const char *path,
                          struct kp_run *run, struct kp_sampler *sampling, const char *output, int *keep,
                          struct kp_error *error)
{
    setenv(KP_ENV_DIRECTORY, folder, 1);
    setenv(KP_ENV_TIMING, run->timing, 1);
    char overhead[32];
    snprintf(overhead, sizeof overhead, "%g", options->overhead);
    setenv(KP_ENV_OVERHEAD, overhead, 1);
    if (!options->by_line)
        setenv(KP_ENV_FUNCTIONS, "1", 1);
    struct kp_samples samples = {0};
    struct kp_child_end end;
    int status = run_program(folder, options, argv, path, run, sampling, &end, error);
    if (status == 0)
        kp_surviving_processes_wait(folder, options->wait_seconds, options->quiet);
    const char *sampler = kp_sampler_stop(sampling, &samples);
    if (status != 0) {
        kp_samples_free(&samples);
        return status;
    }
    run->start_ns = end.start_ns;
    run->duration_ns = end.duration_ns;
    run->pid = end.pid;
    run->exit_status = end.exit_status;
    run->clean = end.signal == 0;
    if (is_adaptive(run) && !sampler && !options->quiet)
        fprintf(
            stderr,
            "kernprof: no samples could be taken: lines have the time of their calls alone; see kernprof doctor, or "
            "use --timing=exact\n");
    if ((is_adaptive(run) || options->events) && !options->quiet)
        say_what_was_not_sampled(&samples, options->events);
    status = finish(options, folder, run, &samples, sampler, output, keep, error);
    kp_samples_free(&samples);
    return status;
}

/* The mode in which time is taken: the one that was asked for, if the system allows it. NULL: `error`. */
static const char *choose_timing(const struct options *options, struct kp_sampler *sampling, struct kp_error *error)
{
    if (strcmp(options->timing, "off") == 0)
        return options->timing;
    int exact = strcmp(options->timing, "exact") == 0;
    sampling->overhead = exact ? EXACT_SAMPLES_OVERHEAD : options->overhead / 100;
    int found = kp_sampler_choose(sampling, error);
    if (found < 0)
        return NULL;
    if (exact) {
        sampling->timer = 0;
        return options->timing;
    }
    if (!found && !options->quiet)
        fprintf(stderr,
                "kernprof: the system allows neither perf events nor CPU timers: --timing=exact is used, which costs "
                "more; see kernprof doctor\n");
    return found ? options->timing : "exact";
}

/* `lock`: to be closed when the folder is gone, so that whoever looks at it takes it for one that was left only if it
 * was. */
static int run_in(const char *folder, const struct options *options, char **argv, int *keep, int *lock,
                  struct kp_error *error)
{
    struct kp_sampler sampling = {.folder = folder, .overhead = options->overhead / 100, .events = options->events};
    const char *timing = choose_timing(options, &sampling, error);
    char *output =
        !timing ? NULL
                : kp_output_path(options->output, argv[0], options->by_line ? "lprof" : "prof", options->quiet, error);
    if (!output)
        return KP_EXIT_FAILED;
    char *command = kp_output_path_command(argv);
    struct kp_run run = {.command = command ? command : argv[0],
                         .kind = options->by_line ? "lines" : "functions",
                         .timing = timing,
                         .embed_sources = !options->no_source};
    struct kp_run_record record = {.command = (char *)run.command,
                                   .kind = (char *)run.kind,
                                   .timing = (char *)run.timing,
                                   .output = output,
                                   .embed_sources = run.embed_sources};
    struct kp_program program;
    int status = kp_program_find(argv[0], folder, !options->by_line, options->force, &program, error);
    if (status == 0) {
        if (kp_folder_check_room(folder, ROOM_BYTES, error) == 0)
            *lock = kp_run_record_write(folder, &record, error);
        status = *lock < 0 ? KP_EXIT_FAILED
                           : run_and_finish(folder, options, argv, program.path, &run, &sampling, output, keep, error);
        kp_program_free(&program);
    }
    free(command);
    free(output);
    return status;
}

/* What was counted is not thrown away because its profile cannot be written. */
static void say_kept(const char *folder, struct kp_error *error)
{
    struct kp_error cause = *error;
    kp_fail(error, "%.*s; `kernprof recover -o FILE %s` writes the profile elsewhere", (int)sizeof cause.text / 2,
            cause.text, folder);
}

static int run_with(const struct options *options, char **argv, struct kp_error *error)
{
    char *folder = kp_folder_create_temporary(error);
    if (!folder)
        return KP_EXIT_FAILED;
    int keep = 0, lock = -1;
    int status = run_in(folder, options, argv, &keep, &lock, error);
    if (keep)
        say_kept(folder, error);
    else
        kp_folder_remove(folder);
    if (lock >= 0)
        close(lock);
    free(folder);
    return status;
}

static int cmd_run(int argc, char **argv, struct kp_error *error)
{
    const char **functions = calloc((size_t)argc, sizeof *functions);
    if (!functions)
        return kp_fail(error, "out of memory"), KP_EXIT_FAILED;
    struct options options = {
        .timing = "adaptive", .overhead = 5, .wait_seconds = -1, .interval_s = 1, .functions = functions};
    kp_live_options_init(&options.shown, functions);
    int parsed = parse(argc, argv, &options, error);
    int status = parsed > 0 ? 0 : KP_EXIT_FAILED;
    if (parsed == 0)
        status = run_with(&options, argv + optind, error);
    free(functions);
    return status;
}

const struct kp_command kp_command_run = {
    .name = "run",
    .run = cmd_run,
    .purpose = "run a program under the profiler (the default)",
    .synopsis = "kernprof [run] [-l] [-v] [-o FILE] [options] [--] PROGRAM [ARG ...]\nkernprof COMMAND ...",
    .description =
        "Runs PROGRAM (compiled with `kernprof cc`, or anything that loads or starts such code, or a C or C++ "
        "source file) and writes its profile.",
    .examples = "kernprof cc -O2 -o prog prog.c               # with KP_PROFILE on functions, or -fkernprof-all\n"
                "kernprof -l -v ./prog                        # its lines, also in prog.lprof\n"
                "kernprof view --html page.html prog.lprof    # the same as a page\n"
                "kernprof ./prog                              # its functions, also in prog.prof",
    .options = option_table,
    .notes =
        "The exit status is the program's own (128+N when signal N killed it); 125, 126 and 127 when kernprof "
        "itself failed, the program cannot be executed, or is not found.\n\n"
        "While PROGRAM runs, its counters are in a folder kernprof-XXXXXX in $TMPDIR or /tmp. If kernprof itself is "
        "killed, they stay there: `kernprof recover` lists such folders and writes their profiles.",
};
