/* Binary search: the first element that does not come before what is looked for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "util/search.h"

static const int numbers[] = {2, 3, 3, 3, 7};

static int is_less(const void *what, size_t element)
{
    return numbers[element] < *(const int *)what;
}

static size_t first_not_less(size_t count, int number)
{
    return kp_search_first(count, is_less, &number);
}

static void finds_the_first_of_equal_elements(void **state)
{
    (void)state;
    assert_int_equal(first_not_less(5, 3), 1);
    assert_int_equal(first_not_less(5, 2), 0);
    assert_int_equal(first_not_less(5, 7), 4);
}

static void finds_the_place_of_a_missing_element(void **state)
{
    (void)state;
    assert_int_equal(first_not_less(5, 1), 0);
    assert_int_equal(first_not_less(5, 4), 4);
    assert_int_equal(first_not_less(5, 8), 5);
}

static void nothing_is_asked_of_no_elements(void **state)
{
    (void)state;
    assert_int_equal(kp_search_first(0, NULL, NULL), 0);
}

/* Elements need not be in memory: they are asked for by number. The answer is right for every place and every count. */
static int is_below(const void *what, size_t element)
{
    return element < *(const size_t *)what;
}

static void agrees_with_a_linear_search(void **state)
{
    (void)state;
    for (size_t count = 0; count < 40; count++)
        for (size_t place = 0; place <= count; place++)
            assert_int_equal(kp_search_first(count, is_below, &place), place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_first_of_equal_elements), cmocka_unit_test(finds_the_place_of_a_missing_element),
        cmocka_unit_test(nothing_is_asked_of_no_elements), cmocka_unit_test(agrees_with_a_linear_search)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
