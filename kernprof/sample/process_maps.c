/* See process_maps.h. */
#include "kernprof/sample/process_maps.h"

#include <stdlib.h>
#include <string.h>

#include "util/array.h"

const struct kp_mapped_process *kp_process_maps_process(const struct kp_process_maps *maps, int pid)
{
    uint32_t number = kp_index_find(&maps->pids, &pid, sizeof pid);
    return number == KP_INDEX_NONE ? NULL : &maps->processes[number];
}

static struct kp_mapped_process *find_or_add(struct kp_process_maps *maps, int pid)
{
    uint32_t number = kp_index_find(&maps->pids, &pid, sizeof pid);
    if (number != KP_INDEX_NONE)
        return &maps->processes[number];
    struct kp_mapped_process *processes = kp_array_grow(maps->processes, maps->count, sizeof *processes);
    if (!processes)
        return NULL;
    maps->processes = processes;
    if (kp_index_add(&maps->pids, &pid, sizeof pid) == KP_INDEX_NONE)
        return NULL;
    processes[maps->count] = (struct kp_mapped_process){.pid = pid};
    return &processes[maps->count++];
}

static void clear(struct kp_mapped_process *process)
{
    free(process->mappings);
    process->mappings = NULL;
    process->count = 0;
    process->changes++;
}

void kp_process_maps_add(struct kp_process_maps *maps, int pid, const struct kp_mapping *mapping)
{
    struct kp_mapped_process *process = find_or_add(maps, pid);
    struct kp_mapping *mappings = process ? kp_array_grow(process->mappings, process->count, sizeof *mappings) : NULL;
    if (!mappings)
        return;
    process->mappings = mappings;
    mappings[process->count++] = *mapping;
    process->changes++;
}

void kp_process_maps_fork(struct kp_process_maps *maps, int parent, int child)
{
    struct kp_mapped_process *to = find_or_add(maps, child);
    const struct kp_mapped_process *from = kp_process_maps_process(maps, parent);
    if (!to || !from || to == from)
        return;
    clear(to);
    struct kp_mapping *mappings = NULL;
    for (unsigned i = 0; i < from->count; i++) {
        mappings = kp_array_grow(to->mappings, i, sizeof *mappings);
        if (!mappings)
            return;
        to->mappings = mappings;
        mappings[to->count++] = from->mappings[i];
    }
}

void kp_process_maps_exec(struct kp_process_maps *maps, int pid)
{
    struct kp_mapped_process *process = find_or_add(maps, pid);
    if (process)
        clear(process);
}

const struct kp_mapping *kp_process_maps_find(const struct kp_mapped_process *process, uint64_t address)
{
    for (unsigned i = process ? process->count : 0; i-- > 0;)
        if (address >= process->mappings[i].start && address < process->mappings[i].end)
            return &process->mappings[i];
    return NULL;
}

void kp_process_maps_free(struct kp_process_maps *maps)
{
    for (unsigned i = 0; i < maps->count; i++)
        free(maps->processes[i].mappings);
    free(maps->processes);
    kp_index_free(&maps->pids);
    *maps = (struct kp_process_maps){0};
}
