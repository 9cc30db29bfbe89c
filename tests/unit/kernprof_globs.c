/* kernprof/globs: which patterns matched in no translation unit; and what a record of a pattern may not hold. */
#include "kernprof/compile/globs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "format/map_reader.h"

struct glob_record {
    struct kp_map_record record;
    char strings[16];
};

static struct glob_record glob(const char *pattern, uint32_t flags)
{
    struct glob_record g = {
        .record = {.magic = KP_MAP_MAGIC, .size_bytes = sizeof g, .string_bytes = 16, .name = 1, .flags = flags}};
    memcpy(g.strings + 1, pattern, strlen(pattern));
    return g;
}

static void adds_up_translation_units(void **state)
{
    (void)state;
    struct glob_record map[] = {
        glob("a*", KP_GLOB_OF_FUNCTIONS),
        glob("b*", KP_GLOB_OF_FUNCTIONS),
        glob("b*", KP_GLOB_OF_FUNCTIONS | KP_GLOB_MATCHED),
        glob("b*", KP_GLOB_OF_FILES),
        glob("a*", KP_GLOB_OF_FUNCTIONS),
    };
    struct kp_globs globs = {0};
    size_t index = 0;
    kp_globs_add(&globs, map, sizeof map);
    assert_string_equal(kp_globs_next_unmatched(&globs, &index), "-fkernprof-functions=a*");
    assert_string_equal(kp_globs_next_unmatched(&globs, &index), "-fkernprof-files=b*");
    assert_null(kp_globs_next_unmatched(&globs, &index));
    /* Another module where it matched. */
    struct glob_record other = glob("a*", KP_GLOB_OF_FUNCTIONS | KP_GLOB_MATCHED);
    kp_globs_add(&globs, &other, sizeof other);
    index = 0;
    assert_string_equal(kp_globs_next_unmatched(&globs, &index), "-fkernprof-files=b*");
    kp_globs_free(&globs);
    assert_int_equal(kp_map_functions(map, sizeof map, 1), 0);
}

static void refuses_what_no_glob_holds(void **state)
{
    (void)state;
    struct kp_map_view view;
    uint64_t offset = 0;
    struct glob_record good = glob("a*", KP_GLOB_OF_FILES);
    assert_int_equal(kp_map_next(&good, sizeof good, &offset, &view), 1);
    struct glob_record bad[] = {good, good, good, good};
    bad[0].record.counter_count = 1;
    bad[1].record.name = 0;
    bad[2].record.name = 16;
    memset(bad[3].strings, 'x', sizeof bad[3].strings); /* no end */
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        offset = 0;
        assert_int_equal(kp_map_next(&bad[i], sizeof bad[i], &offset, &view), -1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(adds_up_translation_units),
                                       cmocka_unit_test(refuses_what_no_glob_holds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
