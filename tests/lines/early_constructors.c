/* Constructors of the priorities that are the implementation's. */
#include <kernprof.h>

static volatile int sum;

KP_PROFILE static __attribute__((noinline)) int add(int n)
{
    sum += n;   // = 7
    return sum; // = 7
}

KP_PROFILE __attribute__((constructor(1))) static void first(void)
{
    for (int i = 0; i < 3; i++)
        add(i); // = 3
}

KP_PROFILE __attribute__((constructor(50))) static void second(void)
{
    add(1); // = 1
}

KP_PROFILE __attribute__((constructor(100))) static void third(void)
{
    add(2); // = 1
}

KP_PROFILE __attribute__((constructor(101))) static void fourth(void)
{
    add(3); // = 1
}

KP_PROFILE __attribute__((constructor)) static void last(void)
{
    sum = 0; // = 1
}

int main(void)
{
    add(4);
    return 0;
}
