/* util/options: tables of options as getopt_long reads them, their messages and help. */
#include "util/options.h"

#include <getopt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { SORT = KP_OPTION_LONG };

static const char *format_at(size_t index)
{
    return index == 0 ? "csv" : NULL;
}

static const struct kp_option table[] = {
    {"output", 'o', "OUT", "write to OUT", NULL, NULL},
    {"quiet", 'q', NULL, "say nothing", NULL, NULL},
    {"color", 'c', "[WHEN]", "heat", "auto never", NULL},
    {"sort", SORT, "KEY", "one, two or three", NULL, format_at},
    {NULL, 't', NULL, "by time", NULL, NULL},
    {"NOT_PARSED", 0, NULL, "a variable", NULL, NULL},
    KP_OPTIONS_END,
};

/* Reads `argv` to its end or its first error; what was read, as text. */
static const char *read_all(int stop, char **argv, struct kp_error *error)
{
    static char text[256];
    struct kp_option_reader reader;
    int argc = 0, letter;
    while (argv[argc])
        argc++;
    text[0] = error->text[0] = '\0';
    kp_options_begin(&reader, "test", table, argc, argv, stop);
    while ((letter = kp_options_next(&reader, error)) != -1 && letter != '?')
        snprintf(text + strlen(text), sizeof text - strlen(text), "%c%s ", letter == SORT ? 'S' : letter,
                 optarg ? optarg : "");
    snprintf(text + strlen(text), sizeof text - strlen(text), "%d", argc - optind);
    return text;
}

static void reads_letters_and_names(void **state)
{
    (void)state;
    struct kp_error error;
    assert_string_equal(
        read_all(0, (char *[]){"x", "-qo", "out", "file", "--sort=hits", "-t", "--color", "-cnever", NULL}, &error),
        "q oout Shits t c cnever 1");
    assert_string_equal(read_all(1, (char *[]){"x", "-q", "program", "-o", "out", NULL}, &error), "q 3");
    assert_string_equal(read_all(0, (char *[]){"x", "--out", "a", "--", "-q", NULL}, &error), "oa 1");
}

static void refuses_with_the_name(void **state)
{
    (void)state;
    static const struct {
        char *word;
        const char *message;
    } cases[] = {
        {"-x", "test: unknown option '-x'; see its --help"},
        {"-qx", "test: unknown option '-x'; see its --help"},
        {"--none", "test: unknown option '--none'; see its --help"},
        {"--NOT_PARSED", "test: unknown option '--NOT_PARSED'; see its --help"},
        {"-o", "test: a value is missing after '--output'; see its --help"},
        {"--sort", "test: a value is missing after '--sort'; see its --help"},
        {"--quiet=1", "test: no value belongs to '--quiet'; see its --help"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct kp_error error;
        read_all(0, (char *[]){"x", cases[i].word, NULL}, &error);
        assert_string_equal(error.text, cases[i].message);
    }
}

static void names_choices(void **state)
{
    (void)state;
    char choice[16];
    assert_true(kp_option_choice(&table[2], 1, choice, sizeof choice));
    assert_string_equal(choice, "never");
    assert_false(kp_option_choice(&table[2], 2, choice, sizeof choice));
    assert_true(kp_option_choice(&table[3], 0, choice, sizeof choice));
    assert_string_equal(choice, "csv");
    assert_false(kp_option_choice(&table[3], 1, choice, sizeof choice));
    assert_false(kp_option_choice(&table[0], 0, choice, sizeof choice));
}

static void prints_help(void **state)
{
    (void)state;
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    kp_options_print(table, out);
    fclose(out);
    assert_string_equal(text, "  -o, --output OUT    write to OUT\n"
                              "  -q, --quiet         say nothing\n"
                              "  -c, --color[=WHEN]  heat\n"
                              "      --sort KEY      one, two or three\n"
                              "  -t                  by time\n"
                              "  NOT_PARSED          a variable\n");
    free(text);
}

static void wraps(void **state)
{
    (void)state;
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    kp_print_wrapped("one two three\n\n  as it   is, however long\nend", 9, 2, out);
    fclose(out);
    assert_string_equal(text, "one two\n  three\n  \n    as it   is, however long\n  end");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_letters_and_names),
        cmocka_unit_test(refuses_with_the_name),
        cmocka_unit_test(names_choices),
        cmocka_unit_test(prints_help),
        cmocka_unit_test(wraps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
