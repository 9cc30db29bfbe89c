/* See preload_interposer.h. */
#include "kernprof/run/preload_interposer.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernprof/compile/toolchain.h"

static char *before; /* LD_PRELOAD as it was; NULL: it was not set */

int kp_preload_interposer(struct kp_error *error)
{
    char *prefix = kp_toolchain_prefix(error);
    char *library = NULL, *list = NULL;
    int result = -1;
    const char *known = getenv("LD_PRELOAD");
    before = known ? strdup(known) : NULL;
    if (!prefix)
        return -1;
    if (asprintf(&library, "%s/lib/libkernprof-mem.so", prefix) < 0 ||
        asprintf(&list, "%s%s%s", library, before && *before ? ":" : "", before ? before : "") < 0)
        kp_fail(error, "out of memory");
    else if (strpbrk(library, ": "))
        kp_fail(
            error,
            "%s: the loader takes no such path in LD_PRELOAD: install kernprof where there is no blank or colon in it",
            library);
    else if (access(library, R_OK) != 0)
        kp_fail(error, "%s: cannot be read: %s; install kernprof again", library, strerror(errno));
    else
        result = setenv("LD_PRELOAD", list, 1);
    free(prefix);
    free(library);
    free(list);
    return result;
}

void kp_preload_end(void)
{
    if (before)
        setenv("LD_PRELOAD", before, 1);
    else
        unsetenv("LD_PRELOAD");
    free(before);
    before = NULL;
}
