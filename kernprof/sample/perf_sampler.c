/* Samples by perf_event_open(2) (see perf_sampler.h and perf_events.h).
 *
 * What the rings hold is worked off in the order of time, so that an address is resolved by what was mapped when it was
 * sampled. Without the right to see the kernel only the program's own time is sampled, which is why timers come first
 * then (sampler_choice.h). */
#include "kernprof/sample/perf_sampler.h"

#include <fcntl.h>
#include <gelf.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "format/map.h"
#include "kernprof/sample/perf_events.h"
#include "kernprof/sample/process_maps.h"
#include "kernprof/sample/unwinder.h"
#include "util/array.h"
#include "util/now.h"
#include "util/signal_free_thread.h"

/* A sample costs up to this much on a virtual machine, where the timer's interrupt leaves it. */
#define SAMPLE_COST_NS 20000.0

/* Short runs get their samples from a start that is faster by this factor. At 200 us throughout, runs of 0.7 s cost 1.4
 * % at --overhead=1 (bench/overhead). */
enum { START_FACTOR = 4 };
#define SHORTEST_PERIOD_NS UINT64_C(200000)
#define START_NS INT64_C(200000000)
#define LONGEST_PERIOD_NS 20000000.0

/* Sampling may use this part of the budget; timed calls use the rest. */
#define SHARE 0.5

/* Callers of an event's place that are looked at: with those of the C library's own functions, and of the functions
 * that make timed calls. */
enum { MOST_CALLERS = 24 };

/* A record out of a ring, kept until it is its turn. */
struct record {
    uint64_t time;
    size_t offset; /* in `bytes` */
};

enum instrumented { NOT_KNOWN, INSTRUMENTED, NOT_INSTRUMENTED };

struct kp_perf_sampler {
    struct kp_perf_rings rings;
    pthread_t thread;
    pthread_mutex_t lock; /* held while records become samples, or these are looked at */
    _Atomic int stop;
    char *bytes; /* of the records of this round */
    size_t used, room;
    struct record *records;
    unsigned record_count;
    struct kp_process_maps maps;
    struct kp_unwinder *unwinder;    /* NULL: no events are sampled */
    enum instrumented *instrumented; /* by the number of the file */
    uint32_t instrumented_room;
    struct kp_samples samples;
};

/* Keeps a record until those of the other rings are there. */
static void take_record(void *data, const struct perf_event_header *record)
{
    struct kp_perf_sampler *s = data;
    if (s->used + record->size > s->room) {
        size_t room = 2 * s->room + record->size + 65536;
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
    memcpy(s->bytes + s->used, record, record->size);
    records[s->record_count++] = (struct record){kp_perf_record_time(record), s->used};
    s->used += (record->size + 7u) & ~7u;
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
    char build_id[KP_SAMPLE_BUILD_ID];
    build_id_of(m, build_id);
    uint32_t file = m->path[0] == '/' ? kp_samples_file(&s->samples, m->path, build_id, 0) : KP_INDEX_NONE;
    if (file != KP_INDEX_NONE)
        kp_process_maps_add(&s->maps, (int)m->pid,
                            &(struct kp_mapping){m->start, m->start + m->length, m->file_offset, file});
}

/* As struct perf_record_fork. */
struct forked {
    struct perf_event_header header;
    uint32_t pid, parent_pid, tid, parent_tid;
    uint64_t time;
};

static void note_fork(struct kp_perf_sampler *s, const struct forked *f)
{
    if (f->pid != f->parent_pid)
        kp_process_maps_fork(&s->maps, (int)f->parent_pid, (int)f->pid);
}

/* Whether the file has a map of instrumented code. */
static enum instrumented look_for_map(const char *path)
{
    enum instrumented result = NOT_INSTRUMENTED;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    Elf *elf = fd >= 0 ? elf_begin(fd, ELF_C_READ, NULL) : NULL;
    size_t names;
    if (elf && elf_getshdrstrndx(elf, &names) == 0)
        for (Elf_Scn *section = NULL; (section = elf_nextscn(elf, section)) != NULL;) {
            GElf_Shdr header;
            const char *name = gelf_getshdr(section, &header) ? elf_strptr(elf, names, header.sh_name) : NULL;
            if (name && strcmp(name, KP_MAP_SECTION) == 0)
                result = INSTRUMENTED;
        }
    elf_end(elf);
    if (fd >= 0)
        close(fd);
    return result;
}

static int is_instrumented(struct kp_perf_sampler *s, uint32_t file)
{
    if (file >= s->instrumented_room) {
        uint32_t room = 2 * file + 16;
        enum instrumented *larger = reallocarray(s->instrumented, room, sizeof *larger);
        if (!larger)
            return 0;
        for (uint32_t i = s->instrumented_room; i < room; i++)
            larger[i] = NOT_KNOWN;
        s->instrumented = larger;
        s->instrumented_room = room;
    }
    if (s->instrumented[file] == NOT_KNOWN)
        s->instrumented[file] = look_for_map(s->samples.files[file].path);
    return s->instrumented[file] == INSTRUMENTED;
}

/* Adds the frame where the address is mapped, if there is room. */
static void add_frame(struct kp_sample_place *place, const struct kp_mapping *mapping, uint64_t address)
{
    if (mapping && place->frame_count < KP_SAMPLE_FRAMES)
        place->frames[place->frame_count++] =
            (struct kp_sample_frame){mapping->file, address - mapping->start + mapping->file_offset};
}

/* An event belongs to the innermost profiled line: which code is profiled is known later, so that callers in
 * instrumented files are kept until the frames are full. */
static void add_event_frames(struct kp_perf_sampler *s, const struct kp_mapped_process *process,
                             const struct kp_perf_sample *sample, struct kp_sample_place *place)
{
    uint64_t callers[MOST_CALLERS];
    const struct kp_mapping *mapping = kp_process_maps_find(process, sample->ip);
    if (mapping && is_instrumented(s, mapping->file))
        add_frame(place, mapping, sample->ip);
    place->is_exact = place->frame_count == 0;
    unsigned count = kp_unwinder_callers(s->unwinder, process, s->samples.files, sample, callers, MOST_CALLERS);
    for (unsigned i = 0; i < count; i++) {
        mapping = kp_process_maps_find(process, callers[i]);
        if (mapping && is_instrumented(s, mapping->file))
            add_frame(place, mapping, callers[i]);
    }
}

static void note_sample(struct kp_perf_sampler *s, const struct perf_event_header *record)
{
    struct kp_perf_sample sample;
    int kind;
    if (kp_perf_sample_read(&s->rings, record, &kind, &sample) != 0)
        return;
    const struct kp_mapped_process *process = kp_process_maps_process(&s->maps, (int)sample.pid);
    struct kp_sample_place place = {.kind = (uint32_t)kind, .cost = sample.period, .samples = 1};
    if (!process)
        return;
    if (kind == KP_COST_TIME)
        add_frame(&place, kp_process_maps_find(process, sample.ip), sample.ip);
    else
        add_event_frames(s, process, &sample, &place);
    if (place.frame_count)
        kp_samples_add(&s->samples, &place);
}

static void note(struct kp_perf_sampler *s, const struct perf_event_header *record)
{
    const uint64_t *body = (const void *)(record + 1);
    switch (record->type) {
    case PERF_RECORD_SAMPLE: note_sample(s, record); break;
    case PERF_RECORD_MMAP2: note_mapping(s, (const void *)record); break;
    case PERF_RECORD_FORK: note_fork(s, (const void *)record); break;
    case PERF_RECORD_COMM:
        if (record->misc & PERF_RECORD_MISC_COMM_EXEC)
            kp_process_maps_exec(&s->maps, ((const int *)(const void *)body)[0]);
        break;
    case PERF_RECORD_LOST: s->samples.lost += s->rings.tells_lost ? 0 : body[1]; break;
    case PERF_RECORD_LOST_SAMPLES: s->samples.lost += s->rings.tells_lost ? 0 : body[0]; break;
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
    for (unsigned i = 0; i < s->rings.count; i++)
        kp_perf_ring_drain(&s->rings.rings[i], take_record, s);
    if (s->record_count)
        qsort(s->records, s->record_count, sizeof *s->records, compare_times);
    for (unsigned i = 0; i < s->record_count; i++)
        note(s, (const void *)(s->bytes + s->records[i].offset));
}

static void *run(void *data)
{
    struct kp_perf_sampler *s = data;
    int64_t start = kp_now_ns(CLOCK_MONOTONIC);
    int started = 0;
    struct pollfd *fds = calloc(s->rings.count, sizeof *fds);
    for (unsigned i = 0; fds && i < s->rings.count; i++)
        fds[i] = (struct pollfd){.fd = s->rings.rings[i].fd, .events = POLLIN};
    while (!atomic_load(&s->stop)) {
        if (!fds || poll(fds, s->rings.count, 50) < 0)
            usleep(50000);
        pthread_mutex_lock(&s->lock);
        work_off(s);
        pthread_mutex_unlock(&s->lock);
        if (!started && kp_now_ns(CLOCK_MONOTONIC) - start > START_NS) {
            started = 1;
            kp_perf_rings_slow_down(&s->rings);
        }
        for (unsigned i = 0; fds && i < s->rings.count; i++)
            if (fds[i].revents & POLLHUP)
                fds[i].fd = -1; /* nothing of the program is left there */
    }
    free(fds);
    return NULL;
}

static void free_sampler(struct kp_perf_sampler *s)
{
    kp_perf_rings_close(&s->rings);
    kp_unwinder_free(s->unwinder);
    kp_process_maps_free(&s->maps);
    free(s->instrumented);
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

static uint64_t at_least(uint64_t value, uint64_t least)
{
    return value > least ? value : least;
}

struct kp_perf_sampler *kp_perf_sampler_start(int pid, double overhead, int with_kernel, int with_time, uint32_t events)
{
    struct kp_perf_sampler *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    pthread_mutex_init(&s->lock, NULL);
    elf_version(EV_CURRENT);
    uint64_t period = at_least(kp_sampler_period_ns(SAMPLE_COST_NS, overhead), SHORTEST_PERIOD_NS);
    struct kp_perf_request request = {.pid = pid,
                                      .with_time = with_time,
                                      .with_kernel = with_kernel,
                                      .period = period,
                                      .quick_period = at_least(period / START_FACTOR, SHORTEST_PERIOD_NS),
                                      .events = events};
    s->samples.events = events;
    s->unwinder = events ? kp_unwinder_new() : NULL;
    if ((events && !s->unwinder) || kp_perf_rings_open(&s->rings, &request) != 0 ||
        kp_signal_free_thread_start(&s->thread, run, s) != 0) {
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

void kp_perf_sampler_stop(struct kp_perf_sampler *s, struct kp_samples *samples)
{
    atomic_store(&s->stop, 1);
    pthread_join(s->thread, NULL);
    work_off(s);
    s->samples.lost += kp_perf_rings_lost(&s->rings);
    *samples = s->samples;
    free_sampler(s);
}
