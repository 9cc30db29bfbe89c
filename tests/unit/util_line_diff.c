/* util/line_diff: matches are of equals, ascend, and are as many as a plain (slow) longest common subsequence has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "util/line_diff.h"

enum { MOST = 64 };

static size_t longest(const uint32_t *a, size_t m, const uint32_t *b, size_t n)
{
    static size_t table[MOST + 1][MOST + 1];
    for (size_t i = 0; i <= m; i++)
        for (size_t k = 0; k <= n; k++)
            table[i][k] = i == 0 || k == 0                    ? 0
                          : a[i - 1] == b[k - 1]              ? table[i - 1][k - 1] + 1
                          : table[i - 1][k] > table[i][k - 1] ? table[i - 1][k]
                                                              : table[i][k - 1];
    return table[m][n];
}

static size_t check(const uint32_t *a, size_t m, const uint32_t *b, size_t n)
{
    size_t *match = malloc((m + 1) * sizeof *match);
    assert_int_equal(kp_line_diff(a, m, b, n, match), 0);
    size_t count = 0;
    size_t next = 0;
    for (size_t i = 0; i < m; i++) {
        if (match[i] == KP_LINE_DIFF_NONE)
            continue;
        assert_true(match[i] >= next && match[i] < n);
        assert_int_equal(a[i], b[match[i]]);
        next = match[i] + 1;
        count++;
    }
    free(match);
    return count;
}

static void as_many_as_there_are(void **state)
{
    (void)state;
    uint32_t a[MOST];
    uint32_t b[MOST];
    srand(1);
    for (int round = 0; round < 20000; round++) {
        size_t m = (size_t)rand() % 20;
        size_t n = (size_t)rand() % 20;
        uint32_t kinds = 1 + (uint32_t)rand() % 6;
        for (size_t i = 0; i < m; i++)
            a[i] = (uint32_t)rand() % kinds;
        for (size_t i = 0; i < n; i++)
            b[i] = (uint32_t)rand() % kinds;
        assert_int_equal(check(a, m, b, n), longest(a, m, b, n));
    }
}

static void an_insertion_moves_the_rest(void **state)
{
    (void)state;
    uint32_t a[] = {1, 2, 3, 4, 5};
    uint32_t b[] = {9, 1, 2, 8, 4, 5};
    size_t match[5];
    assert_int_equal(kp_line_diff(a, 5, b, 6, match), 0);
    size_t expected[] = {1, 2, KP_LINE_DIFF_NONE, 4, 5};
    assert_memory_equal(match, expected, sizeof expected);
}

/* Two long texts with nothing in common but their middle: it ends soon, and finds something. */
static void the_very_different_ends(void **state)
{
    (void)state;
    enum { SIZE = 60000 };
    uint32_t *a = malloc(SIZE * sizeof *a);
    uint32_t *b = malloc(SIZE * sizeof *b);
    for (uint32_t i = 0; i < SIZE; i++) {
        a[i] = i % 100 == 0 ? i : 100000 + i;
        b[i] = i % 100 == 0 ? i : 200000 + i;
    }
    assert_true(check(a, SIZE, b, SIZE) > 0);
    free(a);
    free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_many_as_there_are),
        cmocka_unit_test(an_insertion_moves_the_rest),
        cmocka_unit_test(the_very_different_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
