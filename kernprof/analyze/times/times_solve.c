/* Charges timed calls (see times.h). */
#include "kernprof/analyze/times/times_parts.h"

#include <stdlib.h>
#include <string.h>

#include "kernprof/analyze/times/cycles.h"

/* Of a finite number of calls some were timed: the variance of the estimated sum (sampling without replacement). */
static double variance_of(const struct kp_timed_site *site)
{
    double n = (double)site->timed, calls = (double)site->calls;
    if (site->timed >= site->calls || site->timed == 0)
        return 0;
    double mean = site->ns / n;
    double spread = site->timed > 1 ? (site->squares / n - mean * mean) * n / (n - 1) : mean * mean;
    return spread > 0 ? calls * calls * spread / n * (1 - n / calls) : 0;
}

/* What the timed calls of a site say of all of its calls. */
struct estimate {
    struct kp_module_line at; /* where the call is written */
    int is_written;           /* 0: in no function that is profiled */
    int is_recursive;         /* it may come to its own function again */
    double ns;                /* of all calls */
    double waiting;           /* part of it */
    double variance;
    const double *uncounted; /* of the callee, wherever it is; NULL: it is not profiled */
};

/* What is known of a function besides its lines. */
struct recursion {
    double inner_calls;          /* calls within its own cycle that are written in it */
    double site_calls, inner_ns; /* those that are made by sites */
    double looped_calls;  /* those that are not: the optimiser makes a loop of a function that calls itself last */
    double outside_calls; /* calls of it from outside of its cycle */
    double site_outside_calls, outside_ns;
    double recursive_ns; /* what the recursive calls of its outermost activations take */
    double outermost;    /* part of its activations */
};

struct solver {
    struct kp_times *times;
    struct estimate *estimates;   /* by site */
    struct recursion *of;         /* by function */
    double *uncounted;            /* by function: the part of its time that its own counting does not take */
    struct component *components; /* as many as functions, at most */
    unsigned *component;          /* by function */
    struct kp_edge *edges;
    int *arc_callees;   /* by arc: function; -1: of another module, or without calls */
    unsigned arc_count; /* arcs before any is charged */
};

/* Functions that call each other in a circle, or one alone. */
struct component {
    unsigned functions;
    double outside_ns; /* calls of it from outside */
    double measured_ns, counting_ns;
};

/* The linkage name of whom a site calls; empty: it calls through a pointer. */
static const char *callee_name(const struct kp_times *t, unsigned site)
{
    return kp_module_callee(kp_module_site(t->index, site));
}

struct modules {
    struct solver *solvers;
    const struct kp_function_names *names;
};

/* Of the site's callee, wherever it is; NULL: it is not profiled, or not known. */
static const double *find_uncounted(const struct modules *all, unsigned module, unsigned site, const char *file)
{
    const struct solver *s = &all->solvers[module];
    const char *name = callee_name(s->times, site);
    if (s->times->sites[site].callee >= 0)
        return &s->uncounted[s->times->sites[site].callee];
    const struct kp_function_name *callee = *name ? kp_function_names_find(all->names, name, module, file) : NULL;
    return callee ? &all->solvers[callee->module].uncounted[callee->function] : NULL;
}

static void estimate_site(const struct modules *all, unsigned module, unsigned number, struct estimate *e)
{
    struct kp_times *t = all->solvers[module].times;
    struct kp_timed_site *site = &t->sites[number];
    struct kp_module_line frames[KP_MODULE_FRAMES];
    uint64_t timed = site->timed + site->inner_timed;
    e->is_written = kp_module_site_frames(t->index, kp_module_site(t->index, number), frames) > 0;
    if (!e->is_written)
        return;
    e->at = frames[0];
    e->variance = variance_of(site);
    if (timed && site->ns + site->inner_ns > 0)
        e->ns = (site->ns + site->inner_ns) / (double)timed * (double)site->calls;
    if (site->cpu_wall_ns > site->cpu_ns)
        e->waiting = 1 - site->cpu_ns / site->cpu_wall_ns;
    if (*callee_name(t, number))
        site->callee = kp_module_find_name(t->index, callee_name(t, number), frames[0].function);
    e->uncounted = find_uncounted(all, module, number, kp_module_file(t->index, frames[0].function));
}

static int find_cycles(struct solver *s)
{
    struct kp_times *t = s->times;
    unsigned count = 0;
    s->edges = calloc((size_t)t->site_count + t->arc_count + 1, sizeof *s->edges);
    s->arc_count = t->arc_count;
    s->arc_callees = calloc(s->arc_count + 1u, sizeof *s->arc_callees);
    if (!s->edges || !s->arc_callees)
        return -1;
    for (unsigned i = 0; i < t->site_count; i++)
        if (s->estimates[i].is_written && t->sites[i].callee >= 0 && t->sites[i].calls)
            s->edges[count++] = (struct kp_edge){s->estimates[i].at.function, (unsigned)t->sites[i].callee};
    for (unsigned i = 0; i < t->arc_count; i++) {
        int callee = t->arcs[i].calls ? kp_module_find_name(t->index, t->arcs[i].callee, t->arcs[i].function) : -1;
        s->arc_callees[i] = callee;
        if (callee >= 0)
            s->edges[count++] = (struct kp_edge){t->arcs[i].function, (unsigned)callee};
    }
    if (kp_cycles_find(t->function_count, s->edges, count, s->component) != 0)
        return -1;
    for (unsigned i = 0; i < t->site_count; i++) {
        struct estimate *e = &s->estimates[i];
        int callee = t->sites[i].callee;
        e->is_recursive = e->is_written && callee >= 0 && s->component[e->at.function] == s->component[callee];
    }
    return 0;
}

/* Whether an arc of a function whose lines count stays within its cycle. */
static int is_inner_arc(const struct solver *s, unsigned arc)
{
    unsigned caller = s->times->arcs[arc].function;
    return s->arc_callees[arc] >= 0 && !kp_module_is_calls_only(s->times->index, caller) &&
           s->component[caller] == s->component[s->arc_callees[arc]];
}

static struct kp_timed_line *line_at(const struct kp_times *t, struct kp_module_line at)
{
    return &t->functions[at.function].lines[at.line];
}

/* Of each line, its recursive calls that no site makes. A call through a pointer has a site, whomever it calls. */
static void find_looped(struct solver *s)
{
    struct kp_times *t = s->times;
    for (unsigned i = 0; i < s->arc_count; i++)
        if (is_inner_arc(s, i))
            line_at(t, (struct kp_module_line){t->arcs[i].function, t->arcs[i].line})->looped_calls +=
                (double)t->arcs[i].calls;
    for (unsigned i = 0; i < t->site_count; i++) {
        const struct estimate *e = &s->estimates[i];
        if (e->is_written && (e->is_recursive || !*callee_name(t, i)))
            line_at(t, e->at)->looped_calls -= (double)t->sites[i].calls;
    }
    for (unsigned i = 0; i < t->function_count; i++)
        for (uint32_t l = 0; l < t->functions[i].line_count; l++)
            if (t->functions[i].lines[l].looped_calls > 0)
                s->of[i].looped_calls += t->functions[i].lines[l].looped_calls;
}

/* Counts calls within cycles, and into them. Of functions whose lines count, the arcs tell them; of the others, the
 * sites. */
static void count_calls(struct solver *s)
{
    struct kp_times *t = s->times;
    for (unsigned i = 0; i < t->site_count; i++) {
        const struct estimate *e = &s->estimates[i];
        double calls = (double)t->sites[i].calls;
        if (!e->is_written || t->sites[i].callee < 0)
            continue;
        struct recursion *caller = &s->of[e->at.function], *callee = &s->of[t->sites[i].callee];
        int is_told = kp_module_is_calls_only(t->index, e->at.function);
        if (e->is_recursive) {
            caller->inner_calls += is_told ? calls : 0;
            caller->site_calls += calls;
            caller->inner_ns += e->ns;
        } else {
            callee->outside_calls += is_told ? calls : 0;
            callee->site_outside_calls += calls;
            callee->outside_ns += e->ns;
            s->components[s->component[t->sites[i].callee]].outside_ns += e->ns;
        }
    }
    for (unsigned i = 0; i < s->arc_count; i++) {
        const struct kp_arc *arc = &t->arcs[i];
        if (is_inner_arc(s, i))
            s->of[arc->function].inner_calls += (double)arc->calls;
        else if (s->arc_callees[i] >= 0 && !kp_module_is_calls_only(t->index, arc->function))
            s->of[s->arc_callees[i]].outside_calls += (double)arc->calls;
    }
}

static const char *name_at(const struct kp_times *t, unsigned place)
{
    return kp_module_linkage_name(t->index, kp_module_by_name(t->index, place));
}

/* Functions of one name, as static ones can be, have parts of what counting took in all of them, as they have of the
 * time of their bodies. */
static void share_counting(struct kp_times *t)
{
    for (unsigned i = 0, end; i < t->function_count; i = end) {
        double body_ns = 0, counting_ns = 0;
        const char *name = name_at(t, i);
        for (end = i; end < t->function_count && strcmp(name_at(t, end), name) == 0; end++) {
            const struct kp_timed_function *f = &t->functions[kp_module_by_name(t->index, end)];
            body_ns += f->body_ns;
            counting_ns += f->counting_ns;
        }
        for (unsigned same = i; body_ns > 0 && same < end; same++) {
            struct kp_timed_function *f = &t->functions[kp_module_by_name(t->index, same)];
            f->counting_ns = counting_ns * (f->body_ns / body_ns);
        }
    }
}

/* Finds what part of the time of functions counting takes in their own bodies; in a cycle of calls it is that of the
 * cycle. */
static void find_counting_parts(struct solver *s)
{
    struct kp_times *t = s->times;
    for (unsigned i = 0; i < t->function_count; i++) {
        struct component *c = &s->components[s->component[i]];
        c->functions++;
        c->measured_ns += t->functions[i].body_ns + t->functions[i].counting_ns;
        c->counting_ns += t->functions[i].counting_ns;
    }
    for (unsigned i = 0; i < t->site_count; i++)
        if (s->estimates[i].is_written && !s->estimates[i].is_recursive)
            s->components[s->component[kp_module_site(t->index, i)->function]].measured_ns += s->estimates[i].ns;
    for (unsigned i = 0; i < t->function_count; i++) {
        const struct component *c = &s->components[s->component[i]];
        s->uncounted[i] = c->measured_ns > 0 ? 1 - c->counting_ns / c->measured_ns : 1;
    }
}

/* Charges what a site's calls take. The callee has its part of it without what its counting takes, as its lines have.
 */
static void charge_site(struct solver *s, unsigned number, double time_ns, int of_all)
{
    struct kp_times *t = s->times;
    const struct estimate *e = &s->estimates[number];
    const struct kp_module_site *site = kp_module_site(t->index, number);
    struct kp_module_line frames[KP_MODULE_FRAMES];
    unsigned count = kp_module_site_frames(t->index, site, frames);
    const char *name = callee_name(t, number);
    int profiled = e->uncounted != NULL;
    struct kp_line_time amount = {
        .time_ns = time_ns, .self_ns = profiled ? 0 : e->ns, .wait_ns = time_ns * e->waiting, .variance = e->variance};
    kp_times_charge(t, frames, count, of_all, &amount);
    if (!profiled)
        return;
    double callee_ns = e->is_recursive ? time_ns : time_ns * *e->uncounted;
    if (*name)
        kp_times_add_arc(t, frames[0], name,
                         kp_module_is_calls_only(t->index, site->function) ? t->sites[number].calls : 0, callee_ns);
    else
        kp_times_add_arc(t, frames[0], kp_module_linkage_name(t->index, (unsigned)t->sites[number].callee), 0,
                         callee_ns);
}

/* Calls that cannot come to their own function again are charged at once. */
static void charge_plain_sites(struct solver *s)
{
    struct kp_times *t = s->times;
    for (unsigned i = 0; i < t->site_count; i++) {
        const struct estimate *e = &s->estimates[i];
        const struct kp_timed_site *site = &t->sites[i];
        if (!e->is_written || e->is_recursive)
            continue;
        double tracked = site->inner_timed ? (double)site->outer_calls / (double)site->seen_calls : 1;
        charge_site(s, i, e->ns * tracked, site->inner_timed == 0);
    }
}

static double least(double a, double b)
{
    return a < b ? a : b;
}

/* The part of a function's activations that were not under another one, as far as it noted that. Those that are loops
 * now were none that it could note. */
static double noted_outermost(const struct kp_timed_function *f, const struct recursion *r)
{
    if (!f->inner_calls)
        return 1;
    double outermost = (double)f->calls - (double)f->inner_calls - r->looped_calls;
    return outermost > 0 ? outermost / (double)f->calls : 0;
}

/* A loop that was recursion is of all activations, wherever it was inlined. */
static void take_loops_as_all(struct kp_timed_function *f)
{
    for (uint32_t i = 0; i < f->line_count; i++) {
        struct kp_timed_line *line = &f->lines[i];
        kp_times_add_time(&line->of_all, &line->time);
        line->time = (struct kp_line_time){.self_ns = line->time.self_ns};
    }
}

/* A function in a cycle of calls counts its time once, in its outermost activations. Too few of its recursive calls are
 * made by these to be sampled. But what was measured of calls from outside of the cycle is the time of activations that
 * are outermost, as is that of the lines of all activations where it calls nobody but itself; what is not the time of
 * its other lines is that of its recursive calls. In a cycle of several functions each may be under any other: there,
 * the time of the whole cycle bounds that of each. */
static void solve_recursion(struct solver *s, unsigned function)
{
    struct kp_timed_function *f = &s->times->functions[function];
    struct recursion *r = &s->of[function];
    const struct component *c = &s->components[s->component[function]];
    double direct = 0, of_all = 0;
    if (r->looped_calls > 0)
        take_loops_as_all(f);
    for (uint32_t i = 0; i < f->line_count; i++) {
        direct += f->lines[i].time.time_ns;
        of_all += f->lines[i].of_all.time_ns;
    }
    double calls = (double)f->calls, naive = direct + of_all + r->inner_ns, total = naive;
    double outside = c->functions > 1 ? r->outside_calls : calls > r->inner_calls ? calls - r->inner_calls : 0;
    int alone = outside + r->inner_calls >= 0.99 * calls;
    double cycle_ns = c->outside_ns * s->uncounted[function];
    if (alone && r->outside_ns > 0 && r->site_outside_calls >= 0.99 * outside)
        total = r->outside_ns * s->uncounted[function];
    else if (alone && c->functions == 1)
        total = direct + of_all;
    if (cycle_ns > 0 && r->site_outside_calls >= 0.99 * r->outside_calls)
        total = least(total, cycle_ns);
    r->outermost = alone && calls > 0 ? outside / calls : naive > 0 ? total / naive : 1;
    r->outermost = least(r->outermost, noted_outermost(f, r));
    double rest = total - direct - of_all * r->outermost;
    r->recursive_ns = rest > 0 ? rest : 0;
}

/* What the recursive calls of a function add up to, in measured time; in calls where none was timed. */
static double recursive_weight(const struct recursion *r)
{
    return r->inner_ns > 0 ? r->inner_ns * (1 + r->looped_calls / r->site_calls) : r->site_calls + r->looped_calls;
}

/* Charges recursive calls: each has the part of the time of all that its own has of theirs; those that became loops are
 * as long as the others of the function. */
static void charge_recursion(struct solver *s)
{
    struct kp_times *t = s->times;
    for (unsigned i = 0; i < t->function_count; i++) {
        struct recursion *r = &s->of[i];
        struct kp_timed_function *f = &t->functions[i];
        r->outermost = noted_outermost(f, r);
        if (r->inner_calls > 0)
            solve_recursion(s, i);
    }
    for (unsigned i = 0; i < t->site_count; i++) {
        struct estimate *e = &s->estimates[i];
        if (!e->is_written || !e->is_recursive)
            continue;
        const struct recursion *r = &s->of[e->at.function];
        double ns = r->inner_ns > 0 ? e->ns : (double)t->sites[i].calls, weight = recursive_weight(r);
        e->variance *= r->outermost * r->outermost;
        charge_site(s, i, weight > 0 ? r->recursive_ns * ns / weight : 0, 0);
    }
    for (unsigned i = 0; i < s->arc_count; i++) {
        const struct kp_arc arc = t->arcs[i]; /* those that are added move them */
        struct kp_module_line at = {arc.function, arc.line};
        const struct recursion *r = &s->of[arc.function];
        if (!is_inner_arc(s, i) || line_at(t, at)->looped_calls <= 0)
            continue;
        double calls = least(line_at(t, at)->looped_calls, (double)arc.calls);
        line_at(t, at)->looped_calls -= calls;
        double ns = r->inner_ns > 0 ? calls * r->inner_ns / r->site_calls : calls;
        struct kp_line_time amount = {.time_ns = r->recursive_ns * ns / recursive_weight(r)};
        kp_times_charge(t, &at, 1, 0, &amount);
        kp_times_add_arc(t, at, arc.callee, 0, amount.time_ns);
    }
}

/* Takes the outermost activations' part of what was charged for all. */
static void finish_lines(struct solver *s)
{
    struct kp_times *t = s->times;
    for (unsigned i = 0; i < t->function_count; i++) {
        struct kp_timed_function *f = &t->functions[i];
        double part = s->of[i].outermost;
        for (uint32_t l = 0; l < f->line_count; l++) {
            struct kp_line_time amount = f->lines[l].of_all;
            amount.time_ns *= part;
            amount.wait_ns *= part;
            amount.variance *= part * part;
            kp_times_add_time(&f->lines[l].time, &amount);
        }
        f->outermost_calls = (uint64_t)((double)f->calls * part + 0.5);
    }
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

static void free_solver(struct solver *s)
{
    free(s->estimates);
    free(s->of);
    free(s->uncounted);
    free(s->components);
    free(s->component);
    free(s->edges);
    free(s->arc_callees);
}

/* 0, or -1 out of memory. */
static int start(struct solver *s, struct kp_times *t)
{
    *s = (struct solver){.times = t,
                         .estimates = calloc(t->site_count + 1u, sizeof *s->estimates),
                         .of = calloc(t->function_count + 1u, sizeof *s->of),
                         .uncounted = calloc(t->function_count + 1u, sizeof *s->uncounted),
                         .components = calloc(t->function_count + 1u, sizeof *s->components),
                         .component = calloc(t->function_count + 1u, sizeof *s->component)};
    return s->estimates && s->of && s->uncounted && s->components && s->component ? 0 : -1;
}

/* Before anything is charged: callees can be in any module. */
static int prepare(const struct modules *all, unsigned module)
{
    struct solver *s = &all->solvers[module];
    for (unsigned i = 0; i < s->times->site_count; i++)
        estimate_site(all, module, i, &s->estimates[i]);
    if (find_cycles(s) != 0)
        return -1;
    find_looped(s);
    count_calls(s);
    share_counting(s->times);
    find_counting_parts(s);
    return 0;
}

static void solve(struct solver *s)
{
    charge_plain_sites(s);
    charge_recursion(s);
    finish_lines(s);
    merge_arcs(s->times);
}

int kp_times_solve(struct kp_times *const *modules, unsigned count, const struct kp_function_names *names)
{
    struct modules all = {calloc(count + 1u, sizeof *all.solvers), names};
    int failed = !all.solvers;
    for (unsigned i = 0; !failed && i < count; i++)
        failed = start(&all.solvers[i], modules[i]) != 0;
    for (unsigned i = 0; !failed && i < count; i++)
        failed = prepare(&all, i) != 0;
    for (unsigned i = 0; !failed && i < count; i++)
        solve(&all.solvers[i]);
    for (unsigned i = 0; all.solvers && i < count; i++) {
        failed |= modules[i]->failed;
        free_solver(&all.solvers[i]);
    }
    free(all.solvers);
    return failed ? -1 : 0;
}
