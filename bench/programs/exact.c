/* Profiled functions of known length that are called by a profiled one, line by line. Prints what each call took, by the
 * thread's own clocks: NAME NS. Lines that end in a kernel's name are those that call it. */
#include <kernprof.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static int64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static volatile uint64_t seed = 88172645463325252;
static int64_t began;

static void say(const char *name)
{
    printf("%s %lld\n", name, (long long)(now() - began));
    began = now();
}

/* Lines of a third of a nanosecond, and a branch that nobody can foretell. */
KP_PROFILE __attribute__((noinline)) static void shifts(long n)
{
    uint64_t x = seed;
    for (long i = 0; i < n; i++) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        if (x & 1)
            x += (uint64_t)i;
    }
    seed = x | 1;
}

KP_PROFILE __attribute__((noinline)) static void divisions(long n)
{
    uint64_t x = seed;
    for (long i = 0; i < n; i++) {
        x = x % (x / 3 + 7);
        x = x * 7919 + 123456789123;
        x = x % (x / 5 + 11);
    }
    seed = x | 1;
}

static int32_t numbers[4096];

/* That the optimiser makes vectors of. */
KP_PROFILE __attribute__((noinline)) static void sums(long n)
{
    int32_t sum = 0;
    for (long round = 0; round < n; round++)
        for (int i = 0; i < 4096; i++) {
            numbers[i] += (int32_t)round;
            sum ^= numbers[i];
        }
    seed ^= (uint32_t)sum;
}

KP_PROFILE __attribute__((noinline)) static uint64_t step(uint64_t x)
{
    uint64_t y = x * 6364136223846793005;
    return y + 1442695040888963407;
}

/* Calls that take less than a timestamp. */
KP_PROFILE __attribute__((noinline)) static void calls(long n)
{
    uint64_t x = seed;
    for (long i = 0; i < n; i++)
        x = step(x);
    seed = x | 1;
}

KP_PROFILE __attribute__((noinline)) static void all(void)
{
    began = now();
    usleep(50000); /* sleep */
    say("sleep");
    shifts(20000000); /* shifts */
    say("shifts");
    divisions(3000000); /* divisions */
    say("divisions");
    sums(20000); /* sums */
    say("sums");
    calls(30000000); /* calls */
    say("calls");
}

int main(void)
{
    all();
    return 0;
}
