/* memprof PROGRAM: memory line by line. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "format/memory.h"
#include "format/profile.h"
#include "kernprof/run/child.h"
#include "kernprof/commands/command.h"
#include "kernprof/analyze/join.h"
#include "kernprof/analyze/join_memory.h"
#include "kernprof/run/output_path.h"
#include "kernprof/run/preload_interposer.h"
#include "kernprof/run/profile_file.h"
#include "kernprof/run/program.h"
#include "util/folder.h"
#include "util/output.h"
#include "viewer/text/memory_text.h"

enum { RESIDENT = KP_OPTION_LONG, COLUMNS, PRECISION, NO_SOURCE, FORCE };

static const struct kp_option option_table[] = {
    {"outfile", 'o', "FILE", "the profile (default: PROGRAM.mprof); " KP_OUTPUT_PATH_NAMES, NULL, NULL},
    {"quiet", 'q', NULL, "print nothing: only write the profile", NULL, NULL},
    {"columns", COLUMNS, "[LIST]", "more columns, of those below (default: all of them)", NULL, NULL},
    {"rss", RESIDENT, NULL, "Mem usage and Increment are of resident memory instead of the heap", NULL, NULL},
    {"precision", PRECISION, "DIGITS", "digits behind the point (default: 3)", NULL, NULL},
    {"no-source", NO_SOURCE, NULL, "do not embed the sources in the profile", NULL, NULL},
    {"force", FORCE, NULL, "run PROGRAM even if nothing in it is instrumented", NULL, NULL},
    KP_OPTION_HELP,
    KP_OPTIONS_END,
};

struct options {
    const char *output;
    int quiet, resident, no_source, force;
    struct kp_columns *columns; /* what `text` shows */
    struct kp_memory_text_options text;
};

static int parse_precision(const char *text, int *precision)
{
    char *end;
    long digits = strtol(text, &end, 10);
    if (end == text || *end || digits < 0 || digits > 9)
        return -1;
    *precision = (int)digits;
    return 0;
}

/* 0; 1: done (help was printed); -1: `error`. */
static int parse(int argc, char **argv, struct options *options, struct kp_error *error)
{
    struct kp_option_reader reader;
    kp_options_begin(&reader, "memprof", option_table, argc, argv, 1);
    for (int letter; (letter = kp_options_next(&reader, error)) != -1;) {
        switch (letter) {
        case 'o': options->output = optarg; break;
        case 'q': options->quiet = 1; break;
        case RESIDENT: options->resident = 1; break;
        case NO_SOURCE: options->no_source = 1; break;
        case FORCE: options->force = 1; break;
        case COLUMNS:
            if (kp_columns_show_list(options->columns, optarg, KP_GROUP(KP_GROUP_MEMORY), error) != 0)
                return -1;
            break;
        case PRECISION:
            if (parse_precision(optarg, &options->text.precision) != 0)
                return kp_fail(error, "--precision=%s: give a number from 0 to 9", optarg);
            break;
        case 'h': kp_command_print_help(&kp_command_memprof, stdout); return 1;
        default: return -1;
        }
    }
    if (optind == argc)
        return kp_fail(error, "no program to run; see memprof --help");
    return 0;
}

static int print_listing(const char *path, const struct options *options, struct kp_error *error)
{
    sqlite3 *profile = kp_profile_open(path, error);
    if (!profile)
        return -1;
    int result = kp_memory_text_show(profile, &options->text, stdout, error);
    if (result == 0)
        result = kp_output_flush(stdout, "standard output", error);
    sqlite3_close(profile);
    return result;
}

/* What the processes did as wholes, one line each. */
static void say_totals(const struct kp_join_memory *memory, const char *output)
{
    for (unsigned i = 0; i < memory->process_count; i++) {
        const struct kp_memory_totals *t = &memory->processes[i].totals;
        fprintf(stderr,
                "kernprof: %s: process %u: %llu allocations of %llu bytes, peak %lld bytes, never freed %lld bytes in "
                "%lld blocks\n",
                output, memory->processes[i].pid, (unsigned long long)t->allocations,
                (unsigned long long)t->allocated_bytes, (long long)t->peak_bytes, (long long)t->in_use_bytes,
                (long long)t->live_blocks);
        if (t->own_allocator)
            fprintf(
                stderr,
                "kernprof: process %u has an allocator of its own linked in, which cannot be seen: link the program "
                "with `kernprof cc -fkernprof-memory`\n",
                memory->processes[i].pid);
        if (t->lost)
            fprintf(stderr, "kernprof: process %u: %llu events could not be recorded\n", memory->processes[i].pid,
                    (unsigned long long)t->lost);
    }
}

static int finish(const struct options *options, const char *folder, const struct kp_run *run, const char *output,
                  struct kp_error *error)
{
    struct kp_join *join = kp_join_new(0);
    if (!join)
        return kp_fail(error, "out of memory"), KP_EXIT_FAILED;
    int status = run->exit_status;
    if (kp_join_add_folder(join, folder, error) != 0) {
        status = KP_EXIT_FAILED;
    } else if (kp_join_functions(join) == 0) {
        if (!options->quiet)
            fprintf(stderr, "kernprof: no profile: nothing that ran was instrumented\n");
    } else if (kp_profile_file_write(join, run, output, error) != 0) {
        status = KP_EXIT_FAILED;
    } else if (!options->quiet) {
        say_totals(kp_join_memory(join), output);
        if (print_listing(output, options, error) != 0)
            status = KP_EXIT_FAILED;
    }
    kp_join_free(join);
    return status;
}

static int run_and_finish(const char *folder, const struct options *options, char **argv, const char *path,
                          const char *output, struct kp_error *error)
{
    if (kp_preload_interposer(error) != 0)
        return KP_EXIT_FAILED;
    setenv(KP_ENV_DIRECTORY, folder, 1);
    setenv(KP_ENV_TIMING, "exact", 1); /* its bodies say at every change of line which one runs */
    setenv(KP_ENV_MEMORY, options->resident ? KP_MEMORY_RESIDENT : KP_MEMORY_HEAP, 1);
    struct kp_child_end end;
    int status = kp_child_run(path, argv, NULL, NULL, &end, error);
    kp_preload_end();
    unsetenv(KP_ENV_MEMORY);
    if (status != 0)
        return status;
    char *command = kp_output_path_command(argv);
    struct kp_run run = {.command = command ? command : argv[0],
                         .kind = "memory",
                         .timing = "off",
                         .start_ns = end.start_ns,
                         .duration_ns = end.duration_ns,
                         .pid = end.pid,
                         .exit_status = end.exit_status,
                         .clean = end.signal == 0,
                         .embed_sources = !options->no_source};
    status = finish(options, folder, &run, output, error);
    free(command);
    return status;
}

static int run_in(const char *folder, const struct options *options, char **argv, struct kp_error *error)
{
    char *output = kp_output_path(options->output, argv[0], "mprof", options->quiet, error);
    if (!output)
        return KP_EXIT_FAILED;
    struct kp_program program;
    int status = kp_program_find(argv[0], folder, 0, options->force, &program, error);
    if (status == 0) {
        status = run_and_finish(folder, options, argv, program.path, output, error);
        kp_program_free(&program);
    }
    free(output);
    return status;
}

static int parse_and_run(int argc, char **argv, struct options *options, struct kp_error *error)
{
    int parsed = parse(argc, argv, options, error);
    if (parsed != 0)
        return parsed > 0 ? 0 : KP_EXIT_FAILED;
    char *folder = kp_folder_create_temporary(error);
    if (!folder)
        return KP_EXIT_FAILED;
    int status = run_in(folder, options, argv + optind, error);
    kp_folder_remove(folder);
    free(folder);
    return status;
}

static int cmd_memprof(int argc, char **argv, struct kp_error *error)
{
    struct kp_columns columns;
    if (kp_columns_load(&columns, NULL, error) != 0)
        return KP_EXIT_FAILED;
    struct options options = {.columns = &columns, .text = kp_memory_text_defaults(&columns)};
    int status = parse_and_run(argc, argv, &options, error);
    kp_columns_free(&columns);
    return status;
}

static void print_columns(FILE *out)
{
    fputs("Columns:\n", out);
    kp_columns_print_help(KP_GROUP(KP_GROUP_MEMORY), out);
}

const struct kp_command kp_command_memprof = {
    .name = "lines",
    .run = cmd_memprof,
    .purpose = "run a program and list its memory line by line (the default)",
    .synopsis = "memprof [-q] [-o FILE] [options] [--] PROGRAM [ARG ...]\nmemprof COMMAND ...",
    .description =
        "Runs PROGRAM (compiled with `kernprof cc`) and lists what each line of its functions with KP_PROFILE or "
        "KP_MEMPROF did to memory: what was in use after it, by how much that grew, how often it ran.",
    .examples = "kernprof cc -O2 -o prog prog.c               # with KP_PROFILE or KP_MEMPROF on functions\n"
                "memprof ./prog                               # memory by line, also in prog.mprof\n"
                "memprof run ./prog && memprof plot           # over time",
    .options = option_table,
    .print_more = print_columns,
    .notes =
        "Allocations count for the innermost profiled line, whatever it called; Increment includes profiled callees. "
        "The exit status is the program's own (128+N when signal N killed it); 125, 126 and 127 when memprof itself "
        "failed, the program cannot be executed, or is not found.",
};
