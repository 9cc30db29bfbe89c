/* The malloc family, between the program and its allocator. strdup, getline, asprintf and their like come here from
 * within libc. */
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "runtime/memory/account.h"
#include "runtime/memory/real.h"

KP_EXPORT void *KP_WRAP_NAME(malloc)(size_t size);
KP_EXPORT void *KP_WRAP_NAME(calloc)(size_t count, size_t size);
KP_EXPORT void *KP_WRAP_NAME(realloc)(void *address, size_t size);
KP_EXPORT void *KP_WRAP_NAME(reallocarray)(void *address, size_t count, size_t size);
KP_EXPORT void KP_WRAP_NAME(free)(void *address);
KP_EXPORT int KP_WRAP_NAME(posix_memalign)(void **place, size_t alignment, size_t size);
KP_EXPORT void *KP_WRAP_NAME(aligned_alloc)(size_t alignment, size_t size);
KP_EXPORT void *KP_WRAP_NAME(memalign)(size_t alignment, size_t size);
KP_EXPORT void *KP_WRAP_NAME(valloc)(size_t size);
KP_EXPORT void *KP_WRAP_NAME(pvalloc)(size_t size);

static void *note(void *address, size_t size)
{
    kp_account_inside_allocator(false);
    kp_account_allocated(address, size);
    return address;
}

void *KP_WRAP_NAME(malloc)(size_t size)
{
    if (!kp_real_ready())
        return kp_early_allocate(size, 0);
    kp_account_inside_allocator(true);
    return note(kp_real.malloc(size), size);
}

void *KP_WRAP_NAME(calloc)(size_t count, size_t size)
{
    size_t bytes;
    if (!kp_real_ready())
        return __builtin_mul_overflow(count, size, &bytes) ? NULL : kp_early_allocate(bytes, 0); /* zeros */
    kp_account_inside_allocator(true);
    return note(kp_real.calloc(count, size), count * size);
}

void KP_WRAP_NAME(free)(void *address)
{
    if (!address || kp_early_owns(address) || !kp_real_ready())
        return;
    kp_account_freed(address);
    kp_account_inside_allocator(true);
    kp_real.free(address);
    kp_account_inside_allocator(false);
}

static void *move_early(void *address, size_t size)
{
    size_t old = kp_early_size(address);
    void *moved = KP_WRAP_NAME(malloc)(size);
    if (moved)
        memcpy(moved, address, old < size ? old : size);
    return moved;
}

void *KP_WRAP_NAME(realloc)(void *address, size_t size)
{
    if (address && kp_early_owns(address))
        return move_early(address, size);
    if (!kp_real_ready())
        return kp_early_allocate(size, 0);
    struct kp_block old = kp_account_take(address);
    kp_account_inside_allocator(true);
    void *moved = kp_real.realloc(address, size);
    kp_account_inside_allocator(false);
    if (moved || (address && size == 0)) /* glibc's realloc(address, 0) frees */
        kp_account_replace(old, moved, size);
    else
        kp_account_put_back(old);
    return moved;
}

void *KP_WRAP_NAME(reallocarray)(void *address, size_t count, size_t size)
{
    size_t bytes;
    if (kp_real_passed_by && kp_real_ready())
        return kp_real.reallocarray(address, count, size); /* libc's, which calls the program's realloc */
    if (__builtin_mul_overflow(count, size, &bytes)) {
        errno = ENOMEM;
        return NULL;
    }
    return KP_WRAP_NAME(realloc)(address, bytes);
}

int KP_WRAP_NAME(posix_memalign)(void **place, size_t alignment, size_t size)
{
    if (!kp_real_ready())
        return (*place = kp_early_allocate(size, alignment)) ? 0 : ENOMEM;
    kp_account_inside_allocator(true);
    int result = kp_real.posix_memalign(place, alignment, size);
    kp_account_inside_allocator(false);
    if (result == 0)
        kp_account_allocated(*place, size);
    return result;
}

void *KP_WRAP_NAME(aligned_alloc)(size_t alignment, size_t size)
{
    if (!kp_real_ready())
        return kp_early_allocate(size, alignment);
    kp_account_inside_allocator(true);
    return note(kp_real.aligned_alloc(alignment, size), size);
}

void *KP_WRAP_NAME(memalign)(size_t alignment, size_t size)
{
    if (!kp_real_ready())
        return kp_early_allocate(size, alignment);
    kp_account_inside_allocator(true);
    return note(kp_real.memalign(alignment, size), size);
}

void *KP_WRAP_NAME(valloc)(size_t size)
{
    if (!kp_real_ready())
        return kp_early_allocate(size, 4096);
    kp_account_inside_allocator(true);
    return note(kp_real.valloc(size), size);
}

void *KP_WRAP_NAME(pvalloc)(size_t size)
{
    if (!kp_real_ready())
        return kp_early_allocate(size, 4096);
    kp_account_inside_allocator(true);
    return note(kp_real.pvalloc(size), size);
}
