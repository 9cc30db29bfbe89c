/* Manual pages (see man-pages(7), groff_man(7)). */
#include "kernprof/describe/describe.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* What roff would take for its own is protected; `words` between backquotes become bold. */
static void print_text(const char *text, FILE *out)
{
    int bold = 0;
    int line_starts = 1;
    for (; *text; text++) {
        if (line_starts && (*text == '.' || *text == '\''))
            fputs("\\&", out);
        line_starts = *text == '\n';
        if (*text == '`')
            fputs((bold = !bold) ? "\\fB" : "\\fR", out);
        else if (*text == '\\')
            fputs("\\e", out);
        else if (*text == '-')
            fputs("\\-", out);
        else
            putc(*text, out);
    }
}

static void print_paragraphs(const char *text, FILE *out)
{
    for (const char *end; (end = strstr(text, "\n\n")); text = end + 2) {
        char paragraph[4096];
        snprintf(paragraph, sizeof paragraph, "%.*s", (int)(end - text), text);
        print_text(paragraph, out);
        fputs("\n.PP\n", out);
    }
    print_text(text, out);
    putc('\n', out);
}

/* Lines as they are. */
static void print_verbatim(const char *text, FILE *out)
{
    fputs(".nf\n", out);
    print_text(text, out);
    fputs("\n.fi\n", out);
}

static void print_options(const char *heading, const struct kp_option *options, FILE *out)
{
    fprintf(out, ".SH %s\n", heading);
    for (size_t i = 0; i < kp_options_count(options); i++) {
        char form[128];
        kp_option_form(&options[i], form, sizeof form);
        fputs(".TP\n.B ", out);
        print_text(form + strspn(form, " "), out);
        putc('\n', out);
        print_text(options[i].help, out);
        putc('\n', out);
    }
}

static void print_commands(const struct kp_front_end *front_end, FILE *out)
{
    fputs(".SH COMMANDS\n", out);
    for (const struct kp_command *const *c = front_end->commands; *c; c++) {
        fprintf(out, ".TP\n.BR %s\\-%s (1)\n", front_end->name, (*c)->name);
        print_text((*c)->purpose, out);
        putc('\n', out);
    }
}

static void print_more(void (*print)(FILE *), FILE *out)
{
    char *text = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&text, &size);
    if (!memory)
        return;
    print(memory);
    fclose(memory);
    fputs(".SH TABLES\n", out);
    print_verbatim(text, out);
    free(text);
}

static void print_see_also(const struct kp_front_end *own, const struct kp_command *command, FILE *out)
{
    fputs(".SH SEE ALSO\n", out);
    for (const struct kp_front_end *f = kp_front_ends; f->name; f++) {
        fprintf(out, ".BR %s (1),\n", f->name);
        for (const struct kp_command *const *c = f->commands + 1; f == own && *c; c++)
            if (*c != command)
                fprintf(out, ".BR %s\\-%s (1),\n", f->name, (*c)->name);
    }
    fputs(".BR clang (1)\n", out);
}

void kp_describe_man(const struct kp_front_end *front_end, const struct kp_command *command, const char *version,
                     FILE *out)
{
    int is_first = command == front_end->commands[0];
    char name[64];
    snprintf(name, sizeof name, "%s%s%s", front_end->name, is_first ? "" : "-", is_first ? "" : command->name);
    fputs(".TH ", out);
    for (const char *c = name; *c; c++)
        putc(toupper(*c), out);
    fprintf(out, " 1 \"\" \"kernprof %s\" \"kernprof\"\n.SH NAME\n", version);
    print_text(name, out);
    fputs(" \\- ", out);
    print_text(is_first ? front_end->purpose : command->purpose, out);
    fputs("\n.SH SYNOPSIS\n", out);
    print_verbatim(command->synopsis, out);
    fputs(".SH DESCRIPTION\n", out);
    print_paragraphs(command->description, out);
    if (is_first)
        print_commands(front_end, out);
    print_options("OPTIONS", command->options, out);
    if (command->environment)
        print_options("ENVIRONMENT", command->environment, out);
    if (command->print_more)
        print_more(command->print_more, out);
    if (command->notes) {
        fputs(".SH NOTES\n", out);
        print_paragraphs(command->notes, out);
    }
    if (command->examples) {
        fputs(".SH EXAMPLES\n", out);
        print_verbatim(command->examples, out);
    }
    print_see_also(front_end, command, out);
}
