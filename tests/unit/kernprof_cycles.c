/* Strongly connected components of small graphs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kernprof/analyze/times/cycles.h"

static void chain_has_no_cycle(void **state)
{
    (void)state;
    struct kp_edge edges[] = {{1, 2}, {0, 1}};
    unsigned component[3];
    assert_int_equal(kp_cycles_find(3, edges, 2, component), 0);
    assert_int_not_equal(component[0], component[1]);
    assert_int_not_equal(component[1], component[2]);
    assert_int_not_equal(component[0], component[2]);
}

static void two_cycles_and_a_bridge(void **state)
{
    (void)state;
    /* 0 -> 1 <-> 2 -> 3 -> 4 -> 5 -> 3, and 6 alone */
    struct kp_edge edges[] = {{0, 1}, {1, 2}, {2, 1}, {2, 3}, {3, 4}, {4, 5}, {5, 3}, {6, 6}};
    unsigned c[7];
    assert_int_equal(kp_cycles_find(7, edges, 8, c), 0);
    assert_int_equal(c[1], c[2]);
    assert_int_equal(c[3], c[4]);
    assert_int_equal(c[4], c[5]);
    assert_int_not_equal(c[0], c[1]);
    assert_int_not_equal(c[2], c[3]);
    assert_int_not_equal(c[6], c[0]);
}

static void long_cycle_needs_no_stack(void **state)
{
    (void)state;
    enum { NODES = 200000 };
    static struct kp_edge edges[NODES];
    static unsigned c[NODES];
    for (unsigned i = 0; i < NODES; i++)
        edges[i] = (struct kp_edge){i, (i + 1) % NODES};
    assert_int_equal(kp_cycles_find(NODES, edges, NODES, c), 0);
    assert_int_equal(c[0], c[NODES / 2]);
    assert_int_equal(c[0], c[NODES - 1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(chain_has_no_cycle), cmocka_unit_test(two_cycles_and_a_bridge),
                                       cmocka_unit_test(long_cycle_needs_no_stack)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
