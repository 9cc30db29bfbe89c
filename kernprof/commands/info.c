/* kernprof info: what a binary has instrumented, or what a profile holds. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "format/map_reader.h"
#include "format/profile.h"
#include "kernprof/commands/command.h"
#include "kernprof/compile/elf_image.h"
#include "kernprof/compile/globs.h"
#include "kernprof/run/leftover_runs.h"
#include "kernprof/run/run_record.h"

static const struct kp_option option_table[] = {KP_OPTION_HELP, KP_OPTIONS_END};

static int show_binary(const char *path, const struct kp_elf_image *image, struct kp_error *error)
{
    if (!image->map && image->timers) {
        printf("%s: no functions, timers\n", path);
        return 0;
    }
    if (!image->map) {
        printf("%s: nothing is instrumented; compile with `kernprof cc` and KP_PROFILE on a function\n", path);
        return 0;
    }
    struct kp_map_view view;
    uint64_t functions = 0, lines = 0, counters = 0;
    unsigned all = kp_map_functions(image->map, image->map_size, 1);
    int read;
    for (uint64_t offset = 0; (read = kp_map_next(image->map, image->map_size, &offset, &view)) == 1;) {
        if (!kp_map_is_profiled(view.record, 0))
            continue;
        functions++;
        lines += view.record->line_count;
        counters += view.record->counter_count;
    }
    if (read < 0)
        return kp_fail(error, "%s: damaged map section: build it again", path);
    printf("%s: %llu functions, %llu lines, %llu counters", path, (unsigned long long)functions,
           (unsigned long long)lines, (unsigned long long)counters);
    if (all > functions)
        printf(", and %llu functions without their lines", (unsigned long long)(all - functions));
    if (image->timers)
        printf(", timers");
    if (image->build_id[0])
        printf(", build id %s", image->build_id);
    putchar('\n');
    for (uint64_t offset = 0; kp_map_next(image->map, image->map_size, &offset, &view) == 1;) {
        const struct kp_map_record *r = view.record;
        if (kp_map_is_profiled(r, 0))
            printf("  %s:%u: %s%s\n", view.strings + view.files[r->file].path, r->first_line, view.strings + r->name,
                   r->flags & KP_FUNCTION_IN_PLACE ? " (hits only: its body cannot be cloned)" : "");
    }
    struct kp_globs globs = {0};
    kp_globs_add(&globs, image->map, image->map_size);
    const char *option;
    for (size_t i = 0; (option = kp_globs_next_unmatched(&globs, &i));)
        printf("  %s: matches nothing\n", option);
    kp_globs_free(&globs);
    return 0;
}

/* A row of command, seconds, host, pid, exit_status, timing, clean. */
static void show_run(sqlite3_stmt *run)
{
    printf("  %s: ", sqlite3_column_text(run, 0));
    if (sqlite3_column_type(run, 1) != SQLITE_NULL)
        printf("%.3g s ", sqlite3_column_double(run, 1));
    printf("on %s, process %lld, timing %s, ", sqlite3_column_text(run, 2), (long long)sqlite3_column_int64(run, 3),
           sqlite3_column_text(run, 5));
    if (sqlite3_column_type(run, 4) == SQLITE_NULL)
        puts(sqlite3_column_int(run, 6) ? "exited" : "killed, or left by _exit");
    else
        printf(sqlite3_column_int(run, 6) ? "exit status %d\n" : "killed (%d)\n", sqlite3_column_int(run, 4));
}

static const char *kind_of(sqlite3 *profile)
{
    static const char *const kinds[][2] = {{"lines", " by line"},
                                           {"functions", " by function"},
                                           {"memory", " of memory by line"},
                                           {"samples", " of memory over time"}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (kp_profile_is_kind(profile, kinds[i][0]))
            return kinds[i][1];
    return "";
}

static int show_profile(const char *path, sqlite3 *profile, struct kp_error *error)
{
    sqlite3_stmt *counts = kp_profile_prepare(profile,
                                              "SELECT (SELECT COUNT(*) FROM functions), (SELECT COUNT(*) FROM lines), "
                                              "(SELECT COUNT(*) FROM runs)",
                                              error);
    if (!counts)
        return -1;
    if (sqlite3_step(counts) == SQLITE_ROW)
        printf("%s: profile%s of %lld functions, %lld lines, %lld processes\n", path, kind_of(profile),
               (long long)sqlite3_column_int64(counts, 0), (long long)sqlite3_column_int64(counts, 1),
               (long long)sqlite3_column_int64(counts, 2));
    sqlite3_finalize(counts);
    sqlite3_stmt *runs = kp_profile_prepare(
        profile, "SELECT command, duration_ns / 1e9, host, pid, exit_status, timing, clean FROM runs", error);
    if (!runs)
        return -1;
    while (sqlite3_step(runs) == SQLITE_ROW)
        show_run(runs);
    sqlite3_finalize(runs);
    return 0;
}

static int show(const char *path, struct kp_error *error)
{
    struct stat status;
    if (stat(path, &status) == 0 && S_ISDIR(status.st_mode) && kp_run_record_exists(path))
        return kp_leftover_run_show(path, stdout, error);
    struct kp_elf_image image;
    int kind = kp_elf_read(path, &image, error);
    if (kind < 0)
        return -1;
    if (kind == 0) {
        int result = show_binary(path, &image, error);
        kp_elf_free(&image);
        return result;
    }
    sqlite3 *profile = kp_profile_open(path, error);
    if (!profile)
        return -1;
    int result = show_profile(path, profile, error);
    sqlite3_close(profile);
    return result;
}

static int cmd_info(int argc, char **argv, struct kp_error *error)
{
    struct kp_option_reader reader;
    kp_options_begin(&reader, "info", option_table, argc, argv, 0);
    for (int letter; (letter = kp_options_next(&reader, error)) != -1;) {
        if (letter != 'h')
            return KP_EXIT_FAILED;
        kp_command_print_help(&kp_command_info, stdout);
        return 0;
    }
    if (optind == argc) {
        kp_fail(error, "info: no FILE; see its --help");
        return KP_EXIT_FAILED;
    }
    for (int i = optind; i < argc; i++)
        if (show(argv[i], error) != 0)
            return KP_EXIT_FAILED;
    return 0;
}

const struct kp_command kp_command_info = {
    .name = "info",
    .run = cmd_info,
    .purpose = "say what a binary has instrumented, or what a profile or a counter folder holds",
    .synopsis = "kernprof info FILE ...",
    .description =
        "Says what an executable or shared object has instrumented, what a profile holds, or what a counter folder "
        "that a killed kernprof has left.",
    .options = option_table,
};
