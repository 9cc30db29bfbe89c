#include <stdio.h>

static int sums(int n) // = 3
{
    int s = 0; // = 3
    for (int i = 0; i < n; i++) // = 33
        s += i; // = 30
    return s; // = 3
}

static int nests(int n) // = 1
{
    int s = 0; // = 1
    for (int i = 0; i < n; i++) { // = 11
        for (int j = 0; j < n; j++) // = 110
            s += i * j; // = 100
        if (i % 2) // = 10
            s--; // = 5
        else
            s++; // = 5
    }
    return s; // = 1
}

static int whiles(int n) // = 1
{
    int s = 0; // = 1
    while (n > 0) { // = 5
        if (n == 3) { // = 5
            n--; // = 1
            continue; // = 1
        }
        s += n--; // = 4
        if (s > 16) // = 4
            break; // = 1
    }
    do {
        s++; // = 3
    } while (s % 4); // = 3
    return s; // = 1
}

static int choose(int x) // = 6
{
    switch (x) { // = 6
    case 0:
        return 1; // = 1
    case 1:
        x++; // = 1
        /* fallthrough */
    case 2:
        x++; // = 2
        break; // = 2
    default:
        x = x > 4 ? 7 : 8; // = 3
    }
    return x; // = 5
}

static int logic(int a, int b) // = 4
{
    if (a && b) // = 4
        return 1; // = 1
    return a || // = 3
           b;
}

static int fact(int n) // = 6
{
    if (n < 2) // = 6
        return 1; // = 1
    return n * fact(n - 1); // = 5
}

static int never(int n) // = 0
{
    return n + 1; // = 0
}

int main(int argc, char **argv) // = 1
{
    (void)argv;
    int r = sums(5) + sums(10) + sums(15); // = 1
    r += nests(10) + whiles(6); // = 1
    for (int i = 0; i < 6; i++) // = 7
        r += choose(i); // = 6
    r += logic(0, 0) + logic(0, 1) + logic(1, 0) + logic(1, 1); // = 1
    r += fact(6); // = 1
    if (argc > 100) // = 1
        r += never(r); // = 0
    printf("%d\n", r); // = 1
    return 0; // = 1
}
