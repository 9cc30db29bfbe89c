/* The chunks of the counter file: adding them, finding them again. Modules of one process share the file; each maps
 * what it needs. counters_open.c opens the file.
 *
 * No descriptor is kept: a program that closes all of them, as daemons do, could come to own a file of the same number,
 * and one that looks at its own numbers must find them unchanged. */
#include "runtime/runtime.h"

#include <errno.h>

#include "runtime/os.h"

static _Atomic(const char *) trouble;

const char *kp_file_trouble(void)
{
    const char *what = atomic_load_explicit(&trouble, memory_order_relaxed);
    return what ? what : "it cannot be opened";
}

void *kp_file_map_new(int fd, uint64_t offset, uint64_t size, void *address)
{
    const char *why = NULL;
    void *map = NULL;
    int failure = fd < 0 ? 0 : kp_os_reserve(fd, offset, size);
    if (fd < 0)
        why = "it cannot be opened";
    else if (failure)
        why = failure == EFBIG ? "limit to the size of files" : "disk full?";
    else if (!(map = kp_os_map(fd, offset, size, address)))
        why = "no more mappings: see vm.max_map_count";
    if (why)
        atomic_store_explicit(&trouble, why, memory_order_relaxed);
    return map;
}

struct kp_chunk *kp_file_add(enum kp_chunk_kind kind, uint64_t size, void *address)
{
    struct kp_runtime *r = &kp_runtime;
    if (!r->header)
        return NULL;
    int fd = kp_os_open_file(r->path, KP_COUNTERS_PAGE, NULL);
    size = (size + KP_COUNTERS_PAGE - 1) / KP_COUNTERS_PAGE * KP_COUNTERS_PAGE;
    uint64_t offset = __atomic_fetch_add(&r->header->end, size, __ATOMIC_RELAXED);
    struct kp_chunk *chunk = kp_file_map_new(fd, offset, size, address);
    if (fd >= 0)
        kp_os_close(fd);
    if (!chunk) { /* gives the place back, unless another came after it */
        uint64_t end = offset + size;
        __atomic_compare_exchange_n(&r->header->end, &end, offset, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
        return NULL;
    }
    chunk->kind = kind;
    chunk->size = size;
    chunk->offset = offset;
    return chunk;
}

void kp_file_publish(struct kp_chunk *chunk)
{
    __atomic_store_n(&chunk->magic, KP_CHUNK_MAGIC, __ATOMIC_RELEASE);
}

struct kp_chunk *kp_file_find(uint64_t offset, uint64_t size)
{
    struct kp_runtime *r = &kp_runtime;
    if (!r->header || offset + size > __atomic_load_n(&r->header->end, __ATOMIC_RELAXED))
        return NULL;
    int fd = kp_os_open_file(r->path, offset + size, NULL);
    if (fd < 0)
        return NULL;
    struct kp_chunk *chunk = kp_os_map(fd, offset, size, NULL);
    kp_os_close(fd);
    if (chunk && __atomic_load_n(&chunk->magic, __ATOMIC_ACQUIRE) != KP_CHUNK_MAGIC) {
        kp_os_unmap(chunk, size);
        return NULL;
    }
    return chunk;
}
