/* See perf_events.h. */
#include "kernprof/sample/perf_events.h"

#include <asm/perf_regs.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "util/array.h"

#if defined(__x86_64__)
#define KP_REGISTER_PC PERF_REG_X86_IP
#elif defined(__aarch64__)
#define KP_REGISTER_PC PERF_REG_ARM64_PC
#endif

/* With the control page as much as anybody may lock by default (kernel.perf_event_mlock_kb). */
enum { RING_PAGES = 64, RING_PAGES_FOR_EVENTS = 128 };

/* Of an event that is not rare so many a second are sampled, each of them where there are fewer. */
enum { EVENT_FREQUENCY = 4000 };

/* Frames of the C library's functions that wait, read and write fit in. */
enum { STACK_BYTES = 2048 };

/* The size of a record is a number of 16 bits. */
enum { RECORD_ROOM = 1 << 16 };

static int open_event(struct perf_event_attr *attributes, int pid, int processor)
{
    return (int)syscall(SYS_perf_event_open, attributes, pid, processor, -1, PERF_FLAG_FD_CLOEXEC);
}

/* Build ids (Linux 5.12) and the number of lost samples (6.0) are extras that older kernels refuse. */
static int open_attributes(struct perf_event_attr *attributes, int pid, int processor)
{
    int event = open_event(attributes, pid, processor);
    if (event >= 0 || errno != EINVAL || !attributes->read_format)
        return event;
    attributes->read_format = 0;
    event = open_event(attributes, pid, processor);
    if (event >= 0 || errno != EINVAL)
        return event;
    attributes->build_id = 0;
    return open_event(attributes, pid, processor);
}

static struct perf_event_attr attributes_of(const struct kp_cost_kind *kind, int with_kernel)
{
    return (struct perf_event_attr){
        .type = kind->type,
        .size = sizeof(struct perf_event_attr),
        .config = kind->config,
        .sample_type =
            PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_PERIOD,
        .disabled = 1,
        .inherit = 1,
        .exclude_kernel = !with_kernel,
        .exclude_hv = 1,
        .enable_on_exec = 1,
        .sample_id_all = 1,
        .use_clockid = 1,
        .clockid = CLOCK_MONOTONIC,
        .watermark = 1,
        .read_format = PERF_FORMAT_LOST,
        .wakeup_watermark = RING_PAGES * 4096 / 4,
    };
}

static struct perf_event_attr attributes_of_time(uint64_t period, int with_kernel)
{
    struct perf_event_attr attributes = attributes_of(&kp_cost_kinds[KP_COST_TIME], with_kernel);
    attributes.sample_period = period;
    if (with_kernel) {
        attributes.sample_type |= PERF_SAMPLE_REGS_USER;
        attributes.sample_regs_user = UINT64_C(1) << KP_REGISTER_PC;
    }
    return attributes;
}

static struct perf_event_attr attributes_of_event(const struct kp_cost_kind *kind, int with_kernel)
{
    struct perf_event_attr attributes = attributes_of(kind, with_kernel);
    attributes.freq = !kind->is_rare;
    if (kind->is_rare)
        attributes.sample_period = 1;
    else
        attributes.sample_freq = EVENT_FREQUENCY;
    attributes.sample_type |= PERF_SAMPLE_REGS_USER | PERF_SAMPLE_STACK_USER;
    attributes.sample_regs_user = KP_PERF_REGISTERS;
    attributes.sample_stack_user = STACK_BYTES;
    return attributes;
}

/* An event that samples nothing, for a ring of events alone. */
static struct perf_event_attr attributes_of_nothing(void)
{
    const struct kp_cost_kind nothing = {NULL, NULL, PERF_TYPE_SOFTWARE, PERF_COUNT_SW_DUMMY, 0, 0};
    struct perf_event_attr attributes = attributes_of(&nothing, 0);
    attributes.sample_period = 1;
    return attributes;
}

static void report_mappings(struct perf_event_attr *attributes)
{
    attributes->mmap = attributes->mmap2 = attributes->build_id = 1;
    attributes->comm = attributes->comm_exec = attributes->task = 1;
}

static size_t ring_size(const struct kp_perf_request *request)
{
    return (size_t)((request->events ? RING_PAGES_FOR_EVENTS : RING_PAGES) + 1) * (size_t)sysconf(_SC_PAGESIZE);
}

/* Takes over `fd`, whose samples are of `kind`. */
static int add_event(struct kp_perf_ring *ring, int fd, uint32_t kind)
{
    struct kp_perf_event event = {fd, kind, 0};
    struct kp_perf_event *events = fd >= 0 ? kp_array_grow(ring->events, ring->event_count, sizeof *events) : NULL;
    if (!events || ioctl(fd, PERF_EVENT_IOC_ID, &event.id) != 0) {
        if (fd >= 0)
            close(fd);
        return -1;
    }
    ring->events = events;
    events[ring->event_count++] = event;
    return 0;
}

/* Adds an event that writes into the ring of the first one. */
static int add_to_ring(struct kp_perf_ring *ring, struct perf_event_attr attributes, uint32_t kind,
                       const struct kp_perf_request *request, int processor)
{
    int fd = open_attributes(&attributes, request->pid, processor);
    if (add_event(ring, fd, kind) != 0)
        return -1;
    return ioctl(fd, PERF_EVENT_IOC_SET_OUTPUT, ring->fd);
}

static void close_ring(struct kp_perf_ring *ring, size_t size)
{
    if (ring->pages)
        munmap(ring->pages, size);
    for (unsigned i = 0; i < ring->event_count; i++)
        close(ring->events[i].fd);
    free(ring->events);
}

static int open_first(struct kp_perf_ring *ring, struct perf_event_attr *first, const struct kp_perf_request *request,
                      int processor)
{
    *ring = (struct kp_perf_ring){.steady = -1};
    ring->fd = open_attributes(first, request->pid, processor);
    if (add_event(ring, ring->fd, KP_COST_TIME) != 0)
        return -1;
    char *pages = mmap(NULL, ring_size(request), PROT_READ | PROT_WRITE, MAP_SHARED, ring->fd, 0);
    ring->pages = pages != MAP_FAILED ? pages : NULL;
    return ring->pages ? 0 : -1;
}

static int add_events(struct kp_perf_ring *ring, const struct kp_perf_request *request, int processor)
{
    if (request->with_time && request->period > request->quick_period) {
        struct perf_event_attr steady = attributes_of_time(request->period, request->with_kernel);
        steady.enable_on_exec = 0;
        report_mappings(&steady); /* when the first event is disabled, it reports none any more */
        if (add_to_ring(ring, steady, KP_COST_TIME, request, processor) != 0)
            return -1;
        ring->steady = ring->events[ring->event_count - 1].fd;
    }
    for (uint32_t kind = 0; kp_cost_kinds[kind].name; kind++)
        if (request->events >> kind & 1 &&
            add_to_ring(ring, attributes_of_event(&kp_cost_kinds[kind], request->with_kernel), kind, request,
                        processor) != 0)
            return -1;
    return 0;
}

int kp_perf_rings_open(struct kp_perf_rings *rings, const struct kp_perf_request *request)
{
    struct perf_event_attr first =
        request->with_time ? attributes_of_time(request->quick_period, request->with_kernel) : attributes_of_nothing();
    report_mappings(&first);
    long processors = sysconf(_SC_NPROCESSORS_CONF);
    *rings = (struct kp_perf_rings){.rings = calloc((size_t)processors, sizeof *rings->rings)};
    int failed = !rings->rings;
    for (int p = 0; p < processors && !failed; p++) {
        struct kp_perf_ring *ring = &rings->rings[rings->count];
        if (open_first(ring, &first, request, p) != 0) {
            close_ring(ring, ring_size(request)); /* a processor that is offline, if there are others */
            continue;
        }
        rings->count++;
        failed = add_events(ring, request, p) != 0;
    }
    rings->tells_lost = first.read_format != 0;
    if (!failed && rings->count >= (unsigned)sysconf(_SC_NPROCESSORS_ONLN))
        return 0;
    kp_perf_rings_close(rings);
    return -1;
}

void kp_perf_rings_close(struct kp_perf_rings *rings)
{
    for (unsigned i = 0; i < rings->count; i++) {
        const struct perf_event_mmap_page *control = (const void *)rings->rings[i].pages;
        close_ring(&rings->rings[i], (size_t)(control->data_offset + control->data_size));
    }
    free(rings->rings);
    *rings = (struct kp_perf_rings){0};
}

/* Both report mappings, so that one of them always does. */
void kp_perf_rings_slow_down(struct kp_perf_rings *rings)
{
    for (unsigned i = 0; i < rings->count; i++)
        if (rings->rings[i].steady >= 0) {
            ioctl(rings->rings[i].steady, PERF_EVENT_IOC_ENABLE, 0);
            ioctl(rings->rings[i].fd, PERF_EVENT_IOC_DISABLE, 0);
        }
}

int kp_perf_rings_kind_of(const struct kp_perf_rings *rings, uint64_t id)
{
    for (unsigned i = 0; i < rings->count; i++)
        for (unsigned e = 0; e < rings->rings[i].event_count; e++)
            if (rings->rings[i].events[e].id == id)
                return (int)rings->rings[i].events[e].kind;
    return -1;
}

uint64_t kp_perf_rings_lost(const struct kp_perf_rings *rings)
{
    struct {
        uint64_t count, lost;
    } values;
    uint64_t lost = 0;
    for (unsigned i = 0; rings->tells_lost && i < rings->count; i++)
        for (unsigned e = 0; e < rings->rings[i].event_count; e++)
            if (read(rings->rings[i].events[e].fd, &values, sizeof values) == sizeof values)
                lost += values.lost;
    return lost;
}

void kp_perf_ring_drain(struct kp_perf_ring *ring, void (*take)(void *data, const struct perf_event_header *record),
                        void *data)
{
    struct perf_event_mmap_page *control = (void *)ring->pages;
    uint64_t head = __atomic_load_n(&control->data_head, __ATOMIC_ACQUIRE);
    uint64_t size = control->data_size;
    const char *bytes = ring->pages + control->data_offset;
    _Alignas(8) char whole[RECORD_ROOM];
    for (uint64_t tail = control->data_tail; tail < head;) {
        /* Records are aligned to 8 bytes, as is the ring's end: a header never lies over it. */
        const struct perf_event_header *record = (const void *)(bytes + tail % size);
        uint16_t length = record->size;
        if (length < sizeof *record)
            break;
        uint64_t before_end = size - tail % size;
        if (length > before_end) {
            memcpy(whole, record, before_end);
            memcpy(whole + before_end, bytes, length - before_end);
            record = (const void *)whole;
        }
        take(data, record);
        tail += length;
    }
    __atomic_store_n(&control->data_tail, head, __ATOMIC_RELEASE);
}

/* The fields of a sample, in the order of the kernel's interface. */
struct sample {
    struct perf_event_header header;
    uint64_t id, ip;
    uint32_t pid, tid;
    uint64_t time, period;
    uint64_t registers_abi; /* and all behind it: only where registers were asked for */
    uint64_t registers[];
};

/* What stands behind every other record (sample_id_all). */
struct trailer {
    uint32_t pid, tid;
    uint64_t time, id;
};

uint64_t kp_perf_record_time(const struct perf_event_header *record)
{
    if (record->type == PERF_RECORD_SAMPLE)
        return ((const struct sample *)(const void *)record)->time;
    if (record->size < sizeof *record + sizeof(struct trailer))
        return 0;
    struct trailer trailer;
    memcpy(&trailer, (const char *)record + record->size - sizeof trailer, sizeof trailer);
    return trailer.time;
}

/* Registers and stack of an event's sample; in a kernel thread there are none. */
static void read_state(const struct sample *s, struct kp_perf_sample *sample)
{
    const uint64_t *end = (const uint64_t *)(const void *)((const char *)s + s->header.size);
    const uint64_t *stack = s->registers + __builtin_popcountll(KP_PERF_REGISTERS);
    if (s->header.size < sizeof *s || s->registers_abi == PERF_SAMPLE_REGS_ABI_NONE || stack >= end)
        return;
    sample->registers = s->registers;
    uint64_t size = stack[0], room = (uint64_t)((const char *)end - (const char *)(stack + 1));
    if (size == 0 || size + sizeof(uint64_t) > room)
        return;
    memcpy(&sample->stack_size, (const char *)(stack + 1) + size, sizeof sample->stack_size); /* what was there of it */
    sample->stack = (const unsigned char *)(stack + 1);
    if (sample->stack_size > size)
        sample->stack_size = size;
}

/* The program counter is the program's own, so that a page fault is charged to the line that touched the page. */
int kp_perf_sample_read(const struct kp_perf_rings *rings, const struct perf_event_header *record, int *kind,
                        struct kp_perf_sample *sample)
{
    const struct sample *s = (const void *)record;
    if (record->size < offsetof(struct sample, registers_abi))
        return -1;
    *kind = rings->count && rings->rings[0].event_count == 1 ? KP_COST_TIME : kp_perf_rings_kind_of(rings, s->id);
    *sample = (struct kp_perf_sample){.pid = s->pid, .time = s->time, .ip = s->ip, .period = s->period};
    int in_kernel = (record->misc & PERF_RECORD_MISC_CPUMODE_MASK) == PERF_RECORD_MISC_KERNEL;
    if (*kind > KP_COST_TIME)
        read_state(s, sample);
    if (!in_kernel)
        return *kind < 0 ? -1 : 0;
    if (*kind > KP_COST_TIME && sample->registers)
        sample->ip = sample->registers[__builtin_popcountll(KP_PERF_REGISTERS & ((UINT64_C(1) << KP_REGISTER_PC) - 1))];
    else if (*kind == KP_COST_TIME && record->size >= sizeof *s + sizeof(uint64_t) &&
             s->registers_abi != PERF_SAMPLE_REGS_ABI_NONE)
        sample->ip = s->registers[0];
    else
        return -1;
    return 0;
}

static int is_available(struct perf_event_attr attributes)
{
    int event = open_attributes(&attributes, 0, -1);
    if (event >= 0)
        close(event);
    return event >= 0;
}

int kp_perf_time_is_available(int with_kernel)
{
    return is_available(attributes_of_time(UINT64_C(10000000), with_kernel));
}

static int event_is_available(const struct kp_cost_kind *kind)
{
    return is_available(attributes_of_event(kind, 1)) ||
           (!kind->in_kernel && is_available(attributes_of_event(kind, 0)));
}

static int fail_with_list(const char *name, const char *what, struct kp_error *error)
{
    char list[512] = "";
    size_t used = 0;
    for (int i = KP_COST_TIME + 1; kp_cost_kinds[i].name && used < sizeof list; i++)
        if (event_is_available(&kp_cost_kinds[i]))
            used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", used ? ", " : "", kp_cost_kinds[i].name);
    return kp_fail(error, "--event=%s: %s; %s%s", name, what,
                   used ? "there are: " : "this system allows none; see kernprof doctor", list);
}

int kp_perf_events_add(uint32_t *events, const char *name, struct kp_error *error)
{
    int kind = kp_cost_kind_find(name);
    if (kind <= KP_COST_TIME)
        return fail_with_list(name, "there is no event of this name", error);
    if (!event_is_available(&kp_cost_kinds[kind]))
        return fail_with_list(name, "this machine does not have it, or does not allow it", error);
    *events |= UINT32_C(1) << kind;
    return 0;
}
