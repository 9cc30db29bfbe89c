/* The one way to speak. */
#include "runtime/runtime.h"

#include <errno.h>
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

/* Out of line, so that its frame is gone when the line is written: the stack may be a signal handler's own. */
static __attribute__((noinline)) int is_standard_error(void)
{
    struct stat now;
    return fstat(STDERR_FILENO, &now) == 0 && now.st_dev == standard_error.st_dev &&
           now.st_ino == standard_error.st_ino;
}

static struct iovec text(const char *string)
{
    return (struct iovec){.iov_base = (void *)string, .iov_len = strlen(string)};
}

static uint64_t only(int signal)
{
    return UINT64_C(1) << (signal - 1);
}

/* Writing to a closed pipe or beyond a limit sends a signal, which would end the program for a word of ours. Masks are
 * the kernel's, which are small. */
static void write_without_signal(const struct iovec *parts, int count)
{
    uint64_t unwanted = only(SIGPIPE) | only(SIGXFSZ), before = 0, pending = 0;
    syscall(SYS_rt_sigpending, &pending, sizeof pending);
    syscall(SYS_rt_sigprocmask, SIG_BLOCK, &unwanted, &before, sizeof before);
    /* The bare call is no point of cancellation. When it fails there is nowhere left to complain. */
    int failure = syscall(SYS_writev, STDERR_FILENO, parts, count) < 0 ? errno : 0;
    int sent = failure == EPIPE ? SIGPIPE : failure == EFBIG ? SIGXFSZ : 0;
    if (sent && !(pending & only(sent))) {
        struct timespec at_once = {0, 0};
        uint64_t wanted = only(sent);
        syscall(SYS_rt_sigtimedwait, &wanted, NULL, &at_once, sizeof wanted);
    }
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &before, NULL, sizeof before);
}

void kp_say(const char *what, const char *detail)
{
    kp_say_why(what, NULL, detail);
}

void kp_say_why(const char *what, const char *why, const char *detail)
{
    int saved = errno;
    struct iovec parts[] = {text("kernprof: "),         text(what),
                            text(why ? " (" : ""),      text(why ? why : ""),
                            text(why ? ")" : ""),       text(detail ? ": " : ""),
                            text(detail ? detail : ""), text("\n")};
    if (is_standard_error())
        write_without_signal(parts, sizeof parts / sizeof parts[0]);
    errno = saved;
}
