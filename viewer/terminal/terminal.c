/* See terminal.h. The state lies in memory that is shared with the process that waits for our end: whoever comes to
 * undo it, the handler of SIGTSTP, that process or we ourselves, finds there what to write. */
#include "viewer/terminal/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

/* Of a drawing that was torn: attributes, and lines that do not wrap. */
#define UNDO_DRAWING "\033[0m\033[?7h"

struct kp_terminal {
    int fd;
    bool keys_wanted, keys;
    struct termios saved; /* how keys were */
    atomic_bool set;
    char undo[KP_TERMINAL_UNDO + sizeof UNDO_DRAWING];
    size_t undo_size;
    pid_t guard;             /* the process that waits */
    int alive;               /* the end of a pipe to it, which our end closes */
    struct sigaction before; /* what SIGTSTP did */
};

static struct kp_terminal *current; /* for the handler */

static void write_all(int fd, const char *text, size_t size)
{
    while (size > 0) {
        ssize_t count = write(fd, text, size);
        if (count < 0 && errno != EINTR)
            return; /* the terminal is gone, and nobody looks */
        text += count > 0 ? count : 0;
        size -= count > 0 ? (size_t)count : 0;
    }
}

/* Async-signal-safe. Whoever comes second has nothing to do. */
static void undo(struct kp_terminal *t)
{
    if (!atomic_exchange(&t->set, false))
        return;
    write_all(t->fd, t->undo, t->undo_size);
    if (t->keys)
        tcsetattr(STDIN_FILENO, TCSANOW, &t->saved);
    t->keys = false;
}

static sigset_t only_stop(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTSTP);
    return set;
}

/* Undoes, stops as if there were no handler, and goes on when SIGCONT comes; the next drawing sets everything again. */
static void on_stop(int signal)
{
    int saved = errno;
    struct sigaction ours, stop = {.sa_handler = SIG_DFL};
    undo(current);
    sigaction(signal, &stop, &ours);
    raise(signal);
    sigset_t set = only_stop();
    sigprocmask(SIG_UNBLOCK, &set, NULL); /* here we stand still */
    sigprocmask(SIG_BLOCK, &set, NULL);
    sigaction(signal, &ours, NULL);
    errno = saved;
}

/* In a session of its own, where no key and no kill of our group ends it; and with nothing of ours open but the
 * terminal. */
static void wait_for_end(struct kp_terminal *t, int ended)
{
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    setsid();
    close(t->alive);
    dup2(ended, STDERR_FILENO + 1);
    close_range(STDERR_FILENO + 2, ~0U, 0);
    char none;
    while (read(STDERR_FILENO + 1, &none, 1) < 0 && errno == EINTR)
        ;
    undo(t);
    _exit(0);
}

static int start_guard(struct kp_terminal *t)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return -1;
    t->alive = ends[1];
    t->guard = fork();
    if (t->guard == 0)
        wait_for_end(t, ends[0]);
    close(ends[0]);
    if (t->guard < 0)
        close(ends[1]);
    return t->guard < 0 ? -1 : 0;
}

struct kp_terminal *kp_terminal_open(int fd, bool keys)
{
    struct kp_terminal *t = mmap(NULL, sizeof *t, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (t == MAP_FAILED)
        return NULL;
    t->fd = fd;
    t->keys_wanted = keys && isatty(STDIN_FILENO);
    if (start_guard(t) != 0) {
        munmap(t, sizeof *t);
        return NULL;
    }
    current = t;
    struct sigaction action = {.sa_handler = on_stop, .sa_flags = SA_RESTART};
    sigaction(SIGTSTP, NULL, &t->before);
    if (t->before.sa_handler != SIG_IGN)
        sigaction(SIGTSTP, &action, NULL);
    return t;
}

bool kp_terminal_may_draw(struct kp_terminal *t)
{
    pid_t foreground = tcgetpgrp(t->fd); /* -1: not the terminal that has our jobs */
    if (foreground < 0 || foreground == getpgrp())
        return true;
    undo(t);
    return false;
}

bool kp_terminal_is_set(const struct kp_terminal *t)
{
    return atomic_load(&t->set);
}

static void take_keys(struct kp_terminal *t)
{
    if (tcgetattr(STDIN_FILENO, &t->saved) != 0)
        return;
    struct termios raw = t->saved;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    t->keys = true;
    t->keys = tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0;
}

void kp_terminal_set(struct kp_terminal *t, const char *set, const char *undo)
{
    sigset_t stop = only_stop(), before;
    sigprocmask(SIG_BLOCK, &stop, &before);
    t->undo_size = (size_t)snprintf(t->undo, sizeof t->undo, UNDO_DRAWING "%s", undo);
    atomic_store(&t->set, true);
    if (t->keys_wanted && !t->keys)
        take_keys(t);
    write_all(t->fd, set, strlen(set));
    sigprocmask(SIG_SETMASK, &before, NULL);
}

void kp_terminal_write(struct kp_terminal *t, const char *text, size_t size)
{
    sigset_t stop = only_stop(), before;
    sigprocmask(SIG_BLOCK, &stop, &before);
    if (kp_terminal_is_set(t))
        write_all(t->fd, text, size);
    sigprocmask(SIG_SETMASK, &before, NULL);
}

bool kp_terminal_has_keys(const struct kp_terminal *t)
{
    return t->keys;
}

void kp_terminal_close(struct kp_terminal *t)
{
    sigaction(SIGTSTP, &t->before, NULL);
    undo(t);
    close(t->alive);
    while (waitpid(t->guard, NULL, 0) < 0 && errno == EINTR)
        ;
    current = NULL;
    munmap(t, sizeof *t);
}
