/* See text_file.h. */
#include "util/text_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

char *kp_read_text_file(const char *path, size_t *size)
{
    struct stat status;
    if (stat(path, &status) != 0 || !S_ISREG(status.st_mode)) /* opening a pipe would wait */
        return NULL;
    FILE *in = fopen(path, "re");
    if (!in)
        return NULL;
    char *text = NULL;
    if (fstat(fileno(in), &status) == 0 && S_ISREG(status.st_mode) &&
        (text = malloc((size_t)status.st_size + 1)) != NULL) {
        *size = fread(text, 1, (size_t)status.st_size, in);
        text[*size] = 0;
    }
    fclose(in);
    return text;
}
