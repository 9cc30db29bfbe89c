/* The one way to speak. */
#include "runtime/runtime.h"

#include <errno.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

static struct iovec text(const char *string)
{
    return (struct iovec){.iov_base = (void *)string, .iov_len = strlen(string)};
}

void kp_say(const char *what, const char *detail)
{
    int saved = errno;
    struct iovec parts[] = {text("kernprof: "), text(what), text(detail ? ": " : ""), text(detail ? detail : ""), text("\n")};
    ssize_t written = writev(STDERR_FILENO, parts, sizeof parts / sizeof parts[0]);
    (void)written; /* nowhere left to complain */
    errno = saved;
}
