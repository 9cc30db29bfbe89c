/* viewer/: the listing to the letter, columns, filters, and the views as CSV and JSON. */
#include "viewer_profile.h"

#include "viewer/export/export.h"
#include "viewer/model/listing_load.h"
#include "viewer/text/default_view.h"
#include "viewer/text/text.h"

static char *text;
static size_t text_size;

static sqlite3 *open_profile(void)
{
    struct kp_error error;
    sqlite3 *profile = kp_profile_open(test_path, &error);
    assert_non_null(profile);
    return profile;
}

/* What is shown besides the usual columns. */
struct more {
    const char *list; /* "": all that --columns alone adds */
    enum kp_column_group group;
};

static void render_more(const char *sql, const struct kp_listing_filter *filter, enum kp_listing_order order,
                        const struct kp_text_options *options, const struct more *more)
{
    struct kp_error error;
    struct kp_listing listing;
    test_profile_make(sql);
    sqlite3 *profile = open_profile();
    assert_int_equal(kp_listing_load(&listing, profile, filter, &error), 0);
    if (more->list)
        assert_int_equal(
            kp_columns_show_list(&listing.columns, *more->list ? more->list : NULL, KP_GROUPS_WITHOUT_MEMORY, &error),
            0);
    kp_columns_show_group(&listing.columns, more->group);
    kp_listing_sort(&listing, order);
    FILE *out = open_memstream(&text, &text_size);
    kp_text_render(&listing, options, out);
    fclose(out);
    kp_listing_free(&listing);
    sqlite3_close(profile);
    unlink(test_path);
}

static void render(const char *sql, const struct kp_listing_filter *filter, enum kp_listing_order order,
                   const struct kp_text_options *options)
{
    render_more(sql, filter, order, options, &(struct more){NULL, KP_COLUMN_GROUPS});
}

static void expect_golden(const char *name)
{
    char path[4096];
    char golden[16384];
    const char *tests = getenv("KP_TESTS");
    snprintf(path, sizeof path, "%s/view/%s", tests ? tests : "tests", name);
    if (getenv("KP_BLESS")) { /* write the goldens anew, to be read in the diff */
        FILE *out = fopen(path, "w");
        fputs(text, out);
        fclose(out);
    }
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    golden[fread(golden, 1, sizeof golden - 1, file)] = '\0';
    fclose(file);
    assert_string_equal(text, golden);
    free(text);
}

static void prints_as_line_profiler_does(void **state)
{
    (void)state;
    struct kp_text_options options = kp_text_defaults();
    render("", NULL, KP_ORDER_LINE, &options);
    expect_golden("default.txt");
}

static void all_columns_and_summary(void **state)
{
    (void)state;
    struct kp_text_options options = kp_text_defaults();
    struct kp_listing_filter filter = {.instances = true, .skip_zero = true};
    options.summary = true;
    options.unit_s = 1e-9;
    render_more("UPDATE source SET changed = 1 WHERE id = 1", &filter, KP_ORDER_TIME, &options,
                &(struct more){"", KP_COLUMN_GROUPS});
    expect_golden("columns_instances_skip_zero_sort_time_unit_ns_summary.txt");
}

static void no_times_without_timing(void **state)
{
    (void)state;
    struct kp_text_options options = kp_text_defaults();
    render("UPDATE run SET timing = 'off'; UPDATE line SET time_ns = 0", NULL, KP_ORDER_LINE, &options);
    expect_golden("timing_off.txt");
}

static void the_head_says_who_sampled(void **state)
{
    (void)state;
    struct kp_text_options options = kp_text_defaults();
    render("UPDATE run SET sampler = 'perf'", NULL, KP_ORDER_LINE, &options);
    expect_golden("default.txt");
    render("UPDATE run SET sampler = 'timer'", NULL, KP_ORDER_LINE, &options);
    assert_non_null(
        strstr(text, "Timer unit: 1e-06 s\nOwn time: sampled by CPU timers, as perf events are not allowed\n\n"));
    free(text);
}

static void spread_over_ranks(void **state)
{
    (void)state;
    struct kp_text_options options = kp_text_defaults();
    struct kp_listing_filter filter = {.skip_zero = true};
    render_more(
        "INSERT INTO meta VALUES ('profiles', 4); INSERT INTO line_spread VALUES (1, 1, 3, 4, 0, 1, 10000, 50000, 3),"
        " (1, 1, 4, 3, 0, 1, 20000, 50000, NULL), (2, 1, 5, 4, 0, 1, 20000, 150000, 2)",
        &filter, KP_ORDER_LINE, &options, &(struct more){NULL, KP_GROUP_RANKS});
    expect_golden("ranks.txt");
}

static void spread_over_threads(void **state)
{
    (void)state;
    struct kp_text_options options = kp_text_defaults();
    struct kp_listing_filter filter = {.skip_zero = true};
    render_more("INSERT INTO thread_line VALUES (1, 1, 4, 1, 1, 10000), (1, 1, 4, 2, 7, 70000), (1, 1, 4, 3, 3, 20000)",
                &filter, KP_ORDER_LINE, &options, &(struct more){NULL, KP_GROUP_THREADS});
    expect_golden("threads.txt");
}

static void a_glob_that_matches_nothing_is_said(void **state)
{
    (void)state;
    const char *globs[] = {"hot*", "nothing"};
    struct kp_listing_filter filter = {.functions = globs, .function_count = 2};
    struct kp_listing listing;
    struct kp_error error;
    test_profile_make("");
    sqlite3 *profile = open_profile();
    assert_int_equal(kp_listing_load(&listing, profile, &filter, &error), -1);
    assert_non_null(strstr(error.text, "nothing in it matches --function 'nothing'"));
    filter.function_count = 1;
    assert_int_equal(kp_listing_load(&listing, profile, &filter, &error), 0);
    assert_int_equal(listing.function_count, 1);
    kp_listing_free(&listing);
    sqlite3_close(profile);
    unlink(test_path);
}

static void hottest_line_is_by_own_time(void **state)
{
    (void)state;
    struct kp_hottest hottest;
    test_profile_make("");
    sqlite3 *profile = open_profile();
    assert_int_equal(kp_view_hottest(profile, &hottest), 0);
    assert_string_equal(hottest.file, "/p/hot.c");
    assert_int_equal(hottest.line, 5);
    assert_true(hottest.percent > 59.9 && hottest.percent < 60.1);
    sqlite3_close(profile);
    unlink(test_path);
}

static void export_as(const char *name, const char *view)
{
    struct kp_error error;
    test_profile_make("INSERT INTO timer (name, calls, total_ns) VALUES ('a \"b\", c', 1, 2)");
    sqlite3 *profile = open_profile();
    FILE *out = open_memstream(&text, &text_size);
    assert_int_equal(kp_export_write(profile, kp_export_find_format(name, &error), kp_export_find_view(view, &error),
                                     out, NULL, &error),
                     0);
    fclose(out);
    sqlite3_close(profile);
    unlink(test_path);
}

static void csv_and_json(void **state)
{
    (void)state;
    struct kp_error error;
    export_as("csv", "lines");
    expect_golden("lines.csv");
    export_as("json", "lines");
    expect_golden("lines.json");
    export_as("csv", "timers");
    assert_string_equal(text, "name,calls,total_ns\n\"a \"\"b\"\", c\",1,2\n");
    free(text);
    assert_null(kp_export_find_format("xml", &error));
    assert_string_equal(
        error.text, "--format: unknown format 'xml'; there are: csv, json, pstats, line_profiler, callgrind, pprof, "
                    "speedscope, firefox, cpuprofile, collapsed, lcov, mprof");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prints_as_line_profiler_does),
        cmocka_unit_test(all_columns_and_summary),
        cmocka_unit_test(no_times_without_timing),
        cmocka_unit_test(a_glob_that_matches_nothing_is_said),
        cmocka_unit_test(the_head_says_who_sampled),
        cmocka_unit_test(spread_over_ranks),
        cmocka_unit_test(spread_over_threads),
        cmocka_unit_test(hottest_line_is_by_own_time),
        cmocka_unit_test(csv_and_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
