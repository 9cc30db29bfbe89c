/* flags: -fno-builtin -Wno-incompatible-library-redeclaration */
/* Functions that return twice, where nothing but their names tells the compiler: under -fno-builtin and -ffreestanding
 * Clang gives them no attribute. */
#include <setjmp.h>
#include <stdio.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#undef setjmp
#undef sigsetjmp
int setjmp(jmp_buf);
int plainly(jmp_buf) __asm__("_setjmp");

static jmp_buf plain_buffer, bare_buffer;
static sigjmp_buf signal_buffer;
static ucontext_t context;
static volatile int passes;

__attribute__((noinline)) static void jump(int n) // = 9
{
    if (n == 1) // = 9
        longjmp(plain_buffer, n); // = 3
    if (n == 2) // = 6
        longjmp(bare_buffer, n); // = 3
    siglongjmp(signal_buffer, n); // = 3
}

static int plain(void) // = 1
{
    volatile int left = 3; // = 1
    if (setjmp(plain_buffer)) // = 4
        left--; // = 3
    if (left) // = 4
        jump(1); // = 3
    return left; // = 1
}

static int bare(void) // = 1
{
    volatile int left = 3; // = 1
    if (plainly(bare_buffer)) // = 4
        left--; // = 3
    if (left) // = 4
        jump(2); // = 3
    return left; // = 1
}

static int with_signals(void) // = 1
{
    volatile int left = 3; // = 1
    if (__sigsetjmp(signal_buffer, 1)) // = 4
        left--; // = 3
    if (left) // = 4
        jump(3); // = 3
    return left; // = 1
}

static int contexts(void) // = 1
{
    getcontext(&context); // = 1
    passes++; // = 3
    if (passes < 3) // = 3
        setcontext(&context); // = 2
    return passes; // = 1
}

static int child(void) // = 1
{
    int status = 1; // = 1
    pid_t pid = vfork(); // = 2
    if (pid == 0) // = 2
        _exit(5); // = 1
    waitpid(pid, &status, 0); // = 1
    return WEXITSTATUS(status); // = 1
}

int main(void)
{
    printf("%d %d %d\n", plain(), bare(), with_signals()); // = 1
    printf("%d\n", contexts()); // = 1
    printf("%d\n", child()); // = 1
    return 0; // = 1
}
