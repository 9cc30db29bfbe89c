#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <ucontext.h>

static volatile int handled, work_done;

static int inner(int n) // = 12
{
    int s = 0; // = 12
    for (int i = 0; i < n; i++) // = 132
        s += i; // = 120
    return s; // = 12
}

static void handler(int number) // = 12
{
    handled += inner(10) > 0; // = 12
    (void)number;
}

/* Interrupts itself at a known place, within a loop that counts in registers. */
static int interrupted(int n) // = 1
{
    int s = 0; // = 1
    for (int i = 0; i < n; i++) { // = 101
        s += i; // = 100
        if (i % 10 == 9) // = 100
            raise(SIGUSR1); // = 10
    }
    return s; // = 1
}

/* Interrupted at any place. */
static long spins(long n) // = 1
{
    long s = 0; // = 1
    for (long i = 0; i < n; i++) // = 30000001
        s += i & handled; // = 30000000
    return s; // = 1
}

static void tick(int number) // not compared: as often as the timer says
{
    work_done += number > 0;
}

static ucontext_t main_context, other_context;
static char stack[65536];

static void other(void) // = 1
{
    for (int i = 0; i < 3; i++) { // = 4
        work_done++; // = 3
        swapcontext(&other_context, &main_context); // = 3
    }
    work_done += 10; // = 1
}

static int switches(void) // = 1
{
    int s = 0; // = 1
    getcontext(&other_context); // = 1
    other_context.uc_stack.ss_sp = stack; // = 1
    other_context.uc_stack.ss_size = sizeof stack; // = 1
    other_context.uc_link = &main_context; // = 1
    makecontext(&other_context, other, 0); // = 1
    for (int i = 0; i < 4; i++) { // = 5
        swapcontext(&main_context, &other_context); // = 4
        s++; // = 4
    }
    return s; // = 1
}

int main(void)
{
    signal(SIGUSR1, handler); // = 1
    signal(SIGUSR2, handler); // = 1
    int s = interrupted(100); // = 1
    raise(SIGUSR2); // = 1
    sigset_t all; // no code
    sigfillset(&all); // = 1
    sigprocmask(SIG_BLOCK, &all, NULL); // = 1
    raise(SIGUSR2); // = 1
    sigprocmask(SIG_UNBLOCK, &all, NULL); // = 1
    signal(SIGALRM, tick); // = 1
    struct itimerval often = {{0, 1000}, {0, 1000}};
    setitimer(ITIMER_REAL, &often, NULL); // = 1
    s += spins(30000000) != 0; // = 1
    often = (struct itimerval){{0, 0}, {0, 0}}; // = 1
    setitimer(ITIMER_REAL, &often, NULL); // = 1
    s += switches(); // = 1
    printf("%d\n", handled); // = 1
    return s > 0 && handled == 12 ? 0 : 1; // = 1
}
