/* See view_render.h. */
#include "kernprof/commands/view_render.h"

#include <stdlib.h>

#include "kernprof/merge/merge.h"
#include "viewer/page/page.h"
#include "viewer/terminal/tui.h"
#include "viewer/text/default_view.h"
#include "viewer/text/memory_text.h"
#include "viewer/text/timers.h"

/* What is to be shown, and where. */
struct job {
    const char *path; /* of the profile, or of the first of those that were merged */
    sqlite3 *profile;
    struct kp_memory_listing *memory; /* what lines allocated, to be shown beside them; NULL: nothing */
    const struct kp_view *view;
    FILE *out;
};

static int name_columns(struct kp_columns *columns, const struct kp_view *view, struct kp_error *error)
{
    for (size_t i = 0; i < view->columns.count; i++)
        if (kp_columns_show_list(columns, view->columns.at[i], KP_GROUPS_ALL, error) != 0)
            return -1;
    return 0;
}

/* An unknown key is an error whatever is shown of the profile. */
static int check_columns(const struct job *job, struct kp_error *error)
{
    struct kp_columns columns;
    if (kp_columns_load(&columns, job->profile, error) != 0)
        return -1;
    int status = name_columns(&columns, job->view, error);
    kp_columns_free(&columns);
    return status;
}

/* Those that were asked for; of memory, where none was named, the usual ones. */
static int choose_columns(struct kp_columns *columns, const struct job *job, struct kp_error *error)
{
    const struct kp_view *view = job->view;
    if (name_columns(columns, view, error) != 0)
        return -1;
    bool named = kp_columns_shows(columns, KP_GROUP_MEMORY);
    if (named && !job->memory)
        return kp_fail(error,
                       "--columns: %s does not say what lines allocate; name a profile of `memprof PROGRAM` beside it",
                       job->path);
    if (job->memory && !named)
        kp_columns_show_usual(columns, KP_GROUP_MEMORY);
    if (view->threads)
        kp_columns_show_group(columns, KP_GROUP_THREADS);
    if (view->ranks)
        kp_columns_show_group(columns, KP_GROUP_RANKS);
    if (!view->all_columns)
        return 0;
    return kp_columns_show_list(columns, NULL, named || !job->memory ? KP_GROUPS_WITHOUT_MEMORY : KP_GROUPS_ALL, error);
}

static bool is_of_memory(const struct job *job)
{
    return !job->view->timers &&
           (kp_profile_is_kind(job->profile, "memory") || kp_profile_is_kind(job->profile, "samples"));
}

static int render_memory(const struct job *job, struct kp_error *error)
{
    struct kp_columns columns;
    if (kp_profile_is_kind(job->profile, "samples"))
        return kp_fail(error, "%s: memory over time, which has no lines; `memprof plot %s` draws it", job->path,
                       job->path);
    if (kp_columns_load(&columns, job->profile, error) != 0)
        return -1;
    int status = name_columns(&columns, job->view, error);
    if (status == 0 && job->view->all_columns)
        kp_columns_show_group(&columns, KP_GROUP_MEMORY);
    struct kp_memory_text_options options = kp_memory_text_defaults(&columns);
    if (status == 0)
        status = kp_memory_text_show(job->profile, &options, job->out, error);
    kp_columns_free(&columns);
    return status;
}

static bool is_of_timers(const struct job *job)
{
    return job->view->timers || kp_timers_alone(job->profile);
}

static int render_timers(const struct job *job, struct kp_error *error)
{
    return kp_timers_render(job->profile, job->view->order == KP_ORDER_TIME, job->out, error);
}

static bool is_of_functions(const struct job *job)
{
    return kp_profile_is_kind(job->profile, "functions");
}

static int render_functions(const struct job *job, struct kp_error *error)
{
    struct kp_summary_options summary = job->view->summary;
    if (job->view->sort && kp_summary_add_keys(&summary, job->view->sort, error) != 0)
        return -1;
    return kp_view_functions(job->profile, &summary, job->out, error);
}

static int show_listing(struct kp_listing *listing, const struct job *job, struct kp_error *error)
{
    const struct kp_view *view = job->view;
    kp_listing_sort(listing, view->order);
    if (view->html)
        return kp_page_render(listing, job->profile, job->path, job->out, error);
    if (view->tui)
        return kp_tui_run(listing, job->profile, view->text.unit_s, error);
    if (view->format)
        return view->format->write(listing, job->out, error);
    kp_text_render(listing, &view->text, job->out);
    return 0;
}

static int render_lines(const struct job *job, struct kp_error *error)
{
    struct kp_listing listing;
    const char *sort = job->view->sort;
    if (sort && kp_listing_order_parse(sort, &(enum kp_listing_order){0}) != 0)
        return kp_fail(error, "--sort: '%s' is for profiles by function; of lines there are: line, time, hits, name",
                       sort);
    if (kp_listing_load_with_memory(&listing, job->profile, job->memory, &job->view->filter, error) != 0)
        return -1;
    int status = choose_columns(&listing.columns, job, error);
    if (status == 0)
        status = show_listing(&listing, job, error);
    kp_listing_free(&listing);
    return status;
}

/* The page has all that is in the profile, also what its lines allocated. */
static int render_page(const struct job *job, struct kp_error *error)
{
    struct kp_memory_listing memory;
    struct job with_memory = *job;
    if (kp_memory_listing_load(&memory, job->profile, error) != 0)
        return -1;
    if (memory.function_count)
        with_memory.memory = &memory;
    int status = render_lines(&with_memory, error);
    kp_memory_listing_free(&memory);
    return status;
}

/* What shows a profile as text, by what is in it; what none of them shows is lines. */
static const struct {
    bool (*is)(const struct job *job);
    int (*render)(const struct job *job, struct kp_error *error);
} renderers[] = {
    {is_of_memory, render_memory},
    {is_of_timers, render_timers},
    {is_of_functions, render_functions},
};

static int render_job(const struct job *job, struct kp_error *error)
{
    const struct kp_view *view = job->view;
    if (check_columns(job, error) != 0)
        return -1;
    if (view->html)
        return render_page(job, error);
    bool lines_alone = view->tui || view->format;
    for (size_t i = 0; i < sizeof renderers / sizeof *renderers && !lines_alone; i++)
        if (renderers[i].is(job))
            return renderers[i].render(job, error);
    return render_lines(job, error);
}

static int render_one(char **paths, struct kp_memory_listing *memory, const struct kp_view *view, FILE *out,
                      struct kp_error *error)
{
    sqlite3 *profile = kp_merge_open(paths, error);
    if (!profile)
        return -1;
    struct job job = {.path = paths[0], .profile = profile, .memory = memory, .view = view, .out = out};
    int status = render_job(&job, error);
    sqlite3_close(profile);
    return status;
}

static bool is_memory(const char *path)
{
    struct kp_error unused; /* what is wrong with it is said when it is read */
    sqlite3 *profile = kp_profile_open(path, &unused);
    bool is = profile && kp_profile_is_kind(profile, "memory");
    sqlite3_close(profile);
    return is;
}

/* Profiles of lines and of memory together: each kind is merged on its own. */
static int render_both(char **lines, char **memory, const struct kp_view *view, FILE *out, struct kp_error *error)
{
    struct kp_memory_listing listing;
    sqlite3 *profile = kp_merge_open(memory, error);
    int status = profile ? kp_memory_listing_load(&listing, profile, error) : -1;
    sqlite3_close(profile);
    if (status != 0)
        return -1;
    status = render_one(lines, &listing, view, out, error);
    kp_memory_listing_free(&listing);
    return status;
}

int kp_view_render(char **paths, const struct kp_view *view, FILE *out, struct kp_error *error)
{
    size_t count = 0, lines = 0, memory = 0;
    while (paths[count])
        count++;
    char **parted = calloc(2 * (count + 1), sizeof *parted);
    if (!parted)
        return kp_fail(error, "view: out of memory");
    for (size_t i = 0; i < count; i++)
        if (is_memory(paths[i]))
            parted[count + 1 + memory++] = paths[i];
        else
            parted[lines++] = paths[i];
    bool both = lines && memory && !view->html && !view->format && !view->timers;
    int status =
        both ? render_both(parted, parted + count + 1, view, out, error) : render_one(paths, NULL, view, out, error);
    free(parted);
    return status;
}
