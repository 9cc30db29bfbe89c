/* The one way to speak. */
#include "runtime/runtime.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/* A daemon closes standard error, and its number may come to be a file of the program's: what was there at the start is
 * the only file that is written to. */
static struct stat standard_error;

void kp_report_init(void)
{
    if (fstat(STDERR_FILENO, &standard_error) != 0)
        standard_error = (struct stat){0};
}

static int is_standard_error(void)
{
    struct stat now;
    return fstat(STDERR_FILENO, &now) == 0 && now.st_dev == standard_error.st_dev &&
           now.st_ino == standard_error.st_ino;
}

static struct iovec text(const char *string)
{
    return (struct iovec){.iov_base = (void *)string, .iov_len = strlen(string)};
}

/* Writing to a closed pipe or beyond a limit sends a signal, which would end the program for a word of ours. */
static void write_without_signal(const struct iovec *parts, int count)
{
    sigset_t unwanted, before, pending;
    sigemptyset(&unwanted);
    sigaddset(&unwanted, SIGPIPE);
    sigaddset(&unwanted, SIGXFSZ);
    sigpending(&pending);
    pthread_sigmask(SIG_BLOCK, &unwanted, &before);
    /* The bare call is no point of cancellation. When it fails there is nowhere left to complain. */
    int failure = syscall(SYS_writev, STDERR_FILENO, parts, count) < 0 ? errno : 0;
    int sent = failure == EPIPE ? SIGPIPE : failure == EFBIG ? SIGXFSZ : 0;
    if (sent && !sigismember(&pending, sent)) {
        struct timespec at_once = {0, 0};
        sigemptyset(&unwanted);
        sigaddset(&unwanted, sent);
        sigtimedwait(&unwanted, NULL, &at_once);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void kp_say(const char *what, const char *detail)
{
    int saved = errno;
    struct iovec parts[] = {text("kernprof: "), text(what), text(detail ? ": " : ""), text(detail ? detail : ""),
                            text("\n")};
    if (is_standard_error())
        write_without_signal(parts, sizeof parts / sizeof parts[0]);
    errno = saved;
}
