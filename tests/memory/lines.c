/* What each line allocates, in every way that C has, in loops, callees, recursion, threads, over longjmp.
 * allocations allocated_bytes frees freed_bytes live_bytes; a line without an expectation is not compared. */
#define _GNU_SOURCE
#include <kernprof.h>
#include <malloc.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* A whole number of pages, which the allocators that programs bring along do not offer. */
#ifdef OWN_ALLOCATOR
#define PAGES valloc
#else
#define PAGES pvalloc
#endif

static __thread void *volatile sink; /* what the optimiser cannot look through */

static void *keep(void *block)
{
    sink = block;
    return sink;
}

KP_PROFILE static void every_way(void)
{
    void *a = keep(malloc(100));                                  // = 1 100 0 0 0
    void *b = keep(calloc(10, 20));                               // = 1 200 0 0 0
    a = keep(realloc(a, 300));                                    // = 1 300 1 100 0
    b = keep(reallocarray(b, 4, 100));                            // = 1 400 1 200 0
    void *c = NULL;
    if (posix_memalign(&c, 64, 500) != 0)                         // = 1 500 0 0 0
        abort();
    c = keep(c);
    void *d = keep(aligned_alloc(64, 640));                       // = 1 640 0 0 640
    void *e = keep(memalign(32, 700));                            // = 1 700 0 0 0
    void *f = keep(valloc(800));                                  // = 1 800 0 0 0
    void *g = keep(PAGES(900));                                  // = 1 900 0 0 0
    char *h = keep(strdup("123456789"));                          // = 1 10 0 0 0
    char *i = keep(strndup("123456789", 4));                      // = 1 5 0 0 0
    char *j = NULL;
    if (asprintf(&j, "%s", "12345") < 0)                          // = 2 106 1 100 0
        abort();
    j = keep(j);
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *k = mmap(NULL, 4 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); // = 1 16384 0 0 4096
    munmap(k + page, 2 * page);                                   // = 0 0 1 8192 0
    munmap(k, page);                                              // = 0 0 1 4096 0
    free(a), free(b), free(c);                                    // = 0 0 3 1200 0
    free(e), free(f), free(g);                                    // = 0 0 3 2400 0
    free(h), free(i), free(j);                                    // = 0 0 3 21 0
    sink = d;
    free(NULL);                                                   // = 0 0 0 0 0
}

__attribute__((noinline)) static void *callee(size_t size)
{
    void *temporary = keep(malloc(size));
    free(temporary);
    return keep(malloc(size));
}

KP_PROFILE __attribute__((noinline)) static void *profiled(size_t size)
{
    return keep(malloc(size));                                    // = 2 200 0 0 0
}

KP_PROFILE static void callees(void)
{
    void *blocks[10];
    for (int i = 0; i < 10; i++)                                  // = 0 0 0 0 0
        blocks[i] = callee(50);                                   // = 20 1000 10 500 0
    for (int i = 0; i < 10; i++)
        free(blocks[i]);                                          // = 0 0 10 500 0
    void *a = profiled(100), *b = callee(7), *c = profiled(100);  // = 2 14 1 7 0
    free(a);                                                      // = 0 0 1 100 0
    free(b), free(c);                                             // = 0 0 2 107 0
}

KP_PROFILE static int recursion(int depth)
{
    void *before = keep(malloc(10));                              // = 5 50 0 0 0
    int sum = depth > 0 ? recursion(depth - 1) : 0;               // = 0 0 0 0 0
    void *after = keep(malloc(1));                                // = 5 5 0 0 5
    free(before);                                                 // = 0 0 5 50 0
    sink = after;
    return sum + 1;
}

KP_PROFILE static void *worker(void *argument)
{
    for (int i = 0; i < 1000; i++) {
        void *block = keep(malloc(8));                            // = 4000 32000 0 0 0
        free(block);                                              // = 0 0 4000 32000 0
    }
    return argument ? keep(malloc(123)) : NULL;                   // = 4 492 0 0 0
}

KP_PROFILE static void threads(void)
{
    pthread_t thread[4];
    void *block[4];
    for (int i = 0; i < 4; i++)
        pthread_create(&thread[i], NULL, worker, thread);
    for (int i = 0; i < 4; i++)
        pthread_join(thread[i], &block[i]);                       // = 0 0 0 0 0
    for (int i = 0; i < 4; i++)
        free(block[i]);                                           // = 0 0 4 492 0
}

static jmp_buf back;

KP_PROFILE __attribute__((noinline)) static void leaps(void)
{
    sink = malloc(77);                                            // = 1 77 0 0 77
    longjmp(back, 1);
}

KP_PROFILE static void jumps(void)
{
    if (setjmp(back) == 0)
        leaps();
    void *block = keep(malloc(33));                               // = 1 33 0 0 0
    free(block);                                                  // = 0 0 1 33 0
}

KP_LINEPROF static void for_lines_alone(void)
{
    sink = malloc(5);                                             // = -
}

KP_MEMPROF static void for_memory_alone(void)
{
    sink = malloc(6);                                             // = 1 6 0 0 6
}

KP_PROFILE int main(int argc, char **argv)
{
    (void)argv;
    every_way();                                                  // = 0 0 0 0 0
    callees();                                                    // = 0 0 0 0 0
    if (recursion(4) != 5)
        return 1;
    if (argc == 1) /* how much libc allocates for threads depends on when they end */
        threads();
    jumps();
    for_lines_alone();                                            // = 1 5 0 0 5
    for_memory_alone();
    return 0;
}
