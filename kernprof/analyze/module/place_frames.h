/* The profiled lines that a resolved address of code belongs to: its own, and those that it was inlined at. */
#ifndef KP_KERNPROF_ANALYZE_MODULE_PLACE_FRAMES_H
#define KP_KERNPROF_ANALYZE_MODULE_PLACE_FRAMES_H

#include "kernprof/analyze/module/module_index.h"
#include "kernprof/analyze/module/symbolize.h"

struct kp_place_frames {
    struct kp_module_line lines[KP_MODULE_FRAMES]; /* innermost first */
    unsigned count;                                /* 0: the code is of no profiled line */
    int in_body; /* the last line is of the function whose body the code is in; else only what was inlined is profiled
                  */
};

/* `symbol`: that covers the address; NULL: none. */
void kp_place_frames_find(const struct kp_module_index *index, const struct kp_code_place *place, const char *symbol,
                          struct kp_place_frames *frames);

#endif
