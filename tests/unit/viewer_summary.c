/* viewer/: the summary by function to the letter, its orders, callers and callees. */
#include "viewer_profile.h"

#include "viewer/text/default_view.h"
#include "viewer/text/summary.h"

static const char functions_rows[] =
    "DELETE FROM line; DELETE FROM function;"
    "INSERT INTO function (id, module, source, line, last_line, name, linkage_name, calls, primitive_calls, total_ns, "
    "self_ns)"
    " VALUES (1, 1, 1, 1, 9, 'main', 'main', 1, 1, 2000000000, 500000000),"
    " (2, 1, 1, 10, 13, 'fib', 'fib', 177, 1, 1500000000, 1200000000),"
    " (3, 1, 2, 5, 6, 'leaf', 'leaf', 20, 20, 300000000, 300000000), (4, 1, 1, 20, 21, 'never', 'never', 0, 0, 0, 0);"
    "INSERT INTO arc VALUES (1, 1, 4, 2, 1, 1, 1500000000, 10000000), (2, 1, 11, 2, 176, 0, 0, 1190000000),"
    " (2, 1, 12, 3, 15, 15, 200000000, 200000000), (2, 1, 13, 3, 5, 5, 100000000, 100000000);";

static void expect(enum kp_summary_table table, const char *keys, size_t limit, const char *golden)
{
    struct kp_error error;
    struct kp_summary_options options = {.table = table, .limit = limit};
    char *text = NULL;
    size_t size;
    char path[4096], expected[8192];
    if (keys)
        assert_int_equal(kp_summary_add_keys(&options, keys, &error), 0);
    test_profile_make(functions_rows);
    sqlite3 *profile = kp_profile_open(test_path, &error);
    assert_non_null(profile);
    FILE *out = open_memstream(&text, &size);
    assert_int_equal(kp_view_functions(profile, &options, out, &error), 0);
    fclose(out);
    sqlite3_close(profile);
    unlink(test_path);
    const char *tests = getenv("KP_TESTS");
    snprintf(path, sizeof path, "%s/view/%s", tests ? tests : "tests", golden);
    FILE *file = fopen(path, getenv("KP_BLESS") ? "w+" : "r");
    assert_non_null(file);
    if (getenv("KP_BLESS"))
        fputs(text, file);
    rewind(file);
    expected[fread(expected, 1, sizeof expected - 1, file)] = '\0';
    fclose(file);
    assert_string_equal(text, expected);
    free(text);
}

static void prints_as_pstats_does(void **state)
{
    (void)state;
    expect(KP_SUMMARY_FUNCTIONS, NULL, 0, "summary.txt");
    expect(KP_SUMMARY_FUNCTIONS, "calls,na", 2, "summary_sort_calls_name_limit_2.txt");
    expect(KP_SUMMARY_CALLERS, "stdname", 0, "summary_callers_sort_stdname.txt");
    expect(KP_SUMMARY_CALLEES, "nfl", 0, "summary_callees_sort_nfl.txt");
}

static void keys_are_refused_that_mean_two_things(void **state)
{
    (void)state;
    struct kp_error error;
    struct kp_summary_options options = {0};
    assert_int_equal(kp_summary_add_keys(&options, "cum", &error), 0);
    assert_int_equal(kp_summary_add_keys(&options, "c", &error), -1);
    assert_int_equal(kp_summary_add_keys(&options, "time,", &error), -1);
    assert_int_equal(kp_summary_add_keys(&options, "hits", &error), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prints_as_pstats_does),
        cmocka_unit_test(keys_are_refused_that_mean_two_things),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
