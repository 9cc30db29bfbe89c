/* Functions that the optimiser finds out to be called, through pointers. */
#include <stdio.h>
#include <stdlib.h>

typedef int (*operation)(int);

static int sink;

static int apply(operation f, int n) // = 3
{
    return f(n); // = 3
}

static int plus(int n) // = 3
{
    return n + 1; // = 3
}

static int minus(int n) // = 1
{
    return n - 1; // = 1
}

static int pure(int n) // = 0
{
    return n; // = 0
}

static int nothing(int n) // = 2
{
    return n; // = 2
}

static int starts(int n) // = 1
{
    sink += n; // = 1
    return 0; // = 1
}

static const operation table[] = {starts};
static operation const *const tables[] = {table};

static int compare(const void *a, const void *b) // = 1
{
    return *(const int *)a - *(const int *)b; // = 1
}

static operation choose(int n) // = 1
{
    return n ? minus : pure; // = 1
}

int main(void)
{
    int s = apply(plus, 1) + apply(plus, 2); // = 1
    apply(nothing, 3); // = 1
    operation f = plus; // = 1
    s += f(4); // = 1
    f = nothing; // = 1
    f(5); // = 1
    for (unsigned i = 0; i < sizeof tables / sizeof *tables; i++) // = 2
        s += tables[i][0](i); // = 1
    s += choose(1)(2); // = 1
    int numbers[] = {2, 1}; // = 1
    qsort(numbers, 2, sizeof *numbers, compare); // = 1
    printf("%d %d\n", s, sink); // = 1
    return 0; // = 1
}
