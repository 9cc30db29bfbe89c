/* Any bytes as a map section: iterated, its patterns read, its flow solved. The first byte fills the counters. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "format/map_reader.h"
#include "kernprof/analyze/module/flow.h"
#include "kernprof/compile/globs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void solve(const struct kp_map_view *view, int filling)
{
    const struct kp_map_record *r = view->record;
    uint64_t *counters = calloc((size_t)r->counter_count + 1, sizeof *counters);
    uint64_t *hits = calloc((size_t)r->line_count + 1, sizeof *hits);
    uint64_t *blocks = calloc((size_t)r->block_count + 1, sizeof *blocks);
    uint64_t calls;
    if (counters && hits && blocks) {
        memset(counters, filling, r->counter_count * sizeof *counters);
        kp_flow_solve(view, counters, hits, blocks, &calls);
    }
    free(counters);
    free(hits);
    free(blocks);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    void *map = malloc(size);
    if (!map)
        abort();
    memcpy(map, data + 1, size - 1);
    struct kp_map_view view;
    for (uint64_t offset = 0; kp_map_next(map, size - 1, &offset, &view) == 1;)
        if (view.record->counter_count < 1u << 20)
            solve(&view, data[0]);
    struct kp_sites_view sites;
    for (uint64_t offset = 0; kp_map_next_sites(map, size - 1, &offset, &sites) == 1;)
        for (uint32_t i = 0; i < sites.record->fused_count; i++)
            kp_map_fused_word(&sites, i, 0, 0, size);
    struct kp_globs globs = {0};
    kp_globs_add(&globs, map, size - 1);
    kp_globs_free(&globs);
    free(map);
    return 0;
}
