/* Joining counter files: what segments, processes and threads counted adds up before it is solved.
 *
 * The counter files are made here, in memory: a page of header, a chunk for the module, and one for each segment. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "format/counters.h"
#include "format/profile.h"
#include "kernprof/analyze/join.h"
#include "kernprof_map.h"

enum { PAGES = 8 };

static struct test_map map;

struct file {
    unsigned char *bytes; /* PAGES of them, aligned */
    uint64_t end;
};

/* `f` of /no/f.c, with a diamond: line 10 runs at each call, line 11 at some, line 12 at the others. */
static void make_map(void)
{
    map = (struct test_map){.size = 0};
    test_add_function(&map, (struct test_function){
                                .name = "f",
                                .file = "/no/f.c",
                                .counter_count = 2,
                                .lines = {10, 11, 12},
                                .line_count = 3,
                                .blocks = {{0, {0}}, {1, {0}}, {1, {1}}, {1, {2}}},
                                .block_count = 4,
                                .edges = {{0, 1, 0, 0},
                                          {1, 2, 1, 0},
                                          {1, 3, KP_NO_COUNTER, 0},
                                          {2, 0, KP_NO_COUNTER, 0},
                                          {3, 0, KP_NO_COUNTER, 0}},
                                .edge_count = 5,
                            });
}

static void *add_chunk(struct file *file, uint32_t kind)
{
    struct kp_chunk *chunk = (void *)(file->bytes + file->end);
    assert_true(file->end + KP_COUNTERS_PAGE <= PAGES * KP_COUNTERS_PAGE);
    *chunk = (struct kp_chunk){KP_CHUNK_MAGIC, kind, KP_COUNTERS_PAGE, file->end};
    file->end += KP_COUNTERS_PAGE;
    return chunk;
}

/* The file of a process with the module as number 1. */
static struct file make_file(uint32_t pid)
{
    struct file file = {aligned_alloc(KP_COUNTERS_PAGE, PAGES * KP_COUNTERS_PAGE), KP_COUNTERS_PAGE};
    assert_non_null(file.bytes);
    memset(file.bytes, 0, PAGES * KP_COUNTERS_PAGE);
    struct kp_counters_header *header = (void *)file.bytes;
    *header = (struct kp_counters_header){.magic = KP_COUNTERS_MAGIC,
                                          .version = KP_COUNTERS_VERSION,
                                          .pid = pid,
                                          .mono_start_ns = 1,
                                          .ticks_start = 1,
                                          .clean = 1,
                                          .module_count = 1};
    struct kp_module_chunk *module = add_chunk(&file, KP_CHUNK_MODULE);
    module->module = 1;
    module->map_address = TEST_MAP_ADDRESS;
    module->counters_address = TEST_COUNTERS_ADDRESS;
    module->counters_size = 8 * map.words;
    module->map_size = map.size;
    module->map_hash = kp_hash(map.bytes, map.size);
    module->path_offset = sizeof *module;
    module->map_offset = sizeof *module + 16;
    strcpy((char *)module + module->path_offset, "/no/file");
    memcpy((char *)module + module->map_offset, map.bytes, map.size);
    return file;
}

/* The counters of a thread: calls of `f`, and how many of them took line 11. */
static struct kp_segment_chunk *add_segment(struct file *file, uint32_t thread, uint64_t calls, uint64_t taken)
{
    struct kp_segment_chunk *segment = add_chunk(file, KP_CHUNK_SEGMENT);
    segment->module = 1;
    segment->thread = thread;
    segment->counters_offset = sizeof *segment;
    segment->counters_size = 8 * map.words;
    uint64_t *words = (void *)((unsigned char *)segment + segment->counters_offset);
    words[0] = calls;
    words[1] = taken;
    return segment;
}

static void add_file(struct kp_join *join, struct file *file)
{
    assert_int_equal(kp_join_add_bytes(join, file->bytes, file->end), 0);
    free(file->bytes);
}

static struct kp_join *begin(void)
{
    make_map();
    struct kp_join *join = kp_join_new(0);
    assert_non_null(join);
    return join;
}

/* Solves and writes; the profile is in memory. */
static sqlite3 *write_profile(struct kp_join *join)
{
    struct kp_error error;
    const struct kp_run run = {.command = "f", .kind = "lines", .timing = "off"};
    sqlite3 *profile = kp_profile_create(":memory:", &error);
    assert_non_null(profile);
    assert_int_equal(kp_join_solve(join, &error), 0);
    assert_int_equal(kp_join_write(join, &run, profile, &error), 0);
    return profile;
}

/* Compares the rows of a query, columns parted by blanks and rows by semicolons. */
static void assert_rows(sqlite3 *profile, const char *sql, const char *expected)
{
    char text[512] = "";
    size_t used = 0;
    sqlite3_stmt *statement;
    assert_int_equal(sqlite3_prepare_v2(profile, sql, -1, &statement, NULL), SQLITE_OK);
    while (sqlite3_step(statement) == SQLITE_ROW)
        for (int i = 0; i < sqlite3_column_count(statement); i++)
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", sqlite3_column_text(statement, i),
                                     i + 1 < sqlite3_column_count(statement) ? " " : ";");
    sqlite3_finalize(statement);
    assert_string_equal(text, expected);
}

static const char hits_of_lines[] = "SELECT line, hits FROM line ORDER BY line";
static const char hits_of_threads[] = "SELECT line, thread, hits FROM thread_line ORDER BY line, thread";

/* 7 of 10 and 1 of 4: line 11 has 8, line 12 the other 6. */
static void segments_of_one_module_add_up(void **state)
{
    (void)state;
    struct kp_join *join = begin();
    struct file file = make_file(1);
    add_segment(&file, 100, 10, 7);
    add_segment(&file, 101, 4, 1);
    add_file(join, &file);
    assert_int_equal(kp_join_functions(join), 1);
    sqlite3 *profile = write_profile(join);
    assert_rows(profile, hits_of_lines, "10 14;11 8;12 6;");
    assert_rows(profile, "SELECT calls, primitive_calls FROM function", "14 14;");
    /* Threads have numbers in the order in which they began to count. */
    assert_rows(profile, hits_of_threads, "10 1 10;10 2 4;11 1 7;11 2 1;12 1 3;12 2 3;");
    kp_profile_abandon(profile);
    kp_join_free(join);
}

static void segments_of_one_thread_have_one_number(void **state)
{
    (void)state;
    struct kp_join *join = begin();
    struct file file = make_file(1);
    add_segment(&file, 100, 10, 7);
    add_segment(&file, 101, 4, 1);
    add_segment(&file, 100, 2, 2);
    add_file(join, &file);
    sqlite3 *profile = write_profile(join);
    assert_rows(profile, hits_of_threads, "10 1 12;10 2 4;11 1 9;11 2 1;12 1 3;12 2 3;");
    kp_profile_abandon(profile);
    kp_join_free(join);
}

static void one_thread_has_no_rows_of_its_own(void **state)
{
    (void)state;
    struct kp_join *join = begin();
    struct file file = make_file(1);
    add_segment(&file, 100, 10, 7);
    add_file(join, &file);
    sqlite3 *profile = write_profile(join);
    assert_rows(profile, "SELECT count(*) FROM thread_line", "0;");
    kp_profile_abandon(profile);
    kp_join_free(join);
}

/* A fork divides the third call: the parent counted that it began, and the child which line it took. Neither file alone
 * obeys the conservation of flow; their sum does. */
static void processes_that_a_fork_divided_are_solved_as_one(void **state)
{
    (void)state;
    struct kp_join *join = begin();
    struct file parent = make_file(1), child = make_file(2);
    add_segment(&parent, 100, 3, 1);
    add_segment(&child, 200, 0, 1);
    add_file(join, &parent);
    add_file(join, &child);
    assert_int_equal(kp_join_functions(join), 1); /* the same module */
    sqlite3 *profile = write_profile(join);
    assert_rows(profile, hits_of_lines, "10 3;11 2;12 1;");
    assert_rows(profile, "SELECT pid FROM run ORDER BY pid", "1;2;");
    kp_profile_abandon(profile);
    kp_join_free(join);
}

static void damaged_file_is_left_out_and_counted(void **state)
{
    (void)state;
    struct kp_join *join = begin();
    struct file good = make_file(1), bad = make_file(2);
    add_segment(&good, 100, 10, 7);
    add_segment(&bad, 200, 1000, 1000);
    bad.bytes[0] ^= 1; /* its magic */
    add_file(join, &good);
    add_file(join, &bad);
    assert_int_equal(kp_join_damaged(join), 1);
    sqlite3 *profile = write_profile(join);
    assert_rows(profile, hits_of_lines, "10 10;11 7;12 3;");
    kp_profile_abandon(profile);
    kp_join_free(join);
}

/* Chunks that do not fit their module or their file: the others still count. */
static void damaged_chunks_are_left_out(void **state)
{
    (void)state;
    struct kp_join *join = begin();
    struct file file = make_file(1);
    add_segment(&file, 100, 1000, 1000)->counters_size -= 8; /* not that of the module */
    add_segment(&file, 101, 1000, 1000)->module = 2;         /* there is none of this number */
    add_segment(&file, 102, 1000, 1000)->counters_offset = KP_COUNTERS_PAGE;
    add_segment(&file, 103, 1000, 1000)->chunk.magic = 0; /* never published */
    add_segment(&file, 104, 10, 7);
    add_file(join, &file);
    assert_int_equal(kp_join_damaged(join), 0); /* the file is one that can be read */
    sqlite3 *profile = write_profile(join);
    assert_rows(profile, hits_of_lines, "10 10;11 7;12 3;");
    kp_profile_abandon(profile);
    kp_join_free(join);
}

static void nothing_is_written_before_it_is_solved(void **state)
{
    (void)state;
    struct kp_error error = {.text = ""};
    struct kp_join *join = begin();
    const struct kp_run run = {.command = "f", .kind = "lines", .timing = "off"};
    sqlite3 *profile = kp_profile_create(":memory:", &error);
    assert_int_equal(kp_join_write(join, &run, profile, &error), -1);
    assert_non_null(strstr(error.text, "not solved"));
    kp_profile_abandon(profile);
    kp_join_free(join);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(segments_of_one_module_add_up),
        cmocka_unit_test(segments_of_one_thread_have_one_number),
        cmocka_unit_test(one_thread_has_no_rows_of_its_own),
        cmocka_unit_test(processes_that_a_fork_divided_are_solved_as_one),
        cmocka_unit_test(damaged_file_is_left_out_and_counted),
        cmocka_unit_test(damaged_chunks_are_left_out),
        cmocka_unit_test(nothing_is_written_before_it_is_solved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
