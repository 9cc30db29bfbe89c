/* Samples by perf_event_open(2) (see perf_sampler.h).
 *
 * One event per processor counts the task clock of the program and of what it starts, and writes into one ring per
 * processor: the kernel allows inherited events no other way. The rings also tell of mapped code, forks and execs, so
 * that an address is resolved by what was mapped when it was sampled. A sample taken in the kernel carries the
 * program's own program counter, so that a page fault is charged to the line that touched the page; without the right
 * to see the kernel only the program's own time is sampled, which is why timers come first then (sampler_choice.h). */
#include "kernprof/sample/perf_sampler.h"

#include <asm/perf_regs.h>
#include <errno.h>
#include <linux/perf_event.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "util/signal_free_thread.h"
#include "util/array.h"
#include "util/now.h"

#if defined(__x86_64__)
#define KP_REGISTER_PC PERF_REG_X86_IP
#elif defined(__aarch64__)
#define KP_REGISTER_PC PERF_REG_ARM64_PC
#else
#error "which register is the program counter?"
#endif

enum { RING_PAGES = 64, MAX_PROCESSORS = 1024 };

/* A sample costs up to this much on a virtual machine, where the timer's interrupt leaves it. */
#define SAMPLE_COST_NS 20000.0

/* Short runs get their samples from a start that is faster by this factor. At 200 us throughout, runs of 0.7 s cost 1.4
 * % at
 * --overhead=1 (bench/overhead). */
enum { START_FACTOR = 4 };
#define SHORTEST_PERIOD_NS UINT64_C(200000)
#define START_NS INT64_C(200000000)
#define LONGEST_PERIOD_NS 20000000.0

/* Sampling may use this part of the budget; timed calls use the rest. */
#define SHARE 0.5

/* Two events write into a ring: a quick one at first, then a steady one. The period of one event cannot be changed:
 * what has inherited it keeps the old one, and samples go on telling the old one as theirs (Linux 6.18). */
struct ring {
    int fd;      /* of the quick event */
    int steady;  /* of the other; -1: none is needed */
    char *pages; /* the control page, then RING_PAGES of data */
};

/* Executable code mapped in a process. */
struct mapping {
    uint64_t start, end, file_offset;
    uint32_t file; /* number */
};

struct process {
    int pid;
    struct mapping *mappings;
    unsigned count;
};

/* A record out of a ring, kept until it is its turn. */
struct record {
    uint64_t time;
    size_t offset; /* in `bytes` */
};

struct kp_perf_sampler {
    struct ring rings[MAX_PROCESSORS];
    unsigned ring_count;
    uint64_t period;
    pthread_t thread;
    int tells_lost;       /* events say how many samples were lost; else only the rings do, in their next record */
    pthread_mutex_t lock; /* held while records become samples, or these are looked at */
    _Atomic int stop;
    char *bytes; /* of the records of this round */
    size_t used, room;
    struct record *records;
    unsigned record_count;
    struct process *processes;
    unsigned process_count;
    struct kp_samples samples;
};

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

static struct perf_event_attr attributes_of(uint64_t period, int with_kernel)
{
    struct perf_event_attr attributes = {
        .type = PERF_TYPE_SOFTWARE,
        .size = sizeof attributes,
        .config = PERF_COUNT_SW_TASK_CLOCK,
        .sample_period = period,
        .sample_type = PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_PERIOD,
        .disabled = 1,
        .inherit = 1,
        .exclude_kernel = !with_kernel,
        .exclude_hv = 1,
        .mmap = 1,
        .mmap2 = 1,
        .comm = 1,
        .comm_exec = 1,
        .task = 1,
        .enable_on_exec = 1,
        .sample_id_all = 1,
        .use_clockid = 1,
        .clockid = CLOCK_MONOTONIC,
        .watermark = 1,
        .build_id = 1,
        .read_format = PERF_FORMAT_LOST,
        .wakeup_watermark = RING_PAGES * 4096 / 4,
    };
    if (with_kernel) {
        attributes.sample_type |= PERF_SAMPLE_REGS_USER;
        attributes.sample_regs_user = UINT64_C(1) << KP_REGISTER_PC;
    }
    return attributes;
}

static int open_ring(struct ring *ring, struct perf_event_attr *attributes, int pid, int processor)
{
    ring->steady = -1;
    ring->fd = open_attributes(attributes, pid, processor);
    if (ring->fd < 0)
        return -1;
    size_t size = (size_t)(RING_PAGES + 1) * (size_t)sysconf(_SC_PAGESIZE);
    ring->pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, ring->fd, 0);
    if (ring->pages != MAP_FAILED)
        return 0;
    close(ring->fd);
    return -1;
}

static int open_steady(struct ring *ring, struct perf_event_attr *attributes, int pid, int processor)
{
    ring->steady = open_attributes(attributes, pid, processor);
    return ring->steady >= 0 ? ioctl(ring->steady, PERF_EVENT_IOC_SET_OUTPUT, ring->fd) : -1;
}

static void close_rings(struct kp_perf_sampler *s)
{
    for (unsigned i = 0; i < s->ring_count; i++) {
        munmap(s->rings[i].pages, (size_t)(RING_PAGES + 1) * (size_t)sysconf(_SC_PAGESIZE));
        close(s->rings[i].fd);
        if (s->rings[i].steady >= 0)
            close(s->rings[i].steady);
    }
    s->ring_count = 0;
}

static uint64_t quick_period_ns(const struct kp_perf_sampler *s)
{
    uint64_t period = s->period / START_FACTOR;
    return period > SHORTEST_PERIOD_NS ? period : SHORTEST_PERIOD_NS;
}

static int open_rings(struct kp_perf_sampler *s, int pid, int with_kernel)
{
    struct perf_event_attr quick = attributes_of(quick_period_ns(s), with_kernel),
                           steady = attributes_of(s->period, with_kernel);
    long processors = sysconf(_SC_NPROCESSORS_CONF);
    steady.enable_on_exec = 0;
    int failed = 0;
    for (int p = 0; p < processors && s->ring_count < MAX_PROCESSORS; p++)
        if (open_ring(&s->rings[s->ring_count], &quick, pid, p) == 0) {
            failed |= s->period > quick_period_ns(s) && open_steady(&s->rings[s->ring_count], &steady, pid, p) != 0;
            s->ring_count++;
        }
    s->tells_lost = quick.read_format != 0;
    if (!failed && s->ring_count >= (unsigned)sysconf(_SC_NPROCESSORS_ONLN))
        return 0;
    close_rings(s);
    return -1;
}

/* Copies a record out of the ring, where it may lie over the end. */
static void take_record(struct kp_perf_sampler *s, const char *data, size_t size, uint64_t at, uint16_t length)
{
    if (s->used + length > s->room) {
        size_t room = 2 * s->room + length + 65536;
        char *bytes = realloc(s->bytes, room);
        if (!bytes) {
            s->samples.lost++;
            return;
        }
        s->bytes = bytes;
        s->room = room;
    }
    struct record *records = kp_array_grow(s->records, s->record_count, sizeof *records);
    if (!records) {
        s->samples.lost++;
        return;
    }
    s->records = records;
    for (uint16_t i = 0; i < length; i++)
        s->bytes[s->used + i] = data[(at + i) % size];
    records[s->record_count++] = (struct record){.offset = s->used};
    s->used += (length + 7u) & ~7u;
}

static void drain(struct kp_perf_sampler *s, struct ring *ring)
{
    struct perf_event_mmap_page *control = (void *)ring->pages;
    uint64_t head = __atomic_load_n(&control->data_head, __ATOMIC_ACQUIRE);
    uint64_t tail = control->data_tail;
    const char *data = ring->pages + control->data_offset;
    while (tail < head) {
        struct perf_event_header header;
        for (size_t i = 0; i < sizeof header; i++)
            ((char *)&header)[i] = data[(tail + i) % control->data_size];
        if (header.size < sizeof header)
            break;
        take_record(s, data, control->data_size, tail, header.size);
        tail += header.size;
    }
    __atomic_store_n(&control->data_tail, head, __ATOMIC_RELEASE);
}

/* The fields of a sample, in the order of the kernel's interface. */
struct sample {
    struct perf_event_header header;
    uint64_t ip;
    uint32_t pid, tid;
    uint64_t time;
    uint64_t period;
    uint64_t registers_abi;
    uint64_t register_pc;
};

/* What stands behind every other record (sample_id_all). */
struct trailer {
    uint32_t pid, tid;
    uint64_t time;
};

static uint64_t time_of(const char *bytes)
{
    const struct perf_event_header *header = (const void *)bytes;
    if (header->type == PERF_RECORD_SAMPLE)
        return ((const struct sample *)(const void *)bytes)->time;
    if (header->size < sizeof *header + sizeof(struct trailer))
        return 0;
    struct trailer trailer;
    memcpy(&trailer, bytes + header->size - sizeof trailer, sizeof trailer);
    return trailer.time;
}

static struct process *find_process(struct kp_perf_sampler *s, int pid)
{
    for (unsigned i = s->process_count; i-- > 0;)
        if (s->processes[i].pid == pid)
            return &s->processes[i];
    struct process *processes = kp_array_grow(s->processes, s->process_count, sizeof *processes);
    if (!processes)
        return NULL;
    s->processes = processes;
    processes[s->process_count] = (struct process){.pid = pid};
    return &processes[s->process_count++];
}

/* As struct perf_record_mmap2 of the kernel's interface. */
struct mapped {
    struct perf_event_header header;
    uint32_t pid, tid;
    uint64_t start, length, file_offset;
    unsigned char identity[24]; /* size, three bytes of nothing, and the build id, or device and inode */
    uint32_t protection, flags;
    char path[];
};

/* Some kernels know what build a file is, which goes on being true when another one has taken its name. */
static void build_id_of(const struct mapped *m, char *text)
{
    unsigned size = m->header.misc & PERF_RECORD_MISC_MMAP_BUILD_ID ? m->identity[0] : 0;
    text[0] = 0;
    for (unsigned i = 0; i < size && i < sizeof m->identity - 4; i++)
        sprintf(text + 2 * i, "%02x", m->identity[4 + i]);
}

static void note_mapping(struct kp_perf_sampler *s, const struct mapped *m)
{
    struct process *process = find_process(s, (int)m->pid);
    char build_id[KP_SAMPLE_BUILD_ID];
    build_id_of(m, build_id);
    uint32_t file = process && m->path[0] == '/' ? kp_samples_file(&s->samples, m->path, build_id, 0) : KP_INDEX_NONE;
    if (file == KP_INDEX_NONE)
        return;
    struct mapping *mappings = kp_array_grow(process->mappings, process->count, sizeof *mappings);
    if (!mappings)
        return;
    process->mappings = mappings;
    mappings[process->count++] = (struct mapping){m->start, m->start + m->length, m->file_offset, file};
}

/* As struct perf_record_fork. */
struct forked {
    struct perf_event_header header;
    uint32_t pid, parent_pid, tid, parent_tid;
    uint64_t time;
};

static void note_fork(struct kp_perf_sampler *s, const struct forked *f)
{
    if (f->pid == f->parent_pid)
        return;
    struct process *child = find_process(s, (int)f->pid);
    struct process *parent = find_process(s, (int)f->parent_pid);
    child = find_process(s, (int)f->pid); /* the table may have moved */
    if (!child || !parent)
        return;
    free(child->mappings);
    child->mappings = NULL;
    child->count = 0;
    for (unsigned i = 0; i < parent->count; i++) {
        struct mapping *mappings = kp_array_grow(child->mappings, i, sizeof *mappings);
        if (!mappings)
            return;
        child->mappings = mappings;
        mappings[child->count++] = parent->mappings[i];
    }
}

static void note_exec(struct kp_perf_sampler *s, int pid)
{
    struct process *process = find_process(s, pid);
    if (!process)
        return;
    free(process->mappings);
    process->mappings = NULL;
    process->count = 0;
}

/* The latest mapping wins: what it covers of older ones is gone. */
static void note_sample(struct kp_perf_sampler *s, const struct sample *sample)
{
    uint64_t pc = sample->ip;
    if ((sample->header.misc & PERF_RECORD_MISC_CPUMODE_MASK) == PERF_RECORD_MISC_KERNEL) {
        if (sample->header.size < sizeof *sample || sample->registers_abi == PERF_SAMPLE_REGS_ABI_NONE)
            return;
        pc = sample->register_pc;
    }
    const struct process *process = find_process(s, (int)sample->pid);
    for (unsigned i = process ? process->count : 0; i-- > 0;) {
        const struct mapping *m = &process->mappings[i];
        if (pc < m->start || pc >= m->end)
            continue;
        kp_samples_add(&s->samples, m->file, pc - m->start + m->file_offset, sample->period, 1);
        return;
    }
}

static void note(struct kp_perf_sampler *s, const char *bytes)
{
    const struct perf_event_header *header = (const void *)bytes;
    const uint64_t *body = (const void *)(header + 1);
    switch (header->type) {
    case PERF_RECORD_SAMPLE: note_sample(s, (const void *)bytes); break;
    case PERF_RECORD_MMAP2: note_mapping(s, (const void *)bytes); break;
    case PERF_RECORD_FORK: note_fork(s, (const void *)bytes); break;
    case PERF_RECORD_COMM:
        if (header->misc & PERF_RECORD_MISC_COMM_EXEC)
            note_exec(s, ((const int *)(const void *)body)[0]);
        break;
    case PERF_RECORD_LOST: s->samples.lost += s->tells_lost ? 0 : body[1]; break;
    case PERF_RECORD_LOST_SAMPLES: s->samples.lost += s->tells_lost ? 0 : body[0]; break;
    default: break;
    }
}

static int compare_times(const void *left, const void *right)
{
    const struct record *a = left, *b = right;
    return a->time != b->time ? (a->time < b->time ? -1 : 1) : a->offset < b->offset ? -1 : a->offset > b->offset;
}

/* Takes what is in all rings and works it off in the order of time. */
static void work_off(struct kp_perf_sampler *s)
{
    s->used = 0;
    s->record_count = 0;
    for (unsigned i = 0; i < s->ring_count; i++)
        drain(s, &s->rings[i]);
    for (unsigned i = 0; i < s->record_count; i++)
        s->records[i].time = time_of(s->bytes + s->records[i].offset);
    if (s->record_count)
        qsort(s->records, s->record_count, sizeof *s->records, compare_times);
    for (unsigned i = 0; i < s->record_count; i++)
        note(s, s->bytes + s->records[i].offset);
}

/* Of an event that is not enabled no mappings and forks are told either, so one always is. */
static void slow_down(struct kp_perf_sampler *s)
{
    for (unsigned i = 0; i < s->ring_count; i++)
        if (s->rings[i].steady >= 0) {
            ioctl(s->rings[i].steady, PERF_EVENT_IOC_ENABLE, 0);
            ioctl(s->rings[i].fd, PERF_EVENT_IOC_DISABLE, 0);
        }
}

static void *run(void *data)
{
    struct kp_perf_sampler *s = data;
    int64_t start = kp_now_ns(CLOCK_MONOTONIC);
    int started = 0;
    struct pollfd *fds = calloc(s->ring_count, sizeof *fds);
    for (unsigned i = 0; fds && i < s->ring_count; i++)
        fds[i] = (struct pollfd){.fd = s->rings[i].fd, .events = POLLIN};
    while (!atomic_load(&s->stop)) {
        if (!fds || poll(fds, s->ring_count, 50) < 0)
            usleep(50000);
        pthread_mutex_lock(&s->lock);
        work_off(s);
        pthread_mutex_unlock(&s->lock);
        if (!started && kp_now_ns(CLOCK_MONOTONIC) - start > START_NS) {
            started = 1;
            slow_down(s);
        }
        for (unsigned i = 0; fds && i < s->ring_count; i++)
            if (fds[i].revents & POLLHUP)
                fds[i].fd = -1; /* nothing of the program is left there */
    }
    free(fds);
    return NULL;
}

static void free_sampler(struct kp_perf_sampler *s)
{
    close_rings(s);
    for (unsigned i = 0; i < s->process_count; i++)
        free(s->processes[i].mappings);
    free(s->processes);
    free(s->records);
    free(s->bytes);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

uint64_t kp_sampler_period_ns(double cost_ns, double overhead)
{
    double period = cost_ns / (SHARE * (overhead > 0 ? overhead : 0.05));
    return (uint64_t)(period < LONGEST_PERIOD_NS ? period : LONGEST_PERIOD_NS);
}

struct kp_perf_sampler *kp_perf_sampler_start(int pid, double overhead, int with_kernel)
{
    struct kp_perf_sampler *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    pthread_mutex_init(&s->lock, NULL);
    s->period = kp_sampler_period_ns(SAMPLE_COST_NS, overhead);
    if (s->period < SHORTEST_PERIOD_NS)
        s->period = SHORTEST_PERIOD_NS;
    if (open_rings(s, pid, with_kernel) != 0 || kp_signal_free_thread_start(&s->thread, run, s) != 0) {
        free_sampler(s);
        return NULL;
    }
    return s;
}

void kp_perf_sampler_look(struct kp_perf_sampler *s, struct kp_samples *samples)
{
    pthread_mutex_lock(&s->lock);
    kp_samples_add_all(samples, &s->samples);
    pthread_mutex_unlock(&s->lock);
}

static uint64_t lost_of(int event)
{
    struct {
        uint64_t count, lost;
    } values;
    return event >= 0 && read(event, &values, sizeof values) == sizeof values ? values.lost : 0;
}

void kp_perf_sampler_stop(struct kp_perf_sampler *s, struct kp_samples *samples)
{
    atomic_store(&s->stop, 1);
    pthread_join(s->thread, NULL);
    work_off(s);
    for (unsigned i = 0; s->tells_lost && i < s->ring_count; i++)
        s->samples.lost += lost_of(s->rings[i].fd) + lost_of(s->rings[i].steady);
    *samples = s->samples;
    free_sampler(s);
}

int kp_perf_sampler_is_allowed(int with_kernel)
{
    struct perf_event_attr attributes = attributes_of(LONGEST_PERIOD_NS, with_kernel);
    int event = open_attributes(&attributes, 0, -1);
    if (event >= 0)
        close(event);
    return event >= 0;
}
