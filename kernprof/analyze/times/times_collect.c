/* Collects what is known of times, before any call is charged (see times.h). */
#include "kernprof/analyze/times/times_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernprof/analyze/module/place_frames.h"

struct kp_times *kp_times_new(const struct kp_module_index *index)
{
    struct kp_times *t = calloc(1, sizeof *t);
    if (!t)
        return NULL;
    t->index = index;
    t->function_count = kp_module_function_count(index);
    t->site_count = kp_module_site_count(index);
    t->functions = calloc(t->function_count + 1u, sizeof *t->functions);
    t->sites = calloc(t->site_count + 1u, sizeof *t->sites);
    int failed = !t->functions || !t->sites;
    for (unsigned i = 0; !failed && i < t->function_count; i++) {
        struct kp_timed_function *f = &t->functions[i];
        f->line_count = kp_module_function(index, i)->record->line_count;
        f->lines = calloc(f->line_count + 1u, sizeof *f->lines);
        failed = !f->lines;
    }
    for (unsigned i = 0; !failed && i < t->site_count; i++)
        t->sites[i].callee = -1;
    if (failed) {
        kp_times_free(t);
        return NULL;
    }
    return t;
}

void kp_times_free(struct kp_times *t)
{
    if (!t)
        return;
    for (unsigned i = 0; t->functions && i < t->function_count; i++)
        free(t->functions[i].lines);
    free(t->functions);
    free(t->sites);
    free(t->arcs);
    free(t);
}

void kp_times_add_segment(struct kp_times *t, const uint64_t *words, double tick_ns)
{
    for (unsigned i = 0; i < t->site_count; i++) {
        struct kp_timed_site *site = &t->sites[i];
        const uint64_t *w = words + kp_module_site(t->index, i)->word;
        double squares;
        memcpy(&squares, &w[KP_SITE_SQUARES], sizeof squares);
        site->calls += kp_site_calls(w);
        site->timed += w[KP_SITE_TIMED];
        site->inner_timed += w[KP_SITE_INNER_TIMED];
        site->seen_calls += w[KP_SITE_SEEN_CALLS];
        site->outer_calls += w[KP_SITE_OUTER_CALLS];
        site->ns += (double)(int64_t)w[KP_SITE_TICKS] * tick_ns;
        site->inner_ns += (double)(int64_t)w[KP_SITE_INNER_TICKS] * tick_ns;
        site->squares += squares * tick_ns * tick_ns;
        site->cpu_wall_ns += (double)w[KP_SITE_CPU_WALL_TICKS] * tick_ns;
        site->cpu_ns += (double)w[KP_SITE_CPU_NS];
    }
}

void kp_times_add_arc(struct kp_times *t, struct kp_module_line at, const char *callee, uint64_t calls, double time_ns)
{
    if (t->arc_count == t->arc_room) {
        unsigned room = t->arc_room ? 2 * t->arc_room : 64;
        struct kp_arc *arcs = reallocarray(t->arcs, room, sizeof *arcs);
        if (!arcs) {
            t->failed = 1;
            return;
        }
        t->arcs = arcs;
        t->arc_room = room;
    }
    int counted = kp_module_find_name(t->index, callee, at.function);
    if (counted >= 0)
        callee = kp_module_linkage_name(t->index, (unsigned)counted);
    t->arcs[t->arc_count++] = (struct kp_arc){at.function, at.line, callee, calls, time_ns};
}

/* Whether the call is that of a variant of a function, which the function itself counts. */
static int is_call_of_counted(const struct kp_times *t, unsigned function, const char *callee)
{
    return kp_module_is_variant(t->index, function) &&
           kp_module_find_name(t->index, callee, function) == (int)kp_module_counted(t->index, function);
}

/* Calls that are written in a function, as often as their blocks ran. */
static void add_direct_calls(struct kp_times *t, unsigned function, const uint64_t *block_counts)
{
    const struct kp_map_view *view = kp_module_function(t->index, function);
    for (uint32_t i = 0; i < view->record->call_count; i++) {
        const struct kp_map_call *call = &view->calls[i];
        const char *callee = view->strings + call->callee;
        if (block_counts[call->block] && !is_call_of_counted(t, function, callee))
            kp_times_add_arc(t, (struct kp_module_line){function, call->line}, callee, block_counts[call->block], 0);
    }
}

void kp_times_set_counts(struct kp_times *t, unsigned function, uint64_t calls, uint64_t inner_calls,
                         const uint64_t *block_counts)
{
    struct kp_timed_function *f = &t->functions[function];
    f->calls = calls;
    f->inner_calls = inner_calls < calls ? inner_calls : calls;
    add_direct_calls(t, function, block_counts);
}

void kp_times_add_time(struct kp_line_time *line, const struct kp_line_time *amount)
{
    line->time_ns += amount->time_ns;
    line->wait_ns += amount->wait_ns;
    line->variance += amount->variance;
}

void kp_times_charge(struct kp_times *t, const struct kp_module_line *frames, unsigned count, int of_all,
                     const struct kp_line_time *amount)
{
    if (count)
        t->functions[frames[0].function].lines[frames[0].line].time.self_ns += amount->self_ns;
    for (unsigned i = 0; i < count; i++) {
        struct kp_timed_line *line = &t->functions[frames[i].function].lines[frames[i].line];
        int again = 0;
        for (unsigned outer = i + 1; outer < count; outer++)
            again |= frames[outer].function == frames[i].function;
        if (!again)
            kp_times_add_time(of_all && i + 1 == count ? &line->of_all : &line->time, amount);
    }
    for (unsigned i = 1; i < count; i++)
        if (amount->time_ns > 0)
            kp_times_add_arc(t, frames[i], kp_module_linkage_name(t->index, frames[i - 1].function), 0,
                             amount->time_ns);
}

void kp_times_add_target(struct kp_times *t, uint64_t word, const char *callee, uint64_t calls)
{
    int number = kp_module_find_site(t->index, word);
    struct kp_module_line frames[KP_MODULE_FRAMES];
    if (number < 0 || !kp_module_site_frames(t->index, kp_module_site(t->index, (unsigned)number), frames))
        return;
    kp_times_add_arc(t, frames[0], callee, calls, 0);
    struct kp_timed_site *site = &t->sites[number];
    if (calls <= site->target_calls)
        return;
    char plain[512];
    size_t length = strcspn(callee, ".");
    snprintf(plain, sizeof plain, "%.*s", (int)length, callee);
    site->target_calls = calls;
    site->callee = kp_module_find_name(t->index, plain, frames[0].function);
}

/* Code of a body that belongs to no line is that of counting. Of several functions of the name it is the first one's
 * until kp_times_solve shares it out. */
static void add_counting(struct kp_times *t, const char *symbol, double time_ns)
{
    for (unsigned i = 0; symbol && i < t->function_count; i++)
        if (t->functions[i].line_count && kp_module_is_symbol_of(t->index, i, symbol)) {
            t->functions[i].counting_ns += time_ns;
            return;
        }
}

void kp_times_add_samples(struct kp_times *t, const struct kp_code_place *place, const char *symbol, double time_ns,
                          uint64_t samples)
{
    struct kp_place_frames frames;
    if (place->frame_count == 0) {
        add_counting(t, symbol, time_ns);
        return;
    }
    kp_place_frames_find(t->index, place, symbol, &frames);
    if (frames.in_body)
        t->functions[frames.lines[frames.count - 1].function].body_ns += time_ns;
    struct kp_line_time amount = {
        .time_ns = time_ns, .self_ns = time_ns, .variance = samples ? time_ns * time_ns / (double)samples : 0};
    kp_times_charge(t, frames.lines, frames.count, frames.in_body, &amount);
}

uint64_t kp_times_outermost_calls(const struct kp_times *t, unsigned function)
{
    return t->functions[function].outermost_calls;
}

const struct kp_line_time *kp_times_line(const struct kp_times *t, unsigned function, unsigned line)
{
    return &t->functions[function].lines[line].time;
}

const struct kp_arc *kp_times_arcs(const struct kp_times *t, unsigned *count)
{
    *count = t->arc_count;
    return t->arcs;
}
