/* See join_memory.h. */
#include "kernprof/analyze/join_memory.h"

#include <stdlib.h>

#include "format/profile.h"

void kp_join_memory_free(struct kp_join_memory *memory)
{
    free(memory->processes);
}

int kp_join_memory_add_process(struct kp_join_memory *memory, const struct kp_counters *file, uint64_t *peak_number)
{
    const struct kp_chunk *chunk;
    for (uint64_t offset = KP_COUNTERS_PAGE; (chunk = kp_counters_next(file, &offset)) != NULL;) {
        const struct kp_memory_totals *totals = kp_memory_totals(chunk);
        if (!totals)
            continue;
        struct kp_join_memory_process *processes =
            reallocarray(memory->processes, memory->process_count + 1, sizeof *processes);
        if (!processes)
            return -1;
        memory->processes = processes;
        processes[memory->process_count++] = (struct kp_join_memory_process){file->header->pid, *totals};
        *peak_number = totals->peak_number;
        return 0;
    }
    return 0;
}

int kp_join_memory_add_lines(struct kp_memory_line **sums, uint64_t counters_size, const struct kp_memory_line *lines,
                             uint64_t count, uint64_t peak_number)
{
    uint64_t wanted = kp_memory_count(counters_size);
    if (!*sums)
        *sums = calloc(wanted, sizeof **sums);
    if (!*sums)
        return -1;
    for (uint64_t i = 0; i < count && i < wanted; i++) {
        struct kp_memory_line *sum = &(*sums)[i];
        const struct kp_memory_line *line = &lines[i];
        sum->allocations += line->allocations;
        sum->allocated_bytes += line->allocated_bytes;
        sum->frees += line->frees;
        sum->freed_bytes += line->freed_bytes;
        sum->temporary += line->temporary;
        sum->live_blocks += line->live_blocks;
        sum->live_bytes += line->live_bytes;
        sum->at_peak_bytes += kp_memory_at_peak(line, peak_number);
        sum->increment_bytes += line->increment_bytes;
        if (line->usage_bytes > sum->usage_bytes)
            sum->usage_bytes = line->usage_bytes;
    }
    return 0;
}

const char kp_join_memory_insert_line[] =
    "INSERT INTO memory_line (function, source, line, occurrences, allocated_bytes, freed_bytes, live_bytes, "
    "peak_bytes, "
    "allocations, frees, temporary, live_blocks, usage_bytes, increment_bytes) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)";

static int step(sqlite3_stmt *statement)
{
    int code = sqlite3_step(statement);
    sqlite3_reset(statement);
    return code == SQLITE_DONE ? 0 : -1;
}

static void bind_all(sqlite3_stmt *insert, const int64_t *values, int count)
{
    for (int i = 0; i < count; i++)
        sqlite3_bind_int64(insert, i + 1, values[i]);
}

int kp_join_memory_write_line(sqlite3_stmt *insert, int64_t function, int64_t source, int64_t line, int64_t occurrences,
                              const struct kp_memory_line *sums)
{
    const int64_t values[] = {function,
                              source,
                              line,
                              occurrences,
                              (int64_t)sums->allocated_bytes,
                              (int64_t)sums->freed_bytes,
                              sums->live_bytes,
                              sums->at_peak_bytes,
                              (int64_t)sums->allocations,
                              (int64_t)sums->frees,
                              (int64_t)sums->temporary,
                              sums->live_blocks,
                              sums->usage_bytes,
                              sums->increment_bytes};
    bind_all(insert, values, sizeof values / sizeof *values);
    return step(insert);
}

int kp_join_memory_write_processes(const struct kp_join_memory *memory, sqlite3 *profile, struct kp_error *error)
{
    sqlite3_stmt *insert = kp_profile_prepare(
        profile,
        "INSERT INTO memory_process (pid, allocations, allocated_bytes, frees, freed_bytes, temporary, mappings, "
        "mapped_bytes, unmapped_bytes, live_blocks, live_bytes, peak_bytes, lost, own_allocator, outside_allocations, "
        "outside_allocated_bytes, outside_live_blocks, outside_live_bytes, outside_peak_bytes) "
        "VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        error);
    int result = insert ? 0 : -1;
    for (unsigned i = 0; result == 0 && i < memory->process_count; i++) {
        const struct kp_memory_totals *t = &memory->processes[i].totals;
        const int64_t values[] = {memory->processes[i].pid,
                                  (int64_t)t->allocations,
                                  (int64_t)t->allocated_bytes,
                                  (int64_t)t->frees,
                                  (int64_t)t->freed_bytes,
                                  (int64_t)t->temporary,
                                  (int64_t)t->mappings,
                                  (int64_t)t->mapped_bytes,
                                  (int64_t)t->unmapped_bytes,
                                  t->live_blocks,
                                  t->in_use_bytes,
                                  t->peak_bytes,
                                  (int64_t)t->lost,
                                  (int64_t)t->own_allocator,
                                  (int64_t)t->outside.allocations,
                                  (int64_t)t->outside.allocated_bytes,
                                  t->outside.live_blocks,
                                  t->outside.live_bytes,
                                  kp_memory_at_peak(&t->outside, t->peak_number)};
        bind_all(insert, values, sizeof values / sizeof *values);
        result = step(insert);
    }
    if (result != 0 && insert)
        kp_fail(error, "cannot write the profile: %s", sqlite3_errmsg(profile));
    sqlite3_finalize(insert);
    return result;
}
