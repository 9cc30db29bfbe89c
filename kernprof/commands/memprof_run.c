/* memprof run and memprof attach: memory over time. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "format/memory.h"
#include "kernprof/run/child.h"
#include "kernprof/commands/command.h"
#include "kernprof/memory/memory_files.h"
#include "kernprof/memory/memory_record.h"
#include "kernprof/run/output_path.h"
#include "kernprof/run/program.h"
#include "util/folder.h"
#include "util/now.h"

enum { EXIT_CODE = KP_OPTION_LONG, NO_FUNCTIONS };

static const struct kp_option option_table[] = {
    {"outfile", 'o', "FILE", "the profile (default: mprofile_DATE.mprof); " KP_OUTPUT_PATH_NAMES, NULL, NULL},
    {"interval", 'T', "SECONDS", "time between two samples (default: 0.1)", NULL, NULL},
    {"include-children", 'C', NULL, "the program's curve is the sum of it and all processes below it", NULL, NULL},
    {"multiprocess", 'M', NULL, "a curve for each process below it", NULL, NULL},
    {"timeout", 't', "SECONDS", "sample so long at most", NULL, NULL},
    {"attach", 'a', "PID", "sample a process that runs already, until it ends", NULL, NULL},
    {"exit-code", 'E', NULL, "for those who know mprof: the exit status is the program's own in any case", NULL, NULL},
    {"no-functions", NO_FUNCTIONS, NULL, "do not record the calls of instrumented functions", NULL, NULL},
    {"quiet", 'q', NULL, "say nothing", NULL, NULL},
    KP_OPTION_HELP,
    KP_OPTIONS_END,
};

struct options {
    const char *output;
    double interval_s, timeout_s; /* 0: no limit */
    int include_children, multiprocess, no_functions, quiet;
    pid_t attach;
};

/* The state of one recording. */
struct recording {
    const struct options *options;
    const char *path;
    const char *command;
    struct kp_memory_record *record;
    int64_t began_ns;    /* CLOCK_MONOTONIC */
    int64_t pss_next_ns; /* not before */
    int64_t sample_count;
    struct kp_error *error;
    int failed;
};

static int parse_seconds(const char *text, double *seconds)
{
    char *end;
    *seconds = strtod(text, &end);
    return end == text || *end || !(*seconds > 0) || *seconds > 1e6 ? -1 : 0;
}

static int parse_pid(const char *text, pid_t *pid)
{
    char *end;
    long number = strtol(text, &end, 10);
    if (end == text || *end || number <= 0 || number > INT_MAX)
        return -1;
    *pid = (pid_t)number;
    return 0;
}

/* 0; 1: done (help was printed); -1: `error`. */
static int parse(const struct kp_command *command, int argc, char **argv, struct options *options,
                 struct kp_error *error)
{
    struct kp_option_reader reader;
    kp_options_begin(&reader, command->name, option_table, argc, argv, 1);
    for (int letter; (letter = kp_options_next(&reader, error)) != -1;) {
        switch (letter) {
        case 'o': options->output = optarg; break;
        case 'T':
            if (parse_seconds(optarg, &options->interval_s) != 0)
                return kp_fail(error, "--interval=%s: give a number of seconds", optarg);
            break;
        case 't':
            if (parse_seconds(optarg, &options->timeout_s) != 0)
                return kp_fail(error, "--timeout=%s: give a number of seconds", optarg);
            break;
        case 'C': options->include_children = 1; break;
        case 'M': options->multiprocess = 1; break;
        case 'a':
            if (parse_pid(optarg, &options->attach) != 0)
                return kp_fail(error, "--attach=%s: give the number of a process", optarg);
            break;
        case 'E': break;
        case NO_FUNCTIONS: options->no_functions = 1; break;
        case 'q': options->quiet = 1; break;
        case 'h': kp_command_print_help(command, stdout); return 1;
        default: return -1;
        }
    }
    return 0;
}

static void add_child(struct kp_memory_sample *parent, struct kp_memory_sample child)
{
    parent->rss_bytes += child.rss_bytes;
    if (parent->pss_bytes >= 0 && child.pss_bytes >= 0)
        parent->pss_bytes += child.pss_bytes;
}

/* One sample of a process; rss_bytes < 0: it is gone. */
static struct kp_memory_sample look_at(pid_t pid, int with_pss)
{
    struct kp_memory_sample sample = {.pid = pid, .rss_bytes = kp_sample_rss(pid), .pss_bytes = -1};
    if (with_pss && sample.rss_bytes >= 0)
        sample.pss_bytes = kp_sample_pss(pid);
    return sample;
}

/* The process and, if asked for, those below it; to be freed. */
static struct kp_memory_sample *take(const struct options *options, pid_t pid, int with_pss, unsigned *count)
{
    unsigned descendants = 0;
    pid_t *below = options->include_children || options->multiprocess ? kp_sample_descendants(pid, &descendants) : NULL;
    struct kp_memory_sample *samples = calloc(descendants + 1, sizeof *samples);
    *count = 0;
    if (samples) {
        samples[0] = look_at(pid, with_pss);
        *count = samples[0].rss_bytes > 0;
    }
    for (unsigned i = 0; samples && *count && i < descendants; i++) {
        struct kp_memory_sample child = look_at(below[i], with_pss);
        if (child.rss_bytes <= 0)
            continue; /* it has ended */
        if (options->include_children)
            add_child(&samples[0], child);
        if (options->multiprocess)
            samples[(*count)++] = child;
    }
    free(below);
    return samples;
}

/* Proportional set sizes cost the kernel a walk over all pages. All of memprof run shall cost no more than a hundredth
 * of the time; samples every 0.1 s take a fifth of that. */
enum { PSS_SHARE = 250 };

static int pss_is_due(struct recording *r, int64_t now)
{
    return now >= r->pss_next_ns;
}

static int look(void *data, int pid)
{
    struct recording *r = data;
    int64_t began = kp_now_ns(CLOCK_MONOTONIC), time_ns = kp_now_ns(CLOCK_REALTIME);
    if (!r->record)
        r->began_ns = began;
    if (r->options->timeout_s > 0 && (double)(began - r->began_ns) >= r->options->timeout_s * 1e9)
        return 1;
    int with_pss = pss_is_due(r, began);
    unsigned count;
    struct kp_memory_sample *samples = take(r->options, pid, with_pss, &count);
    if (with_pss)
        r->pss_next_ns = began + PSS_SHARE * (kp_now_ns(CLOCK_MONOTONIC) - began);
    if (!r->record) /* after the first sample, as that is to be early */
        r->record = kp_memory_record_create(r->path, r->command, pid, r->error);
    if (!r->record || (count && kp_memory_record_add(r->record, time_ns, samples, count, r->error) != 0))
        r->failed = 1;
    r->sample_count += count;
    free(samples);
    return r->failed;
}

/* Of a program that was over before the first look at it the system still knows the most that it had. */
static void add_missed(struct recording *r, pid_t pid)
{
    struct rusage usage;
    if (!r->record || r->failed || r->sample_count || getrusage(RUSAGE_CHILDREN, &usage) != 0)
        return;
    struct kp_memory_sample sample = {.pid = pid, .rss_bytes = usage.ru_maxrss * 1024, .pss_bytes = -1};
    if (kp_memory_record_add(r->record, kp_now_ns(CLOCK_REALTIME), &sample, 1, r->error) != 0)
        r->failed = 1;
}

static int finish(struct recording *r, int64_t duration_ns, int exit_status, int clean, const char *folder)
{
    struct kp_error ignored;
    if (r->record &&
        kp_memory_record_end(r->record, duration_ns, exit_status, clean, folder, r->failed ? &ignored : r->error) != 0)
        r->failed = 1;
    if (r->failed)
        return KP_EXIT_FAILED;
    if (!r->options->quiet && r->record)
        fprintf(stderr, "kernprof: %s: `memprof plot %s` draws it\n", r->path, r->path);
    return exit_status < 0 ? 0 : exit_status;
}

static void ask_for_calls(const struct options *options, const char *folder)
{
    char shortest[64];
    snprintf(shortest, sizeof shortest, "%s%.0f", KP_MEMORY_CALLS, options->interval_s * 1e9 / 20);
    setenv(KP_ENV_DIRECTORY, folder, 1);
    setenv(KP_ENV_TIMING, "exact", 1);
    setenv(KP_ENV_MEMORY, shortest, 1);
}

static int run_program(const struct options *options, char **argv, const char *path, const char *folder,
                       struct kp_error *error)
{
    struct kp_program program;
    int status = kp_program_find(argv[0], folder, 0, 1, &program, error);
    if (status != 0)
        return status;
    if (!options->no_functions)
        ask_for_calls(options, folder);
    char *command = kp_output_path_command(argv);
    struct recording r = {.options = options, .path = path, .command = command ? command : argv[0], .error = error};
    struct kp_child_watch watch = {look, &r, (int64_t)(options->interval_s * 1e9)};
    struct kp_child_end end;
    status = kp_child_run(program.path, argv, NULL, &watch, &end, error);
    if (status == 0)
        add_missed(&r, end.pid);
    if (status == 0)
        status = finish(&r, end.duration_ns, end.exit_status, end.signal == 0, options->no_functions ? NULL : folder);
    free(command);
    kp_program_free(&program);
    return status;
}

static int run_in_folder(const struct options *options, char **argv, const char *path, struct kp_error *error)
{
    char *folder = kp_folder_create_temporary(error);
    if (!folder)
        return KP_EXIT_FAILED;
    int status = run_program(options, argv, path, folder, error);
    kp_folder_remove(folder);
    free(folder);
    return status;
}

static volatile sig_atomic_t interrupted;

static void interrupt(int signal)
{
    (void)signal;
    interrupted = 1;
}

/* The command line of a process that is not ours; to be freed. */
static char *command_of(pid_t pid)
{
    char path[64], text[4096];
    snprintf(path, sizeof path, "/proc/%ld/cmdline", (long)pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd >= 0 ? read(fd, text, sizeof text - 1) : 0;
    if (fd >= 0)
        close(fd);
    for (ssize_t i = 0; i + 1 < length; i++)
        text[i] = text[i] ? text[i] : ' ';
    text[length > 0 ? length : 0] = 0;
    return strdup(text);
}

static int is_alive(pid_t pid)
{
    return kp_sample_rss(pid) > 0;
}

static int attach(const struct options *options, const char *path, struct kp_error *error)
{
    if (!is_alive(options->attach))
        return kp_fail(error, "%ld: no such process", (long)options->attach), KP_EXIT_FAILED;
    struct sigaction stop = {.sa_handler = interrupt};
    sigaction(SIGINT, &stop, NULL);
    sigaction(SIGTERM, &stop, NULL);
    char *command = command_of(options->attach);
    struct recording r = {.options = options, .path = path, .command = command ? command : "", .error = error};
    int pidfd = kp_child_open(options->attach);
    int64_t began = kp_now_ns(CLOCK_MONOTONIC), next = began;
    while (!interrupted && is_alive(options->attach) && look(&r, options->attach) == 0) {
        next += (int64_t)(options->interval_s * 1e9);
        kp_child_sleep(pidfd, next);
    }
    int status = finish(&r, kp_now_ns(CLOCK_MONOTONIC) - began, -1, 1, NULL);
    if (pidfd >= 0)
        close(pidfd);
    free(command);
    return status;
}

static int record(const struct options *options, char **argv, struct kp_error *error)
{
    char *name = kp_memory_file_name();
    char *path = name ? kp_output_path(options->output ? options->output : name, "", "", options->quiet, error) : NULL;
    int status = KP_EXIT_FAILED;
    if (path)
        status = options->attach ? attach(options, path, error) : run_in_folder(options, argv, path, error);
    free(path);
    free(name);
    return status;
}

static int cmd_memprof_run(int argc, char **argv, struct kp_error *error)
{
    struct options options = {.interval_s = 0.1};
    int parsed = parse(&kp_command_memprof_run, argc, argv, &options, error);
    if (parsed != 0)
        return parsed > 0 ? 0 : KP_EXIT_FAILED;
    if (optind == argc && !options.attach)
        return kp_fail(error, "run: no program to run; see memprof run --help"), KP_EXIT_FAILED;
    return record(&options, argv + optind, error);
}

static int cmd_memprof_attach(int argc, char **argv, struct kp_error *error)
{
    struct options options = {.interval_s = 0.1};
    int parsed = parse(&kp_command_memprof_attach, argc, argv, &options, error);
    if (parsed != 0)
        return parsed > 0 ? 0 : KP_EXIT_FAILED;
    if (!options.attach && (optind + 1 != argc || parse_pid(argv[optind], &options.attach) != 0))
        return kp_fail(error, "attach: give the number of a process"), KP_EXIT_FAILED;
    return record(&options, NULL, error);
}

const struct kp_command kp_command_memprof_run = {
    .name = "run",
    .run = cmd_memprof_run,
    .purpose = "record a program's memory over time",
    .synopsis = "memprof run [-o FILE] [--interval SECONDS] [options] [--] PROGRAM [ARG ...]\nmemprof run --attach PID",
    .description =
        "Runs PROGRAM, any program, and samples its resident and proportional set size until it ends. The profile "
        "can be read and plotted at any time, and is whole after a kill.",
    .options = option_table,
    .notes = "Of an instrumented program, calls of its functions that take longer than a twentieth of the interval are "
             "recorded too; this slows short functions down (--no-functions).\n\n"
             "The exit status is the program's own (128+N when signal N killed it).",
};

const struct kp_command kp_command_memprof_attach = {
    .name = "attach",
    .run = cmd_memprof_attach,
    .purpose = "record the memory of a process that runs already",
    .synopsis = "memprof attach [-o FILE] [--interval SECONDS] [options] PID",
    .description = "As `memprof run --attach PID`: samples the process until it ends, --timeout is over, or Ctrl-C.",
    .options = option_table,
};
