/* See output_path.h. */
#include "kernprof/run/output_path.h"

#include <libgen.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/folder.h"
#include "util/host.h"

/* NULL with `error`. */
static char *expand(const char *option, const char *program, const char *suffix, bool *parts_ranks,
                    struct kp_error *error)
{
    char *path = NULL;
    *parts_ranks = false;
    if (option) {
        path = kp_host_expand(option, parts_ranks);
        if (!path)
            kp_fail(error, "-o %s: after %% comes p, r, h or %%", option);
        return path;
    }
    char *copy = strdup(program);
    if (!copy || asprintf(&path, "%s.%s", basename(copy), suffix) < 0)
        path = NULL;
    free(copy);
    return path ? path : (kp_fail(error, "out of memory"), NULL);
}

static int check_place(const char *path, struct kp_error *error)
{
    if (kp_folder_check_replaceable(path, error) != 0)
        return -1;
    char *copy = strdup(path);
    int status = copy ? kp_folder_check_writable(dirname(copy), error) : kp_fail(error, "out of memory");
    free(copy);
    return status;
}

char *kp_output_path(const char *option, const char *program, const char *suffix, int quiet, struct kp_error *error)
{
    bool parts_ranks;
    char *path = expand(option, program, suffix, &parts_ranks, error);
    bool collides =
        path && !parts_ranks && kp_host_has_other_ranks(); /* the last one's file would be all that is left */
    if (collides) {
        char *of_all = path;
        path = kp_host_add_rank(of_all);
        free(of_all);
    }
    if (!path || check_place(path, error) != 0) {
        free(path);
        return NULL;
    }
    if (collides && !quiet && kp_host_rank() == 0)
        fprintf(stderr,
                "kernprof: each rank writes a file of its own, rank 0 %s: use %%r in -o to choose their names\n", path);
    return path;
}

char *kp_output_path_command(char **words)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    for (char **word = words; out && *word; word++)
        fprintf(out, "%s%s", word == words ? "" : " ", *word);
    if (out)
        fclose(out);
    return text;
}
