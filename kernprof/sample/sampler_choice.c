/* See sampler_choice.h. */
#include "kernprof/sample/sampler_choice.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/samples.h"
#include "kernprof/sample/perf_events.h"

/* What a timer's signal costs, handler and all (2 to 5 us measured on a virtual machine). */
#define SIGNAL_COST_NS 5000.0

int kp_sampler_choose(struct kp_sampler *s, struct kp_error *error)
{
    const char *forced = getenv(KP_ENV_FORCED_SAMPLER);
    int all = !forced || !*forced;
    if (!all && strcmp(forced, "perf") != 0 && strcmp(forced, "timer") != 0 && strcmp(forced, "none") != 0)
        return kp_fail(error, KP_ENV_FORCED_SAMPLER "=%s: there are perf, timer and none", forced);
    if (all || strcmp(forced, "perf") == 0) {
        s->perf_with_kernel = kp_perf_time_is_available(1);
        s->perf = kp_perf_time_is_available(0);
    }
    if (all || strcmp(forced, "timer") == 0)
        s->timer = kp_timer_sampler_is_allowed();
    return s->perf_with_kernel || s->perf || s->timer;
}

static void start_time(struct kp_sampler *s, int pid, char *environment, size_t size)
{
    if (s->perf_with_kernel && (s->by_kernel = kp_perf_sampler_start(pid, s->overhead, 1, 1, s->events)))
        return;
    if (s->timer && (s->by_timer = kp_timer_sampler_start(s->folder))) {
        snprintf(environment, size, KP_ENV_SAMPLER "=timer\n" KP_ENV_SAMPLE_PERIOD "=%llu",
                 (unsigned long long)kp_sampler_period_ns(SIGNAL_COST_NS, s->overhead));
        return;
    }
    if (s->perf)
        s->by_kernel = kp_perf_sampler_start(pid, s->overhead, 0, 1, s->events);
}

void kp_sampler_start(int pid, char *environment, size_t size, void *data)
{
    struct kp_sampler *s = data;
    start_time(s, pid, environment, size);
    s->kernel_has_time = s->by_kernel != NULL;
    for (int with_kernel = 1; s->events && !s->by_kernel && with_kernel >= 0; with_kernel--)
        s->by_kernel = kp_perf_sampler_start(pid, s->overhead, with_kernel, 0, s->events);
}

const char *kp_sampler_stop(struct kp_sampler *s, struct kp_samples *samples)
{
    if (s->by_kernel)
        kp_perf_sampler_stop(s->by_kernel, samples);
    if (s->by_timer) {
        struct kp_samples of_time;
        kp_timer_sampler_stop(s->by_timer, &of_time);
        kp_samples_add_all(samples, &of_time);
        kp_samples_free(&of_time);
    }
    return s->by_timer ? "timer" : s->kernel_has_time ? "perf" : NULL;
}
