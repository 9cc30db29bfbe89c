/* The model of graphs and exports: functions, their lines, and who calls whom from where. Instances of one source
 * function are one, as in the profile's views. */
#ifndef KP_VIEWER_MODEL_CALL_GRAPH_H
#define KP_VIEWER_MODEL_CALL_GRAPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "viewer/model/source.h"

struct kp_graph_function {
    size_t source;
    int64_t line;
    int64_t last_line;
    char *name;
    int64_t calls;
    int64_t primitive_calls; /* as `calls` where that is not known */
    int64_t total_ns;
    int64_t self_ns;
    size_t first_row; /* its lines are rows first_row up to, not including, end_row */
    size_t end_row;
    size_t first_arc; /* and its calls likewise */
    size_t end_arc;
};

struct kp_graph_line {
    size_t source; /* not always the function's: included bodies */
    int64_t line;
    int64_t hits;
    int64_t time_ns;
    int64_t self_ns;
};

/* A kind of cost besides time that was sampled. */
struct kp_graph_event {
    char *name;
    char *unit;
};

/* The calls of `callee` on one line. */
struct kp_graph_arc {
    size_t caller;
    size_t source;
    int64_t line;
    size_t callee;
    int64_t calls;
    int64_t primitive_calls;
    int64_t total_ns;
    int64_t self_ns;
};

struct kp_call_graph {
    struct kp_source *sources;
    size_t source_count;
    struct kp_graph_function *functions; /* by file, line, name */
    size_t function_count;
    struct kp_graph_line *lines; /* by function, source, line */
    size_t line_count;
    struct kp_graph_event *events; /* by name */
    size_t event_count;
    int64_t *line_events;      /* of line i, event e: i * event_count + e */
    struct kp_graph_arc *arcs; /* by caller, source, line, callee */
    size_t arc_count;
    char *command; /* of the first run */
    double start_s;
    int64_t duration_ns; /* of the longest run */
    bool timed;          /* false: no run took times, or none came to anything */
};

/* -1 with `error` filled (a damaged file), nothing then to free. Sources are not read: see kp_call_graph_read_sources.
 */
int kp_call_graph_load(struct kp_call_graph *model, sqlite3 *profile, struct kp_error *error);

/* Finds the texts of all sources. */
int kp_call_graph_read_sources(struct kp_call_graph *model, sqlite3 *profile, struct kp_error *error);

/* A name that no other function of its file has: with ":LINE" where several share it. To be freed; NULL: no memory. */
char *kp_call_graph_unique_name(const struct kp_call_graph *model, size_t function);

void kp_call_graph_free(struct kp_call_graph *model);

#endif
