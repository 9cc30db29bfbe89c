/* Counts for ever and says in a shared mapping how far it is. */
#include <fcntl.h>
#include <kernprof.h>
#include <sys/mman.h>
#include <unistd.h>

static struct progress {
    volatile long pid, begun, ended;
} *progress;

enum { LENGTH = 1000 };

KP_PROFILE __attribute__((noinline)) static long loop(long n)
{
    long sum = 0;
    for (long i = 0; i < n; i++)
        sum += i ^ n; /* in flight */
    return sum;
}

KP_PROFILE __attribute__((noinline)) static long rounds(void)
{
    long sum = 0;
    for (;;) {
        progress->begun++; /* begun */
        sum += loop(LENGTH);
        progress->ended++; /* ended */
        if (sum == 1)
            return sum; /* never */
    }
}

int main(void)
{
    int file = open("progress", O_RDWR);
    progress = mmap(NULL, sizeof *progress, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    progress->pid = getpid();
    return rounds() == 0;
}
