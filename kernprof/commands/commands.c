/* The table of commands (see command.h). */
#include "kernprof/commands/command.h"

#include <string.h>

static const struct kp_command *const kernprof_commands[] = {
    &kp_command_run,
    &kp_command_live,
    &kp_command_cc,
    &kp_command_cxx,
    &kp_command_view,
    &kp_command_merge,
    &kp_command_diff,
    &kp_command_graph,
    &kp_command_export,
    &kp_command_info,
    &kp_command_doctor,
    &kp_command_recover,
    NULL,
};

static const struct kp_command *const memprof_commands[] = {
    &kp_command_memprof,      &kp_command_memprof_run,   &kp_command_memprof_attach,
    &kp_command_memprof_plot, &kp_command_memprof_peak,  &kp_command_memprof_list,
    &kp_command_memprof_rm,   &kp_command_memprof_clean, NULL,
};

const struct kp_front_end kp_front_ends[] = {
    {"kernprof", "line profiler for compiled code: exact hits and time of every line", kernprof_commands},
    {"memprof", "memory of compiled code, by line and over time", memprof_commands},
    {NULL, NULL, NULL},
};

enum { HELP_WIDTH = 100 };

const struct kp_command *kp_command_find(const struct kp_front_end *front_end, const char *name)
{
    for (const struct kp_command *const *c = front_end->commands; *c; c++)
        if (strcmp((*c)->name, name) == 0)
            return *c;
    return NULL;
}

int kp_command_is_program(const struct kp_command *command)
{
    return command->options[0].name && command->options[0].letter == 0;
}

/* The front end that means `command` when none is named. */
static const struct kp_front_end *front_end_of(const struct kp_command *command)
{
    for (const struct kp_front_end *f = kp_front_ends; f->name; f++)
        if (f->commands[0] == command)
            return f;
    return NULL;
}

static void print_paragraphs(const char *text, FILE *out)
{
    kp_print_wrapped(text, HELP_WIDTH, 0, out);
    fputs("\n", out);
}

static void print_commands(const struct kp_front_end *front_end, FILE *out)
{
    fprintf(out, "\nCommands (`%s COMMAND --help` says more):\n", front_end->name);
    for (const struct kp_command *const *c = front_end->commands; *c; c++)
        fprintf(out, "  %-8s %s\n", (*c)->name, (*c)->purpose);
}

void kp_command_print_help(const struct kp_command *command, FILE *out)
{
    fputs("usage: ", out);
    for (const char *c = command->synopsis; *c; c++)
        fputs(*c == '\n' ? "\n       " : (char[]){*c, 0}, out);
    fputs("\n\n", out);
    print_paragraphs(command->description, out);
    if (command->examples) {
        fputs("\nExamples:\n  ", out);
        for (const char *c = command->examples; *c; c++)
            fputs(*c == '\n' ? "\n  " : (char[]){*c, 0}, out);
        putc('\n', out);
    }
    if (front_end_of(command))
        print_commands(front_end_of(command), out);
    fputs("\nOptions:\n", out);
    kp_options_print(command->options, out);
    if (command->environment) {
        fputs("\nEnvironment:\n", out);
        kp_options_print(command->environment, out);
    }
    if (command->print_more) {
        putc('\n', out);
        command->print_more(out);
    }
    if (command->notes) {
        putc('\n', out);
        print_paragraphs(command->notes, out);
    }
}
