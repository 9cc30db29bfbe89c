/* System calls as such: the interposer must not meet its own mmap. They may change errno. */
#ifndef KP_RUNTIME_MEMORY_RAW_H
#define KP_RUNTIME_MEMORY_RAW_H

#include <linux/futex.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Zeroed memory; NULL on failure. */
static inline void *kp_raw_map(size_t size)
{
    long result = syscall(SYS_mmap, NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0L);
    return result == -1 ? NULL : (void *)result;
}

static inline void kp_raw_unmap(void *address, size_t size)
{
    syscall(SYS_munmap, address, size);
}

/* A lock: 0 free, 1 held, 2 held and waited for (Drepper, Futexes Are Tricky, mutex 2). */
static inline void kp_raw_lock(_Atomic uint32_t *lock)
{
    uint32_t seen = 0;
    if (atomic_compare_exchange_strong_explicit(lock, &seen, 1, memory_order_acquire, memory_order_relaxed))
        return;
    if (seen != 2)
        seen = atomic_exchange_explicit(lock, 2, memory_order_acquire);
    while (seen != 0) {
        syscall(SYS_futex, lock, FUTEX_WAIT_PRIVATE, 2, NULL, NULL, 0);
        seen = atomic_exchange_explicit(lock, 2, memory_order_acquire);
    }
}

static inline void kp_raw_unlock(_Atomic uint32_t *lock)
{
    if (atomic_exchange_explicit(lock, 0, memory_order_release) == 2)
        syscall(SYS_futex, lock, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

#endif
