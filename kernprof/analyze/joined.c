/* What was joined: its making and its end, and what callers ask of it (see join.h and joined.h). */
#include "kernprof/analyze/joined.h"

#include <stdlib.h>

struct kp_join *kp_join_new(int by_function)
{
    struct kp_join *join = calloc(1, sizeof *join);
    if (join)
        join->by_function = by_function;
    return join;
}

void kp_joined_module_free(struct kp_joined_module *m)
{
    for (unsigned i = 0; m->solved && i < kp_module_function_count(m->index); i++)
        free(m->solved[i].hits);
    free(m->solved);
    kp_times_free(m->times);
    kp_module_index_free(m->index);
    kp_thread_lines_free(&m->threads);
    if (m->code)
        kp_symbolizer_close(m->code);
    free(m->path);
    free(m->copy);
    free(m->map);
    free(m->words);
    free(m->memory);
}

void kp_join_free(struct kp_join *join)
{
    for (unsigned i = 0; i < join->module_count; i++)
        kp_joined_module_free(&join->modules[i]);
    for (unsigned i = 0; i < join->process_count; i++)
        free(join->processes[i].command);
    free(join->modules);
    free(join->processes);
    kp_timer_sums_free(&join->timers);
    kp_join_memory_free(&join->memory);
    kp_function_names_free(&join->names);
    kp_line_events_free(&join->events);
    free(join);
}

unsigned kp_join_functions(const struct kp_join *join)
{
    return join->function_count;
}

uint64_t kp_join_timers(const struct kp_join *join)
{
    return join->timers.count;
}

const struct kp_join_memory *kp_join_memory(const struct kp_join *join)
{
    return &join->memory;
}

unsigned kp_join_damaged(const struct kp_join *join)
{
    return join->damaged;
}

uint64_t kp_join_uncounted(const struct kp_join *join)
{
    return join->uncounted;
}

void kp_join_globs(const struct kp_join *join, struct kp_globs *globs)
{
    for (unsigned i = 0; i < join->module_count; i++)
        kp_globs_add(globs, join->modules[i].map, join->modules[i].map_size);
}

void kp_join_add_samples(struct kp_join *join, const struct kp_samples *samples, const char *sampler)
{
    join->samples = *samples;
    join->sampler = sampler;
}

struct kp_symbolizer *kp_joined_symbolizer(struct kp_joined_module *m)
{
    if (!m->code_tried && m->copy)
        m->code = kp_symbolizer_open(m->copy, m->build_id);
    if (!m->code_tried && !m->code)
        m->code = kp_symbolizer_open(m->path, m->build_id);
    m->code_tried = 1;
    return m->code;
}

uint64_t *kp_joined_words(const struct kp_joined_module *m, unsigned function)
{
    return m->words + kp_module_first_word(m->index, function);
}

struct kp_joined_process *kp_joined_process(const struct kp_join *join, uint32_t pid)
{
    for (unsigned i = 0; i < join->process_count; i++)
        if (join->processes[i].pid == pid)
            return &join->processes[i];
    return NULL;
}
