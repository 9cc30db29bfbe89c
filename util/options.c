/* See options.h. */
#include "util/options.h"

#include <ctype.h>
#include <getopt.h>
#include <stdbool.h>
#include <string.h>

enum { OPTIONS_MAX = 64, FORM_SIZE = 64, HELP_COLUMN_MAX = 26, HELP_WIDTH = 100 };

static bool is_end(const struct kp_option *option)
{
    return !option->name && !option->letter;
}

static bool has_short_form(const struct kp_option *option)
{
    return option->letter > 0 && option->letter < KP_OPTION_LONG;
}

/* As getopt has it: 0, 1 or 2 for an argument that may be left out. */
static int takes(const struct kp_option *option)
{
    return !option->argument ? no_argument : option->argument[0] == '[' ? optional_argument : required_argument;
}

size_t kp_options_count(const struct kp_option *options)
{
    size_t count = 0;
    while (!is_end(&options[count]))
        count++;
    return count;
}

int kp_option_choice(const struct kp_option *option, size_t index, char *choice, size_t size)
{
    if (option->choice_at) {
        const char *text = option->choice_at(index);
        return text && snprintf(choice, size, "%s", text) < (int)size;
    }
    const char *text = option->choices ? option->choices : "";
    for (;; index--) {
        text += strspn(text, " ");
        size_t length = strcspn(text, " ");
        if (length == 0 || length >= size)
            return 0;
        if (index == 0) {
            memcpy(choice, text, length);
            choice[length] = '\0';
            return 1;
        }
        text += length;
    }
}

void kp_options_begin(struct kp_option_reader *reader, const char *command, const struct kp_option *options, int argc,
                      char **argv, int stop)
{
    *reader =
        (struct kp_option_reader){.command = command, .options = options, .argc = argc, .argv = argv, .stop = stop};
    optind = 0; /* glibc: forget an argv that was read before */
    opterr = 0;
}

/* getopt's two descriptions of the table. */
static void describe(const struct kp_option_reader *reader, struct option *longs, char *shorts)
{
    if (reader->stop)
        *shorts++ = '+';
    *shorts++ = ':';
    size_t count = kp_options_count(reader->options);
    for (size_t i = 0; i < count && i < OPTIONS_MAX; i++) {
        const struct kp_option *o = &reader->options[i];
        if (o->letter == 0)
            continue;
        if (o->name)
            *longs++ = (struct option){.name = o->name, .has_arg = takes(o), .val = o->letter};
        if (!has_short_form(o))
            continue;
        *shorts++ = (char)o->letter;
        for (int colons = takes(o); colons > 0; colons--)
            *shorts++ = ':';
    }
    *longs = (struct option){0};
    *shorts = '\0';
}

static const struct kp_option *find(const struct kp_option *options, int letter)
{
    for (; !is_end(options); options++)
        if (letter && options->letter == letter)
            return options;
    return NULL;
}

/* getopt leaves the letter, also of a long option, in optopt; an unknown long option is the last word it read. */
static int refuse(const struct kp_option_reader *reader, int answer, struct kp_error *error)
{
    const struct kp_option *known = find(reader->options, optopt);
    const char *why = answer == ':' ? "a value is missing after" : known ? "no value belongs to" : "unknown option";
    char name[128];
    if (known && known->name)
        snprintf(name, sizeof name, "--%s", known->name);
    else if (optopt > 0 && optopt < KP_OPTION_LONG)
        snprintf(name, sizeof name, "-%c", isprint(optopt) ? optopt : '?');
    else
        snprintf(name, sizeof name, "%s", reader->argv[optind - 1]);
    kp_fail(error, "%s: %s '%s'; see its --help", reader->command, why, name);
    return '?';
}

int kp_options_next(struct kp_option_reader *reader, struct kp_error *error)
{
    struct option longs[OPTIONS_MAX + 1];
    char shorts[3 * OPTIONS_MAX + 3];
    describe(reader, longs, shorts);
    optopt = 0;
    int answer = getopt_long(reader->argc, reader->argv, shorts, longs, NULL);
    return answer == '?' || answer == ':' ? refuse(reader, answer, error) : answer;
}

void kp_option_form(const struct kp_option *option, char *form, size_t size)
{
    if (option->letter == 0) {
        snprintf(form, size, "%s", option->name);
        return;
    }
    char letter[8] = "    ", value[FORM_SIZE] = "";
    if (has_short_form(option))
        snprintf(letter, sizeof letter, "-%c%s", option->letter, option->name ? ", " : "");
    int kind = takes(option);
    if (kind == optional_argument) /* "[WHEN]" is written "[=WHEN]" */
        snprintf(value, sizeof value, "[=%s", option->argument + 1);
    else if (kind == required_argument)
        snprintf(value, sizeof value, " %s", option->argument);
    snprintf(form, size, "%s%s%s%s", letter, option->name ? "--" : "", option->name ? option->name : "", value);
}

void kp_print_wrapped(const char *text, int width, int indent, FILE *out)
{
    int column = indent;
    bool first = true;
    while (*text) {
        size_t length = strcspn(text, " \n");
        if (length == 0 && *text == ' ' && (first || text[-1] == '\n')) { /* as it is */
            length = strcspn(text, "\n");
        } else if (!first && column > indent && column + 1 + (int)length > width) {
            fprintf(out, "\n%*s", indent, "");
            column = indent;
        } else if (!first && column > indent) {
            putc(' ', out);
            column++;
        }
        fwrite(text, 1, length, out);
        column += (int)length;
        text += length;
        first = false;
        if (*text == ' ')
            text++;
        for (; *text == '\n'; text++) {
            fprintf(out, "\n%*s", text[1] ? indent : 0, "");
            column = indent;
        }
    }
}

void kp_options_print(const struct kp_option *options, FILE *out)
{
    size_t count = kp_options_count(options);
    char form[FORM_SIZE + 32];
    int column = 0;
    for (size_t i = 0; i < count; i++) {
        kp_option_form(&options[i], form, sizeof form);
        int length = (int)strlen(form);
        if (length > column && length <= HELP_COLUMN_MAX)
            column = length;
    }
    for (size_t i = 0; i < count; i++) {
        kp_option_form(&options[i], form, sizeof form);
        if ((int)strlen(form) > column)
            fprintf(out, "  %s\n%*s", form, column + 4, "");
        else
            fprintf(out, "  %-*s  ", column, form);
        kp_print_wrapped(options[i].help, HELP_WIDTH, column + 4, out);
        putc('\n', out);
    }
}
