/* Adds up timers (see timers.h). */
#include "kernprof/analyze/timer_sums.h"

#include <stdlib.h>
#include <string.h>

#include "format/map.h"
#include "format/profile.h"

struct kp_timer_sum {
    char *name; /* NULL: free */
    uint64_t hash;
    uint32_t length;
    uint64_t calls, threads;
    int64_t total_ns, min_ns, max_ns, thread_ns;
};

static struct kp_timer_sum *probe(const struct kp_timer_sums *sums, const char *name, uint32_t length, uint64_t hash)
{
    for (uint64_t i = hash;; i++) {
        struct kp_timer_sum *sum = &sums->slot[i & (sums->size - 1)];
        if (!sum->name || (sum->hash == hash && sum->length == length && memcmp(sum->name, name, length) == 0))
            return sum;
    }
}

static int grow(struct kp_timer_sums *sums)
{
    struct kp_timer_sums larger = {.size = sums->size ? 2 * sums->size : 64, .count = sums->count};
    larger.slot = calloc(larger.size, sizeof *larger.slot);
    if (!larger.slot)
        return -1;
    for (uint64_t i = 0; i < sums->size; i++) {
        const struct kp_timer_sum *sum = &sums->slot[i];
        if (sum->name)
            *probe(&larger, sum->name, sum->length, sum->hash) = *sum;
    }
    free(sums->slot);
    *sums = larger;
    return 0;
}

static struct kp_timer_sum *find(struct kp_timer_sums *sums, const char *name, uint32_t length)
{
    if (2 * sums->count >= sums->size && grow(sums) != 0)
        return NULL;
    uint64_t hash = kp_hash(name, length);
    struct kp_timer_sum *sum = probe(sums, name, length, hash);
    if (!sum->name) {
        sum->name = strndup(name, length);
        if (!sum->name)
            return NULL;
        sum->hash = hash;
        sum->length = length;
        sums->count++;
    }
    return sum;
}

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int add_cell(struct kp_timer_sums *sums, const struct kp_counters *file, const struct kp_timer_cell *cell,
                    int ended, double tick_ns)
{
    uint32_t length;
    const char *name = cell->calls ? kp_counters_timer_name(file, cell, &length) : NULL;
    if (!name)
        return 0;
    struct kp_timer_sum *sum = find(sums, name, length);
    if (!sum)
        return -1;
    int64_t total = (int64_t)((double)cell->ticks * tick_ns);
    int64_t shortest = cell->shortest_inverted ? (int64_t)((double)~cell->shortest_inverted * tick_ns) : 0;
    if (sum->calls == 0 || shortest < sum->min_ns)
        sum->min_ns = shortest;
    sum->max_ns = larger(sum->max_ns, (int64_t)((double)cell->longest * tick_ns));
    sum->thread_ns = larger(sum->thread_ns, ended ? (int64_t)((double)cell->most_ticks * tick_ns) : total);
    sum->calls += cell->calls;
    sum->total_ns += total;
    sum->threads += ended ? cell->thread_count : 1;
    return 0;
}

int kp_timer_sums_add(struct kp_timer_sums *sums, const struct kp_counters *file, const struct kp_timers_chunk *chunk,
                      double tick_ns)
{
    if (chunk->stale)
        return 0;
    const struct kp_timer_cell *cell = (const void *)((const unsigned char *)chunk + chunk->cells_offset);
    for (uint64_t i = 0; i < chunk->cell_count; i++)
        if (add_cell(sums, file, &cell[i], chunk->thread == 0, tick_ns) != 0)
            return -1;
    return 0;
}

int kp_timer_sums_write(const struct kp_timer_sums *sums, sqlite3 *profile, struct kp_error *error)
{
    sqlite3_stmt *insert = kp_profile_prepare(
        profile, "INSERT INTO timer (name, calls, total_ns, min_ns, max_ns, threads, thread_ns) VALUES (?,?,?,?,?,?,?)",
        error);
    if (!insert)
        return -1;
    int result = 0;
    for (uint64_t i = 0; result == 0 && i < sums->size; i++) {
        const struct kp_timer_sum *sum = &sums->slot[i];
        if (!sum->name)
            continue;
        sqlite3_bind_text(insert, 1, sum->name, -1, SQLITE_STATIC);
        sqlite3_bind_int64(insert, 2, (int64_t)sum->calls);
        sqlite3_bind_int64(insert, 3, sum->total_ns);
        sqlite3_bind_int64(insert, 4, sum->min_ns);
        sqlite3_bind_int64(insert, 5, sum->max_ns);
        sqlite3_bind_int64(insert, 6, (int64_t)sum->threads);
        sqlite3_bind_int64(insert, 7, sum->thread_ns);
        if (sqlite3_step(insert) != SQLITE_DONE)
            result = kp_fail(error, "cannot write the profile: %s", sqlite3_errmsg(profile));
        sqlite3_reset(insert);
    }
    sqlite3_finalize(insert);
    return result;
}

void kp_timer_sums_free(struct kp_timer_sums *sums)
{
    for (uint64_t i = 0; i < sums->size; i++)
        free(sums->slot[i].name);
    free(sums->slot);
}
