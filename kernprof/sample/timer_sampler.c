/* See timer_sampler.h. Files are read and written, not mapped, and closed each time: a program may have any number of
 * processes, may cut its files off, and must not be taken for one that counts itself
 * (kernprof/run/surviving_processes.c). */
#include "kernprof/sample/timer_sampler.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "format/counters_reader.h"
#include "format/samples.h"
#include "kernprof/sample/cost_kinds.h"
#include "util/signal_free_thread.h"
#include "util/array.h"

/* In this time a ring of KP_SAMPLE_SLOTS has room for 20,000 samples a second. */
#define ROUND_NS 50000000

/* A process's file. */
struct process {
    uint64_t samples_offset; /* 0: not known yet */
    uint32_t pid;
    int ended;       /* and nothing is left */
    uint32_t *files; /* numbers of struct kp_sample_file by module */
    uint32_t file_count;
};

struct kp_timer_sampler {
    char *folder;
    pthread_t thread;
    _Atomic int stop;
    struct kp_index names; /* of the files, `processes` by number */
    struct process *processes;
    struct kp_samples samples;
};

static int get(int fd, void *bytes, size_t size, uint64_t offset)
{
    return pread(fd, bytes, size, (off_t)offset) == (ssize_t)size ? 0 : -1;
}

/* The chunks of modules say what samples are of. */
static void find_files(struct kp_timer_sampler *s, int fd, struct process *p)
{
    union {
        struct kp_module_chunk module;
        unsigned char page[KP_COUNTERS_PAGE];
    } chunk;
    free(p->files);
    p->files = NULL;
    p->file_count = 0;
    for (uint64_t offset = KP_COUNTERS_PAGE; get(fd, &chunk, sizeof chunk, offset) == 0;) {
        const struct kp_module_chunk *m = &chunk.module;
        int known = m->chunk.magic == KP_CHUNK_MAGIC && m->chunk.size && m->chunk.size % KP_COUNTERS_PAGE == 0;
        offset += known ? m->chunk.size : KP_COUNTERS_PAGE;
        if (!known || m->chunk.kind != KP_CHUNK_MODULE || m->module > UINT32_C(1) << 20 ||
            m->path_offset >= sizeof chunk)
            continue;
        if (m->module >= p->file_count) {
            uint32_t count = m->module + 16;
            uint32_t *files = reallocarray(p->files, count, sizeof *files);
            if (!files)
                return;
            memset(files + p->file_count, 0xff, (count - p->file_count) * sizeof *files); /* KP_INDEX_NONE */
            p->files = files;
            p->file_count = count;
        }
        chunk.page[sizeof chunk - 1] = 0;
        p->files[m->module] =
            kp_samples_file(&s->samples, (const char *)chunk.page + m->path_offset, "", kp_module_hash(m));
    }
}

static void add_sample(struct kp_timer_sampler *s, int fd, struct process *p, const struct kp_sample *sample,
                       uint64_t period_ns)
{
    if (sample->module >= p->file_count || p->files[sample->module] == KP_INDEX_NONE)
        find_files(s, fd, p);
    uint32_t file = sample->module < p->file_count ? p->files[sample->module] : KP_INDEX_NONE;
    kp_samples_add(&s->samples, &(struct kp_sample_place){.kind = KP_COST_TIME,
                                                          .frame_count = 1,
                                                          .frames = {{file, sample->offset}},
                                                          .cost = sample->periods * period_ns,
                                                          .samples = 1});
}

/* Takes `count` complete samples out of the ring, from slot `first` on. They are read again after they were seen to be
 * complete. -1: the file cannot be written. */
static int take_slots(struct kp_timer_sampler *s, int fd, struct process *p, unsigned first, unsigned count,
                      uint64_t period_ns)
{
    static const struct kp_sample nothing[KP_SAMPLE_SLOTS];
    struct kp_sample samples[KP_SAMPLE_SLOTS];
    uint64_t at = p->samples_offset + offsetof(struct kp_samples_chunk, samples) + first * sizeof *samples;
    size_t size = count * sizeof *samples;
    if (get(fd, samples, size, at) != 0 || pwrite(fd, nothing, size, (off_t)at) != (ssize_t)size)
        return -1;
    for (unsigned i = 0; i < count; i++)
        if (samples[i].periods)
            add_sample(s, fd, p, &samples[i], period_ns);
    return 0;
}

/* How many samples from `first` on are complete, up to the end of the ring. `last_time`: the others never will be. */
static unsigned count_complete(int fd, const struct process *p, unsigned first, uint64_t waiting, int last_time)
{
    struct kp_sample samples[KP_SAMPLE_SLOTS];
    unsigned limit = waiting < KP_SAMPLE_SLOTS - first ? (unsigned)waiting : KP_SAMPLE_SLOTS - first, count = 0;
    uint64_t at = p->samples_offset + offsetof(struct kp_samples_chunk, samples) + first * sizeof *samples;
    if (last_time)
        return limit;
    if (get(fd, samples, limit * sizeof *samples, at) != 0)
        return 0;
    while (count < limit && samples[count].periods)
        count++;
    return count;
}

/* Empties a process's ring. How many samples were in it. */
static uint64_t drain(struct kp_timer_sampler *s, int fd, struct process *p, int last_time)
{
    struct kp_samples_chunk head;
    uint64_t taken = 0;
    if (get(fd, &head, offsetof(struct kp_samples_chunk, modules), p->samples_offset) != 0 ||
        head.taken - head.read > KP_SAMPLE_SLOTS)
        return 0; /* damaged */
    while (head.read != head.taken) {
        unsigned first = head.read % KP_SAMPLE_SLOTS;
        unsigned count = count_complete(fd, p, first, head.taken - head.read, last_time);
        if (count == 0 || take_slots(s, fd, p, first, count, head.period_ns) != 0)
            break;
        head.read += count;
        taken += count;
        uint64_t at = p->samples_offset + offsetof(struct kp_samples_chunk, read);
        if (pwrite(fd, &head.read, sizeof head.read, (off_t)at) != sizeof head.read)
            break;
    }
    if (last_time) {
        s->samples.lost += head.lost;
        s->samples.unsampled += head.unsampled;
    }
    return taken;
}

/* Looks for the ring, which comes a moment after the file. */
static void find_ring(int fd, struct process *p)
{
    struct kp_counters_header header;
    if (get(fd, &header, sizeof header, 0) != 0 || header.magic != KP_COUNTERS_MAGIC)
        return;
    p->pid = header.pid;
    p->samples_offset = header.samples_offset;
}

static int failed(int fd)
{
    struct kp_counters_header header;
    return get(fd, &header, sizeof header, 0) == 0 && header.sampling != KP_SAMPLING_WORKS &&
           header.sampling != KP_SAMPLING_NONE;
}

static void look_at(struct kp_timer_sampler *s, int folder, const char *name, struct process *p, int last_time)
{
    int fd = openat(folder, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return;
    if (!p->samples_offset)
        find_ring(fd, p);
    uint64_t taken = p->samples_offset ? drain(s, fd, p, last_time) : 0;
    p->ended = p->pid && taken == 0 && kill((pid_t)p->pid, 0) != 0 && errno == ESRCH;
    if (last_time)
        s->samples.unsampled += (uint64_t)failed(fd);
    close(fd);
}

static struct process *find_process(struct kp_timer_sampler *s, const char *name)
{
    uint32_t number = kp_index_find(&s->names, name, strlen(name));
    if (number != KP_INDEX_NONE)
        return &s->processes[number];
    struct process *processes = kp_array_grow(s->processes, s->names.count, sizeof *processes);
    if (!processes)
        return NULL;
    s->processes = processes;
    number = kp_index_add(&s->names, name, strlen(name));
    if (number == KP_INDEX_NONE)
        return NULL;
    processes[number] = (struct process){0};
    return &processes[number];
}

static void look_around(struct kp_timer_sampler *s, int last_time)
{
    DIR *directory = opendir(s->folder);
    for (struct dirent *entry; directory && (entry = readdir(directory)) != NULL;) {
        if (!kp_counters_is_name(entry->d_name))
            continue;
        struct process *p = find_process(s, entry->d_name);
        if (p && (last_time || !p->ended))
            look_at(s, dirfd(directory), entry->d_name, p, last_time);
    }
    if (directory)
        closedir(directory);
}

static void *run(void *data)
{
    struct kp_timer_sampler *s = data;
    while (!atomic_load(&s->stop)) {
        look_around(s, 0);
        nanosleep(&(struct timespec){.tv_nsec = ROUND_NS}, NULL);
    }
    return NULL;
}

static void free_sampler(struct kp_timer_sampler *s)
{
    for (uint32_t i = 0; i < s->names.count; i++)
        free(s->processes[i].files);
    kp_index_free(&s->names);
    free(s->processes);
    free(s->folder);
    free(s);
}

struct kp_timer_sampler *kp_timer_sampler_start(const char *folder)
{
    struct kp_timer_sampler *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->folder = strdup(folder);
    if (s->folder && kp_signal_free_thread_start(&s->thread, run, s) == 0)
        return s;
    free_sampler(s);
    return NULL;
}

void kp_timer_sampler_stop(struct kp_timer_sampler *s, struct kp_samples *samples)
{
    atomic_store(&s->stop, 1);
    pthread_join(s->thread, NULL);
    look_around(s, 1);
    *samples = s->samples;
    free_sampler(s);
}

int kp_timer_sampler_is_allowed(void)
{
    struct sigevent none = {.sigev_notify = SIGEV_NONE};
    timer_t timer;
    if (timer_create(CLOCK_THREAD_CPUTIME_ID, &none, &timer) != 0)
        return 0;
    timer_delete(timer);
    return 1;
}
