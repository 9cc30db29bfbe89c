/* See listing_filter.h. */
#include "viewer/model/listing_filter.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

struct matcher {
    const struct kp_listing *listing;
    const struct kp_listing_filter *filter;
    const char *name;
    struct kp_error *error;
};

static bool file_matches(const char *glob, const struct kp_source *source)
{
    const char *slash = strrchr(source->path, '/');
    return fnmatch(glob, source->path, 0) == 0 || fnmatch(glob, source->shown, 0) == 0 ||
           fnmatch(glob, slash ? slash + 1 : source->path, 0) == 0;
}

/* Marks in `kept` the functions that at least one glob of `globs` matches. */
static int match_globs(const struct matcher *matcher, const char *option, const char *const *globs, size_t glob_count,
                       bool *kept)
{
    const struct kp_listing *listing = matcher->listing;
    for (size_t g = 0; g < glob_count; g++) {
        bool matched = false;
        for (size_t i = 0; i < listing->function_count; i++) {
            const struct kp_listing_function *function = &listing->functions[i];
            if (globs == matcher->filter->files ? !file_matches(globs[g], &listing->sources[function->source])
                                                : fnmatch(globs[g], function->name, 0) != 0)
                continue;
            kept[i] = matched = true;
        }
        if (!matched)
            return kp_fail(matcher->error, "%s: nothing in it matches %s '%s'; `kernprof view -m` lists what it holds",
                           matcher->name, option, globs[g]);
    }
    return 0;
}

int kp_listing_filter(struct kp_listing *listing, const struct kp_listing_filter *filter, const char *name,
                      struct kp_error *error)
{
    struct matcher matcher = {listing, filter, name, error};
    bool *by_name = calloc(2 * listing->function_count + 1, sizeof *by_name);
    if (!by_name)
        return kp_fail(error, "%s: out of memory", name);
    bool *by_file = by_name + listing->function_count;
    int status = match_globs(&matcher, "--function", filter->functions, filter->function_count, by_name);
    if (status == 0)
        status = match_globs(&matcher, "--file", filter->files, filter->file_count, by_file);
    size_t kept = 0;
    for (size_t i = 0; status == 0 && i < listing->function_count; i++) {
        struct kp_listing_function *function = &listing->functions[i];
        if ((filter->function_count && !by_name[i]) || (filter->file_count && !by_file[i]) ||
            (filter->skip_zero && function->hits == 0))
            kp_listing_free_function(function);
        else
            listing->functions[kept++] = *function;
    }
    if (status == 0)
        listing->function_count = kept;
    free(by_name);
    return status;
}
