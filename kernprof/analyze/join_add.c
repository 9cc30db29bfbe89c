/* Adds counter files together (see join.h).
 *
 * Counters of one module are added up over threads and processes before anything is solved: where a fork divides a
 * function's run, only the sum of parent and child obeys the conservation of flow in both. */
#include "kernprof/analyze/joined.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "format/clock.h"
#include "util/array.h"
#include "util/now.h"

struct kp_join *kp_join_new(int by_function)
{
    struct kp_join *join = calloc(1, sizeof *join);
    if (join)
        join->by_function = by_function;
    return join;
}

static void free_module(struct module *m)
{
    for (unsigned i = 0; m->solved && i < kp_times_function_count(m->times); i++)
        free(m->solved[i].hits);
    free(m->solved);
    if (m->times)
        kp_times_free(m->times);
    free(m->first_words);
    kp_thread_lines_free(&m->threads);
    if (m->code)
        kp_symbolizer_close(m->code);
    free(m->path);
    free(m->copy);
    free(m->map);
    free(m->words);
    free(m->memory);
}

void kp_join_free(struct kp_join *join)
{
    for (unsigned i = 0; i < join->module_count; i++)
        free_module(&join->modules[i]);
    for (unsigned i = 0; i < join->process_count; i++)
        free(join->processes[i].command);
    free(join->modules);
    free(join->processes);
    kp_timer_sums_free(&join->timers);
    kp_join_memory_free(&join->memory);
    free(join);
}

unsigned kp_join_functions(const struct kp_join *join)
{
    return join->function_count;
}

uint64_t kp_join_timers(const struct kp_join *join)
{
    return join->timers.count;
}

const struct kp_join_memory *kp_join_memory(const struct kp_join *join)
{
    return &join->memory;
}

unsigned kp_join_damaged(const struct kp_join *join)
{
    return join->damaged;
}

void kp_join_globs(const struct kp_join *join, struct kp_globs *globs)
{
    for (unsigned i = 0; i < join->module_count; i++)
        kp_globs_add(globs, join->modules[i].map, join->modules[i].map_size);
}

uint64_t kp_join_uncounted(const struct kp_join *join)
{
    return join->uncounted;
}

/* 0, or -1 out of memory. */
static int find_first_words(struct module *m)
{
    unsigned count = kp_times_function_count(m->times);
    m->first_words = calloc((size_t)count + 1, sizeof *m->first_words);
    for (unsigned i = 0; m->first_words && i < count; i++)
        m->first_words[i] =
            kp_map_first_word(kp_times_function(m->times, i), m->map_address, m->counters_address, m->counters_size);
    return m->first_words ? 0 : -1;
}

static struct module *find_module(struct kp_join *join, const struct kp_module_chunk *chunk)
{
    const unsigned char *map = (const unsigned char *)chunk + chunk->map_offset;
    uint64_t hash = kp_module_hash(chunk);
    for (unsigned i = 0; i < join->module_count; i++)
        if (join->modules[i].hash == hash && join->modules[i].counters_size == chunk->counters_size)
            return &join->modules[i];
    struct module *modules = kp_array_grow(join->modules, join->module_count, sizeof *modules);
    if (!modules)
        return NULL;
    join->modules = modules;
    struct module *m = &modules[join->module_count];
    *m = (struct module){.hash = hash,
                         .path = strdup((const char *)chunk + chunk->path_offset),
                         .map = malloc(chunk->map_size + 8),
                         .map_size = chunk->map_size,
                         .map_address = chunk->map_address,
                         .counters_address = chunk->counters_address,
                         .counters_size = chunk->counters_size,
                         .words = calloc(chunk->counters_size / 8 + 1, 8)};
    if (!m->path || !m->map || !m->words)
        return NULL;
    if (chunk->copy && join->folder &&
        asprintf(&m->copy, "%s/" KP_MODULE_COPY, join->folder, (unsigned long long)chunk->copy) < 0)
        m->copy = NULL;
    memcpy(m->map, map, chunk->map_size);
    m->times =
        kp_times_new(m->map, m->map_size, m->map_address, m->counters_address, m->counters_size, join->by_function);
    if (!m->times || find_first_words(m) != 0)
        return NULL;
    for (uint32_t i = 0; i < chunk->build_id_size; i++)
        sprintf(m->build_id + 2 * (size_t)i, "%02x", chunk->build_id[i]);
    join->module_count++;
    join->function_count += kp_map_functions(m->map, m->map_size, join->by_function);
    return m;
}

static uint64_t ticks_to_ns(uint64_t ticks, double tick_ns)
{
    double ns = (double)(int64_t)ticks * tick_ns;
    return ns > -9e18 && ns < 9e18 ? (uint64_t)(int64_t)ns : 0; /* else damaged */
}

/* Adds one function's words of a segment to the sums. */
static void add_function(uint64_t *sums, const uint64_t *words, const struct kp_map_record *record, double tick_ns)
{
    for (uint32_t i = 0; i < record->counter_count; i++)
        sums[i] += words[i];
    sums += record->counter_count;
    words += record->counter_count;
    sums[KP_TOTAL_TICKS] += ticks_to_ns(words[KP_TOTAL_TICKS], tick_ns);
    sums[KP_SELF_TICKS] += ticks_to_ns(words[KP_SELF_TICKS], tick_ns);
    sums[KP_INNER_CALLS] += words[KP_INNER_CALLS];
    sums[KP_TIMED_CALLS] += words[KP_TIMED_CALLS];
    for (uint32_t line = 0; line < record->line_count; line++) {
        uint64_t *sum = sums + KP_ACTIVATION_WORDS + (size_t)KP_LINE_WORDS * line;
        const uint64_t *word = words + KP_ACTIVATION_WORDS + (size_t)KP_LINE_WORDS * line;
        sum[KP_LINE_TICKS] += ticks_to_ns(word[KP_LINE_TICKS], tick_ns);
        sum[KP_LINE_SELF_TICKS] += ticks_to_ns(word[KP_LINE_SELF_TICKS], tick_ns);
        uint64_t longest = ticks_to_ns(word[KP_LINE_LONGEST], tick_ns);
        if (longest > sum[KP_LINE_LONGEST])
            sum[KP_LINE_LONGEST] = longest;
        if (word[KP_LINE_SHORTEST_INVERTED] == 0)
            continue;
        uint64_t shortest = ~ticks_to_ns(~word[KP_LINE_SHORTEST_INVERTED], tick_ns);
        if (shortest > sum[KP_LINE_SHORTEST_INVERTED])
            sum[KP_LINE_SHORTEST_INVERTED] = shortest;
    }
    sums += KP_ACTIVATION_WORDS + (size_t)KP_LINE_WORDS * record->line_count;
    words += KP_ACTIVATION_WORDS + (size_t)KP_LINE_WORDS * record->line_count;
    for (uint32_t loop = 0; loop < record->loop_count; loop++, sums += KP_LOOP_WORDS, words += KP_LOOP_WORDS) {
        sums[KP_LOOP_TICKS] += ticks_to_ns(words[KP_LOOP_TICKS], tick_ns);
        sums[KP_LOOP_SELF_TICKS] += ticks_to_ns(words[KP_LOOP_SELF_TICKS], tick_ns);
    }
}

/* 0, or -1 out of memory. */
static int add_segment(struct kp_join *join, struct module *m, const struct kp_segment_chunk *chunk, double tick_ns,
                       unsigned thread)
{
    uint64_t *words = malloc(chunk->counters_size + 1);
    if (!words)
        return -1;
    memcpy(words, (const unsigned char *)chunk + chunk->counters_offset, chunk->counters_size);
    kp_times_add_fused(m->times, words);
    for (unsigned i = 0; i < kp_times_function_count(m->times); i++) {
        const struct kp_map_record *record = kp_times_function(m->times, i)->record;
        int64_t first = m->first_words[i];
        if (record->line_count && first >= 0)
            add_function(m->words + first, words + first, record, tick_ns);
    }
    kp_times_add_segment(m->times, words, tick_ns);
    int result =
        join->by_function ? 0 : kp_thread_lines_add(&m->threads, m->times, m->first_words, words, tick_ns, thread);
    free(words);
    return result;
}

/* The threads of one counter file, in the order in which they began to count. */
struct threads {
    uint32_t *ids;
    unsigned count;
};

/* The thread's number, from 1; 0: out of memory. */
static unsigned number_of_thread(struct threads *threads, uint32_t id)
{
    for (unsigned i = 0; i < threads->count; i++)
        if (threads->ids[i] == id)
            return i + 1;
    uint32_t *ids = kp_array_grow(threads->ids, threads->count, sizeof *ids);
    if (!ids)
        return 0;
    threads->ids = ids;
    ids[threads->count++] = id;
    return threads->count;
}

struct kp_symbolizer *kp_join_symbolizer(struct module *m)
{
    if (!m->code_tried && m->copy)
        m->code = kp_symbolizer_open(m->copy, m->build_id);
    if (!m->code_tried && !m->code)
        m->code = kp_symbolizer_open(m->path, m->build_id);
    m->code_tried = 1;
    return m->code;
}

/* A module as it was loaded in one process. */
struct load {
    unsigned module; /* its place in join->modules, plus 1; 0: none of this number */
    uint64_t map_address;
};

/* The symbol of the function at an address of the process; NULL: it is in none of our modules. */
static const char *function_at(struct kp_join *join, const struct load *loads, unsigned count, uint64_t address)
{
    for (unsigned i = 1; i <= count; i++) {
        struct kp_symbolizer *code = loads[i].module ? kp_join_symbolizer(&join->modules[loads[i].module - 1]) : NULL;
        const char *name = code ? kp_symbolizer_symbol(code, address - loads[i].map_address +
                                                                 kp_symbolizer_section(code, KP_MAP_SECTION))
                                : NULL;
        if (name)
            return name;
    }
    return NULL;
}

static void add_targets(struct kp_join *join, const struct kp_targets_chunk *chunk, const struct load *loads,
                        unsigned count)
{
    const struct kp_target *entries = (const void *)(chunk + 1);
    for (uint32_t i = 0; i < chunk->capacity; i++) {
        const char *callee = entries[i].address ? function_at(join, loads, count, entries[i].address) : NULL;
        if (callee)
            kp_times_add_target(join->modules[loads[chunk->module].module - 1].times, entries[i].site, callee,
                                entries[i].calls);
    }
}

/* The calls of each site to its last target are not in a table yet. */
static void add_last_targets(struct kp_join *join, const struct kp_segment_chunk *segment, const struct load *loads,
                             unsigned count)
{
    struct kp_times *times = join->modules[loads[segment->module].module - 1].times;
    const uint64_t *words = (const void *)((const unsigned char *)segment + segment->counters_offset);
    for (unsigned i = 0; i < kp_times_site_count(times); i++) {
        uint64_t first = kp_times_site_word(times, i);
        const uint64_t *site = words + first;
        uint64_t calls = kp_site_calls(site) - site[KP_SITE_TARGET_CALLS];
        const char *callee = site[KP_SITE_TARGET] ? function_at(join, loads, count, site[KP_SITE_TARGET]) : NULL;
        if (callee && calls)
            kp_times_add_target(times, first, callee, calls);
    }
}

static double ratio(uint64_t ns, uint64_t ticks)
{
    return ticks ? (double)ns / (double)ticks : 0;
}

/* The length of a tick, from the process's start until now: both clocks go on in kernprof as in the program. Unless the
 * machine was started anew in between (kernprof recover): then from the process's own end, or from now. */
static double tick_length_ns(const struct kp_counters_header *header)
{
    uint64_t ticks = kp_clock_ticks(), ns = (uint64_t)kp_now_ns(CLOCK_MONOTONIC);
    if (ns > header->mono_start_ns && ticks > header->ticks_start)
        return ratio(ns - header->mono_start_ns, ticks - header->ticks_start);
    if (header->mono_end_ns > header->mono_start_ns && header->ticks_end > header->ticks_start)
        return ratio(header->mono_end_ns - header->mono_start_ns, header->ticks_end - header->ticks_start);
    struct timespec a_while = {.tv_nsec = 10000000};
    nanosleep(&a_while, NULL);
    uint64_t length = kp_clock_ticks() - ticks;
    return ratio((uint64_t)kp_now_ns(CLOCK_MONOTONIC) - ns, length);
}

/* NULL: it did not count. */
struct process *kp_join_find_process(const struct kp_join *join, uint32_t pid)
{
    for (unsigned i = 0; i < join->process_count; i++)
        if (join->processes[i].pid == pid)
            return &join->processes[i];
    return NULL;
}

/* 0, or -1 out of memory. */
static int add_process(struct kp_join *join, const struct kp_counters_header *header)
{
    struct process *p = kp_join_find_process(join, header->pid);
    if (!p) {
        struct process *processes = kp_array_grow(join->processes, join->process_count, sizeof *processes);
        if (!processes)
            return -1;
        join->processes = processes;
        p = &processes[join->process_count++];
        *p = (struct process){.pid = header->pid, .start_ns = header->start_ns, .mono_start_ns = header->mono_start_ns};
    }
    if (header->start_ns < p->start_ns) {
        p->start_ns = header->start_ns;
        p->mono_start_ns = header->mono_start_ns;
    }
    if (header->start_ns >= p->last_start_ns) {
        p->last_start_ns = header->start_ns;
        p->clean = header->clean;
        p->mono_end_ns = header->clean ? header->mono_end_ns : 0;
        free(p->command);
        p->command = header->command[0] ? strndup(header->command, sizeof header->command) : NULL;
    }
    p->threads += header->threads;
    join->uncounted += header->uncounted;
    return 0;
}

int kp_join_add_bytes(struct kp_join *join, const void *bytes, uint64_t size)
{
    struct kp_counters file;
    if (kp_counters_open(&file, bytes, size) != 0) {
        join->damaged++;
        return 0;
    }
    double tick_ns = tick_length_ns(file.header);
    unsigned modules = file.header->module_count;
    if (modules > size / KP_COUNTERS_PAGE)
        modules = (unsigned)(size / KP_COUNTERS_PAGE);
    struct load *loads = calloc(modules + 1, sizeof *loads); /* by the module's number */
    struct threads threads = {0};
    if (!loads || add_process(join, file.header) != 0) {
        free(loads);
        return -1;
    }
    uint64_t peak_number = 0;
    int result = kp_join_memory_add_process(&join->memory, &file, &peak_number);
    const struct kp_chunk *chunk;
    for (uint64_t offset = KP_COUNTERS_PAGE; result == 0 && (chunk = kp_counters_next(&file, &offset)) != NULL;) {
        const struct kp_module_chunk *module = kp_counters_module(chunk);
        const struct kp_segment_chunk *segment = kp_counters_segment(chunk);
        const struct kp_targets_chunk *targets = kp_counters_targets(chunk);
        const struct kp_timers_chunk *timers = kp_counters_timers(chunk);
        if (timers)
            result = kp_timer_sums_add(&join->timers, &file, timers, tick_ns);
        else if (module && module->module >= 1 && module->module <= modules) {
            struct module *m = find_module(join, module);
            if (!m)
                result = -1;
            else
                loads[module->module] = (struct load){(unsigned)(m - join->modules) + 1, module->map_address};
        } else if (segment && segment->module <= modules && loads[segment->module].module) {
            struct module *m = &join->modules[loads[segment->module].module - 1];
            if (segment->counters_size != m->counters_size)
                continue;
            unsigned thread = number_of_thread(&threads, segment->thread);
            result = thread ? add_segment(join, m, segment, tick_ns, thread) : -1;
            add_last_targets(join, segment, loads, modules);
        } else if (targets && targets->module <= modules && loads[targets->module].module) {
            add_targets(join, targets, loads, modules);
        } else {
            uint32_t number;
            uint64_t count;
            const struct kp_memory_line *lines = kp_memory_lines(chunk, &number, &count);
            if (lines && number <= modules && loads[number].module) {
                struct module *m = &join->modules[loads[number].module - 1];
                result = kp_join_memory_add_lines(&m->memory, m->counters_size, lines, count, peak_number);
            }
        }
    }
    free(loads);
    free(threads.ids);
    return result;
}

/* The file's bytes, to be freed, or NULL. Read and not mapped: in a mapping, a place that the full disk left empty
 * would ask for room when it is looked at. */
static void *read_counters(int fd, uint64_t *size)
{
    struct stat status;
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size < (off_t)KP_COUNTERS_PAGE)
        return NULL;
    char *bytes = aligned_alloc(KP_COUNTERS_PAGE,
                                ((size_t)status.st_size + KP_COUNTERS_PAGE - 1) & ~(size_t)(KP_COUNTERS_PAGE - 1));
    *size = 0;
    for (ssize_t got; bytes && *size < (uint64_t)status.st_size; *size += (uint64_t)got) {
        got = pread(fd, bytes + *size, (size_t)status.st_size - *size, (off_t)*size);
        if (got <= 0 && !(got < 0 && errno == EINTR))
            break;
        got = got < 0 ? 0 : got;
    }
    return bytes;
}

static int add_file_of_folder(struct kp_join *join, int folder, const char *name)
{
    int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    uint64_t size = 0;
    void *bytes = fd >= 0 ? read_counters(fd, &size) : NULL;
    int result = 0;
    if (bytes)
        result = kp_join_add_bytes(join, bytes, size);
    else
        join->damaged++;
    free(bytes);
    if (fd >= 0)
        close(fd);
    return result;
}

int kp_join_add_folder(struct kp_join *join, const char *folder, struct kp_error *error)
{
    DIR *directory = opendir(folder);
    if (!directory)
        return kp_fail(error, "%s: %s", folder, strerror(errno));
    int result = 0;
    join->folder = folder;
    for (struct dirent *entry; result == 0 && (entry = readdir(directory)) != NULL;) {
        if (!kp_counters_is_name(entry->d_name))
            continue;
        if (add_file_of_folder(join, dirfd(directory), entry->d_name) != 0)
            result = kp_fail(error, "%s/%s: out of memory", folder, entry->d_name);
    }
    join->folder = NULL;
    closedir(directory);
    return result;
}

void kp_join_add_samples(struct kp_join *join, const struct kp_samples *samples, const char *sampler)
{
    join->samples = *samples;
    join->sampler = sampler;
}
