/* See progress.h. */
#include "util/progress.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "util/now.h"

enum { BAR_WIDTH = 40 };
#define SECOND_NS ((int64_t)1000000000)

void kp_progress_start(struct kp_progress *progress, const char *what, size_t total)
{
    *progress = (struct kp_progress){
        .what = what, .total = total, .start_ns = kp_now_ns(CLOCK_MONOTONIC), .terminal = isatty(STDERR_FILENO)};
}

void kp_progress_text(char *text, size_t size, const char *what, size_t done, size_t total)
{
    int filled = total ? (int)((double)done / (double)total * BAR_WIDTH) : BAR_WIDTH;
    char bar[BAR_WIDTH + 1];
    memset(bar, ' ', BAR_WIDTH);
    memset(bar, '=', (size_t)(filled > BAR_WIDTH ? BAR_WIDTH : filled));
    bar[BAR_WIDTH] = '\0';
    snprintf(text, size, "%s [%s] %zu/%zu", what, bar, done, total);
}

void kp_progress_step(struct kp_progress *progress, size_t done)
{
    if (!progress->terminal)
        return;
    int64_t now = kp_now_ns(CLOCK_MONOTONIC);
    if (now - progress->start_ns < SECOND_NS || now - progress->shown_ns < SECOND_NS / 10)
        return;
    char text[128];
    kp_progress_text(text, sizeof text, progress->what, done, progress->total);
    fprintf(stderr, "\r%s", text);
    fflush(stderr);
    progress->shown_ns = now;
}

void kp_progress_clear(struct kp_progress *progress)
{
    if (progress->shown_ns)
        fputs("\r\033[K", stderr);
    progress->shown_ns = 0;
}
