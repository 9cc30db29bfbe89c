/* Joins counter files, maps and sources into a profile (see join.h).
 *
 * Counters of one module are added up over threads and processes before anything is solved: where a fork divides a
 * function's run, only the sum of parent and child obeys the conservation of flow in both. */
#include "kernprof/join.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <zstd.h>

#include "format/clock.h"
#include "format/counters_reader.h"
#include "format/map_reader.h"
#include "format/profile.h"
#include "kernprof/code_places.h"
#include "kernprof/flow.h"
#include "kernprof/join_memory.h"
#include "kernprof/timers.h"
#include "kernprof/times.h"
#include "util/host.h"
#include "util/text_file.h"

/* A module, by the content of its map; loads of it in several processes are one. */
struct module {
    uint64_t hash;
    char *path;
    char build_id[65];
    unsigned char *map;
    uint64_t map_size, map_address, counters_address, counters_size;
    uint64_t *words; /* sums; time in nanoseconds */
    struct kp_times *times;
    struct kp_code_file *code; /* opened when first asked for; NULL where there is none */
    int code_tried;
    struct solved *solved; /* by function */
    struct kp_memory_line *memory; /* sums, kp_memory_count of them; NULL: memory was not measured */
};

/* What the counters of a function come to. */
struct solved {
    uint64_t *hits; /* by line */
    uint64_t calls, inner_calls;
    int64_t id; /* its row */
};

/* A process leaves one file per program that it executed. `clean` and the end are those of the last one. */
struct process {
    uint32_t pid, clean;
    uint64_t start_ns, mono_start_ns;
    uint64_t last_start_ns, mono_end_ns;
    uint64_t threads; /* that counted */
    char *command;    /* the last one; NULL: not known */
};

struct kp_join {
    struct module *modules;
    unsigned module_count;
    struct process *processes;
    unsigned process_count;
    unsigned function_count;
    unsigned damaged;
    int by_function;
    struct kp_samples samples;
    const char *sampler; /* NULL: nothing was sampled */
    struct kp_timer_sums timers;
    uint64_t uncounted;
    struct kp_join_memory memory;
};

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
    if (m->code)
        kp_code_close(m->code);
    free(m->path);
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

/* Room for one more element; the array may move. */
static void *grow(void *array, unsigned count, size_t size)
{
    if ((count & (count - 1)) != 0)
        return array;
    return reallocarray(array, count ? 2 * (size_t)count : 1, size);
}

static struct module *find_module(struct kp_join *join, const struct kp_module_chunk *chunk)
{
    const unsigned char *map = (const unsigned char *)chunk + chunk->map_offset;
    uint64_t distance = chunk->counters_address - chunk->map_address;
    uint64_t hash = kp_hash(map, chunk->map_size) ^ kp_hash(&distance, sizeof distance);
    for (unsigned i = 0; i < join->module_count; i++)
        if (join->modules[i].hash == hash && join->modules[i].counters_size == chunk->counters_size)
            return &join->modules[i];
    struct module *modules = grow(join->modules, join->module_count, sizeof *modules);
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
    memcpy(m->map, map, chunk->map_size);
    m->times = kp_times_new(m->map, m->map_size, m->map_address, m->counters_address, m->counters_size, join->by_function);
    if (!m->times)
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
}

static void add_segment(struct module *m, const struct kp_segment_chunk *chunk, double tick_ns)
{
    const uint64_t *words = (const void *)((const unsigned char *)chunk + chunk->counters_offset);
    struct kp_map_view view;
    for (uint64_t offset = 0; kp_map_next(m->map, m->map_size, &offset, &view) == 1;) {
        int64_t first = kp_map_first_word(&view, m->map_address, m->counters_address, m->counters_size);
        if (view.record->line_count && first >= 0)
            add_function(m->words + first, words + first, view.record, tick_ns);
    }
    kp_times_add_segment(m->times, words, tick_ns);
}

static struct kp_code_file *code_of(struct module *m)
{
    if (!m->code_tried)
        m->code = kp_code_open(m->path, m->build_id);
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
        struct kp_code_file *code = loads[i].module ? code_of(&join->modules[loads[i].module - 1]) : NULL;
        const char *name = code ? kp_code_symbol(code, address - loads[i].map_address + kp_code_section(code, KP_MAP_SECTION)) : NULL;
        if (name)
            return name;
    }
    return NULL;
}

static void add_targets(struct kp_join *join, const struct kp_targets_chunk *chunk, const struct load *loads, unsigned count)
{
    const struct kp_target *entries = (const void *)(chunk + 1);
    for (uint32_t i = 0; i < chunk->capacity; i++) {
        const char *callee = entries[i].address ? function_at(join, loads, count, entries[i].address) : NULL;
        if (callee)
            kp_times_add_target(join->modules[loads[chunk->module].module - 1].times, entries[i].site, callee, entries[i].calls);
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
        uint64_t calls = site[KP_SITE_GRANTED] - site[KP_SITE_COUNTDOWN] - site[KP_SITE_TARGET_CALLS];
        const char *callee = site[KP_SITE_TARGET] ? function_at(join, loads, count, site[KP_SITE_TARGET]) : NULL;
        if (callee && calls)
            kp_times_add_target(times, first, callee, calls);
    }
}

static double ratio(uint64_t ns, uint64_t ticks)
{
    return ticks ? (double)ns / (double)ticks : 0;
}

static uint64_t monotonic_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* The length of a tick, from the process's start until now: both clocks go on in kernprof as in the program. Unless the
 * machine was started anew in between (kernprof recover): then from the process's own end, or from now. */
static double tick_length_ns(const struct kp_counters_header *header)
{
    uint64_t ticks = kp_clock_ticks(), ns = monotonic_ns();
    if (ns > header->mono_start_ns && ticks > header->ticks_start)
        return ratio(ns - header->mono_start_ns, ticks - header->ticks_start);
    if (header->mono_end_ns > header->mono_start_ns && header->ticks_end > header->ticks_start)
        return ratio(header->mono_end_ns - header->mono_start_ns, header->ticks_end - header->ticks_start);
    struct timespec a_while = {.tv_nsec = 10000000};
    nanosleep(&a_while, NULL);
    uint64_t length = kp_clock_ticks() - ticks;
    return ratio(monotonic_ns() - ns, length);
}

/* NULL: it did not count. */
static struct process *find_process(const struct kp_join *join, uint32_t pid)
{
    for (unsigned i = 0; i < join->process_count; i++)
        if (join->processes[i].pid == pid)
            return &join->processes[i];
    return NULL;
}

/* 0, or -1 out of memory. */
static int add_process(struct kp_join *join, const struct kp_counters_header *header)
{
    struct process *p = find_process(join, header->pid);
    if (!p) {
        struct process *processes = grow(join->processes, join->process_count, sizeof *processes);
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
            add_segment(m, segment, tick_ns);
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
    return result;
}

/* The file's bytes, to be freed, or NULL. Read and not mapped: in a mapping, a place that the full disk left empty would
 * ask for room when it is looked at. */
static void *read_counters(int fd, uint64_t *size)
{
    struct stat status;
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size < (off_t)KP_COUNTERS_PAGE)
        return NULL;
    char *bytes = aligned_alloc(KP_COUNTERS_PAGE, ((size_t)status.st_size + KP_COUNTERS_PAGE - 1) & ~(size_t)(KP_COUNTERS_PAGE - 1));
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
    for (struct dirent *entry; result == 0 && (entry = readdir(directory)) != NULL;) {
        size_t length = strlen(entry->d_name), suffix = strlen(KP_COUNTERS_SUFFIX);
        if (length <= suffix || strcmp(entry->d_name + length - suffix, KP_COUNTERS_SUFFIX) != 0)
            continue;
        if (add_file_of_folder(join, dirfd(directory), entry->d_name) != 0)
            result = kp_fail(error, "%s/%s: out of memory", folder, entry->d_name);
    }
    closedir(directory);
    return result;
}

struct writer {
    sqlite3 *profile;
    sqlite3_stmt *function, *line, *memory_line, *arc, *source, *find_source;
    int embed_sources;
    uint32_t left_out; /* functions with one of these flags are not in this kind of profile */
};

/* The arcs' shares of what is known of their callees as a whole: own time, and the time where calls were not timed. */
static const char fill_arcs[] =
    "UPDATE arc SET self_ns = (SELECT f.self_ns * (1.0 * arc.calls / MAX(f.calls, 1)) FROM function f WHERE f.id = arc.callee);"
    "UPDATE arc SET self_ns = CAST(self_ns AS INTEGER);"
    "UPDATE arc SET total_ns = CAST((SELECT f.total_ns * (1.0 * arc.calls / MAX(f.calls, 1)) FROM function f"
    " WHERE f.id = arc.callee) AS INTEGER) WHERE total_ns = 0;";

static void insert_text(struct writer *w, const char *path, uint64_t checksum, int whole, int changed, const char *text,
                        size_t size)
{
    size_t bound = ZSTD_compressBound(size);
    void *packed = w->embed_sources && text ? malloc(bound) : NULL;
    size_t length = packed ? ZSTD_compress(packed, bound, text, size, 9) : 0;
    sqlite3_reset(w->source);
    sqlite3_bind_text(w->source, 1, path, -1, SQLITE_TRANSIENT);
    sqlite3_bind_int64(w->source, 2, (int64_t)checksum);
    sqlite3_bind_int(w->source, 3, whole);
    sqlite3_bind_int(w->source, 4, changed);
    if (packed && !ZSTD_isError(length)) {
        sqlite3_bind_int64(w->source, 5, (int64_t)size);
        sqlite3_bind_blob(w->source, 6, packed, (int)length, SQLITE_TRANSIENT);
    } else {
        sqlite3_bind_null(w->source, 5);
        sqlite3_bind_null(w->source, 6);
    }
    sqlite3_step(w->source);
    free(packed);
}

/* No source file is longer; a damaged number must not make us write empty lines for ever. */
enum { LAST_LINE = 1 << 24 };

/* The lines of the functions of `path` alone, as the plugin kept them, each at its place. */
static char *text_of_functions(const struct kp_join *join, const char *path, size_t *size)
{
    char *text = NULL;
    FILE *out = open_memstream(&text, size);
    if (!out)
        return NULL;
    uint32_t line = 1;
    for (;;) { /* in the order of their lines */
        const struct kp_map_record *next = NULL;
        struct kp_map_view view, best;
        for (unsigned i = 0; i < join->module_count; i++)
            for (uint64_t offset = 0; kp_map_next(join->modules[i].map, join->modules[i].map_size, &offset, &view) == 1;) {
                const struct kp_map_record *r = view.record;
                if (!r->source || !r->line_count || r->first_line > LAST_LINE || strcmp(view.strings + view.files[r->file].path, path) != 0 ||
                    r->first_line < line || (next && r->first_line >= next->first_line))
                    continue;
                next = r;
                best = view;
            }
        if (!next)
            break;
        for (; line < next->first_line; line++)
            putc('\n', out);
        const char *body = best.strings + next->source;
        fputs(body, out);
        putc('\n', out);
        line++;
        for (; *body; body++)
            line += *body == '\n';
    }
    if (fclose(out) != 0 || *size == 0) {
        free(text);
        return NULL;
    }
    return text;
}

static int64_t source_id(struct writer *w, const char *path)
{
    sqlite3_reset(w->find_source);
    sqlite3_bind_text(w->find_source, 1, path, -1, SQLITE_TRANSIENT);
    return sqlite3_step(w->find_source) == SQLITE_ROW ? sqlite3_column_int64(w->find_source, 0) : 0;
}

/* The row of a source file, made when first asked for. */
static int64_t add_source(struct writer *w, const struct kp_join *join, const char *path, uint64_t checksum)
{
    int64_t id = source_id(w, path);
    if (id)
        return id;
    size_t size = 0;
    char *text = kp_read_text_file(path, &size);
    int changed = text && checksum && kp_hash(text, size) != checksum;
    int whole = text != NULL;
    if (!text || changed) {
        size_t part_size = 0;
        char *part = text_of_functions(join, path, &part_size);
        if (part) {
            free(text);
            text = part;
            size = part_size;
            whole = 0;
        }
    }
    insert_text(w, path, checksum, whole, changed, text, size);
    free(text);
    return source_id(w, path);
}

static int step(sqlite3_stmt *statement)
{
    int code = sqlite3_step(statement);
    sqlite3_reset(statement);
    return code == SQLITE_DONE ? 0 : -1;
}

/* Solves the counters of all functions of a module. */
static int solve_module(struct module *m)
{
    unsigned count = kp_times_function_count(m->times);
    m->solved = calloc(count + 1, sizeof *m->solved);
    if (!m->solved)
        return -1;
    for (unsigned i = 0; i < count; i++) {
        const struct kp_map_view *view = kp_times_function(m->times, i);
        const struct kp_map_record *r = view->record;
        struct solved *solved = &m->solved[i];
        int64_t first = kp_map_first_word(view, m->map_address, m->counters_address, m->counters_size);
        uint64_t *blocks = calloc((size_t)r->block_count + 1, sizeof *blocks);
        solved->hits = calloc((size_t)r->line_count + 1, sizeof *solved->hits);
        int failed = !blocks || !solved->hits;
        if (!failed && r->line_count && first >= 0) {
            failed = kp_flow_solve(view, m->words + first, solved->hits, blocks, &solved->calls);
            solved->inner_calls = m->words[(uint64_t)first + r->counter_count + KP_INNER_CALLS];
            kp_times_set_counts(m->times, i, solved->calls, solved->inner_calls, blocks);
        }
        free(blocks);
        if (failed)
            return -1;
    }
    return 0;
}

/* The kernel's path and the loader's, which may be relative to where the program was. */
static int is_same_file(const char *sampled, const char *loaded)
{
    while (strncmp(loaded, "./", 2) == 0)
        loaded += 2;
    size_t whole = strlen(sampled), part = strlen(loaded);
    if (strcmp(sampled, loaded) == 0)
        return 1;
    if (loaded[0] != '/' && whole > part && sampled[whole - part - 1] == '/' && strcmp(sampled + whole - part, loaded) == 0)
        return 1;
    char *real = realpath(loaded, NULL);
    int same = real && strcmp(real, sampled) == 0;
    free(real);
    return same;
}

static int compare_addresses(const void *left, const void *right)
{
    const struct kp_sample_place *a = left, *b = right;
    return a->offset < b->offset ? -1 : a->offset > b->offset;
}

/* Charges the samples that lie in the module's code. Those of one file stand together, sorted. */
static int charge_samples(struct module *m, struct kp_sample_place *samples, size_t count)
{
    struct kp_code_file *code = code_of(m);
    struct kp_code_place *places = code ? calloc(count, sizeof *places) : NULL;
    if (!code)
        return 0;
    for (size_t i = 0; places && i < count; i++)
        places[i].address = kp_code_address(code, samples[i].offset);
    int result = places ? kp_code_resolve(code, places, count) : -1;
    for (size_t i = 0; result == 0 && i < count; i++)
        kp_times_add_samples(m->times, &places[i], kp_code_symbol(code, places[i].address), (double)samples[i].time_ns,
                             samples[i].samples);
    free(places);
    return result;
}

static int compare_paths(const void *left, const void *right)
{
    const struct kp_sample_place *a = left, *b = right;
    int order = strcmp(a->path, b->path);
    return order ? order : compare_addresses(left, right);
}

static int charge_all_samples(struct kp_join *join)
{
    struct kp_samples *s = &join->samples;
    if (s->count)
        qsort(s->places, s->count, sizeof *s->places, compare_paths);
    for (uint64_t i = 0, end; i < s->count; i = end) {
        for (end = i + 1; end < s->count && strcmp(s->places[end].path, s->places[i].path) == 0; end++)
            ;
        for (unsigned m = 0; m < join->module_count; m++)
            if (is_same_file(s->places[i].path, join->modules[m].path)) {
                if (charge_samples(&join->modules[m], s->places + i, end - i) != 0)
                    return -1;
                break;
            }
    }
    return 0;
}

void kp_join_add_samples(struct kp_join *join, const struct kp_samples *samples, const char *sampler)
{
    join->samples = *samples;
    join->sampler = sampler;
}

/* A profiled function by its linkage name. */
struct named {
    const char *name;
    unsigned module, function;
};

struct names {
    struct named *rows; /* sorted */
    size_t count;
};

static int compare_names(const void *left, const void *right)
{
    const struct named *a = left, *b = right;
    return strcmp(a->name, b->name);
}

static int list_names(const struct kp_join *join, struct names *names)
{
    size_t count = 0;
    for (unsigned m = 0; m < join->module_count; m++)
        count += kp_times_function_count(join->modules[m].times);
    names->rows = calloc(count + 1, sizeof *names->rows);
    if (!names->rows)
        return -1;
    for (unsigned m = 0; m < join->module_count; m++)
        for (unsigned i = 0; i < kp_times_function_count(join->modules[m].times); i++) {
            const struct kp_map_view *view = kp_times_function(join->modules[m].times, i);
            if (kp_map_is_profiled(view->record, join->by_function))
                names->rows[names->count++] = (struct named){view->strings + view->record->linkage_name, m, i};
        }
    if (names->count)
        qsort(names->rows, names->count, sizeof *names->rows, compare_names);
    return 0;
}

/* The name without what versions and link-time optimisation hang on. */
static size_t plain_length(const char *name)
{
    size_t length = strcspn(name, ".");
    return length ? length : strlen(name);
}

static const struct named *find_name(const struct names *names, const char *name)
{
    struct named key = {name, 0, 0};
    const struct named *found = names->count ? bsearch(&key, names->rows, names->count, sizeof key, compare_names) : NULL;
    size_t length = plain_length(name);
    if (found || !name[length])
        return found;
    char *plain = strndup(name, length);
    key.name = plain;
    if (plain && names->count)
        found = bsearch(&key, names->rows, names->count, sizeof key, compare_names);
    free(plain);
    return found;
}

static int is_profiled(const char *name, void *data)
{
    return find_name(data, name) != NULL;
}

/* Of several functions of one name (static ones), that of the caller's own module and file. */
static const struct named *find_callee(const struct kp_join *join, const struct names *names, const char *name,
                                       unsigned module, const char *file)
{
    const struct named *first = find_name(names, name), *best = first;
    if (!first)
        return NULL;
    while (first > names->rows && compare_names(first - 1, first) == 0)
        first--;
    for (int score = 0; first < names->rows + names->count && compare_names(first, best) == 0; first++) {
        const struct kp_map_view *view = kp_times_function(join->modules[first->module].times, first->function);
        int fits = 1 + 2 * (first->module == module) + (strcmp(view->strings + view->files[view->record->file].path, file) == 0);
        if (fits > score) {
            score = fits;
            best = first;
        }
    }
    return best;
}

static int64_t whole(double ns)
{
    return ns > 0 && ns < 9e18 ? (int64_t)(ns + 0.5) : 0; /* more than that is damage */
}

/* A line's row. Times are those of timestamps where every change of line had one. */
static int write_line(struct writer *w, const struct module *m, unsigned function, unsigned index, int exact,
                      int64_t function_id, int64_t source)
{
    const struct kp_map_view *view = kp_times_function(m->times, function);
    const struct kp_line_time *time = kp_times_line(m->times, function, index);
    int64_t first = kp_map_first_word(view, m->map_address, m->counters_address, m->counters_size);
    const uint64_t *words = m->words + first + view->record->counter_count + KP_ACTIVATION_WORDS + (size_t)KP_LINE_WORDS * index;
    uint64_t shortest = words[KP_LINE_SHORTEST_INVERTED];
    sqlite3_bind_int64(w->line, 1, function_id);
    sqlite3_bind_int64(w->line, 2, source);
    sqlite3_bind_int64(w->line, 3, view->lines[index].line);
    sqlite3_bind_int64(w->line, 4, (int64_t)m->solved[function].hits[index]);
    sqlite3_bind_int64(w->line, 5, exact ? whole((double)(int64_t)words[KP_LINE_TICKS]) : whole(time->time_ns));
    sqlite3_bind_int64(w->line, 6, exact ? whole((double)(int64_t)words[KP_LINE_SELF_TICKS]) : whole(time->self_ns));
    sqlite3_bind_int64(w->line, 7, exact ? 0 : whole(sqrt(time->variance)));
    sqlite3_bind_int64(w->line, 8, shortest ? (int64_t)~shortest : 0);
    sqlite3_bind_int64(w->line, 9, (int64_t)words[KP_LINE_LONGEST]);
    sqlite3_bind_int64(w->line, 10, exact ? 0 : whole(time->wait_ns));
    int result = step(w->line);
    uint64_t word = (uint64_t)first + view->record->counter_count + KP_ACTIVATION_WORDS + (uint64_t)KP_LINE_WORDS * index;
    if (result == 0 && m->memory)
        result = kp_join_memory_write_line(w->memory_line, function_id, source, view->lines[index].line,
                                           (int64_t)m->solved[function].hits[index], &m->memory[kp_memory_index(word)]);
    return result;
}

static int write_function(struct writer *w, const struct kp_join *join, struct module *m, int64_t module_id, unsigned index)
{
    const struct kp_map_view *view = kp_times_function(m->times, index);
    const struct kp_map_record *r = view->record;
    struct solved *solved = &m->solved[index];
    int64_t first = kp_map_first_word(view, m->map_address, m->counters_address, m->counters_size);
    if (first < 0 || (join->by_function && solved->calls == 0))
        return 0;
    const uint64_t *words = m->words + first + r->counter_count;
    int exact = words[KP_TOTAL_TICKS] != 0;
    double total = 0, self = 0;
    for (uint32_t i = 0; i < r->line_count; i++) {
        total += kp_times_line(m->times, index, i)->time_ns;
        self += kp_times_line(m->times, index, i)->self_ns;
    }
    int64_t *sources = calloc((size_t)r->file_count + 1, sizeof *sources);
    if (!sources)
        return -1;
    for (uint32_t i = 0; i < r->file_count; i++)
        sources[i] = add_source(w, join, view->strings + view->files[i].path, view->files[i].checksum);
    sqlite3_bind_int64(w->function, 1, module_id);
    sqlite3_bind_int64(w->function, 2, sources[r->file]);
    sqlite3_bind_int64(w->function, 3, r->first_line);
    sqlite3_bind_int64(w->function, 4, r->last_line);
    sqlite3_bind_text(w->function, 5, view->strings + r->name, -1, SQLITE_TRANSIENT);
    sqlite3_bind_text(w->function, 6, view->strings + r->linkage_name, -1, SQLITE_TRANSIENT);
    sqlite3_bind_int64(w->function, 7, (int64_t)solved->calls);
    sqlite3_bind_int64(w->function, 8, (int64_t)kp_times_outermost_calls(m->times, index));
    sqlite3_bind_int64(w->function, 9, exact ? whole((double)(int64_t)words[KP_TOTAL_TICKS]) : whole(total));
    sqlite3_bind_int64(w->function, 10, exact ? whole((double)(int64_t)words[KP_SELF_TICKS]) : whole(self));
    int result = step(w->function);
    solved->id = sqlite3_last_insert_rowid(w->profile);
    for (uint32_t i = 0; result == 0 && i < r->line_count && !join->by_function; i++)
        result = write_line(w, m, index, i, exact, solved->id, sources[view->lines[i].file]);
    free(sources);
    return result;
}

static int write_arcs(struct writer *w, const struct kp_join *join, const struct names *names, unsigned module)
{
    const struct module *m = &join->modules[module];
    unsigned count;
    const struct kp_arc *arcs = kp_times_arcs(m->times, &count);
    int result = 0;
    for (unsigned i = 0; result == 0 && i < count; i++) {
        const struct kp_map_view *view = kp_times_function(m->times, arcs[i].function);
        const struct kp_map_line *line = &view->lines[arcs[i].line];
        const char *file = view->strings + view->files[line->file].path;
        const struct named *callee = find_callee(join, names, arcs[i].callee, module, file);
        int64_t caller_id = m->solved[arcs[i].function].id;
        const struct solved *to = callee ? &join->modules[callee->module].solved[callee->function] : NULL;
        if (!caller_id || !to || !to->id || !arcs[i].calls)
            continue;
        sqlite3_bind_int64(w->arc, 1, caller_id);
        sqlite3_bind_int64(w->arc, 2, source_id(w, file));
        sqlite3_bind_int64(w->arc, 3, line->line);
        sqlite3_bind_int64(w->arc, 4, to->id);
        sqlite3_bind_int64(w->arc, 5, (int64_t)arcs[i].calls);
        sqlite3_bind_int64(w->arc, 6, caller_id == to->id ? 0 : (int64_t)arcs[i].calls);
        sqlite3_bind_int64(w->arc, 7, whole(arcs[i].time_ns));
        result = step(w->arc);
    }
    return result;
}

static int solve(struct kp_join *join, struct names *names)
{
    for (unsigned i = 0; i < join->module_count; i++)
        if (solve_module(&join->modules[i]) != 0)
            return -1;
    if (charge_all_samples(join) != 0 || list_names(join, names) != 0)
        return -1;
    for (unsigned i = 0; i < join->module_count; i++)
        if (kp_times_solve(join->modules[i].times, is_profiled, names) != 0)
            return -1;
    return 0;
}

/* Functions can be for lines or for memory alone. */
static int is_in_profile(const struct kp_map_record *record, const struct kp_join *join, const struct writer *w)
{
    return kp_map_is_profiled(record, join->by_function) && !(record->flags & w->left_out);
}

static int write_modules(struct writer *w, struct kp_join *join, const struct names *names, struct kp_error *error)
{
    sqlite3_stmt *insert = kp_profile_prepare(w->profile, "INSERT INTO module VALUES (?, ?, ?, ?)", error);
    int result = insert ? 0 : -1;
    for (unsigned i = 0; result == 0 && i < join->module_count; i++) {
        struct module *m = &join->modules[i];
        sqlite3_bind_int(insert, 1, (int)i + 1);
        sqlite3_bind_text(insert, 2, m->path, -1, SQLITE_TRANSIENT);
        sqlite3_bind_text(insert, 3, m->build_id, -1, SQLITE_TRANSIENT);
        sqlite3_bind_int64(insert, 4, (int64_t)m->hash);
        result = step(insert);
        for (unsigned f = 0; result == 0 && f < kp_times_function_count(m->times); f++)
            if (is_in_profile(kp_times_function(m->times, f)->record, join, w))
                result = write_function(w, join, m, i + 1, f);
    }
    for (unsigned i = 0; result == 0 && i < join->module_count; i++)
        result = write_arcs(w, join, names, i);
    if (result == 0 && sqlite3_exec(w->profile, fill_arcs, NULL, NULL, NULL) != SQLITE_OK)
        result = -1;
    if (result != 0 && insert)
        kp_fail(error, "cannot write the profile: %s", sqlite3_errmsg(w->profile));
    sqlite3_finalize(insert);
    return result;
}

static void bind_known(sqlite3_stmt *insert, int column, int known, int64_t value)
{
    if (known)
        sqlite3_bind_int64(insert, column, value);
    else
        sqlite3_bind_null(insert, column);
}

/* The row of a process: `main` is what kernprof knows of the one that it started, NULL for its children, of which only
 * they themselves tell: nothing of their exit status, and of their end only where they came to exit. */
static void bind_run(sqlite3_stmt *insert, const struct kp_run *run, const struct kp_run *main, const struct process *p)
{
    char host[256];
    kp_host_name(host, sizeof host);
    int rank = kp_host_rank();
    int64_t start_ns = main ? main->start_ns : (int64_t)p->start_ns;
    int64_t duration_ns = main ? main->duration_ns : (int64_t)(p->mono_end_ns - p->mono_start_ns);
    sqlite3_bind_text(insert, 1, main || !p->command ? run->command : p->command, -1, SQLITE_TRANSIENT);
    sqlite3_bind_double(insert, 2, (double)start_ns / 1e9);
    bind_known(insert, 3, main || p->mono_end_ns, duration_ns);
    sqlite3_bind_text(insert, 4, host, -1, SQLITE_TRANSIENT);
    sqlite3_bind_int64(insert, 5, main ? main->pid : (int64_t)p->pid);
    bind_known(insert, 6, rank >= 0, rank);
    bind_known(insert, 7, main != NULL, run->exit_status);
    sqlite3_bind_text(insert, 8, run->timing, -1, SQLITE_TRANSIENT);
    sqlite3_bind_int(insert, 9, main ? main->clean : p->clean != 0);
    sqlite3_bind_int64(insert, 10, p ? (int64_t)p->threads : 0);
}

/* The process that kernprof started comes first, instrumented or not (a shell), then the others that counted. */
static int write_runs(const struct kp_join *join, const struct kp_run *run, sqlite3 *profile, struct kp_error *error)
{
    sqlite3_stmt *insert = kp_profile_prepare(profile, "INSERT INTO run (command, start, duration_ns, host, pid, rank, exit_status, timing, clean, threads) "
                                                       "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", error);
    if (!insert)
        return -1;
    int result = 0;
    if (run->pid) {
        bind_run(insert, run, run, find_process(join, (uint32_t)run->pid));
        result = step(insert);
    }
    for (unsigned i = 0; result == 0 && i < join->process_count; i++) {
        if ((int)join->processes[i].pid == run->pid)
            continue;
        bind_run(insert, run, NULL, &join->processes[i]);
        result = step(insert);
    }
    if (result != 0)
        kp_fail(error, "cannot write the profile: %s", sqlite3_errmsg(profile));
    sqlite3_finalize(insert);
    return result;
}

static int write_kind(const struct kp_run *run, sqlite3 *profile, struct kp_error *error)
{
    sqlite3_stmt *insert = kp_profile_prepare(profile, "INSERT INTO meta VALUES ('kind', ?)", error);
    if (!insert)
        return -1;
    sqlite3_bind_text(insert, 1, run->kind, -1, SQLITE_TRANSIENT);
    int result = step(insert);
    if (result != 0)
        kp_fail(error, "cannot write the profile: %s", sqlite3_errmsg(profile));
    sqlite3_finalize(insert);
    return result;
}

int kp_join_write(struct kp_join *join, const struct kp_run *run, sqlite3 *profile, struct kp_error *error)
{
    struct writer w = {.profile = profile,
                       .embed_sources = run->embed_sources,
                       .left_out = strcmp(run->kind, "memory") == 0 ? KP_FUNCTION_NOT_MEMORY : KP_FUNCTION_NOT_LINES};
    struct names names = {0};
    int result = -1;
    if (solve(join, &names) != 0)
        kp_fail(error, "out of memory");
    else if ((w.function = kp_profile_prepare(profile, "INSERT INTO function (module, source, line, last_line, name, linkage_name, "
                                                   "calls, primitive_calls, total_ns, self_ns) VALUES (?,?,?,?,?,?,?,?,?,?)", error)) &&
        (w.line = kp_profile_prepare(profile, "INSERT INTO line (function, source, line, hits, time_ns, self_ns, error_ns, min_ns, "
                                               "max_ns, wait_ns) VALUES (?,?,?,?,?,?,?,?,?,?)", error)) &&
        (w.memory_line = kp_profile_prepare(profile, kp_join_memory_insert_line, error)) &&
        (w.arc = kp_profile_prepare(profile, "INSERT INTO arc (caller, caller_source, caller_line, callee, calls, "
                                              "primitive_calls, total_ns) VALUES (?,?,?,?,?,?,?) "
                                              "ON CONFLICT DO UPDATE SET calls = calls + excluded.calls, primitive_calls = "
                                              "primitive_calls + excluded.primitive_calls, total_ns = total_ns + "
                                              "excluded.total_ns", error)) &&
        (w.source = kp_profile_prepare(profile, "INSERT INTO source VALUES (NULL,?,?,?,?,?,?)", error)) &&
        (w.find_source = kp_profile_prepare(profile, "SELECT id FROM source WHERE path = ?", error)))
        result = write_kind(run, profile, error) == 0 && write_modules(&w, join, &names, error) == 0 &&
                         kp_timer_sums_write(&join->timers, profile, error) == 0 &&
                         write_runs(join, run, profile, error) == 0 &&
                         kp_join_memory_write_processes(&join->memory, profile, error) == 0
                     ? 0
                     : -1;
    sqlite3_finalize(w.function);
    sqlite3_finalize(w.line);
    sqlite3_finalize(w.memory_line);
    sqlite3_finalize(w.arc);
    free(names.rows);
    sqlite3_finalize(w.source);
    sqlite3_finalize(w.find_source);
    return result;
}
