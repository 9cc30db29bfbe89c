/* Anonymous memory that the program maps itself. What an allocator maps is not counted here: its blocks are counted
 * when it hands them out. Neither is address space without access (PROT_NONE), which is reserved and not used. */
#include <stdarg.h>
#include <stdint.h>
#include <sys/mman.h>

#include "runtime/memory/account.h"
#include "runtime/memory/raw.h"
#include "runtime/memory/real.h"

KP_EXPORT void *KP_WRAP_NAME(mmap)(void *address, size_t size, int protection, int flags, int fd, off_t offset);
KP_EXPORT void *KP_WRAP_NAME(mmap64)(void *address, size_t size, int protection, int flags, int fd, off_t offset);
KP_EXPORT int KP_WRAP_NAME(munmap)(void *address, size_t size);
KP_EXPORT void *KP_WRAP_NAME(mremap)(void *old, size_t old_size, size_t size, int flags, ...);

/* Whether a call from `caller` is the program's. */
static bool is_program(const void *caller)
{
    return kp_account_active && !kp_account_is_inside_allocator() && !kp_real_is_allocator(caller);
}

void *KP_WRAP_NAME(mmap)(void *address, size_t size, int protection, int flags, int fd, off_t offset)
{
    if (!kp_real_ready())
        return (void *)syscall(SYS_mmap, address, size, protection, flags, fd, offset);
    void *mapped = kp_real.mmap(address, size, protection, flags, fd, offset);
    if (mapped == MAP_FAILED || !is_program(__builtin_return_address(0)))
        return mapped;
    if (flags & MAP_ANONYMOUS && protection != PROT_NONE)
        kp_account_mapped(mapped, size);
    else if (flags & MAP_FIXED)
        kp_account_unmapped(mapped, size);
    return mapped;
}

/* libc's two names of one function */
#define TEXT(name) TEXT_OF(name)
#define TEXT_OF(name) #name
__attribute__((alias(TEXT(KP_WRAP_NAME(mmap))))) void *KP_WRAP_NAME(mmap64)(void *address, size_t size, int protection,
                                                                            int flags, int fd, off_t offset);

int KP_WRAP_NAME(munmap)(void *address, size_t size)
{
    if (!kp_real_ready())
        return (int)syscall(SYS_munmap, address, size);
    if (is_program(__builtin_return_address(0)) && (uintptr_t)address % 4096 == 0 && size)
        kp_account_unmapped(address, size);
    return kp_real.munmap(address, size);
}

void *KP_WRAP_NAME(mremap)(void *old, size_t old_size, size_t size, int flags, ...)
{
    va_list more;
    va_start(more, flags);
    void *wanted = flags & MREMAP_FIXED ? va_arg(more, void *) : NULL;
    va_end(more);
    if (!kp_real_ready())
        return (void *)syscall(SYS_mremap, old, old_size, size, flags, wanted);
    bool known = is_program(__builtin_return_address(0)) && kp_account_unmapped(old, old_size);
    void *mapped = kp_real.mremap(old, old_size, size, flags, wanted);
    if (known)
        kp_account_mapped(mapped == MAP_FAILED ? old : mapped, mapped == MAP_FAILED ? old_size : size);
    return mapped;
}
