/* See real.h. */
#include "runtime/memory/real.h"

#include <dlfcn.h>
#include <link.h>
#include <stdint.h>
#include <stdlib.h>

#include "runtime/memory/account.h"

struct kp_real kp_real;
bool kp_real_passed_by;

enum { EARLY_BYTES = 1 << 16, EARLY_HEADER = 16 };

static char early[EARLY_BYTES] __attribute__((aligned(64)));
static size_t early_used;

void *kp_early_allocate(size_t size, size_t alignment)
{
    if (alignment < EARLY_HEADER)
        alignment = EARLY_HEADER;
    size_t start, end;
    size_t used = __atomic_load_n(&early_used, __ATOMIC_RELAXED);
    do {
        start = ((uintptr_t)early + used + EARLY_HEADER + alignment - 1) / alignment * alignment - (uintptr_t)early;
        end = start + size;
        if (end > sizeof early || end < start)
            return NULL;
    } while (!__atomic_compare_exchange_n(&early_used, &used, end, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
    *(size_t *)(void *)(early + start - sizeof(size_t)) = size;
    return early + start;
}

bool kp_early_owns(const void *address)
{
    return (uintptr_t)address - (uintptr_t)early < sizeof early;
}

size_t kp_early_size(const void *address)
{
    return ((const size_t *)address)[-1];
}

#ifdef KP_MEMORY_WRAP

#define REAL(type, name, parameters) type __real_##name parameters;
REAL(void *, malloc, (size_t))
REAL(void *, calloc, (size_t, size_t))
REAL(void *, realloc, (void *, size_t))
REAL(void, free, (void *))
REAL(void *, reallocarray, (void *, size_t, size_t))
REAL(int, posix_memalign, (void **, size_t, size_t))
REAL(void *, aligned_alloc, (size_t, size_t))
REAL(void *, memalign, (size_t, size_t))
REAL(void *, valloc, (size_t))
REAL(void *, pvalloc, (size_t))
REAL(void *, mmap, (void *, size_t, int, int, int, off_t))
REAL(int, munmap, (void *, size_t))
REAL(void *, mremap, (void *, size_t, size_t, int, ...))

struct kp_real kp_real = {__real_malloc,       __real_calloc,         __real_realloc,       __real_free,
                          __real_reallocarray, __real_posix_memalign, __real_aligned_alloc, __real_memalign,
                          __real_valloc,       __real_pvalloc,        __real_mmap,          __real_munmap,
                          __real_mremap};

bool kp_real_ready(void)
{
    return true;
}

bool kp_real_is_allocator(const void *address)
{
    (void)address; /* allocator and program are one module */
    return false;
}

#else

static __thread bool looking __attribute__((tls_model("initial-exec")));

/* dlsym gives an object pointer, which ISO C does not turn into one to a function. */
static void find(void *place, const char *name)
{
    *(void **)place = dlsym(RTLD_NEXT, name);
}

static void find_all(void)
{
    find(&kp_real.calloc, "calloc");
    find(&kp_real.realloc, "realloc");
    find(&kp_real.free, "free");
    find(&kp_real.reallocarray, "reallocarray");
    find(&kp_real.posix_memalign, "posix_memalign");
    find(&kp_real.aligned_alloc, "aligned_alloc");
    find(&kp_real.memalign, "memalign");
    find(&kp_real.valloc, "valloc");
    find(&kp_real.pvalloc, "pvalloc");
    find(&kp_real.mmap, "mmap");
    find(&kp_real.munmap, "munmap");
    find(&kp_real.mremap, "mremap");
    void *(*malloc_itself)(size_t);
    find(&malloc_itself, "malloc");
    __atomic_store_n(&kp_real.malloc, malloc_itself, __ATOMIC_RELEASE); /* last: it says that all are there */
}

bool kp_real_ready(void)
{
    if (__builtin_expect(__atomic_load_n(&kp_real.malloc, __ATOMIC_ACQUIRE) != NULL, 1))
        return true;
    if (looking)
        return false;
    looking = true;
    find_all();
    looking = false;
    return true;
}

struct module_bounds {
    uintptr_t inside;
    uintptr_t start, end;
};

static int find_bounds(struct dl_phdr_info *info, size_t size, void *data)
{
    (void)size;
    struct module_bounds *bounds = data;
    uintptr_t start = UINTPTR_MAX, end = 0;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *p = &info->dlpi_phdr[i];
        if (p->p_type != PT_LOAD)
            continue;
        uintptr_t first = info->dlpi_addr + p->p_vaddr;
        start = first < start ? first : start;
        end = first + p->p_memsz > end ? first + p->p_memsz : end;
    }
    if (bounds->inside < start || bounds->inside >= end)
        return 0;
    bounds->start = start;
    bounds->end = end;
    return 1;
}

bool kp_real_is_allocator(const void *address)
{
    static struct module_bounds bounds;
    if (!__atomic_load_n(&bounds.end, __ATOMIC_ACQUIRE)) {
        struct module_bounds found = {.inside = (uintptr_t)kp_real.malloc};
        dl_iterate_phdr(find_bounds, &found);
        bounds.start = found.start;
        __atomic_store_n(&bounds.end, found.end, __ATOMIC_RELEASE);
    }
    return (uintptr_t)address - bounds.start < bounds.end - bounds.start;
}

/* A program that has another malloc linked in does not come by here. */
__attribute__((constructor(102))) static void look_for_own_allocator(void)
{
    if (!kp_account_active)
        return;
    void *program = dlopen(NULL, RTLD_LAZY); /* RTLD_DEFAULT would look here first, as this is linked with -Bsymbolic */
    void *(*program_malloc)(size_t);
    *(void **)&program_malloc = program ? dlsym(program, "malloc") : NULL;
    kp_account_listen();
    void *block = program_malloc ? program_malloc(1) : NULL;
    if (!kp_account_heard()) {
        void (*program_free)(void *);
        *(void **)&program_free = program ? dlsym(program, "free") : NULL;
        kp_account_own_allocator();
        kp_real_passed_by = true;
        if (program_free)
            program_free(block);
    } else {
        kp_real.free(block);
    }
}

#endif
