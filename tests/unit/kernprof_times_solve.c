/* Times of lines and calls, from timed calls and samples. A tick is one nanosecond here.
 *
 * All calls of a site are estimated from those that were timed. What is known to be in the callee's own body, but on
 * none of its lines, is what counting takes; arcs have the callee's part without it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kernprof/analyze/times/times.h"
#include "kernprof_map.h"

enum { WORDS = 160, MODULES = 2 };

/* Modules that are being made: first the maps, then what their segments hold, then solved. */
struct module {
    struct test_map map;
    struct kp_module_index *index;
    struct kp_times *times;
    uint64_t words[WORDS];
};

static struct module modules[MODULES];
static struct kp_function_names names;

/* After the maps: indexes and empty times. */
static void begin(unsigned count)
{
    const struct kp_module_index *indexes[MODULES];
    for (unsigned i = 0; i < count; i++) {
        struct module *m = &modules[i];
        assert_true(m->map.words <= WORDS);
        const struct kp_module_map map = {m->map.bytes, m->map.size, TEST_MAP_ADDRESS, TEST_COUNTERS_ADDRESS,
                                          8 * m->map.words};
        indexes[i] = m->index = kp_module_index_new(&map, 0);
        m->times = kp_times_new(m->index);
        assert_non_null(m->times);
    }
    assert_int_equal(kp_function_names_fill(&names, indexes, count), 0);
}

/* Adds the segments and solves. */
static void solve(unsigned count)
{
    struct kp_times *times[MODULES];
    for (unsigned i = 0; i < count; i++)
        times[i] = modules[i].times;
    assert_int_equal(kp_times_solve(times, count, &names), 0);
}

static int end(void **state)
{
    (void)state;
    for (unsigned i = 0; i < MODULES; i++) {
        kp_times_free(modules[i].times);
        kp_module_index_free(modules[i].index);
    }
    memset(modules, 0, sizeof modules);
    kp_function_names_free(&names);
    return 0;
}

/* A site's words: so many calls, of which `timed` took `ns` in all; `squares` of their lengths. */
static void set_site(struct module *m, uint64_t word, uint64_t calls, uint64_t timed, uint64_t ns, double squares)
{
    uint64_t *site = m->words + word;
    site[KP_SITE_GRANTED] = calls;
    site[KP_SITE_TIMED] = timed;
    site[KP_SITE_TICKS] = ns;
    memcpy(&site[KP_SITE_SQUARES], &squares, sizeof squares);
}

/* A sample of the body of a function that nothing was inlined into. */
static void sample(struct module *m, const char *symbol, unsigned line, double ns)
{
    struct kp_code_frame frame = {"/a.c", line, NULL};
    const struct kp_code_place place = {.frames = &frame, .frame_count = 1};
    kp_times_add_samples(m->times, &place, symbol, ns, 1);
}

/* A sample of code of the function that counts. */
static void sample_counting(struct module *m, const char *symbol, double ns)
{
    kp_times_add_samples(m->times, &(struct kp_code_place){.frame_count = 0}, symbol, ns, 1);
}

static struct test_function function(const char *name, uint32_t first, uint32_t second)
{
    return (struct test_function){.name = name, .file = "/a.c", .lines = {first, second}, .line_count = 2};
}

/* Line 10: 4 calls, all timed, 400 ns. Line 11: 100 calls, 10 of them timed: five of 4 ns and five of 6 ns. */
static void thinned_calls_are_estimated_and_timed_ones_are_exact(void **state)
{
    (void)state;
    struct module *m = &modules[0];
    uint32_t caller = test_add_function(&m->map, function("caller", 10, 11));
    const struct test_site sites[] = {{"read", {{"caller", 10}}, 1}, {"write", {{"caller", 11}}, 1}};
    uint64_t word = test_add_sites(&m->map, caller, "/a.c", sites, 2, NULL);
    begin(1);
    set_site(m, word, 4, 4, 400, 40000);
    set_site(m, word + KP_SITE_WORDS, 100, 10, 50, 5 * 16 + 5 * 36);
    kp_times_add_segment(m->times, m->words, 1);
    kp_times_set_counts(m->times, 0, 1, 0, (const uint64_t[]){1, 1});
    solve(1);
    const struct kp_line_time *exact = kp_times_line(m->times, 0, 0), *estimated = kp_times_line(m->times, 0, 1);
    assert_float_equal(exact->time_ns, 400, 1e-9);
    assert_float_equal(exact->variance, 0, 1e-9);
    /* The mean of the timed ones, for each call: 50 / 10 * 100. */
    assert_float_equal(estimated->time_ns, 500, 1e-9);
    /* Without replacement: 100^2 * (10/9) / 10 * (1 - 10/100), where (10/9) is the variance of one call's length. */
    assert_float_equal(estimated->variance, 1000, 1e-6);
    /* Neither callee is profiled: their time is the lines' own. */
    assert_float_equal(estimated->self_ns, 500, 1e-9);
}

/* Two threads: what their segments hold adds up, each with its own length of a tick. */
static void segments_add_up(void **state)
{
    (void)state;
    struct module *m = &modules[0];
    uint32_t caller = test_add_function(&m->map, function("caller", 10, 11));
    const struct test_site site = {"read", {{"caller", 10}}, 1};
    uint64_t word = test_add_sites(&m->map, caller, "/a.c", &site, 1, NULL);
    begin(1);
    set_site(m, word, 4, 4, 400, 40000);
    kp_times_add_segment(m->times, m->words, 1);
    kp_times_add_segment(m->times, m->words, 0.5);
    kp_times_set_counts(m->times, 0, 1, 0, (const uint64_t[]){1, 1});
    solve(1);
    assert_float_equal(kp_times_line(m->times, 0, 0)->time_ns, 400 + 200, 1e-9);
}

/* `main` calls `r` 4 times, and `r` itself another 6 times; of so many activations `r` noted that they were inner ones.
 */
static void make_recursion(struct module *m, uint64_t noted_inner, uint64_t *outside, uint64_t *inside)
{
    struct test_function caller = function("main", 10, 11), callee = function("r", 20, 21);
    caller.calls[0] = (struct test_call){1, 0, "r"};
    callee.calls[0] = (struct test_call){1, 1, "r"};
    caller.call_count = callee.call_count = 1;
    uint32_t first = test_add_function(&m->map, caller), second = test_add_function(&m->map, callee);
    const struct test_site from_main = {"r", {{"main", 10}}, 1}, from_r = {"r", {{"r", 21}}, 1};
    *outside = test_add_sites(&m->map, first, "/a.c", &from_main, 1, NULL);
    *inside = test_add_sites(&m->map, second, "/a.c", &from_r, 1, NULL);
    begin(1);
    kp_times_set_counts(m->times, 0, 1, 0, (const uint64_t[]){1, 4});
    kp_times_set_counts(m->times, 1, 10, noted_inner, (const uint64_t[]){10, 6});
}

/* The 4 calls from main took 1000 ns: that is the time of r, whatever its recursive calls add up to. Its own code on
 * line 20 was sampled for 600 ns in all 10 activations; 4 of 10 were outermost, so 240 ns of it are on line 20, and the
 * rest of the 1000 ns is what the recursive calls on line 21 took: 760. */
static void time_of_a_recursive_function_counts_once(void **state)
{
    (void)state;
    struct module *m = &modules[0];
    uint64_t outside, inside;
    make_recursion(m, 6, &outside, &inside);
    set_site(m, outside, 4, 4, 1000, 250000);
    m->words[inside + KP_SITE_GRANTED] = 6;
    m->words[inside + KP_SITE_INNER_TIMED] = 6;
    m->words[inside + KP_SITE_INNER_TICKS] = 900;
    kp_times_add_segment(m->times, m->words, 1);
    sample(m, "r", 20, 600);
    solve(1);
    assert_float_equal(kp_times_line(m->times, 1, 0)->time_ns, 240, 1e-6);
    assert_float_equal(kp_times_line(m->times, 1, 0)->self_ns, 600, 1e-6); /* of all activations */
    assert_float_equal(kp_times_line(m->times, 1, 1)->time_ns, 760, 1e-6);
    assert_int_equal(kp_times_outermost_calls(m->times, 1), 4);
    assert_float_equal(kp_times_line(m->times, 0, 0)->time_ns, 1000, 1e-6); /* of main */
}

/* The optimiser made a loop of the recursive calls: no site makes them, and no activation noted that it was an inner
 * one. The 600 ns are all in the body: 450 on line 20 and 150 on line 21. As above, 4 of 10 passes are taken as
 * outermost: 180 on line 20. The rest is on the line of the calls: 60, and 360 for what the recursive calls took. */
static void loop_that_was_recursion_is_charged_as_recursion(void **state)
{
    (void)state;
    struct module *m = &modules[0];
    uint64_t outside, inside;
    make_recursion(m, 0, &outside, &inside);
    set_site(m, outside, 4, 4, 600, 90000);
    kp_times_add_segment(m->times, m->words, 1);
    sample(m, "r", 20, 450);
    sample(m, "r", 21, 150);
    solve(1);
    assert_float_equal(kp_times_line(m->times, 1, 0)->time_ns, 180, 1e-6);
    assert_float_equal(kp_times_line(m->times, 1, 1)->time_ns, 420, 1e-6);
    assert_int_equal(kp_times_outermost_calls(m->times, 1), 4);
}

/* Where the callee counts for 100 of the 400 ns in its body, an arc has three quarters of what the calls took. */
static void arc_to_another_module_has_no_counting_in_it(void **state)
{
    (void)state;
    struct module *m = &modules[0], *library = &modules[1];
    struct test_function caller = function("main", 10, 11);
    caller.calls[0] = (struct test_call){1, 0, "work"};
    caller.call_count = 1;
    uint32_t first = test_add_function(&m->map, caller);
    const struct test_site site = {"work", {{"main", 10}}, 1};
    uint64_t word = test_add_sites(&m->map, first, "/a.c", &site, 1, NULL);
    test_add_function(&library->map, function("other", 1, 2));
    test_add_function(&library->map, function("work", 20, 21));
    begin(2);
    kp_times_set_counts(m->times, 0, 1, 0, (const uint64_t[]){1, 2});
    kp_times_set_counts(library->times, 1, 2, 0, (const uint64_t[]){2, 2});
    set_site(m, word, 2, 2, 420, 88200);
    kp_times_add_segment(m->times, m->words, 1);
    sample(library, "work", 20, 300);
    sample_counting(library, "work", 100);
    solve(2);
    assert_float_equal(kp_times_line(m->times, 0, 0)->time_ns, 420, 1e-6);
    assert_float_equal(kp_times_line(m->times, 0, 0)->self_ns, 0, 1e-6); /* its callee is profiled */
    unsigned count;
    const struct kp_arc *arcs = kp_times_arcs(m->times, &count);
    assert_int_equal(count, 1);
    assert_string_equal(arcs[0].callee, "work");
    assert_int_equal(arcs[0].calls, 2);
    assert_float_equal(arcs[0].time_ns, 420 * 0.75, 1e-6);
    assert_float_equal(kp_times_line(library->times, 1, 0)->time_ns, 300, 1e-6);
}

/* Two of the calls through a pointer went to `near`, in this module, whose counting takes half of its body. */
static void calls_through_a_pointer_have_the_target_that_was_seen(void **state)
{
    (void)state;
    struct module *m = &modules[0];
    uint32_t first = test_add_function(&m->map, function("main", 10, 11));
    test_add_function(&m->map, function("near", 20, 21));
    const struct test_site site = {"", {{"main", 11}}, 1};
    uint64_t word = test_add_sites(&m->map, first, "/a.c", &site, 1, NULL);
    begin(1);
    kp_times_set_counts(m->times, 0, 1, 0, (const uint64_t[]){1, 1});
    kp_times_set_counts(m->times, 1, 2, 0, (const uint64_t[]){2, 2});
    set_site(m, word, 2, 2, 80, 3200);
    kp_times_add_segment(m->times, m->words, 1);
    kp_times_add_target(m->times, word, "near.kp_hits", 2);
    kp_times_add_target(m->times, word + 1, "main", 7); /* no site: damaged, and left out */
    sample(m, "near", 20, 30);
    sample_counting(m, "near", 30);
    solve(1);
    unsigned count;
    const struct kp_arc *arcs = kp_times_arcs(m->times, &count);
    assert_int_equal(count, 2); /* the calls, by the target's name, and their time, by the function's */
    assert_string_equal(arcs[0].callee, "near");
    assert_float_equal(arcs[0].time_ns, 40, 1e-6);
    assert_string_equal(arcs[1].callee, "near.kp_hits");
    assert_int_equal(arcs[1].calls, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(thinned_calls_are_estimated_and_timed_ones_are_exact, end),
        cmocka_unit_test_teardown(segments_add_up, end),
        cmocka_unit_test_teardown(time_of_a_recursive_function_counts_once, end),
        cmocka_unit_test_teardown(loop_that_was_recursion_is_charged_as_recursion, end),
        cmocka_unit_test_teardown(arc_to_another_module_has_no_counting_in_it, end),
        cmocka_unit_test_teardown(calls_through_a_pointer_have_the_target_that_was_seen, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
