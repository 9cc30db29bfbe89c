/* What is found in the map of a module: functions by number, name and place, call sites, fused counters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kernprof/analyze/module/module_index.h"
#include "kernprof_map.h"

static struct test_map map;

static struct kp_module_index *index_of_map(int by_function)
{
    const struct kp_module_map module = {map.bytes, map.size, TEST_MAP_ADDRESS, TEST_COUNTERS_ADDRESS, 8 * map.words};
    struct kp_module_index *index = kp_module_index_new(&module, by_function);
    assert_non_null(index);
    return index;
}

/* Words of a function with one counter and so many lines. */
static unsigned words_of(unsigned lines)
{
    return 1 + KP_ACTIVATION_WORDS + lines * KP_LINE_WORDS;
}

static void functions_have_numbers_in_the_order_of_their_records(void **state)
{
    (void)state;
    map = (struct test_map){.size = 0};
    test_add_function(&map, (struct test_function){.name = "z", .file = "/a.c", .lines = {3, 4}, .line_count = 2});
    test_add_function(&map, (struct test_function){.name = "a", .file = "/b.c", .lines = {7}, .line_count = 1});
    struct kp_module_index *index = index_of_map(0);
    assert_int_equal(kp_module_function_count(index), 2);
    assert_string_equal(kp_module_linkage_name(index, 0), "z");
    assert_string_equal(kp_module_file(index, 1), "/b.c");
    assert_int_equal(kp_module_first_word(index, 0), 0);
    assert_int_equal(kp_module_first_word(index, 1), words_of(2));
    assert_int_equal(kp_module_by_name(index, 0), 1); /* "a" comes before "z" */
    assert_int_equal(kp_module_by_name(index, 1), 0);
    kp_module_index_free(index);
}

static void static_functions_of_one_name_are_told_apart_by_file(void **state)
{
    (void)state;
    map = (struct test_map){.size = 0};
    const char *const files[] = {"/a.c", "/b.c", "/b.c", "/c.c"};
    const char *const names[] = {"helper", "helper", "caller", "other"};
    for (int i = 0; i < 4; i++)
        test_add_function(&map,
                          (struct test_function){.name = names[i], .file = files[i], .lines = {1}, .line_count = 1});
    struct kp_module_index *index = index_of_map(0);
    assert_int_equal(kp_module_find_name(index, "helper", 0), 0);
    assert_int_equal(kp_module_find_name(index, "helper", 2), 1); /* the caller is in /b.c */
    assert_int_equal(kp_module_find_name(index, "helper", 3), 0); /* in neither file: the first */
    assert_int_equal(kp_module_find_name(index, "help", 0), -1);
    kp_module_index_free(index);
}

/* A function whose calls alone are counted is one where functions are profiled, and none where lines are. */
static void functions_that_were_not_chosen_are_not_profiled_by_line(void **state)
{
    (void)state;
    map = (struct test_map){.size = 0};
    test_add_function(&map,
                      (struct test_function){
                          .name = "f", .file = "/a.c", .flags = KP_FUNCTION_CALLS_ONLY, .lines = {5}, .line_count = 1});
    struct kp_module_line at;
    struct kp_module_index *by_line = index_of_map(0), *by_function = index_of_map(1);
    assert_int_equal(kp_module_find_name(by_line, "f", 0), -1);
    assert_int_equal(kp_module_find_name(by_function, "f", 0), 0);
    assert_false(kp_module_find_place(by_line, "/a.c", 5, NULL, &at)); /* it has no lines */
    kp_module_index_free(by_line);
    kp_module_index_free(by_function);
}

/* A header's inline function has the same lines in every function that it was compiled into. */
static void lines_are_found_by_place_and_name(void **state)
{
    (void)state;
    map = (struct test_map){.size = 0};
    const char *const names[] = {"first", "space::second<int>"};
    for (int i = 0; i < 2; i++)
        test_add_function(&map,
                          (struct test_function){.name = names[i], .file = "/a.h", .lines = {5, 6}, .line_count = 2});
    struct kp_module_index *index = index_of_map(0);
    struct kp_module_line at;
    assert_true(kp_module_find_place(index, "/a.h", 6, NULL, &at)); /* no name: the first function */
    assert_int_equal(at.function, 0);
    assert_int_equal(at.line, 1);
    /* Debug information has the name without the namespace, with or without arguments. */
    assert_true(kp_module_find_place(index, "/a.h", 6, "second<char>", &at));
    assert_int_equal(at.function, 1);
    assert_true(kp_module_find_place(index, "/a.h", 6, "second", &at));
    assert_int_equal(at.function, 1);
    assert_false(kp_module_find_place(index, "/a.h", 6, "econd", &at)); /* another function's line */
    assert_false(kp_module_find_place(index, "/a.h", 7, NULL, &at));
    assert_false(kp_module_find_place(index, "/b.h", 6, NULL, &at));
    kp_module_index_free(index);
}

static void code_between_listed_lines_belongs_to_the_line_before(void **state)
{
    (void)state;
    map = (struct test_map){.size = 0};
    test_add_function(&map,
                      (struct test_function){.name = "f", .file = "/a.c", .lines = {10, 12, 20}, .line_count = 3});
    struct kp_module_index *index = index_of_map(0);
    assert_int_equal(kp_module_line_at(index, 0, "/a.c", 12), 1);
    assert_int_equal(kp_module_line_at(index, 0, "/a.c", 13), -1);
    assert_int_equal(kp_module_line_before(index, 0, "/a.c", 12), 1);
    assert_int_equal(kp_module_line_before(index, 0, "/a.c", 19), 1);
    assert_int_equal(kp_module_line_before(index, 0, "/a.c", 9), -1);
    assert_int_equal(kp_module_line_before(index, 0, "/b.c", 12), -1);
    kp_module_index_free(index);
}

static void symbols_of_versions_are_the_functions_own(void **state)
{
    (void)state;
    map = (struct test_map){.size = 0};
    test_add_function(&map, (struct test_function){.name = "run", .file = "/a.c", .lines = {1}, .line_count = 1});
    struct kp_module_index *index = index_of_map(0);
    assert_true(kp_module_is_symbol_of(index, 0, "run"));
    assert_true(kp_module_is_symbol_of(index, 0, "run.kp_hits"));
    assert_true(kp_module_is_symbol_of(index, 0, "kp.run.kp_timed"));
    assert_false(kp_module_is_symbol_of(index, 0, "running"));
    assert_false(kp_module_is_symbol_of(index, 0, "ru"));
    kp_module_index_free(index);
}

/* The call of `leaf` is written in `inner`, which was inlined into `outer`; `hidden`, in between, is not profiled. */
static void frames_of_a_site_are_those_of_profiled_functions(void **state)
{
    (void)state;
    map = (struct test_map){.size = 0};
    test_add_function(&map, (struct test_function){.name = "inner", .file = "/a.c", .lines = {3}, .line_count = 1});
    uint32_t outer = test_add_function(
        &map, (struct test_function){.name = "outer", .file = "/a.c", .lines = {8, 9}, .line_count = 2});
    const struct test_site sites[] = {{"leaf", {{"inner", 3}, {"hidden", 5}, {"outer", 9}}, 3},
                                      {"", {{"outer", 8}}, 1}};
    uint64_t word = test_add_sites(&map, outer, "/a.c", sites, 2, NULL);
    struct kp_module_index *index = index_of_map(0);
    assert_int_equal(kp_module_site_count(index), 2);
    int number = kp_module_find_site(index, word + KP_SITE_WORDS);
    assert_int_equal(number, 1);
    assert_string_equal(kp_module_callee(kp_module_site(index, 1)), ""); /* through a pointer */
    assert_int_equal(kp_module_find_site(index, word + 1), -1);

    struct kp_module_line frames[KP_MODULE_FRAMES];
    const struct kp_module_site *site = kp_module_site(index, 0);
    assert_string_equal(kp_module_callee(site), "leaf");
    assert_int_equal(kp_module_site_frames(index, site, frames), 2);
    assert_int_equal(frames[0].function, 0); /* inner, line 3 */
    assert_int_equal(frames[0].line, 0);
    assert_int_equal(frames[1].function, 1); /* outer, line 9 */
    assert_int_equal(frames[1].line, 1);
    kp_module_index_free(index);
}

/* A countdown that was set to 10 in all and is at 3 stands for 7 calls; the counter has 2 more for each. */
static void fused_counters_get_what_their_site_counted(void **state)
{
    (void)state;
    map = (struct test_map){.size = 0};
    uint32_t f =
        test_add_function(&map, (struct test_function){.name = "f", .file = "/a.c", .lines = {1}, .line_count = 1});
    const struct test_site site = {"g", {{"f", 1}}, 1};
    const struct test_fused fused = {.site = 0, .step = 2, .counter = 0};
    uint64_t word = test_add_sites(&map, f, "/a.c", &site, 1, &fused);
    uint64_t words[64] = {[0] = 100};
    assert_true(map.words <= 64);
    words[word + KP_SITE_GRANTED] = 10;
    words[word + KP_SITE_COUNTDOWN] = 3;
    struct kp_module_index *index = index_of_map(0);
    kp_module_add_fused(index, words);
    assert_int_equal(words[0], 100 + 2 * 7);
    assert_int_equal(words[1], 0);
    kp_module_index_free(index);
}

/* Words that lie behind the module's counters are not read, and a damaged record ends the map. */
static void damage_is_left_out(void **state)
{
    (void)state;
    map = (struct test_map){.size = 0};
    test_add_function(&map, (struct test_function){.name = "f", .file = "/a.c", .lines = {1}, .line_count = 1});
    uint32_t second =
        test_add_function(&map, (struct test_function){.name = "g", .file = "/a.c", .lines = {2}, .line_count = 1});
    map.words--; /* the counters end one word too early for the second */
    struct kp_module_index *index = index_of_map(0);
    assert_int_equal(kp_module_first_word(index, 0), 0);
    assert_int_equal(kp_module_first_word(index, 1), -1);
    kp_module_index_free(index);

    map.bytes[second] ^= 1; /* its magic */
    index = index_of_map(0);
    assert_int_equal(kp_module_function_count(index), 1);
    kp_module_index_free(index);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions_have_numbers_in_the_order_of_their_records),
        cmocka_unit_test(static_functions_of_one_name_are_told_apart_by_file),
        cmocka_unit_test(functions_that_were_not_chosen_are_not_profiled_by_line),
        cmocka_unit_test(lines_are_found_by_place_and_name),
        cmocka_unit_test(code_between_listed_lines_belongs_to_the_line_before),
        cmocka_unit_test(symbols_of_versions_are_the_functions_own),
        cmocka_unit_test(frames_of_a_site_are_those_of_profiled_functions),
        cmocka_unit_test(fused_counters_get_what_their_site_counted),
        cmocka_unit_test(damage_is_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
