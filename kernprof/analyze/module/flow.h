/* From counters as placed to counts of every block and line. */
#ifndef KP_KERNPROF_ANALYZE_MODULE_FLOW_H
#define KP_KERNPROF_ANALYZE_MODULE_FLOW_H

#include "format/map_reader.h"

/* Counts of a function: line_hits has map->record->line_count entries, block_counts has block_count. 0, or -1 out of
 * memory. */
int kp_flow_solve(const struct kp_map_view *map, const uint64_t *counters, uint64_t *line_hits, uint64_t *block_counts,
                  uint64_t *calls);

#endif
