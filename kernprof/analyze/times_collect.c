/* Times of lines and calls (see times.h). */
#include "kernprof/analyze/times_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int compare_places(const void *left, const void *right)
{
    const struct place *a = left, *b = right;
    if (a->line != b->line)
        return a->line < b->line ? -1 : 1;
    int order = strcmp(a->path, b->path);
    return order ? order : a->function < b->function ? -1 : a->function > b->function;
}

static int compare_names(const void *left, const void *right)
{
    const struct name *a = left, *b = right;
    int order = strcmp(a->name, b->name);
    return order ? order : a->function < b->function ? -1 : a->function > b->function;
}

static int compare_sites(const void *left, const void *right)
{
    const struct site *a = left, *b = right;
    return a->word < b->word ? -1 : a->word > b->word;
}

static int read_functions(struct kp_times *t, const void *map, uint64_t size)
{
    struct kp_map_view view;
    size_t lines = 0;
    for (uint64_t offset = 0; kp_map_next(map, size, &offset, &view) == 1; t->function_count++)
        lines += view.record->line_count;
    t->functions = calloc(t->function_count + 1, sizeof *t->functions);
    t->places = calloc(lines + 1, sizeof *t->places);
    t->names = calloc(t->function_count + 1u, sizeof *t->names);
    if (!t->functions || !t->places || !t->names)
        return -1;
    unsigned index = 0;
    for (uint64_t offset = 0; kp_map_next(map, size, &offset, &view) == 1; index++) {
        t->functions[index].view = view;
        t->names[index] = (struct name){view.strings + view.record->linkage_name, index};
        t->functions[index].lines = calloc(view.record->line_count + 1, sizeof *t->functions[index].lines);
        if (!t->functions[index].lines)
            return -1;
        for (uint32_t i = 0; i < view.record->line_count; i++)
            t->places[t->place_count++] =
                (struct place){view.strings + view.files[view.lines[i].file].path, view.lines[i].line, index, i};
    }
    if (t->place_count)
        qsort(t->places, t->place_count, sizeof *t->places, compare_places);
    if (t->function_count)
        qsort(t->names, t->function_count, sizeof *t->names, compare_names);
    return 0;
}

static int find_function_at(const struct kp_times *t, uint64_t offset)
{
    unsigned low = 0, high = t->function_count;
    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        if (t->functions[middle].view.offset < offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low < t->function_count && t->functions[low].view.offset == offset ? (int)low : -1;
}

static int read_sites(struct kp_times *t, const void *map, uint64_t size, uint64_t map_address,
                      uint64_t counters_address, uint64_t counters_size)
{
    struct kp_sites_view view;
    size_t sites = 0, fused = 0, views = 0;
    for (uint64_t offset = 0; kp_map_next_sites(map, size, &offset, &view) == 1; views++) {
        sites += view.record->site_count;
        fused += view.record->fused_count;
    }
    t->views = calloc(views + 1, sizeof *t->views);
    t->sites = calloc(sites + 1, sizeof *t->sites);
    t->fused = calloc(fused + 1, sizeof *t->fused);
    if (!t->views || !t->sites || !t->fused)
        return -1;
    for (uint64_t offset = 0; kp_map_next_sites(map, size, &offset, &view) == 1;) {
        int function = find_function_at(t, kp_map_function_of_sites(&view));
        int64_t word = kp_map_first_site_word(&view, map_address, counters_address, counters_size);
        if (function < 0 || word < 0)
            continue;
        t->views[t->view_count] = view;
        for (uint32_t i = 0; i < view.record->site_count; i++)
            t->sites[t->site_count++] = (struct site){.record = &view.sites[i],
                                                      .view = t->view_count,
                                                      .function = (unsigned)function,
                                                      .callee = -1,
                                                      .word = (uint64_t)word + (uint64_t)i * KP_SITE_WORDS};
        for (uint32_t i = 0; i < view.record->fused_count; i++) {
            int64_t counter = kp_map_fused_word(&view, i, map_address, counters_address, counters_size);
            if (counter >= 0)
                t->fused[t->fused_count++] =
                    (struct fused){.counter = (uint64_t)counter,
                                   .site = (uint64_t)word + (uint64_t)view.fused[i].site * KP_SITE_WORDS,
                                   .step = view.fused[i].step};
        }
        t->view_count++;
    }
    if (t->site_count)
        qsort(t->sites, t->site_count, sizeof *t->sites, compare_sites);
    return 0;
}

struct kp_times *kp_times_new(const void *map, uint64_t map_size, uint64_t map_address, uint64_t counters_address,
                              uint64_t counters_size, int by_function)
{
    struct kp_times *t = calloc(1, sizeof *t);
    if (!t)
        return NULL;
    t->by_function = by_function;
    if (read_functions(t, map, map_size) == 0 &&
        read_sites(t, map, map_size, map_address, counters_address, counters_size) == 0)
        return t;
    kp_times_free(t);
    return NULL;
}

void kp_times_free(struct kp_times *t)
{
    for (unsigned i = 0; t->functions && i < t->function_count; i++)
        free(t->functions[i].lines);
    free(t->functions);
    free(t->places);
    free(t->names);
    free(t->views);
    free(t->sites);
    free(t->fused);
    free(t->arcs);
    free(t);
}

unsigned kp_times_function_count(const struct kp_times *t)
{
    return t->function_count;
}

const struct kp_map_view *kp_times_function(const struct kp_times *t, unsigned function)
{
    return &t->functions[function].view;
}

unsigned kp_times_site_count(const struct kp_times *t)
{
    return t->site_count;
}

uint64_t kp_times_site_word(const struct kp_times *t, unsigned site)
{
    return t->sites[site].word;
}

void kp_times_add_fused(const struct kp_times *t, uint64_t *words)
{
    for (unsigned i = 0; i < t->fused_count; i++)
        words[t->fused[i].counter] += t->fused[i].step * kp_site_calls(words + t->fused[i].site);
}

void kp_times_add_segment(struct kp_times *t, const uint64_t *words, double tick_ns)
{
    for (unsigned i = 0; i < t->site_count; i++) {
        struct site *site = &t->sites[i];
        const uint64_t *w = words + site->word;
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

void kp_times_add_arc(struct kp_times *t, struct charged at, const char *callee, uint64_t calls, double time_ns)
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
    t->arcs[t->arc_count++] = (struct kp_arc){at.function, at.line, callee, calls, time_ns};
}

/* Calls that are written in a function, as often as their blocks ran. */
static void add_direct_calls(struct kp_times *t, unsigned function, const uint64_t *block_counts)
{
    const struct kp_map_view *view = &t->functions[function].view;
    for (uint32_t i = 0; i < view->record->call_count; i++) {
        const struct kp_map_call *call = &view->calls[i];
        if (block_counts[call->block])
            kp_times_add_arc(t, (struct charged){function, call->line}, view->strings + call->callee,
                             block_counts[call->block], 0);
    }
}

void kp_times_set_counts(struct kp_times *t, unsigned function, uint64_t calls, uint64_t inner_calls,
                         const uint64_t *block_counts)
{
    struct function *f = &t->functions[function];
    f->calls = calls;
    f->inner_calls = inner_calls < calls ? inner_calls : calls;
    add_direct_calls(t, function, block_counts);
}

const char *kp_times_linkage_name(const struct kp_times *t, unsigned function)
{
    const struct kp_map_view *view = &t->functions[function].view;
    return view->strings + view->record->linkage_name;
}

/* Whether a name out of debug information is that of the function: its linkage name, or the last part of what people
 * write, without the arguments of a template. */
static int is_named(const struct kp_times *t, unsigned function, const char *name)
{
    const struct kp_map_view *view = &t->functions[function].view;
    const char *linkage = view->strings + view->record->linkage_name, *readable = view->strings + view->record->name;
    if (strcmp(linkage, name) == 0 || strcmp(readable, name) == 0)
        return 1;
    size_t length = strcspn(name, "<"), whole = strlen(readable);
    const char *end = strchr(readable, '<');
    size_t readable_length = end ? (size_t)(end - readable) : whole;
    return readable_length > length && strncmp(readable + readable_length - length, name, length) == 0 &&
           readable[readable_length - length - 1] == ':';
}

static int line_of(const struct kp_times *t, unsigned function, const char *path, uint32_t line)
{
    const struct kp_map_view *view = &t->functions[function].view;
    for (uint32_t i = 0; i < view->record->line_count; i++)
        if (view->lines[i].line == line && strcmp(view->strings + view->files[view->lines[i].file].path, path) == 0)
            return (int)i;
    return -1;
}

int kp_times_is_calls_only(const struct kp_times *t, unsigned function)
{
    return (t->functions[function].view.record->flags & KP_FUNCTION_CALLS_ONLY) != 0;
}

/* The function that has a line at this place: the one of that name where there is one (NULL: not known), else the
 * first. */
static int find_at(const struct kp_times *t, const char *path, uint32_t line, const char *name, struct charged *at)
{
    struct place key = {path, line, 0, 0};
    size_t low = 0, high = t->place_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_places(&t->places[middle], &key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    int found = 0;
    for (size_t i = low; i < t->place_count && t->places[i].line == line && strcmp(t->places[i].path, path) == 0; i++) {
        const struct place *p = &t->places[i];
        if (kp_times_is_calls_only(t, p->function)) /* it has no lines */
            continue;
        int named = name && is_named(t, p->function, name);
        if (!found || named)
            *at = (struct charged){p->function, p->index};
        found = 1;
        if (named)
            return 1;
    }
    /* A name that fits none of them is that of a function that is not profiled, which has its lines there too. */
    return found && !name;
}

unsigned kp_times_frames_of_site(const struct kp_times *t, const struct site *site, struct charged *frames)
{
    const struct kp_sites_view *view = &t->views[site->view];
    unsigned count = 0;
    for (uint32_t i = site->record->frame; i != KP_NO_FRAME && count < MAX_FRAMES; i = view->frames[i].inlined_at) {
        const struct kp_map_frame *frame = &view->frames[i];
        const char *path = view->strings + view->files[frame->file].path;
        if (frame->inlined_at == KP_NO_FRAME) {
            if (!t->functions[site->function].view.record->line_count)
                break; /* it only forwards calls */
            int line = line_of(t, site->function, path, frame->line);
            frames[count++] = (struct charged){site->function, line >= 0 ? (unsigned)line : 0};
        } else if (!kp_times_is_calls_only(t, site->function) &&
                   find_at(t, path, frame->line, view->strings + frame->function, &frames[count])) {
            count++;
        }
    }
    return count;
}

void kp_times_calls_of_segment(const struct kp_times *t, const uint64_t *words, double tick_ns,
                               void (*add)(void *data, unsigned function, unsigned line, double ns), void *data)
{
    for (unsigned i = 0; i < t->site_count; i++) {
        const uint64_t *w = words + t->sites[i].word;
        uint64_t calls = kp_site_calls(w), timed = w[KP_SITE_TIMED] + w[KP_SITE_INNER_TIMED];
        double ns = (double)(int64_t)(w[KP_SITE_TICKS] + w[KP_SITE_INNER_TICKS]) * tick_ns;
        struct charged frames[MAX_FRAMES];
        unsigned count = calls && timed && ns > 0 ? kp_times_frames_of_site(t, &t->sites[i], frames) : 0;
        for (unsigned frame = 0; frame < count; frame++)
            add(data, frames[frame].function, frames[frame].line, ns / (double)timed * (double)calls);
    }
}

void kp_times_add_time(struct kp_line_time *line, const struct kp_line_time *amount)
{
    line->time_ns += amount->time_ns;
    line->wait_ns += amount->wait_ns;
    line->variance += amount->variance;
}

void kp_times_charge(struct kp_times *t, const struct charged *frames, unsigned count, int of_all,
                     const struct kp_line_time *amount)
{
    if (count)
        t->functions[frames[0].function].lines[frames[0].line].time.self_ns += amount->self_ns;
    for (unsigned i = 0; i < count; i++) {
        struct line *line = &t->functions[frames[i].function].lines[frames[i].line];
        int again = 0;
        for (unsigned outer = i + 1; outer < count; outer++)
            again |= frames[outer].function == frames[i].function;
        if (!again)
            kp_times_add_time(of_all && i + 1 == count ? &line->of_all : &line->time, amount);
    }
    for (unsigned i = 1; i < count; i++)
        if (amount->time_ns > 0)
            kp_times_add_arc(t, frames[i], kp_times_linkage_name(t, frames[i - 1].function), 0, amount->time_ns);
}

const char *kp_times_file(const struct kp_times *t, unsigned function)
{
    const struct kp_map_view *view = &t->functions[function].view;
    return view->record->file_count ? view->strings + view->files[view->record->file].path : "";
}

int kp_times_find_by_name(const struct kp_times *t, const char *name, unsigned caller)
{
    size_t low = 0, high = t->function_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(t->names[middle].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    int found = -1;
    for (; low < t->function_count && strcmp(t->names[low].name, name) == 0; low++) {
        unsigned function = t->names[low].function;
        const struct kp_map_view *view = &t->functions[function].view;
        if (kp_map_is_profiled(view->record, t->by_function) &&
            (found < 0 || strcmp(kp_times_file(t, function), kp_times_file(t, caller)) == 0))
            found = (int)function;
    }
    return found;
}

/* The symbol's function: names of versions are the original's and a suffix (plugin/versions.cpp). */
static int is_symbol_of(const struct kp_times *t, unsigned function, const char *symbol)
{
    const char *name = kp_times_linkage_name(t, function);
    size_t length = strlen(name);
    if (strncmp(symbol, "kp.", 3) == 0)
        symbol += 3;
    return strncmp(symbol, name, length) == 0 && (symbol[length] == 0 || symbol[length] == '.');
}

void kp_times_add_target(struct kp_times *t, uint64_t word, const char *callee, uint64_t calls)
{
    struct site key = {.word = word};
    struct site *site = t->site_count ? bsearch(&key, t->sites, t->site_count, sizeof *t->sites, compare_sites) : NULL;
    struct charged frames[MAX_FRAMES];
    if (!site || !kp_times_frames_of_site(t, site, frames))
        return;
    kp_times_add_arc(t, frames[0], callee, calls, 0);
    if (calls <= site->target_calls)
        return;
    char plain[512];
    size_t length = strcspn(callee, ".");
    snprintf(plain, sizeof plain, "%.*s", (int)length, callee);
    site->target_calls = calls;
    site->callee = kp_times_find_by_name(t, plain, frames[0].function);
}

/* The listed line that code of the function belongs to: its own, or the one before (what sets up a frame is at the
 * opening brace, which is in no list); -1: none. */
static int listed_line(const struct kp_times *t, unsigned function, const char *path, uint32_t line)
{
    const struct kp_map_view *view = &t->functions[function].view;
    int found = -1;
    for (uint32_t i = 0; i < view->record->line_count; i++)
        if (view->lines[i].line <= line && (found < 0 || view->lines[i].line > view->lines[found].line) &&
            strcmp(view->strings + view->files[view->lines[i].file].path, path) == 0)
            found = (int)i;
    return found;
}

/* The frame of the body itself, by the name of the symbol; by place where there is none. */
static int outermost_frame(const struct kp_times *t, const struct kp_code_frame *frame, const char *symbol,
                           struct charged *at)
{
    if (symbol && t->by_function) {
        for (unsigned i = 0; i < t->function_count; i++) {
            const struct kp_map_view *view = &t->functions[i].view;
            if (!view->record->line_count || !is_symbol_of(t, i, symbol))
                continue;
            int line = frame->path ? line_of(t, i, frame->path, frame->line) : -1;
            *at = (struct charged){i, line >= 0 ? (unsigned)line : 0};
            if (frame->path && strcmp(kp_times_file(t, i), frame->path) == 0)
                return 1;
        }
        return 0;
    }
    if (!frame->path)
        return 0;
    int is_listed = find_at(t, frame->path, frame->line, NULL, at);
    if (!symbol || (is_listed && is_symbol_of(t, at->function, symbol)))
        return is_listed;
    for (unsigned i = 0; i < t->function_count;
         i++) { /* another instance of the same source, or a line that is not listed */
        int is_own = is_symbol_of(t, i, symbol) && !kp_times_is_calls_only(t, i);
        int line = is_own ? listed_line(t, i, frame->path, frame->line) : -1;
        if (line >= 0) {
            *at = (struct charged){i, (unsigned)line};
            return 1;
        }
    }
    return 0;
}

/* Code of a body that belongs to no line is that of counting. Of several functions of the name it is the first one's
 * until kp_times_solve shares it out. */
static void add_counting(struct kp_times *t, const char *symbol, double time_ns)
{
    for (unsigned i = 0; symbol && i < t->function_count; i++)
        if (t->functions[i].view.record->line_count && is_symbol_of(t, i, symbol)) {
            t->functions[i].counting_ns += time_ns;
            return;
        }
}

void kp_times_add_samples(struct kp_times *t, const struct kp_code_place *place, const char *symbol, double time_ns,
                          uint64_t samples)
{
    struct charged frames[MAX_FRAMES], body;
    unsigned count = 0;
    if (place->frame_count == 0) {
        add_counting(t, symbol, time_ns);
        return;
    }
    int in_body = outermost_frame(t, &place->frames[place->frame_count - 1], symbol, &body);
    int inlined_too = !in_body || !kp_times_is_calls_only(t, body.function);
    for (unsigned i = 0; inlined_too && i + 1 < place->frame_count && count < MAX_FRAMES - 1; i++) {
        const struct kp_code_frame *frame = &place->frames[i];
        if (frame->path && frame->function && find_at(t, frame->path, frame->line, frame->function, &frames[count]))
            count++;
    }
    if (in_body) {
        frames[count++] = body;
        t->functions[body.function].body_ns += time_ns;
    }
    struct kp_line_time amount = {
        .time_ns = time_ns, .self_ns = time_ns, .variance = samples ? time_ns * time_ns / (double)samples : 0};
    kp_times_charge(t, frames, count, in_body, &amount);
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
