/* util/index: numbers in order of first sight, the same for the same key, also after growing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "util/index.h"
#include "util/progress.h"

static void numbers_keys(void **state)
{
    (void)state;
    struct kp_index index = {0};
    char key[32];
    assert_int_equal(kp_index_find(&index, "a", 1), KP_INDEX_NONE);
    assert_int_equal(kp_index_add(&index, "", 0), 0);
    kp_index_free(&index);
    for (uint32_t i = 0; i < 5000; i++) {
        int size = snprintf(key, sizeof key, "key %u", i);
        assert_int_equal(kp_index_add(&index, key, (size_t)size), i);
    }
    for (uint32_t i = 0; i < 5000; i++) {
        int size = snprintf(key, sizeof key, "key %u", i);
        assert_int_equal(kp_index_add(&index, key, (size_t)size), i);
        assert_int_equal(kp_index_find(&index, key, (size_t)size), i);
        size_t got;
        assert_memory_equal(kp_index_key(&index, i, &got), key, (size_t)size);
        assert_int_equal(got, size);
    }
    assert_int_equal(kp_index_find(&index, "key 1", 4), KP_INDEX_NONE);
    assert_int_equal(kp_index_add(&index, "", 0), 5000);
    assert_int_equal(kp_index_add(&index, "", 0), 5000);
    kp_index_free(&index);
}

static void bar_of_progress(void **state)
{
    (void)state;
    char text[128];
    kp_progress_text(text, sizeof text, "merging", 50, 100);
    assert_string_equal(text, "merging [====================                    ] 50/100");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(numbers_keys), cmocka_unit_test(bar_of_progress)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
