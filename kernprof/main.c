/* The kernprof program: the table of commands. It alone prints errors and exits. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "kernprof/command.h"

#ifndef KP_VERSION
#define KP_VERSION "development"
#endif

struct command {
    const char *name;
    int (*run)(int argc, char **argv, struct kp_error *error);
    const char *purpose;
};

static const struct command commands[] = {
    {"run", cmd_run, "run a program under the profiler (the default)"},
    {"cc", cmd_cc, "compile and link C with instrumentation"},
    {"c++", cmd_cxx, "compile and link C++ with instrumentation"},
    {"view", cmd_view, "print the annotated listing of a profile"},
    {"export", cmd_export, "write a profile in another format"},
    {"info", cmd_info, "say what a binary has instrumented, or what a profile holds"},
};

enum { COMMAND_COUNT = sizeof commands / sizeof commands[0] };

static void print_help(void)
{
    puts("usage: kernprof [run] [-l] [-v] [-o FILE] [options] [--] PROGRAM [ARG ...]\n"
         "       kernprof COMMAND ...\n"
         "\n"
         "A line profiler for compiled code: exact hits and time of every line.\n");
    for (int i = 0; i < COMMAND_COUNT; i++)
        printf("  %-8s %s\n", commands[i].name, commands[i].purpose);
    puts("\n`kernprof COMMAND --help` says more. The options of `run`:\n");
}

static const struct command *find(const char *name)
{
    for (int i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(name, commands[i].name) == 0)
            return &commands[i];
    return NULL;
}

/* kernprof-cc and kernprof-c++ are this program under other names. */
static const struct command *command_of_name(const char *program)
{
    const char *base = strrchr(program, '/') ? strrchr(program, '/') + 1 : program;
    return strncmp(base, "kernprof-", 9) == 0 ? find(base + 9) : NULL;
}

/* A full disk or a closed pipe shows only when output is flushed. */
static int check_output(int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    fprintf(stderr, "kernprof: standard output: %s\n", strerror(errno));
    return status ? status : 1;
}

int main(int argc, char **argv)
{
    struct kp_error error = {.text = ""};
    const struct command *command = command_of_name(argv[0]);
    if (!command && argc > 1) {
        if (strcmp(argv[1], "--version") == 0) {
            puts("kernprof " KP_VERSION);
            return check_output(0);
        }
        if (strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "--help") == 0)
            print_help();
        command = find(argv[1]);
        if (command) {
            argv++;
            argc--;
        }
    }
    int status = (command ? command : &commands[0])->run(argc, argv, &error);
    if (error.text[0])
        fprintf(stderr, "kernprof: %s\n", error.text);
    return check_output(status);
}
