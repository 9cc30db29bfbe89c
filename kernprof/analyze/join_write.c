/* Writes what was joined into a profile (see joined.h). */
#include "kernprof/analyze/joined.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "format/profile.h"
#include "kernprof/analyze/source_rows.h"
#include "kernprof/sample/cost_kinds.h"
#include "util/host.h"

enum statement {
    INSERT_FUNCTION,
    INSERT_LINE,
    INSERT_THREAD_LINE,
    INSERT_MEMORY_LINE,
    INSERT_ARC,
    INSERT_EVENT,
    INSERT_LINE_EVENT,
    STATEMENTS
};

static const char *const statement_texts[STATEMENTS] = {
    [INSERT_FUNCTION] = "INSERT INTO function (module, source, line, last_line, name, linkage_name, calls, "
                        "primitive_calls, total_ns, self_ns) VALUES (?,?,?,?,?,?,?,?,?,?)",
    [INSERT_LINE] = "INSERT INTO line (function, source, line, hits, time_ns, self_ns, error_ns, min_ns, max_ns, "
                    "wait_ns) VALUES (?,?,?,?,?,?,?,?,?,?)",
    [INSERT_THREAD_LINE] = kp_thread_lines_insert,
    [INSERT_MEMORY_LINE] = kp_join_memory_insert_line,
    [INSERT_ARC] = "INSERT INTO arc (caller, caller_source, caller_line, callee, calls, primitive_calls, total_ns) "
                   "VALUES (?,?,?,?,?,?,?) ON CONFLICT DO UPDATE SET calls = calls + excluded.calls, primitive_calls = "
                   "primitive_calls + excluded.primitive_calls, total_ns = total_ns + excluded.total_ns",
    [INSERT_EVENT] = "INSERT INTO event (id, name, unit) VALUES (?,?,?)",
    [INSERT_LINE_EVENT] = "INSERT INTO line_event (function, source, line, event, count) VALUES (?,?,?,?,?)",
};

struct writer {
    const struct kp_join *join;
    sqlite3 *profile;
    sqlite3_stmt *statements[STATEMENTS];
    struct kp_source_map *maps; /* by module */
    struct kp_source_rows sources;
    int64_t **function_ids; /* by module and function: its row; 0: it has none */
    uint32_t left_out;      /* functions with one of these flags are not in this kind of profile */
};

/* The arcs' shares of what is known of their callees as a whole: own time, and the time where calls were not timed. */
static const char fill_arcs[] =
    "UPDATE arc SET self_ns = (SELECT f.self_ns * (1.0 * arc.calls / MAX(f.calls, 1)) FROM function f WHERE f.id = "
    "arc.callee);"
    "UPDATE arc SET self_ns = CAST(self_ns AS INTEGER);"
    "UPDATE arc SET total_ns = CAST((SELECT f.total_ns * (1.0 * arc.calls / MAX(f.calls, 1)) FROM function f"
    " WHERE f.id = arc.callee) AS INTEGER) WHERE total_ns = 0;";

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

/* A line of a function, with where its row refers to. */
struct line {
    const struct kp_joined_module *module;
    unsigned function, index;
    int64_t function_id, source;
    const struct kp_map_line *map;
    const struct kp_solved_function *solved;
};

/* Times are those of timestamps where every change of line had one. 0 or -1. */
static int write_times(struct writer *w, const struct line *line, const uint64_t *words, int64_t *time_ns)
{
    const struct kp_line_time *time = kp_times_line(line->module->times, line->function, line->index);
    const struct kp_solved_function *solved = line->solved;
    sqlite3_stmt *insert = w->statements[INSERT_LINE];
    uint64_t shortest = words[KP_LINE_SHORTEST_INVERTED];
    double own_ns = solved->exact ? (double)(int64_t)words[KP_LINE_SELF_TICKS] : time->self_ns * solved->scale;
    double error_ns = solved->exact ? exact_error(line->map, time, own_ns) : sqrt(time->variance) * solved->scale;
    double exact_ns = (double)(int64_t)words[KP_LINE_TICKS];
    if (kp_module_is_variant(line->module->index, line->function))
        exact_ns = own_ns; /* all else is the time of the function that counts for it */
    *time_ns = whole(solved->exact ? exact_ns : time->time_ns * solved->scale);
    sqlite3_bind_int64(insert, 1, line->function_id);
    sqlite3_bind_int64(insert, 2, line->source);
    sqlite3_bind_int64(insert, 3, line->map->line);
    sqlite3_bind_int64(insert, 4, (int64_t)solved->hits[line->index]);
    sqlite3_bind_int64(insert, 5, *time_ns);
    sqlite3_bind_int64(insert, 6, whole(own_ns));
    sqlite3_bind_int64(insert, 7, whole(error_ns));
    sqlite3_bind_int64(insert, 8, shortest ? (int64_t)~shortest : 0);
    sqlite3_bind_int64(insert, 9, (int64_t)words[KP_LINE_LONGEST]);
    sqlite3_bind_int64(insert, 10, solved->exact ? 0 : whole(time->wait_ns * solved->scale));
    return step(insert);
}

/* A line's row, and those of its threads and its memory. 0 or -1. */
static int write_line(struct writer *w, const struct line *line)
{
    const struct kp_joined_module *m = line->module;
    const struct kp_map_record *record = kp_module_function(m->index, line->function)->record;
    const uint64_t *words = kp_joined_words(m, line->function) + record->counter_count + KP_ACTIVATION_WORDS +
                            (size_t)KP_LINE_WORDS * line->index;
    uint64_t hits = line->solved->hits[line->index];
    int64_t time_ns;
    int result = write_times(w, line, words, &time_ns);
    if (result == 0 && m->threads.several) {
        const struct kp_line_of_threads of_threads = {.function = line->function,
                                                      .line = line->index,
                                                      .function_id = line->function_id,
                                                      .source = line->source,
                                                      .number = line->map->line,
                                                      .hits = hits,
                                                      .time_ns = (double)time_ns};
        result = kp_thread_lines_write(&m->threads, w->statements[INSERT_THREAD_LINE], &of_threads);
    }
    if (result == 0 && m->memory)
        result = kp_join_memory_write_line(w->statements[INSERT_MEMORY_LINE], line->function_id, line->source,
                                           line->map->line, (int64_t)hits,
                                           &m->memory[kp_memory_index((uint64_t)(words - m->words))]);
    return result;
}

static int write_lines(struct writer *w, const struct kp_joined_module *m, unsigned function, int64_t function_id,
                       const int64_t *sources)
{
    const struct kp_map_view *view = kp_module_function(m->index, function);
    int result = 0;
    for (uint32_t i = 0; result == 0 && i < view->record->line_count; i++) {
        const struct line line = {.module = m,
                                  .function = function,
                                  .index = i,
                                  .function_id = function_id,
                                  .source = sources[view->lines[i].file],
                                  .map = &view->lines[i],
                                  .solved = &m->solved[function]};
        result = write_line(w, &line);
    }
    return result;
}

/* A function's own row. 0 or -1. */
static int write_function_row(struct writer *w, const struct kp_joined_module *m, int64_t module_id, unsigned function,
                              int64_t source)
{
    const struct kp_map_view *view = kp_module_function(m->index, function);
    const struct kp_map_record *r = view->record;
    const struct kp_solved_function *solved = &m->solved[function];
    const uint64_t *activation = kp_joined_words(m, function) + r->counter_count;
    sqlite3_stmt *insert = w->statements[INSERT_FUNCTION];
    int is_variant = kp_module_is_variant(m->index, function);
    double total = 0, self = 0;
    for (uint32_t i = 0; i < r->line_count; i++) {
        total += kp_times_line(m->times, function, i)->time_ns * solved->scale;
        self += kp_times_line(m->times, function, i)->self_ns * solved->scale;
    }
    if (solved->exact) {
        self = (double)(int64_t)activation[KP_SELF_TICKS];
        total = is_variant ? self : (double)(int64_t)activation[KP_TOTAL_TICKS];
    }
    sqlite3_bind_int64(insert, 1, module_id);
    sqlite3_bind_int64(insert, 2, source);
    sqlite3_bind_int64(insert, 3, r->first_line);
    sqlite3_bind_int64(insert, 4, r->last_line);
    sqlite3_bind_text(insert, 5, view->strings + r->name, -1, SQLITE_TRANSIENT);
    sqlite3_bind_text(insert, 6, view->strings + r->linkage_name, -1, SQLITE_TRANSIENT);
    sqlite3_bind_int64(insert, 7, (int64_t)solved->calls);
    sqlite3_bind_int64(insert, 8, is_variant ? 0 : (int64_t)kp_times_outermost_calls(m->times, function));
    sqlite3_bind_int64(insert, 9, whole(total));
    sqlite3_bind_int64(insert, 10, whole(self));
    return step(insert);
}

/* Functions can be for lines or for memory alone. */
static int is_in_profile(const struct writer *w, const struct kp_joined_module *m, unsigned function)
{
    const struct kp_map_record *record = kp_module_function(m->index, function)->record;
    return kp_map_is_profiled(record, w->join->by_function) && !(record->flags & w->left_out) &&
           kp_module_first_word(m->index, function) >= 0 && (!w->join->by_function || m->solved[function].calls);
}

static int write_function(struct writer *w, unsigned module, unsigned function)
{
    const struct kp_joined_module *m = &w->join->modules[module];
    const struct kp_map_view *view = kp_module_function(m->index, function);
    const struct kp_map_record *r = view->record;
    if (!is_in_profile(w, m, function))
        return 0;
    int64_t *sources = calloc((size_t)r->file_count + 1, sizeof *sources);
    if (!sources)
        return -1;
    for (uint32_t i = 0; i < r->file_count; i++)
        sources[i] = kp_source_rows_add(&w->sources, view->strings + view->files[i].path, view->files[i].checksum);
    int result = write_function_row(w, m, (int64_t)module + 1, function, sources[r->file]);
    int64_t id = sqlite3_last_insert_rowid(w->profile);
    w->function_ids[module][function] = id;
    if (result == 0 && !w->join->by_function)
        result = write_lines(w, m, function, id, sources);
    free(sources);
    return result;
}

/* The calls from a module's functions. 0 or -1. */
static int write_arcs(struct writer *w, unsigned module)
{
    const struct kp_joined_module *m = &w->join->modules[module];
    sqlite3_stmt *insert = w->statements[INSERT_ARC];
    unsigned count;
    const struct kp_arc *arcs = kp_times_arcs(m->times, &count);
    int result = 0;
    for (unsigned i = 0; result == 0 && i < count; i++) {
        const struct kp_map_view *view = kp_module_function(m->index, arcs[i].function);
        const struct kp_map_line *line = &view->lines[arcs[i].line];
        const char *file = view->strings + view->files[line->file].path;
        const struct kp_function_name *callee = kp_function_names_find(&w->join->names, arcs[i].callee, module, file);
        int64_t caller_id = w->function_ids[module][kp_module_counted(m->index, arcs[i].function)];
        int64_t callee_id = callee ? w->function_ids[callee->module][callee->function] : 0;
        if (!caller_id || !callee_id || !arcs[i].calls)
            continue;
        sqlite3_bind_int64(insert, 1, caller_id);
        sqlite3_bind_int64(insert, 2, kp_source_rows_find(&w->sources, file));
        sqlite3_bind_int64(insert, 3, line->line);
        sqlite3_bind_int64(insert, 4, callee_id);
        sqlite3_bind_int64(insert, 5, (int64_t)arcs[i].calls);
        sqlite3_bind_int64(insert, 6, caller_id == callee_id ? 0 : (int64_t)arcs[i].calls);
        sqlite3_bind_int64(insert, 7, whole(arcs[i].time_ns));
        result = step(insert);
    }
    return result;
}

/* What was asked for has a row, whether it happened or not. 0 or -1. */
static int write_events(struct writer *w)
{
    sqlite3_stmt *insert = w->statements[INSERT_EVENT];
    int result = 0;
    for (int i = 0; result == 0 && kp_cost_kinds[i].name; i++) {
        if (!(w->join->samples.events >> i & 1))
            continue;
        sqlite3_bind_int(insert, 1, i);
        sqlite3_bind_text(insert, 2, kp_cost_kinds[i].name, -1, SQLITE_STATIC);
        sqlite3_bind_text(insert, 3, kp_cost_kinds[i].unit, -1, SQLITE_STATIC);
        result = step(insert);
    }
    return result;
}

/* The events of lines that are in the profile. 0 or -1. */
static int write_line_events(struct writer *w)
{
    sqlite3_stmt *insert = w->statements[INSERT_LINE_EVENT];
    int result = 0;
    for (uint32_t i = 0; result == 0 && i < w->join->events.count; i++) {
        const struct kp_line_event *event = &w->join->events.rows[i];
        const struct kp_map_view *view = kp_module_function(w->join->modules[event->module].index, event->function);
        const struct kp_map_line *line = &view->lines[event->line];
        int64_t function_id = w->function_ids[event->module][event->function];
        if (!function_id || w->join->by_function)
            continue;
        sqlite3_bind_int64(insert, 1, function_id);
        sqlite3_bind_int64(insert, 2, kp_source_rows_find(&w->sources, view->strings + view->files[line->file].path));
        sqlite3_bind_int64(insert, 3, line->line);
        sqlite3_bind_int64(insert, 4, event->kind);
        sqlite3_bind_int64(insert, 5, (int64_t)event->count);
        result = step(insert);
    }
    return result;
}

static int write_modules(struct writer *w, struct kp_error *error)
{
    sqlite3_stmt *insert = kp_profile_prepare(w->profile, "INSERT INTO module VALUES (?, ?, ?, ?)", error);
    if (!insert)
        return -1;
    int result = 0;
    for (unsigned i = 0; result == 0 && i < w->join->module_count; i++) {
        const struct kp_joined_module *m = &w->join->modules[i];
        sqlite3_bind_int(insert, 1, (int)i + 1);
        sqlite3_bind_text(insert, 2, m->path, -1, SQLITE_TRANSIENT);
        sqlite3_bind_text(insert, 3, m->build_id, -1, SQLITE_TRANSIENT);
        sqlite3_bind_int64(insert, 4, (int64_t)m->hash);
        result = step(insert);
        for (unsigned f = 0; result == 0 && f < kp_module_function_count(m->index); f++)
            result = write_function(w, i, f);
    }
    for (unsigned i = 0; result == 0 && i < w->join->module_count; i++)
        result = write_arcs(w, i);
    if (result == 0)
        result = write_events(w);
    if (result == 0)
        result = write_line_events(w);
    if (result == 0 && sqlite3_exec(w->profile, fill_arcs, NULL, NULL, NULL) != SQLITE_OK)
        result = -1;
    if (result != 0)
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
static void bind_run(sqlite3_stmt *insert, const struct kp_run *run, const struct kp_run *main,
                     const struct kp_joined_process *p)
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
        bind_run(insert, run, run, kp_joined_process(join, (uint32_t)run->pid));
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

/* Makes room for what the writer notes of modules and functions. 0, or -1 out of memory. */
static int make_room(struct writer *w)
{
    unsigned count = w->join->module_count;
    w->maps = calloc(count + 1u, sizeof *w->maps);
    w->function_ids = calloc(count + 1u, sizeof *w->function_ids);
    if (!w->maps || !w->function_ids)
        return -1;
    for (unsigned i = 0; i < count; i++) {
        const struct kp_joined_module *m = &w->join->modules[i];
        w->maps[i] = (struct kp_source_map){m->map, m->map_size};
        w->function_ids[i] = calloc(kp_module_function_count(m->index) + 1u, sizeof **w->function_ids);
        if (!w->function_ids[i])
            return -1;
    }
    return 0;
}

/* 0, or -1 with `error`. */
static int start(struct writer *w, int embed_sources, struct kp_error *error)
{
    if (make_room(w) != 0)
        return kp_fail(error, "out of memory");
    for (int i = 0; i < STATEMENTS; i++) {
        w->statements[i] = kp_profile_prepare(w->profile, statement_texts[i], error);
        if (!w->statements[i])
            return -1;
    }
    return kp_source_rows_prepare(&w->sources, w->profile, embed_sources, w->maps, w->join->module_count, error);
}

static void finish(struct writer *w)
{
    for (int i = 0; i < STATEMENTS; i++)
        sqlite3_finalize(w->statements[i]);
    kp_source_rows_finish(&w->sources);
    for (unsigned i = 0; w->function_ids && i < w->join->module_count; i++)
        free(w->function_ids[i]);
    free(w->function_ids);
    free(w->maps);
}

int kp_join_write(const struct kp_join *join, const struct kp_run *run, sqlite3 *profile, struct kp_error *error)
{
    if (!join->is_solved)
        return kp_fail(error, "cannot write the profile: its counters are not solved");
    struct writer w = {.join = join,
                       .profile = profile,
                       .left_out = strcmp(run->kind, "memory") == 0 ? KP_FUNCTION_NOT_MEMORY : KP_FUNCTION_NOT_LINES};
    int is_written = start(&w, run->embed_sources, error) == 0 && write_kind(run, profile, error) == 0 &&
                     write_modules(&w, error) == 0 && kp_timer_sums_write(&join->timers, profile, error) == 0 &&
                     write_runs(join, run, profile, error) == 0 &&
                     kp_join_memory_write_processes(&join->memory, profile, error) == 0;
    finish(&w);
    return is_written ? 0 : -1;
}
