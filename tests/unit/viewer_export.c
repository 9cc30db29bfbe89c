/* viewer/stacks and the exports that need no other program to be checked; tests/cli/export asks the others' readers. */
#include "viewer_profile.h"

#include "viewer/model/stacks.h"
#include "viewer/export/export.h"

/* main calls a (60) and b (30); both call leaf, which costs 40 of the one and 20 of the other; leaf recurses. */
static const char rows[] =
    "DELETE FROM line; DELETE FROM function;"
    "INSERT INTO function (id, module, source, line, last_line, name, calls, primitive_calls, total_ns, self_ns) VALUES"
    " (1, 1, 1, 1, 2, 'main', 1, 1, 100, 10), (2, 1, 1, 3, 4, 'a', 1, 1, 60, 20), (3, 1, 1, 5, 6, 'b', 3, 3, 30, 10),"
    " (4, 1, 1, 7, 9, 'leaf', 9, 3, 60, 60);"
    "INSERT INTO line (function, source, line, hits, time_ns, self_ns) VALUES (1, 1, 1, 1, 100, 10),"
    " (2, 1, 3, 1, 60, 20), (3, 1, 5, 3, 30, 10), (4, 1, 7, 9, 60, 31), (4, 1, 8, 8, 29, 29);"
    "INSERT INTO arc VALUES (1, 1, 1, 2, 1, 1, 60, 20), (1, 1, 1, 3, 3, 3, 30, 10), (2, 1, 4, 4, 2, 2, 40, 40),"
    " (3, 1, 6, 4, 1, 1, 20, 20), (4, 1, 8, 4, 6, 0, 30, 30);";

static char *export_as(const char *sql, const char *name)
{
    struct kp_error error;
    char *text = NULL;
    size_t size = 0;
    test_profile_make(sql);
    sqlite3 *profile = kp_profile_open(test_path, &error);
    FILE *out = open_memstream(&text, &size);
    if (kp_export_write(profile, kp_export_find_format(name, &error), NULL, out, NULL, &error) != 0)
        fail_msg("%s", error.text);
    fclose(out);
    sqlite3_close(profile);
    unlink(test_path);
    return text;
}

static void expect_collapsed(const char *sql, const char *expected)
{
    char *text = export_as(sql, "collapsed");
    assert_string_equal(text, expected);
    free(text);
}

/* Costs are shared as the callers' calls took; what a line costs in all is exact; recursion is folded. */
static void callers_answer_for_their_share(void **state)
{
    (void)state;
    expect_collapsed(rows, "main (hot.c:1) 10\n"
                           "main (hot.c:1);a (hot.c:3) 20\n"
                           "main (hot.c:1);a (hot.c:4);leaf (hot.c:7) 21\n"
                           "main (hot.c:1);a (hot.c:4);leaf (hot.c:8) 19\n"
                           "main (hot.c:1);b (hot.c:5) 10\n"
                           "main (hot.c:1);b (hot.c:6);leaf (hot.c:7) 10\n"
                           "main (hot.c:1);b (hot.c:6);leaf (hot.c:8) 10\n");
}

static void without_times_hits_weigh(void **state)
{
    (void)state;
    char sql[4096];
    snprintf(sql, sizeof sql, "%s UPDATE run SET timing = 'off'; DELETE FROM line WHERE function = 4 AND line = 8;",
             rows);
    expect_collapsed(sql, "main (hot.c:1) 1\n"
                          "main (hot.c:1);a (hot.c:3) 1\n"
                          "main (hot.c:1);a (hot.c:4);leaf (hot.c:7) 6\n"
                          "main (hot.c:1);b (hot.c:5) 3\n"
                          "main (hot.c:1);b (hot.c:6);leaf (hot.c:7) 3\n");
}

/* A cycle that nothing enters, and half of leaf's calls from outside: nothing is lost. */
static void nothing_is_lost(void **state)
{
    (void)state;
    char sql[4096];
    snprintf(sql, sizeof sql,
             "%s DELETE FROM arc; INSERT INTO arc VALUES (2, 1, 3, 3, 3, 3, 30, 10), (3, 1, 5, 2, 1, 1, 60, 20),"
             "(1, 1, 1, 4, 4, 4, 30, 30);",
             rows);
    expect_collapsed(sql, "main (hot.c:1) 10\n"
                          "main (hot.c:1);leaf (hot.c:7) 16\n"
                          "main (hot.c:1);leaf (hot.c:8) 15\n"
                          "leaf (hot.c:7) 15\n"
                          "leaf (hot.c:8) 14\n"
                          "a (hot.c:3) 20\n"
                          "a (hot.c:3);b (hot.c:5) 10\n");
}

/* No sample fell into `a` and `b`, and no call of them was timed: their calls are what their callers share. */
static void no_time_seen_is_no_dead_end(void **state)
{
    (void)state;
    char sql[4096];
    snprintf(
        sql, sizeof sql,
        "%s UPDATE function SET total_ns = 0 WHERE id IN (2, 3); UPDATE arc SET total_ns = 0 WHERE callee IN (2, 3)",
        rows);
    expect_collapsed(sql, "main (hot.c:1) 10\n"
                          "main (hot.c:1);a (hot.c:3) 20\n"
                          "main (hot.c:1);a (hot.c:4);leaf (hot.c:7) 21\n"
                          "main (hot.c:1);a (hot.c:4);leaf (hot.c:8) 19\n"
                          "main (hot.c:1);b (hot.c:5) 10\n"
                          "main (hot.c:1);b (hot.c:6);leaf (hot.c:7) 10\n"
                          "main (hot.c:1);b (hot.c:6);leaf (hot.c:8) 10\n");
}

static void a_function_without_lines_is_its_first(void **state)
{
    (void)state;
    char sql[4096];
    snprintf(sql, sizeof sql, "%s DELETE FROM line; DELETE FROM arc; DELETE FROM function WHERE id > 2", rows);
    expect_collapsed(sql, "main (hot.c:1) 10\na (hot.c:3) 20\n");
}

static void deep_and_wide_graphs_end(void **state)
{
    (void)state;
    /* 40 functions that each call the next one twice: 2^40 paths. */
    static const char chain[] =
        "DELETE FROM line; DELETE FROM function;"
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40)"
        " INSERT INTO function (id, module, source, line, last_line, name, calls, total_ns, self_ns)"
        " SELECT i, 1, 1, i, i, 'f' || i, 1000000000, 1000000000000, 7 FROM n;"
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 39)"
        " INSERT INTO arc SELECT i, 1, i, i + 1, 500000000, 500000000, 500000000000, 1 FROM n UNION ALL"
        " SELECT i, 1, 100 + i, i + 1, 500000000, 500000000, 500000000000, 1 FROM n";
    char *text = export_as(chain, "collapsed");
    long sum = 0;
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
        sum += atol(strrchr(line, ' '));
    assert_int_equal(sum, 40 * 7);
    free(text);
}

static void lcov_and_mprof(void **state)
{
    (void)state;
    char *text = export_as("", "lcov");
    assert_string_equal(text, "TN:\nSF:/p/hot.c\nFN:1,hot\nFNDA:2,hot\nFN:10,cold\nFNDA:0,cold\nFNF:2\nFNH:1\n"
                              "DA:3,1\nDA:4,11\nDA:5,1234567890133\nDA:7,0\nDA:12,0\nLF:5\nLH:3\nend_of_record\n"
                              "TN:\nSF:/p/body.inc\nFNF:0\nFNH:0\nDA:40,2\nLF:1\nLH:1\nend_of_record\n");
    free(text);
    text = export_as("INSERT INTO memory_sample VALUES (1, 2000000000, 1048576, NULL), (2, 2100000000, 524288, NULL),"
                     " (1, 3500000000, 3145728, NULL);"
                     "INSERT INTO memory_mark VALUES (1, 'f (int)', 2000000000, 3000000000, 1048576, 2097152, 0)",
                     "mprof");
    assert_string_equal(text, "CMDLINE hot\nMEM 1.000000 2.0000\nCHLD 2 0.500000 2.1000\nMEM 3.000000 3.5000\n"
                              "FUNC f_(int) 1.0000 2.0000 2.0000 3.0000 0\n");
    free(text);
}

static void refuses_what_is_not_there(void **state)
{
    (void)state;
    struct kp_error error;
    test_profile_make("");
    sqlite3 *profile = kp_profile_open(test_path, &error);
    assert_int_equal(kp_export_write(profile, kp_export_find_format("mprof", &error), NULL, stdout, NULL, &error), -1);
    assert_non_null(strstr(error.text, "no samples of memory"));
    assert_int_equal(
        kp_export_write(profile, kp_export_find_format("pprof", &error), &kp_export_views[0], stdout, NULL, &error),
        -1);
    assert_non_null(strstr(error.text, "has no views"));
    sqlite3_close(profile);
    unlink(test_path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(callers_answer_for_their_share),
        cmocka_unit_test(without_times_hits_weigh),
        cmocka_unit_test(nothing_is_lost),
        cmocka_unit_test(no_time_seen_is_no_dead_end),
        cmocka_unit_test(a_function_without_lines_is_its_first),
        cmocka_unit_test(deep_and_wide_graphs_end),
        cmocka_unit_test(lcov_and_mprof),
        cmocka_unit_test(refuses_what_is_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
