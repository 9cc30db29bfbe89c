// Callees that come back from every call, and some that do not.
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

static jmp_buf out;

static int twice(int x) // = 30
{
    return 2 * x; // = 30
}

static int leaves(int x) // = 11
{
    if (x == 20) // = 11
        longjmp(out, 1); // = 1
    return twice(x); // = 10
}

static int odd(int n);

static int even(int n) // = 6
{
    return n == 0 ? 1 : odd(n - 1); // = 6
}

static int odd(int n) // = 5
{
    return n == 0 ? 0 : even(n - 1); // = 5
}

static int passes(int n) // = 1
{
    int sum = 0; // = 1
    for (int i = 0; i < n; i++) { // = 11
        sum += leaves(2 * i); // = 11
        sum++; // = 10
    }
    return sum; // = 0
}

static int stays(int n) // = 1
{
    int sum = 0; // = 1
    for (int i = 0; i < n; i++) { // = 21
        sum += twice(i); // = 20
        if (sum > 100) // = 20
            sum -= 50; // = 6
    }
    return sum; // = 1
}

int main(void)
{
    int sum = 0; // = 1
    if (!setjmp(out)) // = 2
        sum += passes(100); // = 1
    sum += stays(20); // = 1
    sum += even(10); // = 1
    printf("%d\n", sum);
    return 0;
}
