/* The kernprof program: from the name and the first word to a command. It alone prints errors and exits. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "kernprof/commands/command.h"

#ifndef KP_VERSION
#define KP_VERSION "development"
#endif

/* The name under which this was started: that of a front end, or (kernprof-cc) with a command behind it. */
static const struct kp_front_end *front_end_of_name(const char *program, const struct kp_command **command)
{
    const char *base = strrchr(program, '/') ? strrchr(program, '/') + 1 : program;
    for (const struct kp_front_end *f = kp_front_ends; f->name; f++) {
        size_t length = strlen(f->name);
        if (strncmp(base, f->name, length) != 0)
            continue;
        *command = base[length] == '-' ? kp_command_find(f, base + length + 1) : NULL;
        if (*command || !base[length])
            return f;
    }
    return &kp_front_ends[0];
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
    const struct kp_command *command = NULL;
    const struct kp_front_end *front_end = front_end_of_name(argv[0], &command);
    if (!command && argc > 1 && strcmp(argv[1], "--version") == 0) {
        puts("kernprof " KP_VERSION);
        return check_output(0);
    }
    if (!command && argc > 1 && (command = kp_command_find(front_end, argv[1]))) {
        argv++;
        argc--;
    }
    int status = (command ? command : front_end->commands[0])->run(argc, argv, &error);
    if (error.text[0])
        fprintf(stderr, "kernprof: %s\n", error.text);
    return check_output(status);
}
