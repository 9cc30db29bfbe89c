/* viewer/model/columns.c: the table of columns, and the columns of a profile's events wherever columns are shown. */
#include "viewer_profile.h"

#include "viewer/export/export.h"
#include "viewer/model/listing_load.h"
#include "viewer/page/page.h"
#include "viewer/text/text.h"

static const char events[] =
    "INSERT INTO event VALUES (1, 'page-faults', 'faults'), (2, 'cache-misses', 'misses'), (3, 'bad\x1b[31m', 'x');"
    "INSERT INTO line_event VALUES (1, 1, 4, 1, 7), (1, 1, 5, 1, 20), (2, 1, 5, 1, 3), (1, 1, 5, 2, 1234567890123);";

static struct kp_error error;

static sqlite3 *open_profile(const char *sql)
{
    test_profile_make(sql);
    sqlite3 *profile = kp_profile_open(test_path, &error);
    assert_non_null(profile);
    unlink(test_path);
    return profile;
}

static char *shown_text(sqlite3 *profile, const char *list)
{
    char *text = NULL;
    size_t size = 0;
    struct kp_listing listing;
    struct kp_text_options options = kp_text_defaults();
    FILE *out = open_memstream(&text, &size);
    assert_int_equal(kp_listing_load(&listing, profile, NULL, &error), 0);
    assert_int_equal(kp_columns_show_list(&listing.columns, list, KP_GROUPS_ALL, &error), 0);
    kp_text_render(&listing, &options, out);
    fclose(out);
    kp_listing_free(&listing);
    return text;
}

static void every_column_is_described_once(void **state)
{
    (void)state;
    for (size_t i = 0; i < KP_COLUMNS_FIXED; i++) {
        const struct kp_column *column = &kp_columns_fixed[i];
        assert_true(column->key && column->heading && column->meaning);
        assert_true(column->sql || column->value);
        assert_true(column->width >= (int)strlen(column->heading));
        assert_string_equal(kp_column_key(i), column->key);
        for (size_t other = 0; other < i; other++)
            assert_string_not_equal(column->key, kp_columns_fixed[other].key);
    }
}

static void each_kind_has_its_format(void **state)
{
    (void)state;
    const struct {
        struct kp_value value;
        const char *text;
    } cells[] = {
        {kp_value_none(), ""},
        {kp_value_count(12), "12"},
        {{.kind = KP_VALUE_BYTES, .count = 4096}, "4096"},
        {kp_value_time(1500), "1.5"},
        {kp_value_percent(1, 8), "12.5"},
        {kp_value_ratio(1, 8), "0.12"},
        {kp_value_ratio(1, 0), ""},
    };
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        char text[KP_VALUE_TEXT];
        kp_units_cell(text, cells[i].value, KP_UNIT_DEFAULT);
        assert_string_equal(text, cells[i].text);
    }
}

static void events_are_columns_of_the_listing(void **state)
{
    (void)state;
    sqlite3 *profile = open_profile(events);
    char *text = shown_text(profile, "");
    assert_non_null(strstr(text, "% Time Page Faults  Cache Misses  Line Contents\n"));
    assert_non_null(strstr(text, "     4            11        100.0      9.1     20.0           7             0  "));
    assert_non_null(strstr(text, "     5 1234567890133        300.0      0.0     60.0          23 1234567890123  "));
    assert_null(strchr(text, '\x1b'));
    free(text);
    text = shown_text(profile, "self,page-faults");
    assert_non_null(strstr(text, "Self Page Faults"));
    free(text);
    text = shown_text(profile, "wait");
    assert_non_null(strstr(text, "% Time         Wait Page Faults"));
    assert_non_null(strstr(text, " 20.0         40.0 "));
    free(text);
    sqlite3_close(profile);
}

static void an_unknown_key_is_answered_with_what_there_is(void **state)
{
    (void)state;
    struct kp_listing listing;
    sqlite3 *profile = open_profile(events);
    assert_int_equal(kp_listing_load(&listing, profile, NULL, &error), 0);
    assert_int_equal(kp_columns_show_list(&listing.columns, "hits,pagefaults", KP_GROUPS_ALL, &error), -1);
    assert_non_null(strstr(error.text, "unknown column 'pagefaults'; there are: hits, time, "));
    assert_non_null(strstr(error.text, "temporary, page-faults, cache-misses, ranks"));
    assert_int_equal(kp_columns_show_list(&listing.columns, "hits", KP_GROUP(KP_GROUP_MEMORY), &error), -1);
    assert_non_null(strstr(error.text, "there are: allocs, allocated, frees, freed, peak, leaked, leaks, temporary"));
    assert_null(strstr(error.text, "ranks"));
    kp_listing_free(&listing);
    sqlite3_close(profile);
}

static void older_profiles_have_no_events(void **state)
{
    (void)state;
    sqlite3 *profile = open_profile("DROP VIEW line_events; DROP TABLE line_event; DROP TABLE event");
    char *text = shown_text(profile, "");
    assert_non_null(strstr(text, "% Time  Line Contents\n"));
    free(text);
    sqlite3_close(profile);
}

static char *exported(sqlite3 *profile, const char *format)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    assert_int_equal(kp_export_write(profile, kp_export_find_format(format, &error),
                                     kp_export_find_view("lines", &error), out, NULL, &error),
                     0);
    fclose(out);
    return text;
}

static void events_are_columns_of_exports(void **state)
{
    (void)state;
    sqlite3 *profile = open_profile(events);
    char *text = exported(profile, "csv");
    assert_non_null(strstr(text, ",page-faults,cache-misses\n"));
    assert_non_null(strstr(text, "/p/hot.c,4,hot,11,100000,100000,10,0,7,0\n"));
    assert_non_null(strstr(text, "/p/hot.c,5,hot,1234567890133,300000,250000,0,1500,23,1234567890123\n"));
    free(text);
    text = exported(profile, "json");
    assert_non_null(strstr(text, "\"page-faults\":23,\"cache-misses\":1234567890123}"));
    free(text);
    sqlite3_close(profile);
}

static void the_page_describes_the_columns_that_are_there(void **state)
{
    (void)state;
    char *text = NULL;
    size_t size = 0;
    struct kp_listing listing;
    if (!kp_page_available())
        skip();
    sqlite3 *profile = open_profile(events);
    FILE *out = open_memstream(&text, &size);
    assert_int_equal(kp_listing_load(&listing, profile, NULL, &error), 0);
    assert_int_equal(kp_page_render(&listing, profile, "p", out, &error), 0);
    fclose(out);
    assert_non_null(strstr(text, "{\"key\":\"page-faults\",\"heading\":\"Page Faults\",\"kind\":\"count\","
                                 "\"group\":\"events\",\"shown\":true}"));
    assert_non_null(strstr(text, "\"page-faults\":[0,7,23,0,0]"));
    assert_non_null(strstr(text, "\"percent\":[20,20,60,null,0]"));
    assert_null(strstr(text, "\"key\":\"rankmin\""));
    free(text);
    kp_listing_free(&listing);
    sqlite3_close(profile);
}

static void the_page_of_a_comparison_has_events_of_each_side(void **state)
{
    (void)state;
    char *text = NULL;
    size_t size = 0;
    struct kp_listing old;
    struct kp_listing new;
    struct kp_compare compare;
    if (!kp_page_available())
        skip();
    sqlite3 *without = open_profile("");
    sqlite3 *with = open_profile(events);
    FILE *out = open_memstream(&text, &size);
    assert_int_equal(kp_listing_load(&old, without, NULL, &error), 0);
    assert_int_equal(kp_listing_load(&new, with, NULL, &error), 0);
    assert_int_equal(kp_compare_build(&compare, &old, &new, &error), 0);
    assert_int_equal(kp_page_compare(&compare, 1, &(struct kp_page_side){"old", without},
                                     &(struct kp_page_side){"new", with}, out, &error),
                     0);
    fclose(out);
    assert_non_null(
        strstr(text, "\"old_events\":{},\"new_events\":{\"page-faults\":[null,null,0,7,23,null,0,null,null,0]"));
    assert_non_null(strstr(text, "\"events\":[{\"key\":\"page-faults\",\"heading\":\"Page Faults\""));
    free(text);
    kp_compare_free(&compare);
    kp_listing_free(&old);
    kp_listing_free(&new);
    sqlite3_close(without);
    sqlite3_close(with);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_column_is_described_once),
        cmocka_unit_test(each_kind_has_its_format),
        cmocka_unit_test(events_are_columns_of_the_listing),
        cmocka_unit_test(an_unknown_key_is_answered_with_what_there_is),
        cmocka_unit_test(older_profiles_have_no_events),
        cmocka_unit_test(events_are_columns_of_exports),
        cmocka_unit_test(the_page_describes_the_columns_that_are_there),
        cmocka_unit_test(the_page_of_a_comparison_has_events_of_each_side),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
