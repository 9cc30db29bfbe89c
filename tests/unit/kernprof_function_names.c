/* Who is called by a name: the functions of all modules by their linkage names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kernprof/analyze/module/function_names.h"
#include "kernprof_map.h"

static struct kp_module_index *indexes[2];
static struct kp_function_names names;

static void add(struct test_map *map, const char *name, const char *file)
{
    test_add_function(map, (struct test_function){.name = name, .file = file, .lines = {1}, .line_count = 1});
}

/* Module 0: work of /a.c, main of /m.c. Module 1: work of /a.c and of /b.c. */
static int fill(void **state)
{
    (void)state;
    static struct test_map maps[2];
    maps[0] = maps[1] = (struct test_map){.size = 0};
    add(&maps[0], "work", "/a.c");
    add(&maps[0], "main", "/m.c");
    add(&maps[1], "work", "/a.c");
    add(&maps[1], "work", "/b.c");
    for (int i = 0; i < 2; i++) {
        const struct kp_module_map map = {maps[i].bytes, maps[i].size, TEST_MAP_ADDRESS, TEST_COUNTERS_ADDRESS,
                                          8 * maps[i].words};
        indexes[i] = kp_module_index_new(&map, 0);
    }
    return kp_function_names_fill(&names, (const struct kp_module_index *const *)indexes, 2);
}

static int release(void **state)
{
    (void)state;
    kp_function_names_free(&names);
    kp_module_index_free(indexes[0]);
    kp_module_index_free(indexes[1]);
    return 0;
}

static void assert_found(const struct kp_function_name *found, unsigned module, unsigned function)
{
    assert_non_null(found);
    assert_int_equal(found->module, module);
    assert_int_equal(found->function, function);
}

static void callers_own_module_comes_before_its_file(void **state)
{
    (void)state;
    assert_found(kp_function_names_find(&names, "work", 0, "/a.c"), 0, 0);
    assert_found(kp_function_names_find(&names, "work", 0, "/b.c"), 0, 0); /* its own module has none of this file */
    assert_found(kp_function_names_find(&names, "work", 1, "/a.c"), 1, 0);
    assert_found(kp_function_names_find(&names, "work", 1, "/b.c"), 1, 1);
}

static void callee_may_be_in_another_module(void **state)
{
    (void)state;
    assert_found(kp_function_names_find(&names, "main", 1, "/a.c"), 0, 1);
}

static void versions_have_the_name_of_their_function(void **state)
{
    (void)state;
    assert_found(kp_function_names_find(&names, "main.kp_hits", 0, "/m.c"), 0, 1);
    assert_null(kp_function_names_find(&names, "mainly", 0, "/m.c"));
    assert_null(kp_function_names_find(&names, ".main", 0, "/m.c"));
    assert_null(kp_function_names_find(&names, "ma", 0, "/m.c"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(callers_own_module_comes_before_its_file),
        cmocka_unit_test(callee_may_be_in_another_module),
        cmocka_unit_test(versions_have_the_name_of_their_function),
    };
    return cmocka_run_group_tests(tests, fill, release);
}
