/* flags: -fopenmp -L/usr/lib/llvm-19/lib -Wl,-rpath,/usr/lib/llvm-19/lib needs: /usr/lib/llvm-19/lib/libomp.so */
#include <stdio.h>

static int square(int n) // = 1000
{
    return n * n; // = 1000
}

static long sum(int n) // = 1
{
    long s = 0; // = 1
#pragma omp parallel for reduction(+ : s) num_threads(4)
    for (int i = 0; i < n; i++)
        s += square(i); // = 1000
    return s; // = 1
}

static int regions(void) // = 1
{
    int entered = 0; // = 1
#pragma omp parallel num_threads(4)
    {
#pragma omp atomic
        entered++; // = 4
#pragma omp single
        {
            entered += 0; // = 1
        }
#pragma omp critical
        entered += 10; // = 4
    }
    return entered; // = 1
}

static int tasks(int n) // = 1
{
    int done = 0; // = 1
#pragma omp parallel num_threads(3)
#pragma omp single
    for (int i = 0; i < n; i++) { // = 21
#pragma omp task shared(done)
        {
#pragma omp atomic
            done++; // = 20
        }
    }
    return done; // = 1
}

static int jumps(int n) // = 1
{
    int s = 0; // = 1
#pragma omp parallel for reduction(+ : s) num_threads(4)
    for (int i = 0; i < n; i++) {
        switch (i % 4) { // = 100
        case 0: // = 25
            break; // = 25
        case 1: // = 25
        case 2: // = 50
            continue; // = 50
        default: // = 25
            s++; // = 25
        }
        if (i % 8 && // = 50
            i % 3) { // = 50
            s++; // = 24
            continue; // = 24
        }
    }
#pragma omp parallel for collapse(2) reduction(+ : s) num_threads(3)
    for (int i = 0; i < 6; i++) {
        for (int j = 0;
             j < 4; j++) {
            if (j == 1) // = 24
                continue; // = 6
            s++; // = 18
        }
    }
#pragma omp parallel num_threads(2)
    {
        switch (n) { // = 2
        case 100: // = 2
            break; // = 2
        }
        for (;;) // = 2
            break; // = 2
    }
    return s; // = 1
}

int main(void)
{
    printf("%ld %d %d %d\n", sum(1000), regions(), tasks(20), jumps(100)); // = 1
    return 0; // = 1
}
