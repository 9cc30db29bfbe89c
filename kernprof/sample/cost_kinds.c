/* See cost_kinds.h. Names are those of perf list(1). */
#include "kernprof/sample/cost_kinds.h"

#include <linux/perf_event.h>
#include <string.h>

#define SOFTWARE PERF_TYPE_SOFTWARE
#define HARDWARE PERF_TYPE_HARDWARE

const struct kp_cost_kind kp_cost_kinds[] = {
    {"time", "ns", SOFTWARE, PERF_COUNT_SW_TASK_CLOCK, 0, 0},
    {"page-faults", "page faults", SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS, 0, 0},
    {"minor-faults", "page faults without input", SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS_MIN, 0, 0},
    {"major-faults", "page faults that read from a file", SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS_MAJ, 0, 1},
    {"context-switches", "context switches", SOFTWARE, PERF_COUNT_SW_CONTEXT_SWITCHES, 1, 1},
    {"cpu-migrations", "moves to another processor", SOFTWARE, PERF_COUNT_SW_CPU_MIGRATIONS, 1, 1},
    {"alignment-faults", "alignment faults", SOFTWARE, PERF_COUNT_SW_ALIGNMENT_FAULTS, 0, 0},
    {"cycles", "processor cycles", HARDWARE, PERF_COUNT_HW_CPU_CYCLES, 0, 0},
    {"instructions", "instructions", HARDWARE, PERF_COUNT_HW_INSTRUCTIONS, 0, 0},
    {"cache-references", "cache accesses", HARDWARE, PERF_COUNT_HW_CACHE_REFERENCES, 0, 0},
    {"cache-misses", "cache misses", HARDWARE, PERF_COUNT_HW_CACHE_MISSES, 0, 0},
    {"branches", "branch instructions", HARDWARE, PERF_COUNT_HW_BRANCH_INSTRUCTIONS, 0, 0},
    {"branch-misses", "mispredicted branches", HARDWARE, PERF_COUNT_HW_BRANCH_MISSES, 0, 0},
    {NULL, NULL, 0, 0, 0, 0},
};

_Static_assert(sizeof kp_cost_kinds / sizeof *kp_cost_kinds <= KP_COST_KINDS_MAX + 1, "a set has a bit for each");

int kp_cost_kind_find(const char *name)
{
    for (int i = 0; kp_cost_kinds[i].name; i++)
        if (strcmp(kp_cost_kinds[i].name, name) == 0)
            return i;
    return -1;
}
