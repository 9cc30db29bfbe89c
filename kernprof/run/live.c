/* See live.h. */
#include "kernprof/run/live.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "format/profile.h"
#include "kernprof/sample/samples_file.h"
#include "util/now.h"
#include "util/output.h"

enum { LINES_WITHOUT_SCREEN = 20, HEADING_ROWS = 2, SUMMARY_HEADING_ROWS = 8 };

void kp_live_options_init(struct kp_live_options *options, const char **functions)
{
    *options = (struct kp_live_options){.filter = {.functions = functions}, .limit = LINES_WITHOUT_SCREEN};
}

int kp_live_parse_interval(const char *text, double *seconds, struct kp_error *error)
{
    char *end;
    *seconds = strtod(text, &end);
    if (end == text || *end || !(*seconds >= 0.05) || *seconds > 86400)
        return kp_fail(error, "--interval=%s: give a number of seconds, from 0.05", text);
    return 0;
}

/* The profile of what was counted so far; close with kp_profile_abandon. */
static sqlite3 *join_so_far(const struct kp_live *live, struct kp_error *error)
{
    struct kp_join *join = kp_join_new(strcmp(live->run.kind, "functions") == 0);
    if (!join) {
        kp_fail(error, "out of memory");
        return NULL;
    }
    struct kp_samples samples = {0};
    sqlite3 *profile = NULL;
    if (kp_join_add_folder(join, live->folder, error) == 0) {
        if (!live->sampler &&
            kp_samples_read(live->folder, &samples) == 0) /* up to a second old: with less time than hits */
            kp_join_add_samples(join, &samples, "perf");
        if (live->sampler && *live->sampler) { /* after the counters: at least as much time as there are hits for it */
            kp_perf_sampler_look(*live->sampler, &samples);
            kp_join_add_samples(join, &samples, "perf");
        }
        if (kp_join_solve(join, error) == 0)
            profile = kp_profile_create(":memory:", error);
        if (profile && kp_join_write(join, &live->run, profile, error) != 0) {
            kp_profile_abandon(profile);
            profile = NULL;
        }
    }
    kp_join_free(join);
    kp_samples_free(&samples);
    return profile;
}

/* What is to be shown, to be freed. NULL: out of memory. `nothing`: no program has counted yet. */
static char *render(const struct kp_live *live, int *nothing)
{
    char *text = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&text, &size);
    if (!memory)
        return NULL;
    struct kp_error error;
    int status = -1;
    sqlite3 *profile = join_so_far(live, &error);
    if (profile) {
        status = kp_live_render(profile, &live->options, memory, &error);
        kp_profile_abandon(profile);
    }
    if (status < 0)
        fprintf(memory, "%s\n", error.text);
    *nothing = status > 0;
    if (fclose(memory) != 0) {
        free(text);
        return NULL;
    }
    return text;
}

/* A reader that has left is an error like any other. */
static int print(const struct kp_live *live, const char *text, struct kp_error *error)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN}, saved;
    sigaction(SIGPIPE, &ignore, &saved);
    fprintf(live->out, "%s\n", text);
    int result = kp_output_flush(live->out, live->out == stdout ? "standard output" : "standard error", error);
    sigaction(SIGPIPE, &saved, NULL);
    return result;
}

int kp_live_show(struct kp_live *live, struct kp_error *error)
{
    double begin = kp_now_s(CLOCK_THREAD_CPUTIME_ID); /* on a busy machine much less than what passes */
    if (live->screen) {
        int by_function = strcmp(live->run.kind, "functions") == 0;
        int rows = kp_screen_rows(live->screen) - (by_function ? SUMMARY_HEADING_ROWS : HEADING_ROWS);
        live->options.limit = rows > 1 ? (size_t)rows : 1;
    }
    int nothing = 0, result = 0;
    char *text = render(live, &nothing);
    if (text && live->screen)
        kp_screen_draw(live->screen, text);
    else if (text && !nothing)
        result = print(live, text, error);
    free(text);
    live->pause_s = (kp_now_s(CLOCK_THREAD_CPUTIME_ID) - begin) / KP_LIVE_SHARE;
    return result;
}

int kp_live_look(void *data, int pid)
{
    (void)pid;
    struct kp_live *live = data;
    if (kp_now_s(CLOCK_MONOTONIC) < live->next_s)
        return 0;
    struct kp_error unread; /* who should read it has left; the program goes on, and nothing more is shown */
    int result = kp_live_show(live, &unread);
    live->next_s = kp_now_s(CLOCK_MONOTONIC) + live->pause_s;
    return result;
}
