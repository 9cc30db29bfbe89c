/* The model that every rendering shows: the functions of a profile with their lines, instances of one source function
 * (templates, inline functions of several files) merged, filtered and sorted. It knows nothing of how it is shown. */
#ifndef KP_VIEWER_MODEL_LISTING_H
#define KP_VIEWER_MODEL_LISTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "viewer/model/source.h"

struct kp_listing_line {
    size_t source; /* index into the listing's sources: not the function's own for a body that was included */
    int64_t line;
    int64_t hits;
    int64_t time_ns;
    int64_t self_ns;
    int64_t error_ns;
    int64_t min_ns; /* 0: not known */
    int64_t max_ns;
    int64_t least_ns;        /* of one profile, in a merged one; one that does not know the line counts as 0 */
    int64_t most_ns;         /* with merged instances, an upper bound */
    int64_t most_rank;       /* the rank with the most; -1: not known */
    int64_t threads;         /* that executed the line */
    int64_t thread_least_ns; /* of one of them; with merged instances as least_ns and most_ns */
    int64_t thread_most_ns;
    int64_t thread_most_hits;
    const int64_t *memory; /* by enum kp_memory_value (listing_memory.h); NULL: not known */
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
    bool timed;       /* false: no run took times, so that 0 means "not known" */
    bool by_timers;   /* own time was sampled by timers in the program, not by perf events, in some run */
    bool has_memory;  /* some lines say what they allocated */
    int64_t profiles; /* how many were merged; 1 for a profile as it was made */
    int64_t rank;     /* of a profile as it was made; -1: none */
    bool threaded;    /* more than one thread executed lines */
};

/* Names are globs (fnmatch). A file's glob is held against its absolute path, the path below the working folder, and
 * its last part. No globs: all. */
struct kp_listing_filter {
    const char *const *functions;
    size_t function_count;
    const char *const *files;
    size_t file_count;
    bool skip_zero;
    bool instances; /* part the instances of one source function */
};

enum kp_listing_order { KP_ORDER_LINE, KP_ORDER_TIME, KP_ORDER_HITS, KP_ORDER_NAME };

/* Fills `listing`, in order of file and line. -1 with `error` filled (a damaged file; a glob that matches nothing,
 * which is never silent), nothing then to free. */
int kp_listing_load(struct kp_listing *listing, sqlite3 *profile, const struct kp_listing_filter *filter,
                    struct kp_error *error);

/* The same with what lines allocated beside it, which must live as long as the listing; its sources may move there. */
struct kp_memory_listing;
int kp_listing_load_with_memory(struct kp_listing *listing, sqlite3 *profile, struct kp_memory_listing *memory,
                                const struct kp_listing_filter *filter, struct kp_error *error);

/* By time and hits the smallest comes first, so that the worst is last on the terminal, as line_profiler has it. */
void kp_listing_sort(struct kp_listing *listing, enum kp_listing_order order);

/* "time", "hits", "name", "line". -1: none of these. */
int kp_listing_order_parse(const char *name, enum kp_listing_order *order);

void kp_listing_free(struct kp_listing *listing);

#endif
