/* Writes what was joined into a profile (see joined.h). */
#include "kernprof/analyze/joined.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "format/profile.h"
#include "util/host.h"
#include "util/text_file.h"

struct writer {
    sqlite3 *profile;
    sqlite3_stmt *function, *line, *thread_line, *memory_line, *arc, *source, *find_source;
    int embed_sources;
    uint32_t left_out; /* functions with one of these flags are not in this kind of profile */
};

/* The arcs' shares of what is known of their callees as a whole: own time, and the time where calls were not timed. */
static const char fill_arcs[] =
    "UPDATE arc SET self_ns = (SELECT f.self_ns * (1.0 * arc.calls / MAX(f.calls, 1)) FROM function f WHERE f.id = "
    "arc.callee);"
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
            for (uint64_t offset = 0;
                 kp_map_next(join->modules[i].map, join->modules[i].map_size, &offset, &view) == 1;) {
                const struct kp_map_record *r = view.record;
                if (!r->source || !r->line_count || r->first_line > LAST_LINE ||
                    strcmp(view.strings + view.files[r->file].path, path) != 0 || r->first_line < line ||
                    (next && r->first_line >= next->first_line))
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

static int64_t whole(double ns)
{
    return ns > 0 && ns < 9e18 ? (int64_t)(ns + 0.5) : 0; /* more than that is damage */
}

/* Of a time by timestamps, which is exact but for what was shared out by samples. */
static double exact_error(const struct kp_map_line *line, const struct kp_line_time *sampled, double own_ns)
{
    return line->loop && sampled->self_ns > 0 ? sqrt(sampled->variance) / sampled->self_ns * own_ns : 0;
}

/* A line's row. Times are those of timestamps where every change of line had one. */
static int write_line(struct writer *w, struct module *m, unsigned function, unsigned index, int64_t source)
{
    const struct kp_map_view *view = kp_times_function(m->times, function);
    const struct kp_line_time *time = kp_times_line(m->times, function, index);
    uint64_t word = (uint64_t)m->first_words[function] + view->record->counter_count + KP_ACTIVATION_WORDS +
                    (uint64_t)KP_LINE_WORDS * index;
    const uint64_t *words = m->words + word;
    const struct solved *solved = &m->solved[function];
    uint64_t shortest = words[KP_LINE_SHORTEST_INVERTED];
    double own_ns = solved->exact ? (double)(int64_t)words[KP_LINE_SELF_TICKS] : time->self_ns * solved->scale;
    double time_ns = solved->exact ? (double)(int64_t)words[KP_LINE_TICKS] : time->time_ns * solved->scale;
    double error_ns =
        solved->exact ? exact_error(&view->lines[index], time, own_ns) : sqrt(time->variance) * solved->scale;
    sqlite3_bind_int64(w->line, 1, solved->id);
    sqlite3_bind_int64(w->line, 2, source);
    sqlite3_bind_int64(w->line, 3, view->lines[index].line);
    sqlite3_bind_int64(w->line, 4, (int64_t)solved->hits[index]);
    sqlite3_bind_int64(w->line, 5, whole(time_ns));
    sqlite3_bind_int64(w->line, 6, whole(own_ns));
    sqlite3_bind_int64(w->line, 7, whole(error_ns));
    sqlite3_bind_int64(w->line, 8, shortest ? (int64_t)~shortest : 0);
    sqlite3_bind_int64(w->line, 9, (int64_t)words[KP_LINE_LONGEST]);
    sqlite3_bind_int64(w->line, 10, solved->exact ? 0 : whole(time->wait_ns * solved->scale));
    int result = step(w->line);
    if (result == 0 && m->threads.several) {
        const struct kp_line_of_threads line = {
            function, index, solved->id, source, view->lines[index].line, solved->hits[index], (double)whole(time_ns)};
        result = kp_thread_lines_write(&m->threads, w->thread_line, &line);
    }
    if (result == 0 && m->memory)
        result = kp_join_memory_write_line(w->memory_line, solved->id, source, view->lines[index].line,
                                           (int64_t)solved->hits[index], &m->memory[kp_memory_index(word)]);
    return result;
}

static int write_function(struct writer *w, const struct kp_join *join, struct module *m, int64_t module_id,
                          unsigned index)
{
    const struct kp_map_view *view = kp_times_function(m->times, index);
    const struct kp_map_record *r = view->record;
    struct solved *solved = &m->solved[index];
    int64_t first = m->first_words[index];
    if (first < 0 || (join->by_function && solved->calls == 0))
        return 0;
    const uint64_t *words = m->words + first + r->counter_count;
    double total = 0, self = 0;
    for (uint32_t i = 0; i < r->line_count; i++) {
        total += kp_times_line(m->times, index, i)->time_ns * solved->scale;
        self += kp_times_line(m->times, index, i)->self_ns * solved->scale;
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
    sqlite3_bind_int64(w->function, 9, solved->exact ? whole((double)(int64_t)words[KP_TOTAL_TICKS]) : whole(total));
    sqlite3_bind_int64(w->function, 10, solved->exact ? whole((double)(int64_t)words[KP_SELF_TICKS]) : whole(self));
    int result = step(w->function);
    solved->id = sqlite3_last_insert_rowid(w->profile);
    for (uint32_t i = 0; result == 0 && i < r->line_count && !join->by_function; i++)
        result = write_line(w, m, index, i, sources[view->lines[i].file]);
    free(sources);
    return result;
}

static int write_arcs(struct writer *w, const struct kp_join *join, const struct kp_names *names, unsigned module)
{
    const struct module *m = &join->modules[module];
    unsigned count;
    const struct kp_arc *arcs = kp_times_arcs(m->times, &count);
    int result = 0;
    for (unsigned i = 0; result == 0 && i < count; i++) {
        const struct kp_map_view *view = kp_times_function(m->times, arcs[i].function);
        const struct kp_map_line *line = &view->lines[arcs[i].line];
        const char *file = view->strings + view->files[line->file].path;
        const struct kp_named *callee = kp_join_find_callee(join, names, arcs[i].callee, module, file);
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

/* Functions can be for lines or for memory alone. */
static int is_in_profile(const struct kp_map_record *record, const struct kp_join *join, const struct writer *w)
{
    return kp_map_is_profiled(record, join->by_function) && !(record->flags & w->left_out);
}

static int write_modules(struct writer *w, struct kp_join *join, const struct kp_names *names, struct kp_error *error)
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
        kp_thread_lines_sort(&m->threads);
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
    sqlite3_stmt *insert =
        kp_profile_prepare(profile,
                           "INSERT INTO run (command, start, duration_ns, host, pid, rank, exit_status, "
                           "timing, clean, threads, sampler, lost_samples) "
                           "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                           error);
    if (!insert)
        return -1;
    int result = 0;
    sqlite3_bind_text(insert, 11, join->sampler ? join->sampler : "", -1, SQLITE_TRANSIENT);
    bind_known(insert, 12, join->sampler != NULL, (int64_t)join->samples.lost);
    if (run->pid) {
        bind_run(insert, run, run, kp_join_find_process(join, (uint32_t)run->pid));
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
    struct kp_names names = {0};
    int result = -1;
    if (kp_join_solve(join, &names) != 0)
        kp_fail(error, "out of memory");
    else if ((w.function =
                  kp_profile_prepare(profile,
                                     "INSERT INTO function (module, source, line, last_line, name, linkage_name, "
                                     "calls, primitive_calls, total_ns, self_ns) VALUES (?,?,?,?,?,?,?,?,?,?)",
                                     error)) &&
             (w.line = kp_profile_prepare(
                  profile,
                  "INSERT INTO line (function, source, line, hits, time_ns, self_ns, error_ns, min_ns, "
                  "max_ns, wait_ns) VALUES (?,?,?,?,?,?,?,?,?,?)",
                  error)) &&
             (w.thread_line = kp_profile_prepare(profile, kp_thread_lines_insert, error)) &&
             (w.memory_line = kp_profile_prepare(profile, kp_join_memory_insert_line, error)) &&
             (w.arc = kp_profile_prepare(profile,
                                         "INSERT INTO arc (caller, caller_source, caller_line, callee, calls, "
                                         "primitive_calls, total_ns) VALUES (?,?,?,?,?,?,?) "
                                         "ON CONFLICT DO UPDATE SET calls = calls + excluded.calls, primitive_calls = "
                                         "primitive_calls + excluded.primitive_calls, total_ns = total_ns + "
                                         "excluded.total_ns",
                                         error)) &&
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
    sqlite3_finalize(w.thread_line);
    sqlite3_finalize(w.memory_line);
    sqlite3_finalize(w.arc);
    free(names.rows);
    sqlite3_finalize(w.source);
    sqlite3_finalize(w.find_source);
    return result;
}
