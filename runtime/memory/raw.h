/* System calls as such: the interposer must not meet its own mmap. They keep errno. */
#ifndef KP_RUNTIME_MEMORY_RAW_H
#define KP_RUNTIME_MEMORY_RAW_H

#include <errno.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Zeroed memory; NULL on failure. */
static inline void *kp_raw_map(size_t size)
{
    int saved = errno;
    long result = syscall(SYS_mmap, NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0L);
    errno = saved;
    return result == -1 ? NULL : (void *)result;
}

static inline void kp_raw_unmap(void *address, size_t size)
{
    int saved = errno;
    syscall(SYS_munmap, address, size);
    errno = saved;
}

/* glibc's; NULL where the libc does not have it. */
extern char __libc_single_threaded __attribute__((weak, visibility("default")));

/* Whether no other thread can be running, nor begin to before the caller starts one. */
static inline bool kp_raw_single_threaded(void)
{
    return &__libc_single_threaded && __atomic_load_n(&__libc_single_threaded, __ATOMIC_RELAXED);
}

/* A lock: 0 free, 1 held, 2 held and waited for (Drepper, Futexes Are Tricky, mutex 2). */
__attribute__((cold, noinline, unused)) static void kp_raw_lock_contended(_Atomic uint32_t *lock, uint32_t seen)
{
    int saved = errno;
    if (seen != 2)
        seen = atomic_exchange_explicit(lock, 2, memory_order_acquire);
    while (seen != 0) {
        syscall(SYS_futex, lock, FUTEX_WAIT_PRIVATE, 2, NULL, NULL, 0);
        seen = atomic_exchange_explicit(lock, 2, memory_order_acquire);
    }
    errno = saved;
}

static inline void kp_raw_lock(_Atomic uint32_t *lock)
{
    uint32_t seen = 0;
    if (!atomic_compare_exchange_strong_explicit(lock, &seen, 1, memory_order_acquire, memory_order_relaxed))
        kp_raw_lock_contended(lock, seen);
}

__attribute__((cold, noinline, unused)) static void kp_raw_wake_one(_Atomic uint32_t *lock)
{
    int saved = errno;
    syscall(SYS_futex, lock, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
    errno = saved;
}

static inline void kp_raw_unlock(_Atomic uint32_t *lock)
{
    if (atomic_exchange_explicit(lock, 0, memory_order_release) == 2)
        kp_raw_wake_one(lock);
}

#endif
