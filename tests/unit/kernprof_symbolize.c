/* Which line of the source an address is charged to, and through which inlined calls.
 *
 * The tests build shared objects of the sources in symbolize/ in a scratch folder, with clang: the GNU assembler makes
 * no rows without a line. In rows.S each row of the line table has 16 bytes, so the address of row n is that of the
 * section and 16 times n. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "format/map.h"
#include "kernprof/analyze/module/symbolize.h"

enum { ROW_BYTES = 16 };

static char folder[] = "/tmp/kernprof-symbolize-XXXXXX";

/* Builds a shared object NAME.so of a source of symbolize/. 0, or -1. */
static int build(const char *name, const char *suffix)
{
    const char *tests = getenv("KP_TESTS"), *compiler = getenv("KP_CLANG");
    char command[4096];
    snprintf(command, sizeof command,
             "'%s' -O1 -gdwarf-4 -DCOUNTS=%u -fPIC -shared -nostdlib -o %s/%s.so '%s/unit/symbolize/%s.%s'", compiler,
             KP_COUNTING_DISCRIMINATOR, folder, name, tests, name, suffix);
    return compiler && tests && system(command) == 0 ? 0 : -1;
}

/* Opens NAME.so. */
static struct kp_symbolizer *open_code(const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s.so", folder, name);
    struct kp_symbolizer *code = kp_symbolizer_open(path, "");
    assert_non_null(code);
    return code;
}

/* The line that an instruction of a row is charged to: the first one, or with an offset a later one. 0: none. */
static unsigned line_of(struct kp_symbolizer *code, unsigned row, unsigned offset)
{
    struct kp_code_place place = {.address = kp_symbolizer_section(code, ".text") + row * ROW_BYTES + offset};
    assert_int_equal(kp_symbolizer_resolve(code, &place, 1), 0);
    if (place.frame_count == 0)
        return 0;
    assert_int_equal(place.frame_count, 1);
    assert_string_equal(place.frames[0].path, "/src/rows.c");
    assert_null(place.frames[0].function); /* the symbol's own */
    return place.frames[0].line;
}

enum { FIRST = 0, LATER = 8 };

static void code_of_the_program_has_its_line(void **state)
{
    (void)state;
    struct kp_symbolizer *code = open_code("rows");
    assert_int_equal(line_of(code, 0, FIRST), 10);
    assert_int_equal(line_of(code, 0, LATER), 10);
    assert_int_equal(line_of(code, 4, LATER), 13);
    assert_int_equal(line_of(code, 5, FIRST), 14); /* not every discriminator means counting */
    assert_int_equal(line_of(code, 5, LATER), 14);
    kp_symbolizer_close(code);
}

/* Samples are one instruction late: at the first instruction that counts the processor waited for the program. */
static void first_instruction_that_counts_belongs_to_the_next_line(void **state)
{
    (void)state;
    struct kp_symbolizer *code = open_code("rows");
    assert_int_equal(line_of(code, 1, FIRST), 12); /* not 11, and not 10 */
    assert_int_equal(line_of(code, 1, LATER), 0);
    kp_symbolizer_close(code);
}

static void code_without_a_line_belongs_to_the_row_behind_it(void **state)
{
    (void)state;
    struct kp_symbolizer *code = open_code("rows");
    assert_int_equal(line_of(code, 3, FIRST), 13);
    assert_int_equal(line_of(code, 3, LATER), 13);
    assert_int_equal(line_of(code, 6, LATER), 17);  /* past what counts, as that is no code of the program */
    assert_int_equal(line_of(code, 10, FIRST), 17); /* the last row: the one before it */
    kp_symbolizer_close(code);
}

/* Each of two rows that count has a first instruction: nothing but a branch may have led to the second. */
static void rows_that_count_in_succession_lead_to_the_program(void **state)
{
    (void)state;
    struct kp_symbolizer *code = open_code("rows");
    assert_int_equal(line_of(code, 7, FIRST), 17);
    assert_int_equal(line_of(code, 7, LATER), 0);
    assert_int_equal(line_of(code, 8, FIRST), 17);
    assert_int_equal(line_of(code, 8, LATER), 0);
    kp_symbolizer_close(code);
}

static void many_places_are_resolved_in_one_walk(void **state)
{
    (void)state;
    struct kp_symbolizer *code = open_code("rows");
    uint64_t text = kp_symbolizer_section(code, ".text");
    struct kp_code_place places[] = {{.address = text - 1},
                                     {.address = text},
                                     {.address = text + 2 * ROW_BYTES},
                                     {.address = text + 5 * ROW_BYTES},
                                     {.address = text + 11 * ROW_BYTES}};
    assert_int_equal(kp_symbolizer_resolve(code, places, 5), 0);
    assert_int_equal(places[0].frame_count, 0); /* before the unit */
    assert_int_equal(places[1].frames[0].line, 10);
    assert_int_equal(places[2].frames[0].line, 12);
    assert_int_equal(places[3].frames[0].line, 14);
    assert_int_equal(places[4].frame_count, 0); /* behind it */
    kp_symbolizer_close(code);
}

static void symbols_cover_their_functions(void **state)
{
    (void)state;
    struct kp_symbolizer *code = open_code("rows");
    uint64_t text = kp_symbolizer_section(code, ".text");
    assert_string_equal(kp_symbolizer_symbol(code, text), "rows");
    assert_string_equal(kp_symbolizer_symbol(code, text + 11 * ROW_BYTES - 1), "rows");
    assert_null(kp_symbolizer_symbol(code, text + 11 * ROW_BYTES));
    assert_null(kp_symbolizer_symbol(code, text - 1));
    assert_int_equal(kp_symbolizer_section(code, ".none"), 0);
    kp_symbolizer_close(code);
}

/* The first address that is a multiple of 16, from the function's begin on, is the `nop` of `innermost`. */
static void inlined_calls_are_frames_from_within(void **state)
{
    (void)state;
    struct kp_symbolizer *code = open_code("inlined");
    struct kp_code_place place = {.address = kp_symbolizer_section(code, ".text")};
    place.address = (place.address + 15) / 16 * 16;
    assert_string_equal(kp_symbolizer_symbol(code, place.address), "outermost");
    assert_int_equal(kp_symbolizer_resolve(code, &place, 1), 0);
    assert_int_equal(place.frame_count, 3);
    const struct kp_code_frame expected[] = {{NULL, 4, "innermost"}, {NULL, 9, "middle"}, {NULL, 14, NULL}};
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(place.frames[i].line, expected[i].line);
        assert_non_null(strstr(place.frames[i].path, "/unit/symbolize/inlined.c"));
        if (expected[i].function)
            assert_string_equal(place.frames[i].function, expected[i].function);
        else
            assert_null(place.frames[i].function); /* the symbol's own */
    }
    kp_symbolizer_close(code);
}

static void file_of_another_build_is_refused(void **state)
{
    (void)state;
    char path[128];
    snprintf(path, sizeof path, "%s/rows.so", folder);
    assert_null(kp_symbolizer_open(path, "0123456789abcdef0123456789abcdef01234567"));
    assert_null(kp_symbolizer_open(folder, "")); /* no file */
}

static int build_all(void **state)
{
    (void)state;
    return mkdtemp(folder) && build("rows", "S") == 0 && build("inlined", "c") == 0 ? 0 : -1;
}

static int remove_all(void **state)
{
    (void)state;
    char path[128];
    snprintf(path, sizeof path, "%s/rows.so", folder);
    unlink(path);
    snprintf(path, sizeof path, "%s/inlined.so", folder);
    unlink(path);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(code_of_the_program_has_its_line),
        cmocka_unit_test(first_instruction_that_counts_belongs_to_the_next_line),
        cmocka_unit_test(code_without_a_line_belongs_to_the_row_behind_it),
        cmocka_unit_test(rows_that_count_in_succession_lead_to_the_program),
        cmocka_unit_test(many_places_are_resolved_in_one_walk),
        cmocka_unit_test(symbols_cover_their_functions),
        cmocka_unit_test(inlined_calls_are_frames_from_within),
        cmocka_unit_test(file_of_another_build_is_refused),
    };
    return cmocka_run_group_tests(tests, build_all, remove_all);
}
