/* What the interposer offers to the copies of the runtime in the same process (runtime/memory/lines.c). They find it
 * through a note in its ELF image, which works for a preloaded library and for a static executable alike, and needs no
 * dlsym. */
#ifndef KP_RUNTIME_MEMORY_HOOKS_H
#define KP_RUNTIME_MEMORY_HOOKS_H

#include "format/memory.h"

#define KP_MEMORY_NOTE_OWNER "kernprof"
#define KP_MEMORY_NOTE_TYPE 1
#define KP_MEMORY_HOOKS_VERSION 2u

/* Of one thread; only that thread writes it. */
struct kp_memory_thread {
    struct kp_memory_line *line; /* the innermost profiled line; NULL: none */
    int64_t balance;             /* bytes allocated less bytes freed by this thread */
};

struct kp_memory_hooks {
    uint32_t version;
    /* The running thread's; valid as long as the thread lives. From a signal handler too. */
    struct kp_memory_thread *(*thread)(void);
    /* Totals are kept at `place` from now on; it takes over what was counted so far. */
    void (*keep_totals)(struct kp_memory_totals *place);
    /* Where they are kept now. */
    struct kp_memory_totals *const *totals;
};

#endif
