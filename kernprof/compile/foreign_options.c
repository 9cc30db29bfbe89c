/* See foreign_options.h. Which options clang does not know, clang itself says: `-###` checks them all and compiles
 * nothing. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* strchrnul */
#endif
#include "kernprof/compile/foreign_options.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int kp_is_foreign(const char *compiler)
{
    const char *slash = strrchr(compiler, '/');
    return !strstr(slash ? slash + 1 : compiler, "clang");
}

static size_t count_of(char **arguments)
{
    size_t count = 0;
    while (arguments[count])
        count++;
    return count;
}

static void remove_argument(char **arguments, size_t at)
{
    free(arguments[at]);
    for (; arguments[at]; at++)
        arguments[at] = arguments[at + 1];
}

static bool is_for_link_time(const char *option)
{
    static const char *const names[] = {"-flto", "-ffat-lto-objects", "-fno-fat-lto-objects", "-fuse-linker-plugin",
                                        "-fno-use-linker-plugin"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(option, names[i]) == 0)
            return true;
    return strncmp(option, "-flto=", strlen("-flto=")) == 0 || strncmp(option, "-flto-", strlen("-flto-")) == 0;
}

/* clang's words for an option that it does not know. */
static bool is_complaint(const char *line)
{
    return strstr(line, "error: unknown argument") || strstr(line, "error: unsupported option") ||
           strstr(line, "error: unsupported argument") || strstr(line, "error: optimization flag");
}

/* Removes the option that a complaint names: in quotes, or the value in quotes of one (unsupported argument 'value' to
 * option '-name='). */
static void remove_named(char **arguments, const char *line)
{
    const char *name = strchr(line, '\'');
    size_t length = name ? (size_t)(strchrnul(name + 1, '\'') - name - 1) : 0;
    const char *of = name ? strstr(name, "to option '") : NULL;
    const char *option = of ? of + strlen("to option '") : "";
    size_t option_length = (size_t)(strchrnul(option, '\'') - option);
    for (size_t i = 1; arguments[i] && name;) {
        bool is = strncmp(arguments[i], option, option_length) == 0 && strlen(arguments[i]) == option_length + length &&
                  strncmp(arguments[i] + option_length, name + 1, length) == 0;
        if (is)
            remove_argument(arguments, i);
        else
            i++;
    }
}

/* Standard error of clang with these arguments and -###. NULL: it cannot be started. */
static FILE *ask(char **arguments, pid_t *pid)
{
    size_t count = count_of(arguments);
    char **question = calloc(count + 2, sizeof *question);
    int ends[2];
    if (!question || pipe(ends) != 0) {
        free(question);
        return NULL;
    }
    question[0] = arguments[0];
    question[1] = "-###";
    memcpy(question + 2, arguments + 1, (count - 1) * sizeof *question);
    *pid = fork();
    if (*pid == 0) {
        dup2(ends[1], STDERR_FILENO);
        close(ends[0]);
        close(ends[1]);
        setenv("LC_ALL", "C", 1);
        execv(question[0], question);
        _exit(127);
    }
    close(ends[1]);
    free(question);
    FILE *answer = *pid > 0 ? fdopen(ends[0], "r") : NULL;
    if (!answer)
        close(ends[0]);
    return answer;
}

static void remove_unknown(char **arguments)
{
    pid_t pid;
    FILE *answer = ask(arguments, &pid);
    if (!answer)
        return; /* clang itself complains when it compiles */
    char *line = NULL;
    size_t size = 0;
    while (getline(&line, &size, answer) > 0)
        if (is_complaint(line))
            remove_named(arguments, line);
    free(line);
    fclose(answer);
    waitpid(pid, NULL, 0);
}

char **kp_drop_foreign_options(char **arguments)
{
    for (size_t i = 1; arguments[i];) {
        if (is_for_link_time(arguments[i]))
            remove_argument(arguments, i);
        else
            i++;
    }
    remove_unknown(arguments);
    size_t count = count_of(arguments);
    char *word = strdup("-Wno-unknown-warning-option");
    char **longer = word ? realloc(arguments, (count + 2) * sizeof *longer) : NULL;
    if (!longer) {
        free(word);
        return arguments;
    }
    memmove(longer + 2, longer + 1, count * sizeof *longer);
    longer[1] = word;
    return longer;
}
