/* See output.h. */
#include "util/output.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int fail_write(const char *name, int cause, struct kp_error *error)
{
    const char *remedy = cause == ENOSPC || cause == EDQUOT ? "; free some space or choose another place with -o" : "";
    return kp_fail(error, "%s: cannot be written: %s%s", name, strerror(cause ? cause : EIO), remedy);
}

static void forget(struct kp_output *output)
{
    free(output->path);
    free(output->temporary);
    *output = (struct kp_output){0};
}

/* mkstemp gives 0600; the file is to have the mode that it had, or that a new file would have. */
static void set_mode(int file, const struct stat *old)
{
    mode_t mask = umask(0);
    umask(mask);
    if (fchmod(file, old ? old->st_mode & 07777 : 0666 & ~mask) != 0)
        return; /* a file system without modes: the contents matter more */
}

static int open_temporary(struct kp_output *output, const struct stat *old)
{
    size_t size = strlen(output->path) + sizeof ".XXXXXX";
    output->temporary = malloc(size);
    if (!output->temporary)
        return -1;
    snprintf(output->temporary, size, "%s.XXXXXX", output->path);
    int file = mkstemp(output->temporary);
    if (file < 0)
        return -1;
    set_mode(file, old);
    output->stream = fdopen(file, "w");
    if (output->stream)
        return 0;
    close(file);
    unlink(output->temporary);
    return -1;
}

int kp_output_open(struct kp_output *output, const char *path, struct kp_error *error)
{
    *output = (struct kp_output){0};
    if (!path || strcmp(path, "-") == 0) {
        output->stream = stdout;
        return 0;
    }
    struct stat old;
    bool exists = stat(path, &old) == 0;
    output->path = exists ? realpath(path, NULL) : strdup(path); /* through a link, to replace what it points to */
    int status = -1;
    if (output->path && exists && S_ISDIR(old.st_mode))
        errno = EISDIR;
    else if (output->path && exists && !S_ISREG(old.st_mode))
        status = (output->stream = fopen(path, "w")) ? 0 : -1;
    else if (output->path)
        status = open_temporary(output, exists ? &old : NULL);
    if (status != 0) {
        kp_fail(error, "%s: cannot be written: %s; choose another place with -o", path, strerror(errno));
        forget(output);
    }
    return status;
}

int kp_output_flush(FILE *stream, const char *name, struct kp_error *error)
{
    errno = 0;
    bool failed = ferror(stream);
    if (fflush(stream) != 0 || failed)
        return fail_write(name, errno, error);
    return 0;
}

int kp_output_close(struct kp_output *output, struct kp_error *error)
{
    const char *name = output->path ? output->path : "standard output";
    int status = kp_output_flush(output->stream, name, error);
    if (output->path && fclose(output->stream) != 0 && status == 0)
        status = fail_write(name, errno, error);
    if (output->temporary && status == 0 && rename(output->temporary, output->path) != 0)
        status = fail_write(name, errno, error);
    if (output->temporary && status != 0)
        unlink(output->temporary);
    forget(output);
    return status;
}

void kp_output_abandon(struct kp_output *output)
{
    if (output->path && output->stream)
        fclose(output->stream);
    if (output->temporary)
        unlink(output->temporary);
    forget(output);
}
