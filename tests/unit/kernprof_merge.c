/* kernprof/merge: sums, spread, what merges and what stays apart, and that grouping and order do not matter. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <zstd.h>

#include "format/profile.h"
#include "kernprof/merge/merge.h"
#include "util/text_file.h"

#define HOT "int hot(int n)\n{\n    return n;\n}\n"
#define COLD "int cold(void)\n{\n    return 0;\n}\n"
#define OTHER_COLD "int cold(void)\n{\n    return 1;\n}\n"

static char folder[] = "/tmp/kernprof-test-XXXXXX";

static const char *place(const char *name)
{
    static char paths[8][128];
    static unsigned next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static void insert_source(sqlite3 *profile, int id, const char *file, const char *text)
{
    struct kp_error error;
    char packed[4096];
    size_t size = ZSTD_compress(packed, sizeof packed, text, strlen(text), 3);
    sqlite3_stmt *insert = kp_profile_prepare(profile, "INSERT INTO source VALUES (?, ?, 0, 1, 0, ?, ?)", &error);
    sqlite3_bind_int(insert, 1, id);
    sqlite3_bind_text(insert, 2, file, -1, SQLITE_STATIC);
    sqlite3_bind_int64(insert, 3, (int64_t)strlen(text));
    sqlite3_bind_blob(insert, 4, packed, (int)size, SQLITE_STATIC);
    assert_int_equal(sqlite3_step(insert), SQLITE_DONE);
    sqlite3_finalize(insert);
}

static void expect_sql(sqlite3 *profile, const char *sql)
{
    char *message = NULL;
    if (sqlite3_exec(profile, sql, NULL, NULL, &message) != SQLITE_OK)
        fail_msg("%s: %s", sql, message);
}

/* A profile of `hot` (and `cold` behind it), which starts `above` lines down in its file; each line took `time`. */
static const char *make(const char *name, int rank, int build, int above, const char *cold, int time)
{
    struct kp_error error;
    const char *path = place(name);
    char text[1024] = "";
    char sql[4096];
    sqlite3 *profile = kp_profile_create(path, &error);
    assert_non_null(profile);
    for (int i = 0; i < above; i++)
        strcat(text, "/* above */\n");
    strcat(strcat(text, HOT), cold);
    insert_source(profile, 7, "/p/hot.c", text);
    insert_source(profile, 9, "/p/body.inc", "first\nsecond\n");
    int h = above + 1;
    int c = above + 5;
    snprintf(sql, sizeof sql,
             "INSERT INTO meta VALUES ('kind', 'lines'), ('said by all', 'x'), ('said apart', %d);"
             "INSERT INTO run (command, start, duration_ns, host, pid, rank, timing, clean)"
             " VALUES ('hot', %d, 1000, 'h', %d, %d, 'adaptive', 1);"
             "INSERT INTO module VALUES (3, '/p/hot', 'build %d', %d);"
             "INSERT INTO function (id, module, source, line, last_line, name, linkage_name, calls, total_ns, self_ns)"
             " VALUES (4, 3, 7, %d, %d, 'hot', 'hot', %d, %d, 5), (5, 3, 7, %d, %d, 'cold', 'cold', 1, 1, 1);"
             "INSERT INTO line (function, source, line, hits, time_ns, self_ns, error_ns, min_ns, max_ns) VALUES"
             " (4, 7, %d, %d, %d, %d, 1, %d, %d), (4, 9, 2, 1, 1, 1, 0, 0, 0), (5, 7, %d, 1, 1, 1, 0, 1, 1);"
             "INSERT INTO arc VALUES (4, 7, %d, 5, 2, NULL, 10, 10);"
             "INSERT INTO timer VALUES ('t', 1, %d, %d, 7, 2, 9); INSERT INTO memory_sample VALUES (1, %d, 3, NULL);"
             "INSERT INTO memory_mark VALUES (1, 'hot', 1, 2, 3, 4, %d);"
             "INSERT INTO memory_line (function, source, line, occurrences, usage_bytes, allocations)"
             " VALUES (4, 7, %d, 1, %d, 2);"
             "INSERT INTO event VALUES (%d, 'page-faults', 'page faults');"
             "INSERT INTO line_event VALUES (4, 7, %d, %d, %d);",
             rank % 2, rank, rank + 100, rank, build, build, h, h + 3, rank + 1, time, c, c + 3, h + 2, rank + 10, time,
             time, rank + 1, time, c + 2, h + 2, time, time, time, rank, h + 2, time, rank + 1, h + 2, rank + 1,
             rank + 10);
    expect_sql(profile, sql);
    assert_int_equal(kp_profile_commit(profile, path, &error), 0);
    return path;
}

static const char *merge(const char *out, const char *const *paths)
{
    struct kp_error error;
    const char *path = place(out);
    struct kp_merge *merged = kp_merge_new();
    for (; *paths; paths++)
        if (kp_merge_add(merged, *paths, &error) != 0)
            fail_msg("%s", error.text);
    assert_int_equal(kp_merge_write(merged, path, &error), 0);
    kp_merge_free(merged);
    return path;
}

#define MERGE(out, ...) merge(out, (const char *const[]){__VA_ARGS__, NULL})

/* The rows of `sql`, columns parted by blanks and rows by '|'. */
static void expect(const char *path, const char *sql, const char *expected)
{
    struct kp_error error;
    char got[4096] = "";
    sqlite3 *profile = kp_profile_open(path, &error);
    assert_non_null(profile);
    sqlite3_stmt *statement = kp_profile_prepare(profile, sql, &error);
    if (!statement)
        fail_msg("%s", error.text);
    while (sqlite3_step(statement) == SQLITE_ROW)
        for (int i = 0; i < sqlite3_column_count(statement); i++) {
            const char *text = (const char *)sqlite3_column_text(statement, i);
            strcat(strcat(got, i ? " " : *got ? "|" : ""), text ? text : "-");
        }
    sqlite3_finalize(statement);
    sqlite3_close(profile);
    assert_string_equal(got, expected);
}

static void expect_same_bytes(const char *left, const char *right)
{
    size_t left_size = 0;
    size_t right_size = 0;
    char *a = kp_read_text_file(left, &left_size);
    char *b = kp_read_text_file(right, &right_size);
    assert_int_equal(left_size, right_size);
    assert_memory_equal(a, b, left_size);
    free(a);
    free(b);
}

static void sums_and_spread(void **state)
{
    (void)state;
    const char *a = make("a", 0, 1, 0, COLD, 100);
    const char *b = make("b", 1, 1, 0, COLD, 300);
    const char *out = MERGE("out", a, b);
    expect(out, "SELECT function, line, hits, time_ns, error_ns, min_ns, max_ns FROM lines ORDER BY file, line",
           "hot 2 2 2 0 - 0|hot 3 21 400 2 1 300|cold 7 2 2 0 1 1");
    expect(out, "SELECT function, calls, total_ns FROM functions", "hot 3 400|cold 2 2");
    expect(out,
           "SELECT profiles, min_hits, max_hits, min_time_ns, max_time_ns, max_rank FROM line_spread WHERE line = 3",
           "2 10 11 100 300 1");
    expect(out, "SELECT profiles, min_calls, max_calls, min_total_ns, max_total_ns, max_rank FROM function_spread",
           "2 1 2 100 300 1|2 1 1 1 1 0");
    expect(out, "SELECT caller, caller_line, callee, calls, total_ns FROM calls", "hot 3 cold 4 20");
    expect(out, "SELECT pid, rank FROM runs", "100 0|101 1");
    expect(out, "SELECT * FROM timers", "t 2 400 100 7 4 9");
    expect(out, "SELECT time_ns FROM memory_samples", "100|300");
    expect(out, "SELECT function, level FROM memory_marks", "hot 0|hot 1");
    expect(out, "SELECT function, line, occurrences, usage_bytes, allocations FROM memory_lines", "hot 3 2 300 4");
    expect(out, "SELECT key, value FROM meta", "kind lines|profiles 2|said by all x");
}

/* Other builds, moved functions, other texts, other modules: whatever is merged first, the file is the same. */
static void any_grouping_gives_the_same(void **state)
{
    (void)state;
    const char *a = strdup(make("a", 0, 1, 3, COLD, 100));
    const char *b = strdup(make("b", 1, 2, 0, OTHER_COLD, 300));
    const char *c = strdup(make("c", 2, 3, 1, COLD, 200));
    const char *d = strdup(make("d", 3, 1, 3, COLD, 300));
    const char *all = strdup(MERGE("all", a, b, c, d));
    expect_same_bytes(all, MERGE("other", d, c, b, a));
    expect_same_bytes(all, MERGE("other", MERGE("ab", a, b), MERGE("cd", c, d)));
    expect_same_bytes(all, MERGE("other", d, MERGE("abc", MERGE("ac", a, c), b)));
    expect_same_bytes(all, MERGE("other", MERGE("bd", d, b), c, MERGE("one", a)));
    expect(all, "SELECT max_time_ns, max_rank FROM line_spread ORDER BY max_time_ns DESC LIMIT 1", "300 1");
    expect(all, "SELECT COUNT(*), value FROM run, meta WHERE key = 'profiles'", "4 4");
    free((char *)a);
    free((char *)b);
    free((char *)c);
    free((char *)d);
    free((char *)all);
}

static void builds_merge_where_the_text_is_the_same(void **state)
{
    (void)state;
    struct kp_error error;
    const char *a = make("a", 0, 1, 0, COLD, 100);
    const char *b = make("b", 1, 2, 2, OTHER_COLD, 300);
    const char *out = MERGE("out", a, b);
    /* `hot` moved two lines down, with its line's numbers; `cold` was edited. */
    expect(out, "SELECT function, function_line, line, hits FROM lines WHERE file = '/p/hot.c'",
           "hot 1 3 21|cold 5 7 1|cold 7 9 1");
    struct kp_merge *merged = kp_merge_new();
    char names[256];
    assert_int_equal(kp_merge_add(merged, a, &error), 0);
    assert_int_equal(kp_merge_apart(merged, names, sizeof names), 0);
    assert_int_equal(kp_merge_add(merged, b, &error), 0);
    assert_int_equal(kp_merge_apart(merged, names, sizeof names), 1);
    assert_string_equal(names, "cold (/p/hot.c)");
    kp_merge_free(merged);
}

/* The same inline function in two libraries is two instances, also after a merge. */
static void instances_stay_instances(void **state)
{
    (void)state;
    struct kp_error error;
    const char *a = make("a", 0, 1, 0, COLD, 100);
    sqlite3 *profile = NULL;
    assert_int_equal(sqlite3_open(a, &profile), SQLITE_OK);
    expect_sql(profile, "INSERT INTO module VALUES (1, '/p/library', 'x', 5);"
                        "INSERT INTO function (id, module, source, line, last_line, name, linkage_name, calls)"
                        " VALUES (1, 1, 7, 5, 8, 'cold', 'cold', 50)");
    sqlite3_close(profile);
    const char *out = MERGE("out", a, a);
    expect(out, "SELECT path, name, calls FROM function JOIN module ON module.id = function.module",
           "/p/hot hot 2|/p/hot cold 2|/p/library cold 100");
    (void)error;
}

static void a_damaged_profile_adds_nothing(void **state)
{
    (void)state;
    struct kp_error error;
    const char *a = make("a", 0, 1, 0, COLD, 100);
    const char *bad = make("bad", 1, 1, 0, COLD, 300);
    sqlite3 *profile = NULL;
    assert_int_equal(sqlite3_open(bad, &profile), SQLITE_OK);
    expect_sql(profile, "INSERT INTO arc VALUES (4, 7, 4, 99, 1, 1, 1, 1)");
    sqlite3_close(profile);
    const char *alone = MERGE("alone", a);
    struct kp_merge *merged = kp_merge_new();
    assert_int_equal(kp_merge_add(merged, a, &error), 0);
    assert_int_equal(kp_merge_add(merged, bad, &error), -1);
    assert_non_null(strstr(error.text, bad));
    const char *out = place("out");
    assert_int_equal(kp_merge_write(merged, out, &error), 0);
    kp_merge_free(merged);
    expect_same_bytes(alone, out);
}

static void kinds_do_not_mix(void **state)
{
    (void)state;
    struct kp_error error;
    const char *a = make("a", 0, 1, 0, COLD, 100);
    const char *b = make("b", 0, 1, 0, COLD, 100);
    sqlite3 *profile = NULL;
    assert_int_equal(sqlite3_open(b, &profile), SQLITE_OK);
    expect_sql(profile, "UPDATE meta SET value = 'functions' WHERE key = 'kind'");
    sqlite3_close(profile);
    struct kp_merge *merged = kp_merge_new();
    assert_int_equal(kp_merge_add(merged, a, &error), 0);
    assert_int_equal(kp_merge_add(merged, b, &error), -1);
    assert_non_null(strstr(error.text, "merge each kind on its own"));
    kp_merge_free(merged);
}

/* A column that is added to the profile must not be lost in merges: this fails until kernprof/merge*.c know it. */
/* Events are numbered anew in every profile: their names tell what they are. */
static void events_add_up_by_name(void **state)
{
    (void)state;
    const char *a = make("a", 0, 1, 0, COLD, 100);
    const char *b = make("b", 1, 1, 0, COLD, 100);
    expect(MERGE("m", a, b), "SELECT event, unit, count FROM line_events", "page-faults page faults 21");
    expect(a, "SELECT event, unit, count FROM line_events", "page-faults page faults 10");
}

static void every_column_is_known(void **state)
{
    (void)state;
    const char *a = make("a", 0, 1, 0, COLD, 100);
    expect(a, "SELECT group_concat(name, ' ') FROM (SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name)",
           "arc event function function_spread line line_event line_spread memory_line memory_mark memory_process "
           "memory_sample meta "
           "module run source thread_line timer");
    expect(a, "SELECT group_concat(name, ' ') FROM pragma_table_info('function')",
           "id module source line last_line name linkage_name calls primitive_calls total_ns self_ns");
    expect(a, "SELECT group_concat(name, ' ') FROM pragma_table_info('line')",
           "function source line hits time_ns self_ns error_ns min_ns max_ns wait_ns");
    expect(a, "SELECT group_concat(name, ' ') FROM pragma_table_info('thread_line')",
           "function source line thread hits time_ns");
    expect(a, "SELECT group_concat(name, ' ') FROM pragma_table_info('event')", "id name unit");
    expect(a, "SELECT group_concat(name, ' ') FROM pragma_table_info('line_event')",
           "function source line event count");
    expect(a, "SELECT group_concat(name, ' ') FROM pragma_table_info('arc')",
           "caller caller_source caller_line callee calls primitive_calls total_ns self_ns");
    expect(a, "SELECT group_concat(name, ' ') FROM pragma_table_info('memory_line')",
           "function source line occurrences allocated_bytes freed_bytes live_bytes peak_bytes allocations frees "
           "temporary live_blocks usage_bytes increment_bytes");
    expect(a, "SELECT group_concat(name, ' ') FROM pragma_table_info('run')",
           "id command start duration_ns host pid rank exit_status timing clean threads sampler lost_samples");
    expect(a, "SELECT group_concat(name, ' ') FROM pragma_table_info('timer')",
           "name calls total_ns min_ns max_ns threads thread_ns");
    expect(a, "SELECT group_concat(name, ' ') FROM pragma_table_info('memory_sample')",
           "pid time_ns rss_bytes pss_bytes");
    expect(a, "SELECT group_concat(name, ' ') FROM pragma_table_info('memory_mark')",
           "pid function start_ns end_ns start_bytes end_bytes level");
    expect(a, "SELECT COUNT(*) FROM pragma_table_info('memory_process')", "19");
    expect(a, "SELECT group_concat(name, ' ') FROM pragma_table_info('module')", "id path build_id map_hash");
    expect(a, "SELECT group_concat(name, ' ') FROM pragma_table_info('source')",
           "id path checksum whole changed size text");
}

static int clean(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -f %s/*", folder);
    return system(command);
}

int main(void)
{
    if (!mkdtemp(folder))
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(sums_and_spread, clean),
        cmocka_unit_test_teardown(any_grouping_gives_the_same, clean),
        cmocka_unit_test_teardown(builds_merge_where_the_text_is_the_same, clean),
        cmocka_unit_test_teardown(instances_stay_instances, clean),
        cmocka_unit_test_teardown(a_damaged_profile_adds_nothing, clean),
        cmocka_unit_test_teardown(kinds_do_not_mix, clean),
        cmocka_unit_test_teardown(events_add_up_by_name, clean),
        cmocka_unit_test_teardown(every_column_is_known, clean),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    rmdir(folder);
    return failed;
}
