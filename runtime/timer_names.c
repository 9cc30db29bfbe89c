/* The names of timers: a hash table that threads read without a lock (see timers.h).
 *
 * Open addressing; a table is replaced by one of twice the size when it is half full. The old ones stay, as threads may
 * be reading them: together they are as large as the last one. */
#include "runtime/timers.h"

#include <string.h>

#include "runtime/os.h"
#include "runtime/runtime.h"

struct table {
    uint64_t mask;
    _Atomic(struct kp_timer *) slot[];
};

static struct {
    _Atomic(struct table *) table;
    _Atomic(struct kp_timer *) newest;
    uint32_t count;
    char *arena, *arena_end;
    uint64_t arena_size;
    struct kp_chunk *chunk; /* of the counter file, that names are added to */
    uint64_t chunk_used;
} names;

static const char further[] = "(further names)";

void *kp_timers_allocate(uint64_t size)
{
    enum { FIRST = 1 << 14, LARGEST = 1 << 20 };
    size = (size + 15) / 16 * 16;
    if (size > LARGEST / 4)
        return kp_os_allocate(size);
    if (size > (uint64_t)(names.arena_end - names.arena)) {
        uint64_t whole = names.arena_size ? names.arena_size * 2 : FIRST;
        whole = whole > LARGEST ? LARGEST : whole;
        while (whole < size)
            whole *= 2;
        char *memory = kp_os_allocate(whole);
        if (!memory)
            return NULL;
        names.arena = memory;
        names.arena_end = memory + whole;
        names.arena_size = whole;
    }
    void *result = names.arena;
    names.arena += size;
    return result;
}

/* The place of the name: its timer, or a free slot. A table is never full. */
static _Atomic(struct kp_timer *) *probe(struct table *table, const char *name, uint32_t length, uint64_t hash)
{
    for (uint64_t i = hash;; i++) {
        _Atomic(struct kp_timer *) *slot = &table->slot[i & table->mask];
        struct kp_timer *timer = atomic_load_explicit(slot, memory_order_acquire);
        if (!timer || (timer->hash == hash && timer->length == length && memcmp(timer->name, name, length) == 0))
            return slot;
    }
}

struct kp_timer *kp_timer_find(const char *name)
{
    struct table *table = atomic_load_explicit(&names.table, memory_order_acquire);
    uint32_t length = (uint32_t)strnlen(name, KP_TIMER_NAME_MAX);
    return table ? atomic_load_explicit(probe(table, name, length, kp_hash(name, length)), memory_order_acquire) : NULL;
}

struct kp_timer *kp_timer_newest(void)
{
    return atomic_load_explicit(&names.newest, memory_order_acquire);
}

static struct table *grow(struct table *old)
{
    uint64_t size = old ? 2 * (old->mask + 1) : 256;
    struct table *table = kp_timers_allocate(sizeof *table + size * sizeof table->slot[0]);
    if (!table)
        return NULL;
    table->mask = size - 1;
    for (struct kp_timer *t = kp_timer_newest(); t; t = t->next)
        atomic_store_explicit(probe(table, t->name, t->length, t->hash), t, memory_order_relaxed);
    atomic_store_explicit(&names.table, table, memory_order_release);
    return table;
}

struct kp_timer *kp_timer_add(const char *name)
{
    struct kp_timer *timer = kp_timer_find(name); /* another thread may have been faster */
    if (timer)
        return timer;
    if (names.count == KP_TIMER_MAX - 1 && (timer = kp_timer_find(further)) != NULL)
        return timer;
    if (names.count == KP_TIMER_MAX - 2)
        name = further;
    struct table *table = atomic_load_explicit(&names.table, memory_order_relaxed);
    if ((!table || names.count >= table->mask / 2) && !(table = grow(table)))
        return NULL;
    uint32_t length = (uint32_t)strnlen(name, KP_TIMER_NAME_MAX);
    timer = kp_timers_allocate(sizeof *timer + length + 1);
    if (!timer)
        return NULL;
    memcpy(timer->name, name, length);
    timer->length = length;
    timer->hash = kp_hash(name, length);
    timer->id = names.count++;
    timer->next = atomic_load_explicit(&names.newest, memory_order_relaxed);
    atomic_store_explicit(&names.newest, timer, memory_order_release);
    atomic_store_explicit(probe(table, name, length, timer->hash), timer, memory_order_release);
    return timer;
}

static int add_chunk(uint64_t needed)
{
    enum { FIRST = KP_COUNTERS_PAGE, LARGEST = 1 << 20 };
    uint64_t size = names.chunk ? names.chunk->size * 2 : FIRST;
    size = size > LARGEST ? LARGEST : size;
    while (size < sizeof *names.chunk + needed)
        size *= 2;
    struct kp_chunk *chunk = kp_file_add(KP_CHUNK_TIMER_NAMES, size, NULL);
    if (!chunk)
        return -1;
    kp_file_publish(chunk);
    if (names.chunk)
        kp_os_unmap(names.chunk, names.chunk->size);
    names.chunk = chunk;
    names.chunk_used = (sizeof *chunk + 7) / 8 * 8;
    return 0;
}

uint64_t kp_timer_name_offset(struct kp_timer *timer)
{
    if (timer->name_offset && timer->epoch == kp_timers.epoch)
        return timer->name_offset;
    uint64_t size = (offsetof(struct kp_timer_name, text) + timer->length + 7) / 8 * 8;
    if ((!names.chunk || size > names.chunk->size - names.chunk_used) && add_chunk(size) != 0)
        return 0;
    struct kp_timer_name *name = (void *)((char *)names.chunk + names.chunk_used);
    memcpy((char *)name + offsetof(struct kp_timer_name, text), timer->name, timer->length);
    name->length = timer->length;
    timer->name_offset = names.chunk->offset + names.chunk_used;
    timer->epoch = kp_timers.epoch;
    names.chunk_used += size;
    return timer->name_offset;
}

void kp_timer_names_forget(void)
{
    if (names.chunk)
        kp_os_unmap(names.chunk, names.chunk->size);
    names.chunk = NULL;
}
