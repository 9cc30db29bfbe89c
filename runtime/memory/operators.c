/* C++ new and delete in all their forms. The ones of libstdc++ and libc++ call malloc and free, which are counted
 * there; those of an allocator (mimalloc, jemalloc) do not, and are counted here. Names are mangled by the Itanium C++
 * ABI for a 64-bit size_t.
 *
 * A real operator may throw through these functions: they keep nothing that would have to be undone. */
#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#include "runtime/memory/account.h"
#include "runtime/memory/real.h"

/* Set by the first block of an operator new that did not come from malloc. */
static bool own_operators;

static void *note(void *address, size_t size)
{
    if (kp_account_allocated_elsewhere(address, size))
        own_operators = true;
    return address;
}

static void note_delete(void *address)
{
    if (own_operators)
        kp_account_freed(address);
}

#ifdef KP_MEMORY_WRAP
#define FIND(name) __real_##name
#define DECLARE(type, name, parameters)                                                                                \
    type __real_##name parameters;                                                                                     \
    KP_EXPORT type __wrap_##name parameters;
#else
#define DECLARE(type, name, parameters) KP_EXPORT type name parameters;

/* The C++ library may have been loaded for some shared object alone, where RTLD_NEXT does not look. */
static void *find(const char *name)
{
    static const char *const libraries[] = {"libstdc++.so.6", "libc++.so.1", "libc++abi.so.1"};
    void *found = dlsym(RTLD_NEXT, name);
    for (size_t i = 0; !found && i < sizeof libraries / sizeof *libraries; i++) {
        void *library = dlopen(libraries[i], RTLD_LAZY | RTLD_NOLOAD);
        if (library)
            found = dlsym(library, name);
    }
    if (!found)
        abort(); /* nobody can have called it */
    return found;
}

#define FIND(name)                                                                                                     \
    ({                                                                                                                 \
        static __typeof__(name) *real;                                                                                 \
        if (!real)                                                                                                     \
            *(void **)&real = find(#name);                                                                             \
        real;                                                                                                          \
    })
#endif

/* `more` and `arguments` are what comes behind the size, or behind the address. */
#define NEW(name, more, arguments)                                                                                     \
    DECLARE(void *, name, (size_t size more))                                                                          \
    void *KP_WRAP_NAME(name)(size_t size more)                                                                         \
    {                                                                                                                  \
        return note(FIND(name)(size arguments), size);                                                                 \
    }
#define DELETE(name, more, arguments)                                                                                  \
    DECLARE(void, name, (void *address more))                                                                          \
    void KP_WRAP_NAME(name)(void *address more)                                                                        \
    {                                                                                                                  \
        note_delete(address);                                                                                          \
        FIND(name)(address arguments);                                                                                 \
    }
#define AND ,

NEW(_Znwm, , )
NEW(_Znam, , )
NEW(_ZnwmRKSt9nothrow_t, AND const void *nothrow, AND nothrow)
NEW(_ZnamRKSt9nothrow_t, AND const void *nothrow, AND nothrow)
NEW(_ZnwmSt11align_val_t, AND size_t alignment, AND alignment)
NEW(_ZnamSt11align_val_t, AND size_t alignment, AND alignment)
NEW(_ZnwmSt11align_val_tRKSt9nothrow_t, AND size_t alignment AND const void *nothrow, AND alignment AND nothrow)
NEW(_ZnamSt11align_val_tRKSt9nothrow_t, AND size_t alignment AND const void *nothrow, AND alignment AND nothrow)
DELETE(_ZdlPv, , )
DELETE(_ZdaPv, , )
DELETE(_ZdlPvm, AND size_t size, AND size)
DELETE(_ZdaPvm, AND size_t size, AND size)
DELETE(_ZdlPvRKSt9nothrow_t, AND const void *nothrow, AND nothrow)
DELETE(_ZdaPvRKSt9nothrow_t, AND const void *nothrow, AND nothrow)
DELETE(_ZdlPvSt11align_val_t, AND size_t alignment, AND alignment)
DELETE(_ZdaPvSt11align_val_t, AND size_t alignment, AND alignment)
DELETE(_ZdlPvmSt11align_val_t, AND size_t size AND size_t alignment, AND size AND alignment)
DELETE(_ZdaPvmSt11align_val_t, AND size_t size AND size_t alignment, AND size AND alignment)
DELETE(_ZdlPvSt11align_val_tRKSt9nothrow_t, AND size_t alignment AND const void *nothrow, AND alignment AND nothrow)
DELETE(_ZdaPvSt11align_val_tRKSt9nothrow_t, AND size_t alignment AND const void *nothrow, AND alignment AND nothrow)
