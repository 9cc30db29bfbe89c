/* What a change means, and whether it is one to fail for. See compare.h. */
#include "viewer/model/compare.h"

enum { PERCENT_TEXT = 32 };

const char *kp_verdict_name(enum kp_verdict verdict)
{
    static const char *const names[] = {
        [KP_SAME] = "same",   [KP_SLOWER] = "slower",   [KP_FASTER] = "faster",
        [KP_ADDED] = "added", [KP_REMOVED] = "removed", [KP_UNMEASURED] = "unmeasured",
    };
    return names[verdict];
}

/* What is too small to matter beside the whole. */
static double least_ns(const struct kp_compare *compare, double least_percent)
{
    double whole = compare->total.old_ns > compare->total.new_ns ? compare->total.old_ns : compare->total.new_ns;
    return whole * least_percent / 100;
}

enum kp_verdict kp_compare_verdict(const struct kp_compare *compare, const struct kp_change *change,
                                   double least_percent)
{
    double lost = change->new_ns - change->old_ns;
    double least = least_ns(compare, least_percent);
    if (lost > change->noise_ns && lost >= least && lost > 0)
        return KP_SLOWER;
    if (-lost > change->noise_ns && -lost >= least && lost < 0)
        return KP_FASTER;
    return KP_SAME;
}

/* A function that took its time in the old profile and has none in the new one was not measured, or does not exist. */
enum kp_verdict kp_compare_function_verdict(const struct kp_compare *compare,
                                            const struct kp_compare_function *function, double least_percent)
{
    bool mattered = function->time.old_ns > 0 && function->time.old_ns >= least_ns(compare, least_percent);
    if (!function->old)
        return KP_ADDED;
    if (!function->new)
        return KP_REMOVED;
    if (mattered && (function->new->hits == 0 && function->new->calls == 0))
        return KP_UNMEASURED;
    return kp_compare_verdict(compare, &function->time, least_percent);
}

enum kp_verdict kp_compare_line_verdict(const struct kp_compare *compare, const struct kp_compare_line *line,
                                        double least_percent)
{
    if (!line->old_number)
        return KP_ADDED;
    if (!line->new_number)
        return KP_REMOVED;
    return kp_compare_verdict(compare, &line->time, least_percent);
}

static void say_percent(char text[PERCENT_TEXT], const struct kp_change *change)
{
    if (change->old_ns > 0)
        snprintf(text, PERCENT_TEXT, "%.1f %%", 100 * (change->new_ns - change->old_ns) / change->old_ns);
    else
        snprintf(text, PERCENT_TEXT, "from nothing");
}

struct failures {
    const struct kp_compare *compare;
    double percent;
    double least_percent;
    char *worst;
    size_t size;
    size_t count;
    double lost_ns;
};

static bool is_beyond(const struct failures *failures, const struct kp_change *change)
{
    return kp_compare_verdict(failures->compare, change, failures->least_percent) == KP_SLOWER &&
           change->new_ns - change->old_ns - change->noise_ns > change->old_ns * failures->percent / 100;
}

/* Counts one, and keeps what it says if nothing that lost more was said. */
static bool is_worst(struct failures *failures, double lost_ns)
{
    bool worst = failures->count++ == 0 || lost_ns > failures->lost_ns;
    if (worst)
        failures->lost_ns = lost_ns;
    return worst;
}

/* A function that took time and is not there any more, or not measured, is as bad as all of its time lost. */
static bool is_gone(const struct kp_compare *compare, const struct kp_compare_function *function, double least_percent)
{
    enum kp_verdict verdict = kp_compare_function_verdict(compare, function, least_percent);
    bool mattered = function->time.old_ns > 0 && function->time.old_ns >= least_ns(compare, least_percent);
    return verdict == KP_UNMEASURED || (verdict == KP_REMOVED && mattered);
}

static void count_line(struct failures *failures, const struct kp_compare_line *line, const char *path,
                       const char *function)
{
    char change[PERCENT_TEXT];
    if (!line->old_number || !line->new_number || !is_beyond(failures, &line->time))
        return;
    if (!is_worst(failures, line->time.new_ns - line->time.old_ns))
        return;
    say_percent(change, &line->time);
    snprintf(failures->worst, failures->size, "%s:%lld (%s) became slower by %s", path, (long long)line->new_number,
             function, change);
}

static void count_function(struct failures *failures, const struct kp_compare_function *function)
{
    const struct kp_compare *compare = failures->compare;
    const struct kp_listing_function *shown = function->new ? function->new : function->old;
    const struct kp_listing *listing = function->new ? compare->new : compare->old;
    const char *path = listing->sources[shown->source].shown;
    char change[PERCENT_TEXT];
    if (is_gone(compare, function, failures->least_percent)) {
        if (is_worst(failures, function->time.old_ns))
            snprintf(failures->worst, failures->size, "%s (%s:%lld) is not measured any more", shown->name, path,
                     (long long)shown->line);
        return;
    }
    if (function->old && function->new &&is_beyond(failures, &function->time) &&
        is_worst(failures, function->time.new_ns - function->time.old_ns)) {
        say_percent(change, &function->time);
        snprintf(failures->worst, failures->size, "%s (%s:%lld) became slower by %s", shown->name, path,
                 (long long)shown->line, change);
    }
    for (size_t i = 0; i < function->line_count; i++)
        count_line(failures, &function->lines[i], path, shown->name);
}

size_t kp_compare_failures(const struct kp_compare *compare, double percent, double least_percent, char *worst,
                           size_t size)
{
    struct failures failures = {
        .compare = compare, .percent = percent, .least_percent = least_percent, .worst = worst, .size = size};
    worst[0] = '\0';
    if (!compare->old->timed || !compare->new->timed) {
        snprintf(worst, size, "no times were taken in the %s profile (--timing=off)",
                 compare->new->timed ? "old" : "new");
        return 1;
    }
    if (compare->new->function_count == 0 || compare->total.new_ns <= 0 || compare->old->function_count == 0 ||
        compare->total.old_ns <= 0) {
        bool new_has = compare->new->function_count > 0 && compare->total.new_ns > 0;
        snprintf(worst, size, "no time was measured in the %s profile", new_has ? "old" : "new");
        return 1;
    }
    if (is_beyond(&failures, &compare->total) && is_worst(&failures, compare->total.new_ns - compare->total.old_ns)) {
        char change[PERCENT_TEXT];
        say_percent(change, &compare->total);
        snprintf(worst, size, "the whole became slower by %s", change);
    }
    for (size_t i = 0; i < compare->function_count; i++)
        count_function(&failures, &compare->functions[i]);
    return failures.count;
}
