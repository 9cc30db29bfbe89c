/* Calls of a known length: `calls short N` makes N calls of about ten nanoseconds, `calls long N` N calls of about a
 * millisecond, `calls none N` N times the same work without a call. Prints the process's processor time in nanoseconds. */
#include <kernprof.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

__attribute__((noinline)) double work(double x, long steps)
{
    for (long i = 0; i < steps; i++)
        x = x * 0.999 + 1;
    return x;
}

KP_PROFILE __attribute__((noinline)) double short_calls(long n)
{
    double sum = 0;
    for (long i = 0; i < n; i++)
        sum += work(sum, 4);
    return sum;
}

KP_PROFILE __attribute__((noinline)) double long_calls(long n)
{
    double sum = 0;
    for (long i = 0; i < n; i++)
        sum += work(sum, 400000);
    return sum;
}

KP_PROFILE __attribute__((noinline)) double no_calls(long n)
{
    double sum = 0;
    for (long i = 0; i < n * 400000; i++)
        sum = sum * 0.999 + 1;
    return sum;
}

int main(int argc, char **argv)
{
    long n = argc > 2 ? atol(argv[2]) : 1;
    volatile double sum;
    if (argc > 1 && strcmp(argv[1], "short") == 0)
        sum = short_calls(n);
    else if (argc > 1 && strcmp(argv[1], "long") == 0)
        sum = long_calls(n);
    else
        sum = no_calls(n);
    (void)sum;
    struct timespec used;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    printf("%lld\n", used.tv_sec * 1000000000LL + used.tv_nsec);
    return 0;
}
