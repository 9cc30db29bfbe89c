/* flags: -fPIC
 * The thread's distance from the counters is loaded once, before the first count, also where that count is told by a call. */
#include <stdio.h>

static int small, large;

__attribute__((noinline)) static int power(int x)
{
    int result = 1; // = 1000
    for (int i = 0; i < (x & 7); i++) // = 4500
        result = result * 3 + x; // = 3500
    return result; // = 1000
}

static int sort_out(int x)
{
    int result = power(x); // = 1000
    if (result > 3) // = 1000
        large++; // = 875
    else
        small++; // = 125
    return result; // = 1000
}

__attribute__((noinline)) int both(int *place, int x)
{
    *place = 1; // = 1000
    return sort_out(x); // = 1000
}

int main(void)
{
    int place, sum = 0;
    for (int i = 0; i < 1000; i++) // = 1001
        sum += both(&place, i); // = 1000
    printf("%d %d %d\n", sum, small, large); // = 1
    return 0; // = 1
}
