/* The model that every rendering shows: the functions of a profile with their lines, instances of one source function
 * (templates, inline functions of several files) merged, filtered and sorted. It knows nothing of how it is shown. */
#ifndef KP_VIEWER_MODEL_LISTING_H
#define KP_VIEWER_MODEL_LISTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "viewer/model/columns.h"
#include "viewer/model/source.h"

struct kp_listing_line {
    size_t source; /* index into the listing's sources: not the function's own for a body that was included */
    int64_t line;
    int64_t *stored; /* by index of the listing's columns; KP_NOT_KNOWN where the profile does not say */
};

struct kp_listing_function {
    size_t source;
    int64_t line;
    int64_t last_line;
    char *name;
    char *instance;  /* its linkage name; NULL where instances are merged or it says nothing more than the name */
    int64_t hits;    /* of all lines */
    int64_t time_ns; /* of all lines; the function's own total where there are no lines */
    int64_t calls;
    int64_t least_ns; /* of one profile, as of a line */
    int64_t most_ns;
    struct kp_listing_line *lines; /* of its own file first, then file by file; ascending */
    size_t line_count;
};

struct kp_listing {
    struct kp_source *sources;
    size_t source_count;
    struct kp_listing_function *functions;
    size_t function_count;
    struct kp_columns columns;
    bool timed;       /* false: no run took times, so that 0 means "not known" */
    bool by_timers;   /* own time was sampled by timers in the program, not by perf events, in some run */
    bool has_memory;  /* some lines say what they allocated */
    int64_t profiles; /* how many were merged; 1 for a profile as it was made */
    int64_t rank;     /* of a profile as it was made; -1: none */
    bool threaded;    /* more than one thread executed lines */
};

enum kp_listing_order { KP_ORDER_LINE, KP_ORDER_TIME, KP_ORDER_HITS, KP_ORDER_NAME };

/* Adds a line to `function`, with 0 for all that is stored, NULL: out of memory. */
struct kp_listing_line *kp_listing_add_line(const struct kp_listing *listing, struct kp_listing_function *function,
                                            size_t source, int64_t line);

/* A stored number of a line, 0 where it is not known. */
static inline int64_t kp_listing_number(const struct kp_listing_line *line, enum kp_column_id column)
{
    return kp_column_number(line->stored, column);
}

/* What the listing's column at `column` shows of a line. */
struct kp_value kp_listing_value(const struct kp_listing *listing, const struct kp_listing_function *function,
                                 const struct kp_listing_line *line, size_t column);

/* Widens the visible columns to what the line needs. */
void kp_listing_fit(struct kp_listing *listing, const struct kp_listing_function *function,
                    const struct kp_listing_line *line, double unit_s);

/* Has the profile what the columns of the group show, or would they say nothing? */
bool kp_listing_has(const struct kp_listing *listing, enum kp_column_group group);

/* By time and hits the smallest comes first, so that the worst is last on the terminal, as line_profiler has it. */
void kp_listing_sort(struct kp_listing *listing, enum kp_listing_order order);

/* "time", "hits", "name", "line". -1: none of these. */
int kp_listing_order_parse(const char *name, enum kp_listing_order *order);

void kp_listing_free_function(struct kp_listing_function *function);
void kp_listing_free(struct kp_listing *listing);

#endif
