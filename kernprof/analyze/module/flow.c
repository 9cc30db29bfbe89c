/* From counters as placed to counts (see flow.h).
 *
 * What flows into a block flows out of it. The edges without counters form a spanning tree, so there is always a block
 * with a single unknown edge, until none is left (Knuth 1973; Ball and Larus 1994). Counts are signed on the way: where
 * a call came back twice (setjmp, fork), the edge for calls that never come back is negative, and rightly so. */
#include "kernprof/analyze/module/flow.h"

#include <stdlib.h>

struct flow {
    const struct kp_map_view *map;
    uint64_t *edge_count;   /* by edge; two's complement, so that damaged counters overflow in a defined way */
    unsigned char *known;   /* by edge */
    uint32_t *unknown_left; /* by block: edges whose count is not known */
    uint64_t *excess;       /* by block: what came in less what went out, over known edges */
    uint32_t *first;        /* by block: index into incident; block_count + 1 entries */
    uint32_t *incident;     /* edges at each block */
    uint32_t *work;
};

static void settle(struct flow *f, uint32_t edge, uint64_t count, uint32_t *work_count)
{
    const struct kp_map_edge *e = &f->map->edges[edge];
    f->edge_count[edge] = count;
    f->known[edge] = 1;
    f->excess[e->to] += count;
    f->excess[e->from] -= count;
    if (--f->unknown_left[e->to] == 1)
        f->work[(*work_count)++] = e->to;
    if (--f->unknown_left[e->from] == 1)
        f->work[(*work_count)++] = e->from;
}

static void list_incident(struct flow *f)
{
    const struct kp_map_record *r = f->map->record;
    for (uint32_t i = 0; i < r->edge_count; i++) {
        f->first[f->map->edges[i].from + 1]++;
        f->first[f->map->edges[i].to + 1]++;
    }
    for (uint32_t b = 0; b < r->block_count; b++)
        f->first[b + 1] += f->first[b];
    uint32_t *fill = f->work; /* free until solving starts */
    for (uint32_t b = 0; b < r->block_count; b++)
        fill[b] = f->first[b];
    for (uint32_t i = 0; i < r->edge_count; i++) {
        f->incident[fill[f->map->edges[i].from]++] = i;
        f->incident[fill[f->map->edges[i].to]++] = i;
    }
    for (uint32_t b = 0; b < r->block_count; b++)
        f->unknown_left[b] = f->first[b + 1] - f->first[b];
}

static void solve_edges(struct flow *f, const uint64_t *counters)
{
    const struct kp_map_record *r = f->map->record;
    uint32_t work_count = 0;
    for (uint32_t i = 0; i < r->edge_count; i++)
        if (f->map->edges[i].counter != KP_NO_COUNTER)
            settle(f, i, counters[f->map->edges[i].counter], &work_count);
    work_count = 0;
    for (uint32_t b = 0; b < r->block_count; b++)
        if (f->unknown_left[b] == 1)
            f->work[work_count++] = b;
    while (work_count > 0) {
        uint32_t block = f->work[--work_count];
        for (uint32_t i = f->first[block]; i < f->first[block + 1]; i++) {
            uint32_t edge = f->incident[i];
            if (f->known[edge] || f->unknown_left[block] != 1)
                continue;
            uint64_t missing = f->map->edges[edge].from == block ? f->excess[block] : -f->excess[block];
            settle(f, edge, missing, &work_count);
        }
    }
}

static void count_blocks(struct flow *f, const uint64_t *counters, int64_t *counts)
{
    const struct kp_map_record *r = f->map->record;
    if (r->flags & KP_FUNCTION_BLOCK_COUNTERS) {
        for (uint32_t b = 0; b < r->block_count; b++)
            if (f->map->blocks[b].counter != KP_NO_COUNTER)
                counts[b] = (int64_t)counters[f->map->blocks[b].counter];
        return;
    }
    list_incident(f);
    solve_edges(f, counters);
    for (uint32_t i = 0; i < r->edge_count; i++)
        counts[f->map->edges[i].to] += f->edge_count[i];
}

int kp_flow_solve(const struct kp_map_view *map, const uint64_t *counters, uint64_t *line_hits, uint64_t *block_counts,
                  uint64_t *calls)
{
    const struct kp_map_record *r = map->record;
    size_t edges = r->edge_count + 1, blocks = r->block_count + 2;
    struct flow f = {.map = map,
                     .edge_count = calloc(edges, sizeof(int64_t)),
                     .known = calloc(edges, 1),
                     .unknown_left = calloc(blocks, sizeof(uint32_t)),
                     .excess = calloc(blocks, sizeof(int64_t)),
                     .first = calloc(blocks, sizeof(uint32_t)),
                     .incident = calloc(2 * edges, sizeof(uint32_t)),
                     .work = calloc(blocks + 2 * edges, sizeof(uint32_t))};
    int64_t *counts = calloc(blocks, sizeof(int64_t));
    int result = -1;
    if (f.edge_count && f.known && f.unknown_left && f.excess && f.first && f.incident && f.work && counts) {
        count_blocks(&f, counters, counts);
        for (uint32_t i = 0; i < r->line_count; i++)
            line_hits[i] = 0;
        for (uint32_t b = 0; b < r->block_count; b++) {
            block_counts[b] = counts[b] > 0 ? (uint64_t)counts[b] : 0;
            for (uint32_t i = 0; i < map->blocks[b].line_count; i++) {
                uint64_t *hits = &line_hits[map->block_lines[map->blocks[b].first_line + i]];
                if (counts[b] > 0 && (uint64_t)counts[b] > *hits)
                    *hits = (uint64_t)counts[b];
            }
        }
        *calls = block_counts[r->entry_block];
        result = 0;
    }
    free(f.edge_count);
    free(f.known);
    free(f.unknown_left);
    free(f.excess);
    free(f.first);
    free(f.incident);
    free(f.work);
    free(counts);
    return result;
}
