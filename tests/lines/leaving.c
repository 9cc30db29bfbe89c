/* exit: 3 */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

static jmp_buf back;
static int sink;

static void jumper(int n) // = 4
{
    sink += n; // = 4
    if (n > 1) // = 4
        longjmp(back, n); // = 2
    sink++; // = 2
}

static void between(int n) // = 4
{
    jumper(n); // = 4
    sink += 2; // = 2
}

static int catcher(void) // = 1
{
    volatile int n = 3; // = 1
    int got = setjmp(back); // = 3
    if (got) // = 3
        n--; // = 2
    between(n); // = 3
    between(0); // = 1
    return sink; // = 1
}

static void quit(int code) // = 1
{
    if (code) // = 1
        exit(code); // = 1
    sink = 9; // = 0
}

int main(void)
{
    printf("%d\n", catcher()); // = 1
    quit(3); // = 1
    return sink; // = 0
}
