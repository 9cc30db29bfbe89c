/* Joins counter files, maps and sources into a profile (see join.h).
 *
 * Counters of one module are added up over threads and processes before anything is solved: where a fork divides a
 * function's run, only the sum of parent and child obeys the conservation of flow in both. */
#include "kernprof/join.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <zstd.h>

#include "format/clock.h"
#include "format/counters_reader.h"
#include "format/map_reader.h"
#include "format/profile.h"
#include "kernprof/flow.h"
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
};

/* A process leaves one file per program that it executed. `clean` and the end are those of the last one. */
struct process {
    uint32_t pid, clean;
    uint64_t start_ns, mono_start_ns;
    uint64_t last_start_ns, mono_end_ns;
};

struct kp_join {
    struct module *modules;
    unsigned module_count;
    struct process *processes;
    unsigned process_count;
    unsigned function_count;
    unsigned damaged;
};

struct kp_join *kp_join_new(void)
{
    return calloc(1, sizeof(struct kp_join));
}

void kp_join_free(struct kp_join *join)
{
    for (unsigned i = 0; i < join->module_count; i++) {
        free(join->modules[i].path);
        free(join->modules[i].map);
        free(join->modules[i].words);
    }
    free(join->modules);
    free(join->processes);
    free(join);
}

unsigned kp_join_functions(const struct kp_join *join)
{
    return join->function_count;
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
    for (uint32_t i = 0; i < chunk->build_id_size; i++)
        sprintf(m->build_id + 2 * (size_t)i, "%02x", chunk->build_id[i]);
    join->module_count++;
    join->function_count += kp_map_functions(m->map, m->map_size);
    return m;
}

static uint64_t ticks_to_ns(uint64_t ticks, double tick_ns)
{
    return (uint64_t)(int64_t)((double)(int64_t)ticks * tick_ns);
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
}

/* The length of a tick, from the process's start until now: both clocks go on in kernprof as in the program. */
static double tick_length_ns(const struct kp_counters_header *header)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    uint64_t ticks = kp_clock_ticks() - header->ticks_start;
    double ns = (double)now.tv_sec * 1e9 + (double)now.tv_nsec - (double)header->mono_start_ns;
    return ticks ? ns / (double)ticks : 0;
}

/* 0, or -1 out of memory. */
static int add_process(struct kp_join *join, const struct kp_counters_header *header)
{
    struct process *p = join->processes;
    while (p < join->processes + join->process_count && p->pid != header->pid)
        p++;
    if (p == join->processes + join->process_count) {
        p = grow(join->processes, join->process_count, sizeof *p);
        if (!p)
            return -1;
        join->processes = p;
        p += join->process_count++;
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
    }
    return 0;
}

static int add_file(struct kp_join *join, const void *bytes, uint64_t size)
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
    unsigned *index = calloc(modules + 1, sizeof *index); /* module number -> place in join->modules, plus 1 */
    if (!index || add_process(join, file.header) != 0) {
        free(index);
        return -1;
    }
    int result = 0;
    const struct kp_chunk *chunk;
    for (uint64_t offset = KP_COUNTERS_PAGE; result == 0 && (chunk = kp_counters_next(&file, &offset)) != NULL;) {
        const struct kp_module_chunk *module = kp_counters_module(chunk);
        const struct kp_segment_chunk *segment = kp_counters_segment(chunk);
        if (module && module->module >= 1 && module->module <= modules) {
            struct module *m = find_module(join, module);
            if (!m)
                result = -1;
            else
                index[module->module] = (unsigned)(m - join->modules) + 1;
        } else if (segment && segment->module <= modules && index[segment->module]) {
            struct module *m = &join->modules[index[segment->module] - 1];
            if (segment->counters_size == m->counters_size)
                add_segment(m, segment, tick_ns);
        }
    }
    free(index);
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
        int fd = openat(dirfd(directory), entry->d_name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
        struct stat status;
        if (fd >= 0 && fstat(fd, &status) == 0 && status.st_size >= (off_t)KP_COUNTERS_PAGE) {
            void *bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_SHARED, fd, 0);
            if (bytes != MAP_FAILED) {
                if (add_file(join, bytes, (uint64_t)status.st_size) != 0)
                    result = kp_fail(error, "%s/%s: out of memory", folder, entry->d_name);
                munmap(bytes, (size_t)status.st_size);
            }
        } else {
            join->damaged++;
        }
        if (fd >= 0)
            close(fd);
    }
    closedir(directory);
    return result;
}

struct writer {
    sqlite3 *profile;
    sqlite3_stmt *function, *line, *source, *find_source;
    int embed_sources;
};

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
                if (!r->source || !r->line_count || strcmp(view.strings + view.files[r->file].path, path) != 0 ||
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

static int write_function(struct writer *w, const struct kp_join *join, const struct module *m, int64_t module_id,
                          const struct kp_map_view *view)
{
    const struct kp_map_record *r = view->record;
    int64_t first = kp_map_first_word(view, m->map_address, m->counters_address, m->counters_size);
    uint64_t *hits = calloc(r->line_count + 1, sizeof *hits);
    int64_t *sources = calloc(r->file_count + 1, sizeof *sources);
    uint64_t calls = 0;
    int result = -1;
    if (first >= 0 && hits && sources && kp_flow_solve(view, m->words + first, hits, &calls) == 0) {
        for (uint32_t i = 0; i < r->file_count; i++)
            sources[i] = add_source(w, join, view->strings + view->files[i].path, view->files[i].checksum);
        const uint64_t *words = m->words + first + r->counter_count;
        sqlite3_bind_int64(w->function, 1, module_id);
        sqlite3_bind_int64(w->function, 2, sources[r->file]);
        sqlite3_bind_int64(w->function, 3, r->first_line);
        sqlite3_bind_int64(w->function, 4, r->last_line);
        sqlite3_bind_text(w->function, 5, view->strings + r->name, -1, SQLITE_TRANSIENT);
        sqlite3_bind_text(w->function, 6, view->strings + r->linkage_name, -1, SQLITE_TRANSIENT);
        sqlite3_bind_int64(w->function, 7, (int64_t)calls);
        sqlite3_bind_int64(w->function, 8, (int64_t)words[KP_TOTAL_TICKS]);
        sqlite3_bind_int64(w->function, 9, (int64_t)words[KP_SELF_TICKS]);
        result = step(w->function);
        int64_t function_id = sqlite3_last_insert_rowid(w->profile);
        for (uint32_t i = 0; result == 0 && i < r->line_count; i++) {
            const uint64_t *line = words + KP_ACTIVATION_WORDS + (size_t)KP_LINE_WORDS * i;
            sqlite3_bind_int64(w->line, 1, function_id);
            sqlite3_bind_int64(w->line, 2, sources[view->lines[i].file]);
            sqlite3_bind_int64(w->line, 3, view->lines[i].line);
            sqlite3_bind_int64(w->line, 4, (int64_t)hits[i]);
            int64_t time = (int64_t)line[KP_LINE_TICKS], self = (int64_t)line[KP_LINE_SELF_TICKS];
            sqlite3_bind_int64(w->line, 5, time > 0 ? time : 0);
            sqlite3_bind_int64(w->line, 6, self > 0 ? self : 0);
            sqlite3_bind_int64(w->line, 7, 0);
            uint64_t shortest = line[KP_LINE_SHORTEST_INVERTED];
            sqlite3_bind_int64(w->line, 8, shortest ? (int64_t)~shortest : 0);
            sqlite3_bind_int64(w->line, 9, (int64_t)line[KP_LINE_LONGEST]);
            result = step(w->line);
        }
    }
    free(hits);
    free(sources);
    return result;
}

static int write_modules(struct writer *w, struct kp_join *join, struct kp_error *error)
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
        struct kp_map_view view;
        for (uint64_t offset = 0; result == 0 && kp_map_next(m->map, m->map_size, &offset, &view) == 1;)
            if (view.record->line_count)
                result = write_function(w, join, m, i + 1, &view);
    }
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
    sqlite3_bind_text(insert, 1, run->command, -1, SQLITE_TRANSIENT);
    sqlite3_bind_double(insert, 2, (double)start_ns / 1e9);
    bind_known(insert, 3, main || p->mono_end_ns, duration_ns);
    sqlite3_bind_text(insert, 4, host, -1, SQLITE_TRANSIENT);
    sqlite3_bind_int64(insert, 5, main ? main->pid : (int64_t)p->pid);
    bind_known(insert, 6, rank >= 0, rank);
    bind_known(insert, 7, main != NULL, run->exit_status);
    sqlite3_bind_text(insert, 8, run->timing, -1, SQLITE_TRANSIENT);
    sqlite3_bind_int(insert, 9, main ? main->clean : (int)p->clean);
}

/* The process that kernprof started comes first, instrumented or not (a shell), then the others that counted. */
static int write_runs(const struct kp_join *join, const struct kp_run *run, sqlite3 *profile, struct kp_error *error)
{
    sqlite3_stmt *insert = kp_profile_prepare(profile, "INSERT INTO run (command, start, duration_ns, host, pid, rank, exit_status, timing, clean) "
                                                       "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", error);
    if (!insert)
        return -1;
    bind_run(insert, run, run, NULL);
    int result = step(insert);
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
    struct writer w = {.profile = profile, .embed_sources = run->embed_sources};
    int result = -1;
    if ((w.function = kp_profile_prepare(profile, "INSERT INTO function (module, source, line, last_line, name, linkage_name, "
                                                   "calls, total_ns, self_ns) VALUES (?,?,?,?,?,?,?,?,?)", error)) &&
        (w.line = kp_profile_prepare(profile, "INSERT INTO line (function, source, line, hits, time_ns, self_ns, error_ns, min_ns, "
                                               "max_ns) VALUES (?,?,?,?,?,?,?,?,?)", error)) &&
        (w.source = kp_profile_prepare(profile, "INSERT INTO source VALUES (NULL,?,?,?,?,?,?)", error)) &&
        (w.find_source = kp_profile_prepare(profile, "SELECT id FROM source WHERE path = ?", error)))
        result = write_kind(run, profile, error) == 0 && write_modules(&w, join, error) == 0 &&
                         write_runs(join, run, profile, error) == 0
                     ? 0
                     : -1;
    sqlite3_finalize(w.function);
    sqlite3_finalize(w.line);
    sqlite3_finalize(w.source);
    sqlite3_finalize(w.find_source);
    return result;
}
