/* See gnuplot.h. */
#include "kernprof/memory/gnuplot.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernprof/compile/toolchain.h"

/* In the child: does not return. Messages are dropped: of warnings there are many and none is the user's business. */
static void execute(const char *path, int script, int out)
{
    int nothing = open("/dev/null", O_WRONLY);
    dup2(script, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    dup2(nothing, STDERR_FILENO);
    unsetenv("GNUTERM");
    execl(path, path, "-d", (char *)NULL); /* -d: without the user's settings */
    _exit(127);
}

static int write_all(int fd, const char *text, size_t size)
{
    while (size > 0) {
        ssize_t written = write(fd, text, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return -1;
        text += written;
        size -= (size_t)written;
    }
    return 0;
}

int kp_gnuplot_run(const char *script, size_t size, FILE *out, struct kp_error *error)
{
    char *path = kp_find_in_path("gnuplot");
    int ends[2];
    if (!path)
        return kp_fail(error, "gnuplot is not installed, which draws plots: apt-get install gnuplot-nox");
    fflush(out);
    if (pipe2(ends, O_CLOEXEC) != 0) {
        free(path);
        return kp_fail(error, "out of file descriptors");
    }
    struct sigaction ignore = {.sa_handler = SIG_IGN}, old;
    sigaction(SIGPIPE, &ignore, &old); /* should gnuplot end early */
    pid_t child = fork();
    if (child == 0)
        execute(path, ends[0], fileno(out));
    close(ends[0]);
    int failed = child < 0 || write_all(ends[1], script, size) != 0;
    close(ends[1]);
    int status = 0;
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    sigaction(SIGPIPE, &old, NULL);
    free(path);
    if (failed || status != 0)
        return kp_fail(error, "gnuplot failed: is there room where the plot is written?");
    return 0;
}
