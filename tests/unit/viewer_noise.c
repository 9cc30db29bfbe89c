/* viewer/noise: the larger of error and spread, the two sides as squares. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "viewer/model/noise.h"

static void expect(struct kp_spread old, struct kp_spread new, double noise)
{
    double got = kp_noise(&old, &new);
    assert_true(fabs(got - noise) <= 1e-3 * noise + 1e-12);
}

static void as_the_header_says(void **state)
{
    (void)state;
    /* Single runs: their errors alone. */
    expect((struct kp_spread){1, 0, 100, 100}, (struct kp_spread){1, 0, 200, 200}, 0);
    expect((struct kp_spread){1, 30, 100, 100}, (struct kp_spread){1, 40, 200, 200}, 50);
    /* Five runs: range / 2.326, over the square root of 5, times 2.776; nothing on the other side but its own. */
    expect((struct kp_spread){5, 0, 100, 200}, (struct kp_spread){5, 0, 7, 7}, 2.776 * 100 / 2.326 / sqrt(5));
    /* A single run beside five has their deviation. */
    expect((struct kp_spread){5, 0, 100, 200}, (struct kp_spread){1, 0, 7, 7}, 2.776 * 100 / 2.326 * sqrt(1 + 1.0 / 5));
    /* The error of the mean of four runs where that is larger than the spread. */
    expect((struct kp_spread){4, 800, 50, 50}, (struct kp_spread){4, 0, 50, 50}, 100);
    /* Many runs. */
    expect((struct kp_spread){1000, 0, 0, 6483}, (struct kp_spread){1000, 0, 5, 5}, 1.96 * 1000 / sqrt(1000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(as_the_header_says)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
