/* Running the program (see child.h). */
#include "kernprof/run/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "kernprof/run/exit_status.h"
#include "util/now.h"

static volatile sig_atomic_t child_pid;

static void pass_on(int signal)
{
    if (child_pid > 0)
        kill((pid_t)child_pid, signal);
}

/* The terminal sends these to the program itself, as it is in kernprof's process group. */
static const int from_terminal[] = {SIGINT, SIGQUIT};
static const int to_pass_on[] = {SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGCONT};

enum {
    TERMINAL_COUNT = sizeof from_terminal / sizeof from_terminal[0],
    PASS_COUNT = sizeof to_pass_on / sizeof to_pass_on[0]
};

enum { ENVIRONMENT_SIZE = 256 };

/* Waits until the other end of the pipe is closed, and takes what it sent into the environment. */
static void wait_for_go(int end)
{
    static char environment[ENVIRONMENT_SIZE];
    for (size_t used = 0; used < sizeof environment - 1;) {
        ssize_t got = read(end, environment + used, sizeof environment - 1 - used);
        if (got == 0 || (got < 0 && errno != EINTR))
            break;
        used += got > 0 ? (size_t)got : 0;
    }
    for (char *rest = environment, *one; (one = strsep(&rest, "\n")) != NULL;)
        if (*one)
            putenv(one);
}

static void let_go(int end, const struct kp_child_hook *hook, int child)
{
    char environment[ENVIRONMENT_SIZE] = "";
    if (child > 0 && hook)
        hook->before_exec(child, environment, sizeof environment, hook->data);
    ssize_t written = write(end, environment, strlen(environment));
    (void)written; /* fails only where the child is gone */
    close(end);
}

/* Starts the program, after the hook has run; an exec that fails sends its errno through a pipe that closes on exec. */
static int start(const char *path, char **argv, const struct kp_child_hook *hook, struct sigaction *saved, int *failure)
{
    int ends[2], go[2];
    if (pipe2(ends, O_CLOEXEC) != 0 || pipe2(go, O_CLOEXEC) != 0)
        return -1;
    pid_t child = fork();
    if (child == 0) {
        close(go[1]);
        wait_for_go(go[0]);
        for (int i = 0; i < TERMINAL_COUNT; i++)
            sigaction(from_terminal[i], &saved[i], NULL);
        for (int i = 0; i < PASS_COUNT; i++)
            sigaction(to_pass_on[i], &saved[TERMINAL_COUNT + i], NULL);
        execv(path, argv);
        int code = errno;
        ssize_t written = write(ends[1], &code, sizeof code);
        (void)written; /* the parent sees the exit status then */
        _exit(127);
    }
    close(ends[1]);
    close(go[0]);
    let_go(go[1], hook, child);
    if (child > 0 && read(ends[0], failure, sizeof *failure) != sizeof *failure)
        *failure = 0;
    close(ends[0]);
    return child;
}

void kp_child_sleep(int pidfd, int64_t until_ns)
{
    int64_t left_ns = until_ns - kp_now_ns(CLOCK_MONOTONIC);
    if (left_ns <= 0)
        return;
    struct timespec left = {left_ns / 1000000000, left_ns % 1000000000};
    struct pollfd ended = {.fd = pidfd, .events = POLLIN};
    ppoll(&ended, pidfd >= 0, &left, NULL);
}

int kp_child_open(pid_t pid)
{
    return (int)syscall(SYS_pidfd_open, pid, 0);
}

/* Looks at once, and then at each interval, counted from the first. */
static void watch_until_end(int child, const struct kp_child_watch *watch, int *status)
{
    int pidfd = kp_child_open(child);
    int64_t next_ns = kp_now_ns(CLOCK_MONOTONIC);
    pid_t ended = 0;
    while (ended == 0 || (ended < 0 && errno == EINTR)) {
        if (kp_now_ns(CLOCK_MONOTONIC) >= next_ns) {
            if (watch->look(watch->data, child) != 0)
                break;
            int64_t now = kp_now_ns(CLOCK_MONOTONIC);
            next_ns += watch->interval_ns;
            next_ns = next_ns < now ? now : next_ns;
        }
        kp_child_sleep(pidfd, next_ns);
        ended = waitpid(child, status, WNOHANG);
    }
    if (pidfd >= 0)
        close(pidfd);
    while (ended == 0 && waitpid(child, status, 0) < 0 && errno == EINTR)
        ;
}

int kp_child_run(const char *path, char **argv, const struct kp_child_hook *hook, const struct kp_child_watch *watch,
                 struct kp_child_end *end, struct kp_error *error)
{
    struct sigaction saved[TERMINAL_COUNT + PASS_COUNT];
    struct sigaction ignore = {.sa_handler = SIG_IGN}, pass = {.sa_handler = pass_on};
    for (int i = 0; i < TERMINAL_COUNT; i++)
        sigaction(from_terminal[i], &ignore, &saved[i]);
    for (int i = 0; i < PASS_COUNT; i++)
        sigaction(to_pass_on[i], NULL, &saved[TERMINAL_COUNT + i]);
    int failure = 0;
    end->start_ns = kp_now_ns(CLOCK_REALTIME);
    int64_t began = kp_now_ns(CLOCK_MONOTONIC);
    int child = start(path, argv, hook, saved, &failure);
    if (child < 0) {
        kp_fail(error, "%s: cannot be started: %s", path, strerror(errno));
        return KP_EXIT_FAILED;
    }
    child_pid = child;
    for (int i = 0; i < PASS_COUNT; i++)
        sigaction(to_pass_on[i], &pass, NULL);
    int status = 0;
    if (watch && !failure)
        watch_until_end(child, watch, &status);
    else
        while (waitpid(child, &status, 0) < 0 && errno == EINTR)
            ;
    child_pid = 0;
    end->duration_ns = kp_now_ns(CLOCK_MONOTONIC) - began;
    for (int i = 0; i < PASS_COUNT; i++)
        sigaction(to_pass_on[i], &saved[TERMINAL_COUNT + i], NULL);
    if (failure) {
        kp_fail(error, "%s: cannot be executed: %s", path, strerror(failure));
        return failure == ENOENT ? KP_EXIT_NOT_FOUND : KP_EXIT_CANNOT_EXECUTE;
    }
    end->pid = child;
    end->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    end->exit_status = end->signal ? 128 + end->signal : WEXITSTATUS(status);
    return 0;
}
