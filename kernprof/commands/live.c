/* kernprof live: looks at a run from outside, while it goes on. */
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "kernprof/commands/command.h"
#include "kernprof/run/find_run.h"
#include "kernprof/run/live.h"
#include "kernprof/run/run_record.h"
#include "kernprof/run/surviving_processes.h"
#include "util/now.h"

enum { INTERVAL = KP_OPTION_LONG, FUNCTION };

static const struct kp_option option_table[] = {
    {"interval", INTERVAL, "SECONDS", "time between two listings (default: 1)", NULL, NULL},
    {"function", FUNCTION, "GLOB", "the listing of functions of this name, not the hottest lines; may be given again",
     NULL, NULL},
    {NULL, 'n', "N", "end after N listings", NULL, NULL},
    KP_OPTION_HELP,
    KP_OPTIONS_END,
};

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
    (void)signal;
    stopped = 1;
}

/* Does anybody still count, or will? A run whose folder is gone has its profile. */
static int goes_on(const char *folder)
{
    struct kp_run_record record;
    struct kp_error ignored;
    if (!kp_run_record_exists(folder) || kp_run_record_read(folder, &record, &ignored) != 0)
        return 0;
    int lives = record.kernprof_lives;
    kp_run_record_free(&record);
    return lives || kp_surviving_processes_count(folder, 0) > 0;
}

/* false: the user wants no more. */
static int wait_for_next(struct kp_live *live, double seconds)
{
    if (live->screen)
        return !kp_screen_wait(live->screen, seconds);
    struct timespec pause = kp_duration(seconds);
    nanosleep(&pause, NULL);
    return 1;
}

static int watch(struct kp_live *live, double interval_s, unsigned long most, struct kp_error *error)
{
    int result = 0;
    for (unsigned long shown = 0; result == 0 && !stopped && goes_on(live->folder);) {
        result = kp_live_show(live, error);
        if (result == 0 && most && ++shown == most)
            break;
        if (!wait_for_next(live, live->pause_s > interval_s ? live->pause_s : interval_s))
            break;
    }
    return result;
}

/* A kernprof that could not write its profile leaves the folder. */
static void say_end(const char *folder, const char *profile)
{
    if (kp_run_record_exists(folder))
        fprintf(stderr, "kernprof: the run has ended without a profile; `kernprof recover %s` writes it\n", folder);
    else
        fprintf(stderr, "kernprof: the run has ended; its profile is %s\n", profile);
}

static int watch_folder(const char *folder, struct kp_live_options *options, double interval_s, unsigned long most,
                        struct kp_error *error)
{
    struct kp_run_record record;
    if (kp_run_record_read(folder, &record, error) != 0)
        return -1;
    if (!goes_on(folder)) {
        kp_run_record_free(&record);
        return kp_fail(error, "%s: nothing counts there any more; `kernprof recover %s` writes its profile", folder,
                       folder);
    }
    struct kp_live live = {
        .folder = folder,
        .run = {.command = record.command, .kind = record.kind, .timing = record.timing, .embed_sources = 1},
        .options = *options,
        .out = stdout};
    static const int stops[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = stop};
    for (size_t i = 0; i < sizeof stops / sizeof *stops; i++)
        sigaction(stops[i], &action, NULL);
    live.screen = kp_screen_open(STDOUT_FILENO, true);
    int result = watch(&live, interval_s, most, error);
    if (live.screen)
        kp_screen_close(live.screen);
    if (result == 0 && !goes_on(folder))
        say_end(folder, record.output);
    kp_run_record_free(&record);
    return result;
}

static int parse_count(const char *text, unsigned long *count, struct kp_error *error)
{
    char *end;
    *count = strtoul(text, &end, 10);
    if (end == text || *end || text[0] == '-' || *count == 0)
        return kp_fail(error, "-n %s: give a number of listings, from 1", text);
    return 0;
}

/* 1: --help was asked for. */
static int parse(int argc, char **argv, struct kp_live_options *options, const char **functions, double *interval_s,
                 unsigned long *most, struct kp_error *error)
{
    struct kp_option_reader reader;
    kp_options_begin(&reader, "live", option_table, argc, argv, 0);
    for (int letter; (letter = kp_options_next(&reader, error)) != -1;) {
        switch (letter) {
        case INTERVAL:
            if (kp_live_parse_interval(optarg, interval_s, error) != 0)
                return -1;
            break;
        case 'n':
            if (parse_count(optarg, most, error) != 0)
                return -1;
            break;
        case FUNCTION: functions[options->filter.function_count++] = optarg; break;
        case 'h': kp_command_print_help(&kp_command_live, stdout); return 1;
        default: return -1;
        }
    }
    return argc - optind == 1 ? 0 : kp_fail(error, "live: give one DIR or PID; see `kernprof live --help`");
}

static int cmd_live(int argc, char **argv, struct kp_error *error)
{
    const char **functions = calloc((size_t)argc, sizeof *functions);
    if (!functions)
        return kp_fail(error, "out of memory"), KP_EXIT_FAILED;
    struct kp_live_options options;
    kp_live_options_init(&options, functions);
    double interval_s = 1;
    unsigned long most = 0;
    int result = parse(argc, argv, &options, functions, &interval_s, &most, error);
    if (result == 0) {
        char *folder = kp_find_run(argv[optind], error);
        result = folder ? watch_folder(folder, &options, interval_s, most, error) : -1;
        free(folder);
    }
    free(functions);
    return result < 0 ? KP_EXIT_FAILED : 0;
}

const struct kp_command kp_command_live = {
    .name = "live",
    .run = cmd_live,
    .purpose = "show the hottest lines of a program that runs under kernprof now",
    .synopsis = "kernprof live [options] DIR|PID",
    .description =
        "Shows the hottest lines, or with --function a listing, of a run that goes on, again and again: on a terminal "
        "in "
        "place (q or Ctrl-C ends it, j and k scroll), elsewhere one after the other. PID is a kernprof, or a program "
        "that runs under one; DIR is the run's counter folder in $TMPDIR or /tmp. The program does not notice: "
        "its counters are only read.\n\n"
        "Hits are those so far; of a loop that keeps its counters in registers they appear when it ends. Own time is "
        "from "
        "samples that are up to a second old. Where perf events are not allowed there are none: lines have the "
        "time of their calls alone, those where it is a hundredth of the run come first, the others by hits.",
    .options = option_table,
};
