/* Regions in C89, where a for statement has no variables of its own: a stack of the thread's open regions. A region
 * that was left by return or goto stays on it until one further out comes to its step, and is not counted. */
#include "runtime/timers.h"

#include <string.h>

#include "include/kernprof.h"
#include "runtime/os.h"

struct c89_region {
    const void *frame;
    int place;
    int turn; /* 0 entered, 1 before its block, 2 the block has run or runs */
    struct kp_region region;
};

static __thread struct {
    struct c89_region *open; /* grows, and stays with the thread */
    unsigned count, room;
} c89;

/* Frames of functions that have returned are below the caller's, the stack growing downwards. */
static void drop_abandoned(const void *frame, int place)
{
    while (c89.count) {
        const struct c89_region *top = &c89.open[c89.count - 1];
        int again = top->frame == frame && top->place == place;
        if ((uintptr_t)top->frame >= (uintptr_t)frame && !again)
            return;
        c89.count--;
    }
}

struct kp_region *kp_timer_c89_push(const void *frame, int place)
{
    drop_abandoned(frame, place);
    if (c89.count == c89.room) {
        unsigned room = c89.room ? 2 * c89.room : 16;
        struct c89_region *larger = kp_os_allocate(room * sizeof *larger);
        if (!larger)
            return NULL;
        if (c89.open) {
            memcpy(larger, c89.open, c89.count * sizeof *larger);
            kp_os_unmap(c89.open, c89.room * sizeof *larger);
        }
        c89.open = larger;
        c89.room = room;
    }
    struct c89_region *top = &c89.open[c89.count++];
    *top = (struct c89_region){.frame = frame, .place = place};
    return &top->region;
}

int kp_timer_c89_step(const void *frame, int place, int inner, struct kp_region **ended)
{
    unsigned i = c89.count;
    while (i && !(c89.open[i - 1].frame == frame && c89.open[i - 1].place == place))
        i--;
    if (i == 0)
        return 0;
    struct c89_region *region = &c89.open[i - 1];
    c89.count = i;
    if (region->turn <= inner) {
        region->turn = inner + 1;
        return 1;
    }
    if (!inner) {
        *ended = &region->region;
        c89.count--;
    }
    return 0;
}

void kp_timer_c89_free(void)
{
    if (c89.open)
        kp_os_unmap(c89.open, c89.room * sizeof *c89.open);
    c89.open = NULL;
    c89.count = c89.room = 0;
}
