/* Mappings that end in parts, or under another one: a mapping is one block for as long as some of it is there.
 * allocations allocated_bytes frees freed_bytes live_bytes live_blocks */
#define _GNU_SOURCE
#include <kernprof.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAGE = 4096, SHARED = MAP_PRIVATE | MAP_ANONYMOUS, ACCESS = PROT_READ | PROT_WRITE };

KP_PROFILE static void middle_first(void)
{
    char *a = mmap(NULL, 5 * PAGE, ACCESS, SHARED, -1, 0); // = 1 20480 0 0 0 0
    munmap(a + 2 * PAGE, PAGE);                            // = 0 0 1 4096 0 0
    munmap(a, 2 * PAGE);                                   // = 0 0 1 8192 0 0
    munmap(a + 3 * PAGE, 2 * PAGE);                        // = 0 0 1 8192 0 0
}

KP_PROFILE static void what_is_left_leaks(void)
{
    char *a = mmap(NULL, 5 * PAGE, ACCESS, SHARED, -1, 0); // = 1 20480 0 0 8192 1
    munmap(a + 1 * PAGE, PAGE);                            // = 0 0 1 4096 0 0
    munmap(a + 3 * PAGE, 2 * PAGE);                        // = 0 0 1 8192 0 0
}

/* As allocators and stacks get memory at a multiple of its size. */
KP_PROFILE static void trimmed_to_alignment(void)
{
    uintptr_t size = 16 * PAGE;
    char *a = mmap(NULL, 2 * size, ACCESS, SHARED, -1, 0); // = 1 131072 0 0 65536 1
    uintptr_t first = ((uintptr_t)a + size) & ~(size - 1);
    size_t before = first - (uintptr_t)a;
    if (before)
        munmap(a, before);
    if (before < size)
        munmap((char *)first + size, size - before);
}

KP_PROFILE static void replaced(void)
{
    char *a = mmap(NULL, 6 * PAGE, ACCESS, SHARED, -1, 0);           // = 1 24576 0 0 0 0
    mmap(a + 2 * PAGE, 2 * PAGE, ACCESS, SHARED | MAP_FIXED, -1, 0); // = 1 8192 1 8192 0 0
    mmap(a + 4 * PAGE, PAGE, PROT_NONE, SHARED | MAP_FIXED, -1, 0);  // = 0 0 1 4096 0 0
    munmap(a, 6 * PAGE);                                             // = 0 0 3 20480 0 0
}

KP_PROFILE static void replaced_and_kept(void)
{
    char *a = mmap(NULL, 6 * PAGE, ACCESS, SHARED, -1, 0);           // = 1 24576 0 0 16384 1
    mmap(a + 2 * PAGE, 2 * PAGE, ACCESS, SHARED | MAP_FIXED, -1, 0); // = 1 8192 1 8192 8192 1
}

KP_PROFILE static void several_at_once(void)
{
    char *a = mmap(NULL, 8 * PAGE, PROT_NONE, SHARED, -1, 0);
    for (int i = 0; i < 4; i++)
        mmap(a + 2 * i * PAGE, PAGE, ACCESS, SHARED | MAP_FIXED, -1, 0); // = 4 16384 0 0 4096 1
    munmap(a + PAGE, 6 * PAGE);                                          // = 0 0 3 12288 0 0
}

KP_PROFILE static void page_by_page(void)
{
    char *a = mmap(NULL, 100 * PAGE, ACCESS, SHARED, -1, 0); // = 1 409600 0 0 0 0
    for (int i = 0; i < 100; i++)
        munmap(a + i * 37 % 100 * PAGE, PAGE); // = 0 0 100 409600 0 0
}

KP_PROFILE static void moved_in_part(void)
{
    char *a = mmap(NULL, 4 * PAGE, ACCESS, SHARED, -1, 0);      // = 1 16384 0 0 12288 1
    char *b = mremap(a + PAGE, PAGE, 2 * PAGE, MREMAP_MAYMOVE); // = 1 8192 1 4096 4096 1
    munmap(b, PAGE);                                            // = 0 0 1 4096 0 0
}

/* What the parent mapped is none of the child's. */
KP_PROFILE static void in_a_child(void)
{
    char *a = mmap(NULL, 3 * PAGE, ACCESS, SHARED, -1, 0); // = 1 12288 0 0 0 0
    if (fork() == 0) {
        munmap(a + PAGE, PAGE);
        munmap(a, 3 * PAGE);
        _exit(0);
    }
    wait(NULL);
    munmap(a, 3 * PAGE);
}

int main(void)
{
    middle_first();
    what_is_left_leaks();
    trimmed_to_alignment();
    replaced();
    replaced_and_kept();
    several_at_once();
    page_by_page();
    moved_in_part();
    in_a_child();
    return 0;
}
