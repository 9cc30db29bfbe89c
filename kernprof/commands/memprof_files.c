/* memprof list, peak, rm, clean: the recordings of the working folder. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernprof/commands/command.h"
#include "kernprof/memory/memory_files.h"
#include "viewer/model/memory_series.h"

enum { FUNC = KP_OPTION_LONG, DRY_RUN };

static const struct kp_option list_table[] = {KP_OPTION_HELP, KP_OPTIONS_END};
static const struct kp_option peak_table[] = {
    {"func", FUNC, "NAME", "only while this function ran", NULL, NULL},
    KP_OPTION_HELP,
    KP_OPTIONS_END,
};
static const struct kp_option remove_table[] = {
    {"dry-run", DRY_RUN, NULL, "only say what would be removed", NULL, NULL},
    KP_OPTION_HELP,
    KP_OPTIONS_END,
};

struct options {
    const char *function;
    int dry_run;
};

static int parse(const struct kp_command *command, int argc, char **argv, struct options *options,
                 struct kp_error *error)
{
    struct kp_option_reader reader;
    kp_options_begin(&reader, command->name, command->options, argc, argv, 0);
    for (int letter; (letter = kp_options_next(&reader, error)) != -1;) {
        switch (letter) {
        case FUNC: options->function = optarg; break;
        case DRY_RUN: options->dry_run = 1; break;
        case 'h': kp_command_print_help(command, stdout); return 1;
        default: return -1;
        }
    }
    return 0;
}

/* The date is in the name: mprofile_YYYYMMDDhhmmss. */
static void print_name(int index, const char *name)
{
    const char *d = strchr(name, '_') + 1;
    printf("%d %s %.2s:%.2s:%.2s %.2s/%.2s/%.4s\n", index, name, d + 8, d + 10, d + 12, d + 6, d + 4, d);
}

static int cmd_list(int argc, char **argv, struct kp_error *error)
{
    struct options options = {0};
    int parsed = parse(&kp_command_memprof_list, argc, argv, &options, error);
    struct kp_memory_files files;
    if (parsed != 0)
        return parsed > 0 ? 0 : KP_EXIT_FAILED;
    if (kp_memory_files_list(&files, error) != 0)
        return KP_EXIT_FAILED;
    for (int i = 0; i < files.count; i++)
        print_name(i, files.name[i]);
    kp_memory_files_free(&files);
    return 0;
}

static int print_peak(const char *word, const char *function, struct kp_error *error)
{
    char *path = kp_memory_file_find(word, error);
    struct kp_memory_series series;
    if (!path || kp_memory_series_load(&series, path, 0, error) != 0) {
        free(path);
        return -1;
    }
    double peak = kp_memory_peak(&series, &series.curves[0], function);
    int result = 0;
    if (peak < 0)
        result = kp_fail(error, "%s: no sample while %s ran; `memprof run` records calls of instrumented functions",
                         path, function);
    else
        printf("%s\t%.3f MiB\n", path, peak);
    for (size_t i = 1; result == 0 && i < series.curve_count; i++) {
        double child = kp_memory_peak(&series, &series.curves[i], function);
        if (child >= 0)
            printf("  Child %lld\t%.3f MiB\n", (long long)series.curves[i].pid, child);
    }
    kp_memory_series_free(&series);
    free(path);
    return result;
}

static int cmd_peak(int argc, char **argv, struct kp_error *error)
{
    struct options options = {0};
    int parsed = parse(&kp_command_memprof_peak, argc, argv, &options, error);
    if (parsed != 0)
        return parsed > 0 ? 0 : KP_EXIT_FAILED;
    int result = optind == argc ? print_peak(NULL, options.function, error) : 0;
    for (int i = optind; result == 0 && i < argc; i++)
        result = print_peak(argv[i], options.function, error);
    return result == 0 ? 0 : KP_EXIT_FAILED;
}

static int remove_one(const char *path, int dry_run, struct kp_error *error)
{
    if (dry_run) {
        printf("%s would be removed\n", path);
        return 0;
    }
    return unlink(path) == 0 ? 0 : kp_fail(error, "%s: cannot be removed: %s", path, strerror(errno));
}

/* Nothing but recordings is removed, whatever is named. */
static int check_recording(const char *path, struct kp_error *error)
{
    struct kp_memory_series series;
    if (kp_memory_series_load(&series, path, 0, error) != 0)
        return -1;
    kp_memory_series_free(&series);
    return 0;
}

/* All words are looked up first: removing one changes the numbers of others. */
static int cmd_rm(int argc, char **argv, struct kp_error *error)
{
    struct options options = {0};
    int parsed = parse(&kp_command_memprof_rm, argc, argv, &options, error);
    if (parsed != 0)
        return parsed > 0 ? 0 : KP_EXIT_FAILED;
    if (optind == argc)
        return kp_fail(error, "rm: give files or numbers of recordings; `memprof list` has them"), KP_EXIT_FAILED;
    int count = argc - optind, result = 0;
    char **paths = calloc((size_t)count, sizeof *paths);
    for (int i = 0; paths && result == 0 && i < count; i++) {
        paths[i] = kp_memory_file_find(argv[optind + i], error);
        result = paths[i] ? check_recording(paths[i], error) : -1;
    }
    for (int i = 0; paths && result == 0 && i < count; i++)
        result = remove_one(paths[i], options.dry_run, error);
    for (int i = 0; paths && i < count; i++)
        free(paths[i]);
    free(paths);
    return result == 0 ? 0 : KP_EXIT_FAILED;
}

static int cmd_clean(int argc, char **argv, struct kp_error *error)
{
    struct options options = {0};
    struct kp_memory_files files;
    int parsed = parse(&kp_command_memprof_clean, argc, argv, &options, error);
    if (parsed != 0)
        return parsed > 0 ? 0 : KP_EXIT_FAILED;
    if (kp_memory_files_list(&files, error) != 0)
        return KP_EXIT_FAILED;
    int result = 0;
    for (int i = 0; result == 0 && i < files.count; i++)
        result = remove_one(files.name[i], options.dry_run, error);
    kp_memory_files_free(&files);
    return result == 0 ? 0 : KP_EXIT_FAILED;
}

const struct kp_command kp_command_memprof_list = {
    .name = "list",
    .run = cmd_list,
    .purpose = "number the recordings of this folder",
    .synopsis = "memprof list",
    .description = "Lists what `memprof run` made here under its own names (mprofile_DATE.mprof), the oldest first.",
    .options = list_table,
};

const struct kp_command kp_command_memprof_peak = {
    .name = "peak",
    .run = cmd_peak,
    .purpose = "print the peaks of recordings",
    .synopsis = "memprof peak [--func NAME] [FILE|NUMBER ...]",
    .description =
        "Prints the largest resident set size of each recording (default: of the newest), and of its child processes.",
    .options = peak_table,
};

const struct kp_command kp_command_memprof_rm = {
    .name = "rm",
    .run = cmd_rm,
    .purpose = "remove recordings",
    .synopsis = "memprof rm [--dry-run] FILE|NUMBER ...",
    .description =
        "Removes recordings by name or by the number that `memprof list` gives them (-1 the newest, behind --).",
    .options = remove_table,
};

const struct kp_command kp_command_memprof_clean = {
    .name = "clean",
    .run = cmd_clean,
    .purpose = "remove all recordings of this folder",
    .synopsis = "memprof clean [--dry-run]",
    .description = "Removes all files here that `memprof run` made under its own names.",
    .options = remove_table,
};
