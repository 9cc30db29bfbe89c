/* The counter file: opening it, and adding chunks to it. Modules of one process share the file; each maps what it
 * needs. */
#include "runtime/runtime.h"

#include <string.h>

#include "format/clock.h"
#include "runtime/os.h"

static void append(char *path, size_t size, const char *text)
{
    size_t used = strlen(path);
    while (*text && used + 1 < size)
        path[used++] = *text++;
    path[used] = 0;
}

static void append_number(char *path, size_t size, uint64_t number, unsigned base)
{
    char digits[24];
    char *p = digits + sizeof digits;
    *--p = 0;
    do
        *--p = "0123456789abcdef"[number % base];
    while ((number /= base) != 0);
    append(path, size, p);
}

static void fill_header(struct kp_counters_header *header, enum kp_timing timing)
{
    header->version = KP_COUNTERS_VERSION;
    header->timing = (uint32_t)timing;
    header->token = kp_os_image_token();
    header->pid = kp_os_pid();
    header->parent_pid = kp_os_parent_pid();
    header->start_ns = kp_os_realtime_ns();
    header->mono_start_ns = kp_os_monotonic_ns();
    header->ticks_start = kp_clock_ticks();
    header->end = KP_COUNTERS_PAGE;
    __atomic_store_n(&header->magic, KP_COUNTERS_MAGIC, __ATOMIC_RELEASE);
}

int kp_file_open(const char *directory, enum kp_timing timing)
{
    struct kp_runtime *r = &kp_runtime;
    r->directory = directory;
    r->timing = timing;
    r->path[0] = 0;
    append(r->path, sizeof r->path, directory);
    append(r->path, sizeof r->path, "/");
    append_number(r->path, sizeof r->path, kp_os_pid(), 10);
    append(r->path, sizeof r->path, "-");
    append_number(r->path, sizeof r->path, kp_os_image_token(), 16);
    append(r->path, sizeof r->path, KP_COUNTERS_SUFFIX);
    int created;
    r->fd = kp_os_open_file(r->path, &created);
    if (r->fd < 0) {
        kp_say("nothing is counted: cannot write", r->path);
        return -1;
    }
    if (created && kp_os_reserve(r->fd, 0, KP_COUNTERS_PAGE) != 0) {
        kp_say("nothing is counted: disk full", r->path);
        kp_os_close(r->fd);
        return -1;
    }
    r->header = kp_os_map(r->fd, 0, KP_COUNTERS_PAGE, NULL);
    if (!r->header) {
        kp_say("nothing is counted: cannot map", r->path);
        kp_os_close(r->fd);
        return -1;
    }
    if (created)
        fill_header(r->header, timing);
    return 0;
}

int kp_file_reopen(void)
{
    struct kp_runtime *r = &kp_runtime;
    uint64_t probe = r->header->probe_ticks_x256;
    kp_os_unmap(r->header, KP_COUNTERS_PAGE);
    kp_os_close(r->fd);
    r->header = NULL;
    if (kp_file_open(r->directory, r->timing) != 0)
        return -1;
    r->header->probe_ticks_x256 = probe;
    return 0;
}

struct kp_chunk *kp_file_add(enum kp_chunk_kind kind, uint64_t size, void *address)
{
    struct kp_runtime *r = &kp_runtime;
    size = (size + KP_COUNTERS_PAGE - 1) / KP_COUNTERS_PAGE * KP_COUNTERS_PAGE;
    uint64_t offset = __atomic_fetch_add(&r->header->end, size, __ATOMIC_RELAXED);
    if (kp_os_reserve(r->fd, offset, size) != 0)
        return NULL;
    struct kp_chunk *chunk = kp_os_map(r->fd, offset, size, address);
    if (!chunk)
        return NULL;
    chunk->kind = kind;
    chunk->size = size;
    chunk->offset = offset;
    return chunk;
}

void kp_file_publish(struct kp_chunk *chunk)
{
    __atomic_store_n(&chunk->magic, KP_CHUNK_MAGIC, __ATOMIC_RELEASE);
}
