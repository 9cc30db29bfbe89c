/* Times of lines and calls (see times.h). */
#include "kernprof/times.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_FRAMES = 64 };

struct function {
    struct kp_map_view view;
    struct kp_line_time *lines;
    uint64_t calls, inner_calls;
};

/* A line of the source and a function that has it, for finding functions by place. */
struct place {
    const char *path;
    uint32_t line;
    unsigned function;
    unsigned index; /* of the line in the function */
};

struct site {
    const struct kp_map_site *record;
    unsigned view;     /* index of its record of sites */
    unsigned function; /* whose body it is in */
    uint64_t word;     /* index of its first word */
    uint64_t calls, timed, inner_timed, seen_calls, outer_calls;
    double ns, squares, inner_ns, cpu_wall_ns, cpu_ns;
};

/* Where time is charged to. */
struct charged {
    unsigned function;
    unsigned line;
};

struct kp_times {
    struct function *functions;
    unsigned function_count;
    struct place *places;
    size_t place_count;
    struct kp_sites_view *views;
    unsigned view_count;
    struct site *sites; /* in ascending order of their words */
    unsigned site_count;
    struct kp_arc *arcs;
    unsigned arc_count, arc_room;
    int by_function;
    int failed; /* out of memory */
};

static int compare_places(const void *left, const void *right)
{
    const struct place *a = left, *b = right;
    if (a->line != b->line)
        return a->line < b->line ? -1 : 1;
    int order = strcmp(a->path, b->path);
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
    if (!t->functions || !t->places)
        return -1;
    unsigned index = 0;
    for (uint64_t offset = 0; kp_map_next(map, size, &offset, &view) == 1; index++) {
        t->functions[index].view = view;
        t->functions[index].lines = calloc(view.record->line_count + 1, sizeof *t->functions[index].lines);
        if (!t->functions[index].lines)
            return -1;
        for (uint32_t i = 0; i < view.record->line_count; i++)
            t->places[t->place_count++] = (struct place){view.strings + view.files[view.lines[i].file].path, view.lines[i].line,
                                                         index, i};
    }
    qsort(t->places, t->place_count, sizeof *t->places, compare_places);
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

static int read_sites(struct kp_times *t, const void *map, uint64_t size, uint64_t map_address, uint64_t counters_address,
                      uint64_t counters_size)
{
    struct kp_sites_view view;
    size_t sites = 0, views = 0;
    for (uint64_t offset = 0; kp_map_next_sites(map, size, &offset, &view) == 1; views++)
        sites += view.record->site_count;
    t->views = calloc(views + 1, sizeof *t->views);
    t->sites = calloc(sites + 1, sizeof *t->sites);
    if (!t->views || !t->sites)
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
                                                      .word = (uint64_t)word + (uint64_t)i * KP_SITE_WORDS};
        t->view_count++;
    }
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
    free(t->views);
    free(t->sites);
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

void kp_times_add_segment(struct kp_times *t, const uint64_t *words, double tick_ns)
{
    for (unsigned i = 0; i < t->site_count; i++) {
        struct site *site = &t->sites[i];
        const uint64_t *w = words + site->word;
        double squares;
        memcpy(&squares, &w[KP_SITE_SQUARES], sizeof squares);
        site->calls += w[KP_SITE_GRANTED] - w[KP_SITE_COUNTDOWN];
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

/* A new element of the list of arcs. */
static void add_arc(struct kp_times *t, struct charged at, const char *callee, uint64_t calls, double time_ns)
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
            add_arc(t, (struct charged){function, call->line}, view->strings + call->callee, block_counts[call->block], 0);
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

static const char *linkage_name(const struct kp_times *t, unsigned function)
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

/* The function that has a line at this place: the one of that name where there is one (NULL: not known), else the first. */
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
        int calls_only = (t->functions[p->function].view.record->flags & KP_FUNCTION_CALLS_ONLY) != 0;
        if (calls_only != t->by_function && !found && calls_only)
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

/* The profiled frames of a call site, innermost first. */
static unsigned frames_of_site(const struct kp_times *t, const struct site *site, struct charged *frames)
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
        } else if (!t->by_function && find_at(t, path, frame->line, view->strings + frame->function, &frames[count])) {
            count++;
        }
    }
    return count;
}

/* Adds to the time of every function once, at its outermost frame; own time belongs to the innermost. */
static void charge(struct kp_times *t, const struct charged *frames, unsigned count, const struct kp_line_time *amount)
{
    for (unsigned i = 0; i < count; i++) {
        struct kp_line_time *line = &t->functions[frames[i].function].lines[frames[i].line];
        int again = 0;
        for (unsigned outer = i + 1; outer < count; outer++)
            again |= frames[outer].function == frames[i].function;
        if (i == 0)
            line->self_ns += amount->self_ns;
        if (again)
            continue;
        line->time_ns += amount->time_ns;
        line->wait_ns += amount->wait_ns;
        line->variance += amount->variance;
    }
    for (unsigned i = 1; i < count; i++)
        if (amount->time_ns > 0)
            add_arc(t, frames[i], linkage_name(t, frames[i - 1].function), 0, amount->time_ns);
}

void kp_times_add_target(struct kp_times *t, uint64_t word, const char *callee, uint64_t calls)
{
    struct site key = {.word = word};
    const struct site *site = bsearch(&key, t->sites, t->site_count, sizeof *t->sites, compare_sites);
    struct charged frames[MAX_FRAMES];
    if (site && frames_of_site(t, site, frames))
        add_arc(t, frames[0], callee, calls, 0);
}

/* The symbol's function: names of versions are the original's and a suffix (plugin/versions.cpp). */
static int is_symbol_of(const struct kp_times *t, unsigned function, const char *symbol)
{
    const char *name = linkage_name(t, function);
    size_t length = strlen(name);
    if (strncmp(symbol, "kp.", 3) == 0)
        symbol += 3;
    return strncmp(symbol, name, length) == 0 && (symbol[length] == 0 || symbol[length] == '.');
}

/* The frame of the body itself, by the name of the symbol; by place where there is none. */
static int outermost_frame(const struct kp_times *t, const struct kp_code_frame *frame, const char *symbol, struct charged *at)
{
    if (symbol && t->by_function) {
        for (unsigned i = 0; i < t->function_count; i++) {
            const struct kp_map_view *view = &t->functions[i].view;
            if (!view->record->line_count || !is_symbol_of(t, i, symbol))
                continue;
            *at = (struct charged){i, 0};
            if (frame->path && strcmp(view->strings + view->files[view->record->file].path, frame->path) == 0)
                return 1;
        }
        return 0;
    }
    if (!frame->path || !find_at(t, frame->path, frame->line, NULL, at))
        return 0;
    if (!symbol || is_symbol_of(t, at->function, symbol))
        return 1;
    for (unsigned i = 0; i < t->function_count; i++) { /* another instance of the same source */
        int line = is_symbol_of(t, i, symbol) ? line_of(t, i, frame->path, frame->line) : -1;
        if (line >= 0) {
            *at = (struct charged){i, (unsigned)line};
            return 1;
        }
    }
    return 0;
}

void kp_times_add_samples(struct kp_times *t, const struct kp_code_place *place, const char *symbol, double time_ns,
                          uint64_t samples)
{
    struct charged frames[MAX_FRAMES];
    unsigned count = 0;
    double outermost = 1;
    for (unsigned i = 0; i < place->frame_count && count < MAX_FRAMES; i++) {
        const struct kp_code_frame *frame = &place->frames[i];
        int is_body = i + 1 == place->frame_count;
        if (is_body ? !outermost_frame(t, frame, symbol, &frames[count])
                    : t->by_function || !frame->path || !frame->function ||
                          !find_at(t, frame->path, frame->line, frame->function, &frames[count]))
            continue;
        const struct function *f = &t->functions[frames[count].function];
        if (is_body && f->calls)
            outermost = 1 - (double)f->inner_calls / (double)f->calls;
        count++;
    }
    struct kp_line_time amount = {.time_ns = time_ns * outermost,
                                  .self_ns = time_ns,
                                  .variance = samples ? time_ns * time_ns / (double)samples : 0};
    charge(t, frames, count, &amount);
}

/* Of a finite number of calls some were timed: the variance of the estimated sum (sampling without replacement). */
static double variance_of(const struct site *site)
{
    double n = (double)site->timed, calls = (double)site->calls;
    if (site->timed >= site->calls || site->timed == 0)
        return 0;
    double mean = site->ns / n;
    double spread = site->timed > 1 ? (site->squares / n - mean * mean) * n / (n - 1) : mean * mean;
    return spread > 0 ? calls * calls * spread / n * (1 - n / calls) : 0;
}

/* The function of the module that a site always calls, of the caller's own file where there are several; -1: none. */
static int direct_callee(const struct kp_times *t, const struct site *site)
{
    const char *callee = t->views[site->view].strings + site->record->callee;
    int found = -1;
    for (unsigned i = *callee ? 0 : t->function_count; i < t->function_count; i++) {
        const struct kp_map_view *view = &t->functions[i].view, *caller = &t->functions[site->function].view;
        if (!view->record->line_count || strcmp(linkage_name(t, i), callee) != 0)
            continue;
        if (found < 0 || strcmp(view->strings + view->files[view->record->file].path,
                                caller->strings + (caller->record->file_count ? caller->files[caller->record->file].path : 0)) == 0)
            found = (int)i;
    }
    return found;
}

/* What the timed calls of a site say of all of its calls. */
struct estimate {
    double outer_ns; /* of calls by outermost activations */
    double all_ns;
    double waiting; /* part of it */
    double variance;
};

static struct estimate estimate_site(const struct site *site)
{
    uint64_t timed = site->timed + site->inner_timed;
    double calls = (double)site->calls;
    double outermost = site->inner_timed ? (double)site->outer_calls / (double)site->seen_calls : 1;
    struct estimate e = {.variance = variance_of(site)};
    if (site->timed && site->ns > 0)
        e.outer_ns = site->ns / (double)site->timed * calls * outermost;
    if (timed && site->ns + site->inner_ns > 0)
        e.all_ns = (site->ns + site->inner_ns) / (double)timed * calls;
    if (site->cpu_wall_ns > site->cpu_ns)
        e.waiting = 1 - site->cpu_ns / site->cpu_wall_ns;
    return e;
}

/* Calls of a function by itself, to be charged when what others called is known. */
struct recursion {
    double calls, calls_ns; /* by itself, and their length by the timed calls among them */
    double others_calls, others_ns, others_variance; /* calls by others */
};

static void charge_site(struct kp_times *t, const struct site *site, int callee_is_profiled, const struct estimate *e)
{
    struct charged frames[MAX_FRAMES];
    unsigned count = frames_of_site(t, site, frames);
    if (count == 0)
        return;
    struct kp_line_time amount = {.time_ns = e->outer_ns,
                                  .self_ns = callee_is_profiled ? 0 : e->all_ns,
                                  .wait_ns = e->outer_ns * e->waiting,
                                  .variance = e->variance};
    charge(t, frames, count, &amount);
    int counted = (t->functions[site->function].view.record->flags & KP_FUNCTION_CALLS_ONLY) != 0;
    const char *name = t->views[site->view].strings + site->record->callee;
    if (callee_is_profiled)
        add_arc(t, frames[0], name, counted ? site->calls : 0, e->outer_ns);
}

static int is_recursive(const struct kp_times *t, const struct site *site, int callee)
{
    struct charged frames[MAX_FRAMES];
    return callee >= 0 && frames_of_site(t, site, frames) && frames[0].function == (unsigned)callee;
}

static double sum_of_lines(const struct function *f)
{
    double sum = 0;
    for (uint32_t i = 0; i < f->view.record->line_count; i++)
        sum += f->lines[i].time_ns;
    return sum;
}

/* Few of a recursive function's calls of itself are made by an outermost activation, too few to be sampled. But what others
 * measured of their calls of it is the time of its outermost activations, and what is not the time of its other lines is
 * that of the recursive calls. */
static double recursive_ns(const struct function *f, const struct recursion *r)
{
    if (r->others_calls < (double)(f->calls - f->inner_calls) * 0.99)
        return r->calls_ns; /* others called it that nobody timed */
    double rest = r->others_ns - sum_of_lines(f);
    return rest > 0 ? rest : 0;
}

static int compare_arcs(const void *left, const void *right)
{
    const struct kp_arc *a = left, *b = right;
    if (a->function != b->function)
        return a->function < b->function ? -1 : 1;
    if (a->line != b->line)
        return a->line < b->line ? -1 : 1;
    return strcmp(a->callee, b->callee);
}

static void merge_arcs(struct kp_times *t)
{
    if (t->arc_count)
        qsort(t->arcs, t->arc_count, sizeof *t->arcs, compare_arcs);
    unsigned kept = 0;
    for (unsigned i = 0; i < t->arc_count; i++) {
        if (kept && compare_arcs(&t->arcs[kept - 1], &t->arcs[i]) == 0) {
            t->arcs[kept - 1].calls += t->arcs[i].calls;
            t->arcs[kept - 1].time_ns += t->arcs[i].time_ns;
        } else {
            t->arcs[kept++] = t->arcs[i];
        }
    }
    t->arc_count = kept;
}

static void charge_recursion(struct kp_times *t, const int *callees, const struct estimate *estimates,
                             const struct recursion *recursions)
{
    for (unsigned i = 0; i < t->site_count; i++) {
        if (!is_recursive(t, &t->sites[i], callees[i]))
            continue;
        const struct recursion *r = &recursions[callees[i]];
        struct estimate e = estimates[i];
        e.outer_ns = r->calls > 0 ? r->calls_ns * (double)t->sites[i].calls / r->calls : 0;
        e.variance = r->others_variance;
        charge_site(t, &t->sites[i], 1, &e);
    }
}

static void charge_sites(struct kp_times *t, int *callees, struct estimate *estimates, struct recursion *recursions,
                         int (*is_profiled)(const char *name, void *data), void *data)
{
    for (unsigned i = 0; i < t->site_count; i++) {
        const struct site *site = &t->sites[i];
        const char *name = t->views[site->view].strings + site->record->callee;
        callees[i] = direct_callee(t, site);
        estimates[i] = estimate_site(site);
        struct recursion *r = callees[i] >= 0 ? &recursions[callees[i]] : NULL;
        if (is_recursive(t, site, callees[i])) {
            r->calls += (double)site->calls;
            r->calls_ns += estimates[i].outer_ns;
            continue;
        }
        if (r) {
            r->others_calls += (double)site->calls;
            r->others_ns += estimates[i].outer_ns;
            r->others_variance += estimates[i].variance;
        }
        charge_site(t, site, *name && is_profiled(name, data), &estimates[i]);
    }
    for (unsigned i = 0; i < t->function_count; i++)
        if (recursions[i].calls > 0)
            recursions[i].calls_ns = recursive_ns(&t->functions[i], &recursions[i]);
    charge_recursion(t, callees, estimates, recursions);
}

int kp_times_solve(struct kp_times *t, int (*is_profiled)(const char *name, void *data), void *data)
{
    int *callees = calloc(t->site_count + 1u, sizeof *callees);
    struct estimate *estimates = calloc(t->site_count + 1u, sizeof *estimates);
    struct recursion *recursions = calloc(t->function_count + 1u, sizeof *recursions);
    t->failed |= !callees || !estimates || !recursions;
    if (!t->failed)
        charge_sites(t, callees, estimates, recursions, is_profiled, data);
    free(callees);
    free(estimates);
    free(recursions);
    merge_arcs(t);
    return t->failed ? -1 : 0;
}

const struct kp_line_time *kp_times_line(const struct kp_times *t, unsigned function, unsigned line)
{
    return &t->functions[function].lines[line];
}

const struct kp_arc *kp_times_arcs(const struct kp_times *t, unsigned *count)
{
    *count = t->arc_count;
    return t->arcs;
}
