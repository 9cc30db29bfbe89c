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

static struct kp_joined_module *find_module(struct kp_join *join, const struct kp_module_chunk *chunk)
{
    uint64_t hash = kp_module_hash(chunk);
    for (unsigned i = 0; i < join->module_count; i++)
        if (join->modules[i].hash == hash && join->modules[i].counters_size == chunk->counters_size)
            return &join->modules[i];
    return NULL;
}

/* Fills a module that is all zeros but for what the chunk says in numbers. 0, or -1 out of memory. */
static int fill_module(struct kp_joined_module *m, const struct kp_module_chunk *chunk, const char *folder,
                       int by_function)
{
    m->path = strdup((const char *)chunk + chunk->path_offset);
    m->map = malloc(chunk->map_size + 8);
    m->words = calloc(chunk->counters_size / 8 + 1, 8);
    if (!m->path || !m->map || !m->words)
        return -1;
    if (chunk->copy && folder && asprintf(&m->copy, "%s/" KP_MODULE_COPY, folder, (unsigned long long)chunk->copy) < 0)
        m->copy = NULL;
    memcpy(m->map, (const unsigned char *)chunk + chunk->map_offset, chunk->map_size);
    for (uint32_t i = 0; i < chunk->build_id_size; i++)
        sprintf(m->build_id + 2 * (size_t)i, "%02x", chunk->build_id[i]);
    const struct kp_module_map map = {m->map, chunk->map_size, chunk->map_address, chunk->counters_address,
                                      chunk->counters_size};
    m->index = kp_module_index_new(&map, by_function);
    m->times = m->index ? kp_times_new(m->index) : NULL;
    return m->times ? 0 : -1;
}

/* NULL: out of memory. */
static struct kp_joined_module *add_module(struct kp_join *join, const struct kp_module_chunk *chunk)
{
    struct kp_joined_module *modules = kp_array_grow(join->modules, join->module_count, sizeof *modules);
    if (!modules)
        return NULL;
    join->modules = modules;
    struct kp_joined_module *m = &modules[join->module_count];
    *m = (struct kp_joined_module){
        .hash = kp_module_hash(chunk), .map_size = chunk->map_size, .counters_size = chunk->counters_size};
    if (fill_module(m, chunk, join->folder, join->by_function) != 0) {
        kp_joined_module_free(m);
        return NULL;
    }
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

/* A module as it was loaded in one process. */
struct load {
    unsigned module; /* its place in join->modules, plus 1; 0: none of this number */
    uint64_t map_address;
};

/* A counter file that is being added. */
struct adding {
    struct kp_join *join;
    const struct kp_counters *file;
    double tick_ns;
    struct load *loads; /* by the module's number in the file, from 1 */
    unsigned load_count;
    struct threads threads;
    uint64_t peak_number; /* of the process's memory; 0: it was not measured */
};

/* The module of this number in the file; NULL: no chunk of it was there. */
static struct kp_joined_module *module_of(const struct adding *a, uint32_t number)
{
    return number <= a->load_count && a->loads[number].module ? &a->join->modules[a->loads[number].module - 1] : NULL;
}

/* The symbol of the function at an address of the process; NULL: it is in none of our modules. */
static const char *function_at(const struct adding *a, uint64_t address)
{
    for (unsigned i = 1; i <= a->load_count; i++) {
        struct kp_joined_module *m = module_of(a, i);
        struct kp_symbolizer *code = m ? kp_joined_symbolizer(m) : NULL;
        const char *name = code ? kp_symbolizer_symbol(code, address - a->loads[i].map_address +
                                                                 kp_symbolizer_section(code, KP_MAP_SECTION))
                                : NULL;
        if (name)
            return name;
    }
    return NULL;
}

/* The calls of each site to its last target are not in a table yet. */
static void add_last_targets(const struct adding *a, struct kp_joined_module *m, const uint64_t *words)
{
    for (unsigned i = 0; i < kp_module_site_count(m->index); i++) {
        uint64_t first = kp_module_site(m->index, i)->word;
        const uint64_t *site = words + first;
        uint64_t calls = kp_site_calls(site) - site[KP_SITE_TARGET_CALLS];
        const char *callee = site[KP_SITE_TARGET] ? function_at(a, site[KP_SITE_TARGET]) : NULL;
        if (callee && calls)
            kp_times_add_target(m->times, first, callee, calls);
    }
}

/* One function for each kind of chunk: 0, or -1 out of memory. What does not fit the module that it is of is damaged,
 * and left out. */

static int add_module_chunk(struct adding *a, const struct kp_module_chunk *chunk)
{
    if (chunk->module < 1 || chunk->module > a->load_count)
        return 0;
    struct kp_joined_module *m = find_module(a->join, chunk);
    if (!m)
        m = add_module(a->join, chunk);
    if (!m)
        return -1;
    a->loads[chunk->module] = (struct load){(unsigned)(m - a->join->modules) + 1, chunk->map_address};
    return 0;
}

static void add_targets(struct adding *a, struct kp_joined_module *m, const struct kp_target *entries, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        const char *callee = entries[i].address ? function_at(a, entries[i].address) : NULL;
        if (callee)
            kp_times_add_target(m->times, entries[i].site, callee, entries[i].calls);
    }
}

static int add_segment_chunk(struct adding *a, const struct kp_segment_chunk *chunk)
{
    struct kp_joined_module *m = module_of(a, chunk->module);
    if (!m || chunk->counters_size != m->counters_size || chunk->thread == 0)
        return 0;
    unsigned thread = number_of_thread(&a->threads, chunk->thread);
    uint64_t *words = thread ? malloc(chunk->counters_size + 1) : NULL;
    if (!words)
        return -1;
    memcpy(words, (const unsigned char *)chunk + chunk->counters_offset, chunk->counters_size);
    kp_module_add_fused(m->index, words);
    for (unsigned i = 0; i < kp_module_function_count(m->index); i++) {
        const struct kp_map_record *record = kp_module_function(m->index, i)->record;
        int64_t first = kp_module_first_word(m->index, i);
        if (record->line_count && first >= 0)
            add_function(m->words + first, words + first, record, a->tick_ns);
    }
    kp_times_add_segment(m->times, words, a->tick_ns);
    int result = a->join->by_function ? 0 : kp_thread_lines_add(&m->threads, m->index, words, a->tick_ns, thread);
    add_targets(a, m, (const void *)(chunk + 1), chunk->target_capacity);
    add_last_targets(a, m, words);
    free(words);
    return result;
}

static int add_targets_chunk(struct adding *a, const struct kp_targets_chunk *chunk)
{
    struct kp_joined_module *m = module_of(a, chunk->module);
    if (m)
        add_targets(a, m, (const void *)(chunk + 1), chunk->capacity);
    return 0;
}

static int add_memory_chunk(struct adding *a, const struct kp_chunk *chunk)
{
    uint32_t number;
    uint64_t count;
    const struct kp_memory_line *lines = kp_memory_lines(chunk, &number, &count);
    struct kp_joined_module *m = lines ? module_of(a, number) : NULL;
    return m ? kp_join_memory_add_lines(&m->memory, m->counters_size, lines, count, a->peak_number) : 0;
}

static int add_chunk(struct adding *a, const struct kp_chunk *chunk)
{
    const struct kp_module_chunk *module = kp_counters_module(chunk);
    const struct kp_segment_chunk *segment = kp_counters_segment(chunk);
    const struct kp_targets_chunk *targets = kp_counters_targets(chunk);
    const struct kp_timers_chunk *timers = kp_counters_timers(chunk);
    if (module)
        return add_module_chunk(a, module);
    if (segment)
        return add_segment_chunk(a, segment);
    if (targets)
        return add_targets_chunk(a, targets);
    if (timers)
        return kp_timer_sums_add(&a->join->timers, a->file, timers, a->tick_ns);
    return add_memory_chunk(a, chunk);
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

/* 0, or -1 out of memory. */
static int add_process(struct kp_join *join, const struct kp_counters_header *header)
{
    struct kp_joined_process *p = kp_joined_process(join, header->pid);
    if (!p) {
        struct kp_joined_process *processes = kp_array_grow(join->processes, join->process_count, sizeof *processes);
        if (!processes)
            return -1;
        join->processes = processes;
        p = &processes[join->process_count++];
        *p = (struct kp_joined_process){
            .pid = header->pid, .start_ns = header->start_ns, .mono_start_ns = header->mono_start_ns};
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
    struct adding a = {.join = join, .file = &file, .tick_ns = tick_length_ns(file.header)};
    uint64_t pages = size / KP_COUNTERS_PAGE; /* a module has at least one; the header's number may be damaged */
    a.load_count = file.header->module_count < pages ? file.header->module_count : (unsigned)pages;
    a.loads = calloc(a.load_count + 1u, sizeof *a.loads);
    int result = a.loads && add_process(join, file.header) == 0 ? 0 : -1;
    if (result == 0)
        result = kp_join_memory_add_process(&join->memory, &file, &a.peak_number);
    const struct kp_chunk *chunk;
    for (uint64_t offset = KP_COUNTERS_PAGE; result == 0 && (chunk = kp_counters_next(&file, &offset)) != NULL;)
        result = add_chunk(&a, chunk);
    free(a.loads);
    free(a.threads.ids);
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
