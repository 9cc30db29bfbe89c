/* See outcome.h. */
#include "kernprof/outcome.h"

#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/folder.h"
#include "util/host.h"

char *kp_outcome_path(const char *option, const char *program, const char *suffix, struct kp_error *error)
{
    char *path = NULL;
    if (option) {
        path = kp_host_expand(option);
        if (!path)
            kp_fail(error, "-o %s: after %% comes p, r, h or %%", option);
    } else {
        char *copy = strdup(program);
        if (!copy || asprintf(&path, "%s.%s", basename(copy), suffix) < 0)
            path = NULL;
        free(copy);
    }
    if (!path)
        return NULL;
    char *copy = strdup(path);
    const char *folder = copy ? dirname(copy) : ".";
    struct stat status;
    if (stat(path, &status) == 0 && S_ISDIR(status.st_mode))
        kp_fail(error, "%s: is a folder: choose another file with -o", path);
    else if (kp_folder_check_writable(folder, error) == 0) {
        free(copy);
        return path;
    }
    free(copy);
    free(path);
    return NULL;
}

char *kp_outcome_command(char **words)
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
