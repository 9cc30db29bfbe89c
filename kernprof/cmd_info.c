/* kernprof info: what a binary has instrumented, or what a profile holds. */
#include <stdio.h>
#include <string.h>

#include "format/map_reader.h"
#include "format/profile.h"
#include "kernprof/command.h"
#include "kernprof/elf_image.h"

static const char usage[] = "usage: kernprof info FILE ...\n"
                            "\n"
                            "Says what an executable or shared object has instrumented, or what a profile holds.\n"
                            "\n"
                            "  -h, --help   this text\n";

static int show_binary(const char *path, const struct kp_elf_image *image, struct kp_error *error)
{
    if (!image->map) {
        printf("%s: nothing is instrumented; compile with `kernprof cc` and KP_PROFILE on a function\n", path);
        return 0;
    }
    struct kp_map_view view;
    uint64_t functions = 0, lines = 0, counters = 0;
    int read;
    for (uint64_t offset = 0; (read = kp_map_next(image->map, image->map_size, &offset, &view)) == 1;) {
        functions += view.record->line_count > 0;
        lines += view.record->line_count;
        counters += view.record->counter_count;
    }
    if (read < 0)
        return kp_fail(error, "%s: damaged map section: build it again", path);
    printf("%s: %llu functions, %llu lines, %llu counters", path, (unsigned long long)functions, (unsigned long long)lines,
           (unsigned long long)counters);
    if (image->build_id[0])
        printf(", build id %s", image->build_id);
    putchar('\n');
    for (uint64_t offset = 0; kp_map_next(image->map, image->map_size, &offset, &view) == 1;) {
        const struct kp_map_record *r = view.record;
        if (r->line_count)
            printf("  %s:%u: %s%s\n", view.strings + view.files[r->file].path, r->first_line, view.strings + r->name,
                   r->flags & KP_FUNCTION_IN_PLACE ? " (hits only: its body cannot be cloned)" : "");
    }
    return 0;
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
        printf("%s: profile of %lld functions, %lld lines, %lld processes\n", path,
               (long long)sqlite3_column_int64(counts, 0), (long long)sqlite3_column_int64(counts, 1),
               (long long)sqlite3_column_int64(counts, 2));
    sqlite3_finalize(counts);
    sqlite3_stmt *runs = kp_profile_prepare(
        profile, "SELECT command, duration_ns / 1e9, host, pid, exit_status, timing, clean FROM runs", error);
    if (!runs)
        return -1;
    while (sqlite3_step(runs) == SQLITE_ROW) {
        printf("  %s: %.3g s on %s, process %lld, timing %s, ", sqlite3_column_text(runs, 0), sqlite3_column_double(runs, 1),
               sqlite3_column_text(runs, 2), (long long)sqlite3_column_int64(runs, 3), sqlite3_column_text(runs, 5));
        if (!sqlite3_column_int(runs, 6))
            puts("killed");
        else if (sqlite3_column_type(runs, 4) == SQLITE_NULL)
            puts("ended");
        else
            printf("exit status %d\n", sqlite3_column_int(runs, 4));
    }
    sqlite3_finalize(runs);
    return 0;
}

static int show(const char *path, struct kp_error *error)
{
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

int cmd_info(int argc, char **argv, struct kp_error *error)
{
    if (argc < 2)
        return kp_fail(error, "info: no file; see kernprof info --help"), 1;
    if (strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "--help") == 0) {
        fputs(usage, stdout);
        return 0;
    }
    for (int i = 1; i < argc; i++)
        if (show(argv[i], error) != 0)
            return 1;
    return 0;
}
