/* flags: -Wno-everything */
#include <alloca.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#if !__has_attribute(musttail)
#error no musttail
#endif

#ifdef __aarch64__
#define JUMP_IF_NOT_0 "cbnz %w0, %l1"
#define ADD "add %w0, %w0, %w1"
#define RETURN_5 "mov w0, #5; ret"
#else
#define JUMP_IF_NOT_0 "testl %0, %0; jnz %l1"
#define ADD "addl %1, %0"
#define RETURN_5 "movl $5, %eax; ret"
#endif

static int sink;

static int even(unsigned n); // declared only
static int odd(unsigned n) // = 50
{
    if (n == 0) // = 50
        return 0; // = 0
    __attribute__((musttail)) return even(n - 1); // = 50
}
static int even(unsigned n) // = 51
{
    if (n == 0) // = 51
        return 1; // = 1
    __attribute__((musttail)) return odd(n - 1); // = 50
}

static int ackermann(int m, int n) // = 44
{
    if (m == 0) // = 44
        return n + 1; // = 20
    if (n == 0) // = 24
        return ackermann(m - 1, 1); // = 5
    return ackermann(m - 1, ackermann(m, n - 1)); // = 19
}

static int jumps(int n) // = 3
{
    asm goto(JUMP_IF_NOT_0 : : "r"(n) : "cc" : away); // = 3
    sink++; // = 1
    return 1; // = 1
away:
    sink += 2; // = 2
    return 2; // = 2
}

static int adds(int a, int b) // = 2
{
    asm(ADD : "+r"(a) : "r"(b) : "cc"); // = 2
    asm volatile("" : : : "memory"); // = 2
    return a; // = 2
}

__attribute__((naked)) static int bare(void)
{
    asm(RETURN_5);
}

static int arrays(int n) // = 2
{
    int values[n]; // = 2
    char *more = alloca(n); // = 2
    memset(more, 1, n); // = 2
    int s = 0; // = 2
    for (int i = 0; i < n; i++) // = 12
        values[i] = more[i] + i; // = 10
    for (int i = 0; i < n; i++) // = 12
        s += values[i]; // = 10
    return s; // = 2
}

static int expressions(int n) // = 3
{
    int s = ({ // = 3
        int t = 0; // = 3
        for (int i = 0; i < n; i++) // = 9
            t += i; // = 6
        t; // = 3
    });
    return s + ({ // = 3
        if (n > 2) // = 3
            return -1; // = 1
        n; // = 2
    });
}

static jmp_buf back;
static sigjmp_buf back_too;

static int deep(int n) // = 12
{
    if (n == 0) // = 12
        longjmp(back, 1); // = 2
    deep(n - 1); // = 10
    return sink = 77; // = 0
}

static int comes_back(void) // = 1
{
    volatile int times = 0; // = 1
    switch (setjmp(back)) { // = 3
    case 0:
        times++; // = 1
        deep(5); // = 1
        break; // = 0
    default:
        if (times++ < 2) // = 2
            deep(5); // = 1
    }
    if (sigsetjmp(back_too, 1) == 0) // = 2
        siglongjmp(back_too, 1); // = 1
    return times; // = 1
}

static int child(void) // = 1
{
    int status = 0; // = 1
    pid_t pid = vfork(); // = 2
    if (pid == 0) // = 2
        _exit(3); // = 1
    waitpid(pid, &status, 0); // = 1
    return WEXITSTATUS(status); // = 1
}

__attribute__((noreturn)) static void finish(int n) // = 1
{
    sink = n; // = 1
    exit(n); // = 1
}

static int threaded(const unsigned char *p) // = 2
{
    static void *const ways[] = {&&one, &&two, &&done};
    int s = 0; // = 2
    goto *ways[*p++]; // = 2
one:
    s++; // = 3
    goto *ways[*p++]; // = 3
two:
    for (int i = 0; i < 3; i++) // = 4
        s += i; // = 3
    goto *ways[*p++]; // = 1
done:
    return s; // = 2
}

/* A table that another function can see: counted in place. */
void **shared_table;
static int shares(int n) // = 2
{
    static void *table[] = {&&first, &&second};
    shared_table = table; // = 2
    goto *table[n]; // = 2
first:
    sink++; // = 1
    return 1; // = 1
second:
    sink += 2; // = 1
    return 2; // = 1
}

static int duff(int n) // = 1
{
    int s = 0, i = (n + 3) / 4; // = 1
    switch (n % 4) { // = 1
    case 0:
        do {
            s++; // = 2
    case 3:
            s++; // = 2
    case 2:
            s++; // = 3
    case 1:
            s++; // = 3
        } while (--i > 0); // = 3
    }
    return s; // = 1
}

int main(void)
{
    int s = even(100); // = 1
    s = s * 10 + ackermann(2, 3) - 7; // = 1
    s = s * 10 + jumps(0) + jumps(1) + jumps(2); // = 1
    s = s * 10 + adds(1, 2) + adds(0, 1); // = 1
    s = s * 10 + bare(); // = 1
    s = s * 10 + arrays(4) + arrays(6) - 31; // = 1
    s = s * 10 + expressions(1) + expressions(2) + expressions(3); // = 1
    s = s * 10 + comes_back(); // = 1
    s = s * 10 + child(); // = 1
    s = s * 10 + threaded((const unsigned char[]){0, 0, 1, 0, 2}) + threaded((const unsigned char[]){2}); // = 1
    s = s * 10 + shares(0) + shares(1) + duff(10); // = 1
    printf("%d\n", s); // = 1
    finish(0); // = 1
    return 1;
}
