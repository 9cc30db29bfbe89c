/* From counters to counts: the counters of some edges give the counts of all blocks and lines.
 *
 * Block 0 is the outside of the function; what comes in from it are the calls. Edges without a counter form a spanning
 * tree, and get their counts from what flows in and out of their ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kernprof/analyze/module/flow.h"
#include "kernprof_map.h"

struct counts {
    uint64_t lines[TEST_LINES], blocks[TEST_BLOCKS], calls;
};

static struct counts solve(const struct test_function *function, const uint64_t *counters)
{
    static struct test_map map;
    map = (struct test_map){.size = 0};
    test_add_function(&map, *function);
    struct kp_map_view view;
    uint64_t offset = 0;
    struct counts counts = {.calls = 0};
    assert_int_equal(kp_map_next(map.bytes, map.size, &offset, &view), 1);
    assert_int_equal(kp_flow_solve(&view, counters, counts.lines, counts.blocks, &counts.calls), 0);
    return counts;
}

/*       1
 *  (30)/ \      Called 100 times; 30 times line 11 ran, so line 12 ran 70 times.
 *     2   3
 *      \ /
 *       4 (100) */
static const struct test_function diamond = {
    .name = "diamond",
    .file = "/a.c",
    .counter_count = 2,
    .lines = {10, 11, 12, 13},
    .line_count = 4,
    .blocks = {{0, {0}}, {1, {0}}, {1, {1}}, {1, {2}}, {1, {3}}},
    .block_count = 5,
    .edges = {{0, 1, KP_NO_COUNTER, 0},
              {1, 2, 0, 0},
              {1, 3, KP_NO_COUNTER, 0},
              {2, 4, KP_NO_COUNTER, 0},
              {3, 4, KP_NO_COUNTER, 0},
              {4, 0, 1, 0}},
    .edge_count = 6,
};

static void two_counters_give_all_blocks_of_a_diamond(void **state)
{
    (void)state;
    struct counts counts = solve(&diamond, (const uint64_t[]){30, 100});
    assert_int_equal(counts.calls, 100);
    assert_int_equal(counts.blocks[1], 100);
    assert_int_equal(counts.blocks[2], 30);
    assert_int_equal(counts.blocks[3], 70); /* 100 - 30 */
    assert_int_equal(counts.blocks[4], 100);
    assert_int_equal(counts.lines[2], 70);
}

static void line_in_two_blocks_has_the_larger_count(void **state)
{
    (void)state;
    struct test_function function = diamond; /* `if (a) f(); else g();`: both calls are on line 11 */
    function.blocks[3].lines[0] = 1;
    struct counts counts = solve(&function, (const uint64_t[]){30, 100});
    assert_int_equal(counts.lines[1], 70); /* not 30, and not 100 */
    assert_int_equal(counts.lines[2], 0);
}

/* 1 -> 2 -> 4, and 2 -> 3 -> 2: the loop's head runs once more than its body for each call. */
static void head_of_a_loop_runs_once_more_than_its_body(void **state)
{
    (void)state;
    const struct test_function loop = {
        .name = "loop",
        .file = "/a.c",
        .counter_count = 2,
        .lines = {10, 11, 12, 13},
        .line_count = 4,
        .blocks = {{0, {0}}, {1, {0}}, {1, {1}}, {1, {2}}, {1, {3}}},
        .block_count = 5,
        .edges = {{0, 1, KP_NO_COUNTER, 0},
                  {1, 2, KP_NO_COUNTER, 0},
                  {2, 3, KP_NO_COUNTER, 0},
                  {3, 2, 0, 0},
                  {2, 4, KP_NO_COUNTER, 0},
                  {4, 0, 1, 0}},
        .edge_count = 6,
    };
    struct counts counts = solve(&loop, (const uint64_t[]){50, 5});
    assert_int_equal(counts.calls, 5);
    assert_int_equal(counts.blocks[2], 55); /* 5 + 50 */
    assert_int_equal(counts.blocks[3], 50);
    assert_int_equal(counts.blocks[4], 5);
}

/* Block 2 ends with a call that may not come back: then control leaves to the outside from there. */
static const struct test_function calling = {
    .name = "calling",
    .file = "/a.c",
    .counter_count = 2,
    .lines = {10, 11, 12},
    .line_count = 3,
    .blocks = {{0, {0}}, {1, {0}}, {1, {1}}, {1, {2}}},
    .block_count = 4,
    .edges = {{0, 1, 0, 0},
              {1, 2, KP_NO_COUNTER, 0},
              {2, 3, KP_NO_COUNTER, 0},
              {2, 0, KP_NO_COUNTER, 0}, /* it never comes back */
              {3, 0, 1, 0}},
    .edge_count = 5,
};

static void code_behind_a_call_that_does_not_return_is_not_counted(void **state)
{
    (void)state;
    struct counts counts = solve(&calling, (const uint64_t[]){10, 9}); /* the last one called exit */
    assert_int_equal(counts.calls, 10);
    assert_int_equal(counts.lines[1], 10);
    assert_int_equal(counts.lines[2], 9);
}

/* setjmp and fork come back twice. The edge for calls that never come back is then negative: 10 - 12 = -2. */
static void code_behind_a_call_that_returns_twice_is_counted_twice(void **state)
{
    (void)state;
    struct counts counts = solve(&calling, (const uint64_t[]){10, 12});
    assert_int_equal(counts.calls, 10);
    assert_int_equal(counts.lines[1], 10);
    assert_int_equal(counts.lines[2], 12);
}

/* Counters of a segment that is still written may not fit each other: 90 of 80 calls took a branch. */
static void counts_are_never_negative(void **state)
{
    (void)state;
    struct counts counts = solve(&diamond, (const uint64_t[]){90, 80});
    assert_int_equal(counts.blocks[3], 0); /* 80 - 90 */
    assert_int_equal(counts.lines[2], 0);
}

static void blocks_may_have_counters_of_their_own(void **state)
{
    (void)state;
    struct test_function function = diamond;
    function.flags = KP_FUNCTION_BLOCK_COUNTERS;
    function.counter_count = 4;
    for (uint32_t i = 0; i < function.edge_count; i++)
        function.edges[i].counter = KP_NO_COUNTER;
    struct counts counts = solve(&function, (const uint64_t[]){8, 1, 2, 3});
    assert_int_equal(counts.calls, 8);
    assert_int_equal(counts.lines[1], 1);
    assert_int_equal(counts.lines[2], 2);
    assert_int_equal(counts.lines[3], 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_counters_give_all_blocks_of_a_diamond),
        cmocka_unit_test(line_in_two_blocks_has_the_larger_count),
        cmocka_unit_test(head_of_a_loop_runs_once_more_than_its_body),
        cmocka_unit_test(code_behind_a_call_that_does_not_return_is_not_counted),
        cmocka_unit_test(code_behind_a_call_that_returns_twice_is_counted_twice),
        cmocka_unit_test(counts_are_never_negative),
        cmocka_unit_test(blocks_may_have_counters_of_their_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
