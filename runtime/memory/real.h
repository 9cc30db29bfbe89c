/* The functions that the interposer stands before: found by dlsym in the preloaded library, named by the linker
 * (--wrap) in a program that has it linked in (KP_MEMORY_WRAP). */
#ifndef KP_RUNTIME_MEMORY_REAL_H
#define KP_RUNTIME_MEMORY_REAL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct kp_real {
    void *(*malloc)(size_t);
    void *(*calloc)(size_t, size_t);
    void *(*realloc)(void *, size_t);
    void (*free)(void *);
    void *(*reallocarray)(void *, size_t, size_t);
    int (*posix_memalign)(void **, size_t, size_t);
    void *(*aligned_alloc)(size_t, size_t);
    void *(*memalign)(size_t, size_t);
    void *(*valloc)(size_t);
    void *(*pvalloc)(size_t);
    void *(*mmap)(void *, size_t, int, int, int, off_t);
    int (*munmap)(void *, size_t);
    void *(*mremap)(void *, size_t, size_t, int, ...);
};

extern struct kp_real kp_real;

/* The program's malloc and its kin do not come by here: it has an allocator linked in. */
extern bool kp_real_passed_by;

/* false: they are just being looked for, and looking for them allocates: use kp_early_*. */
bool kp_real_ready(void);

/* Memory for that time, and for the loader's calls before everything is in place. Never freed. */
void *kp_early_allocate(size_t size, size_t alignment);
bool kp_early_owns(const void *address);
size_t kp_early_size(const void *address);

/* Whether the code at `address` is the program's allocator's. */
bool kp_real_is_allocator(const void *address);

#ifdef KP_MEMORY_WRAP
#define KP_WRAP_NAME(name) __wrap_##name
#else
#define KP_WRAP_NAME(name) name
#endif
#define KP_EXPORT __attribute__((visibility("default")))

#endif
