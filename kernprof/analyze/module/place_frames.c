/* See place_frames.h. */
#include "kernprof/analyze/module/place_frames.h"

#include <string.h>

/* The frame of a body where all functions are profiled: by the name of the symbol and the file, whatever its lines are.
 */
static int find_body_by_name(const struct kp_module_index *index, const struct kp_code_frame *frame, const char *symbol,
                             struct kp_module_line *at)
{
    for (unsigned i = 0; i < kp_module_function_count(index); i++) {
        if (!kp_module_function(index, i)->record->line_count || !kp_module_is_symbol_of(index, i, symbol))
            continue;
        int line = frame->path ? kp_module_line_at(index, i, frame->path, frame->line) : -1;
        *at = (struct kp_module_line){i, line >= 0 ? (unsigned)line : 0};
        if (frame->path && strcmp(kp_module_file(index, i), frame->path) == 0)
            return 1;
    }
    return 0;
}

/* The frame of a body at a place that is in no list, or in that of another instance of the same source. */
static int find_body_by_symbol(const struct kp_module_index *index, const struct kp_code_frame *frame,
                               const char *symbol, struct kp_module_line *at)
{
    for (unsigned i = 0; i < kp_module_function_count(index); i++) {
        int is_own = kp_module_is_symbol_of(index, i, symbol) && !kp_module_is_calls_only(index, i);
        int line = is_own ? kp_module_line_before(index, i, frame->path, frame->line) : -1;
        if (line >= 0) {
            *at = (struct kp_module_line){i, (unsigned)line};
            return 1;
        }
    }
    return 0;
}

/* The frame of the body itself, by the name of the symbol; by place where there is none. */
static int outermost_frame(const struct kp_module_index *index, const struct kp_code_frame *frame, const char *symbol,
                           struct kp_module_line *at)
{
    if (symbol && kp_module_by_function(index))
        return find_body_by_name(index, frame, symbol, at);
    if (!frame->path)
        return 0;
    int is_listed = kp_module_find_place(index, frame->path, frame->line, NULL, at);
    if (!symbol || (is_listed && kp_module_is_symbol_of(index, at->function, symbol)))
        return is_listed;
    return find_body_by_symbol(index, frame, symbol, at);
}

void kp_place_frames_find(const struct kp_module_index *index, const struct kp_code_place *place, const char *symbol,
                          struct kp_place_frames *frames)
{
    struct kp_module_line body;
    frames->count = 0;
    frames->in_body =
        place->frame_count && outermost_frame(index, &place->frames[place->frame_count - 1], symbol, &body);
    int inlined_too = !frames->in_body || !kp_module_is_calls_only(index, body.function);
    for (unsigned i = 0; inlined_too && i + 1 < place->frame_count && frames->count < KP_MODULE_FRAMES - 1; i++) {
        const struct kp_code_frame *frame = &place->frames[i];
        if (frame->path && frame->function &&
            kp_module_find_place(index, frame->path, frame->line, frame->function, &frames->lines[frames->count]))
            frames->count++;
    }
    if (frames->in_body)
        frames->lines[frames->count++] = body;
}
