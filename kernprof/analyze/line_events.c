/* See line_events.h. */
#include "kernprof/analyze/line_events.h"

#include <stdlib.h>

#include "util/array.h"

int kp_line_events_add(struct kp_line_events *events, const struct kp_line_event *event)
{
    const uint32_t key[] = {event->module, event->function, event->line, event->kind};
    uint32_t number = kp_index_find(&events->keys, key, sizeof key);
    if (number != KP_INDEX_NONE) {
        events->rows[number].count += event->count;
        return 0;
    }
    struct kp_line_event *rows = kp_array_grow(events->rows, events->count, sizeof *rows);
    if (!rows)
        return -1;
    events->rows = rows;
    if (kp_index_add(&events->keys, key, sizeof key) == KP_INDEX_NONE)
        return -1;
    rows[events->count++] = *event;
    return 0;
}

void kp_line_events_free(struct kp_line_events *events)
{
    free(events->rows);
    kp_index_free(&events->keys);
    *events = (struct kp_line_events){0};
}
