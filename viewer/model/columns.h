/* The columns of a listing: one table (columns.c) from which come the SQL that reads a listing, what text, terminal,
 * page and exports show, and the help of --columns. docs/howto/add-column.md says how to add one.
 *
 * A profile has the columns of the table, at their enum kp_column_id, and behind them one for each of its events. */
#ifndef KP_VIEWER_MODEL_COLUMNS_H
#define KP_VIEWER_MODEL_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "format/profile.h"
#include "viewer/model/units.h"

/* In the order in which they are shown. */
enum kp_column_id {
    KP_COLUMN_HITS,
    KP_COLUMN_TIME,
    KP_COLUMN_PER_HIT,
    KP_COLUMN_PERCENT,
    KP_COLUMN_SELF,
    KP_COLUMN_ERROR,
    KP_COLUMN_WAIT,
    KP_COLUMN_MIN,
    KP_COLUMN_MAX,
    KP_COLUMN_THREADS,
    KP_COLUMN_THREAD_HITS,
    KP_COLUMN_THREAD_MIN,
    KP_COLUMN_THREAD_MEAN,
    KP_COLUMN_THREAD_MAX,
    KP_COLUMN_THREAD_IMBALANCE,
    KP_COLUMN_RANK_MIN,
    KP_COLUMN_RANK_MEAN,
    KP_COLUMN_RANK_MAX,
    KP_COLUMN_RANK_IMBALANCE,
    KP_COLUMN_RANK_SLOWEST,
    KP_COLUMN_ALLOCATIONS,
    KP_COLUMN_ALLOCATED,
    KP_COLUMN_FREES,
    KP_COLUMN_FREED,
    KP_COLUMN_PEAK,
    KP_COLUMN_LEAKED,
    KP_COLUMN_LEAKS,
    KP_COLUMN_TEMPORARY,
    KP_COLUMNS_FIXED
};

enum kp_column_group {
    KP_GROUP_LINE,
    KP_GROUP_THREADS, /* the spread over threads */
    KP_GROUP_RANKS,   /* the spread over ranks or runs of a merged profile */
    KP_GROUP_MEMORY,  /* of memprof */
    KP_GROUP_EVENTS,
    KP_COLUMN_GROUPS
};

/* Sets of groups: bit i is enum kp_column_group i. */
#define KP_GROUP(group) (1U << (group))
#define KP_GROUPS_ALL (KP_GROUP(KP_COLUMN_GROUPS) - 1)
#define KP_GROUPS_WITHOUT_MEMORY (KP_GROUPS_ALL & ~KP_GROUP(KP_GROUP_MEMORY))

enum kp_column_shown {
    KP_SHOWN_ALWAYS,     /* where the profile has the group */
    KP_SHOWN_ON_REQUEST, /* --columns */
    KP_SHOWN_WITH_GROUP  /* --threads, --ranks */
};

/* A value that the profile does not have. */
#define KP_NOT_KNOWN INT64_MIN

/* What the value of a column is made of. */
struct kp_column_line {
    const int64_t *stored; /* of the line, by index of the column */
    bool timed;            /* false: no run took times */
    int64_t profiles;      /* how many were merged; 1: none */
    int64_t function_ns;   /* time of the line's function */
};

struct kp_column {
    const char *key; /* as --columns and the page's data name it */
    const char *heading;
    const char *meaning; /* for the help */
    enum kp_value_kind kind;
    int width; /* at least */
    enum kp_column_group group;
    enum kp_column_shown shown;
    const char *exported; /* its name in the view `lines` where csv and json have it; NULL: they have not */
    /* What is stored for a line: an aggregate over the rows of one line in the instances of its function. Of memory:
     * `memory_line m`. Of others: `line l`, `line_spread p` and the threads' rows `q` (listing_load.c), with :profiles
     * and :rank of the profile. NULL: nothing is stored, the value is computed. */
    const char *sql;
    /* What is shown; `column` is the index. NULL: what is stored. */
    struct kp_value (*value)(const struct kp_column_line *line, size_t column);
};

/* By enum kp_column_id. */
extern const struct kp_column kp_columns_fixed[KP_COLUMNS_FIXED];

/* A column in a listing that is being shown. */
struct kp_shown_column {
    const struct kp_column *column;
    bool visible;
    int width; /* that its values need; see kp_columns_fit */
};

struct kp_columns {
    struct kp_shown_column *at;
    size_t count;
};

/* Fills `columns` with those of `profile` (NULL: the fixed ones alone), those visible that are shown always, but for
 * memory's. -1 with `error` filled, nothing then to free. */
int kp_columns_load(struct kp_columns *columns, sqlite3 *profile, struct kp_error *error);
void kp_columns_free(struct kp_columns *columns);

/* Only those are visible that are shown always, but for memory's. */
void kp_columns_show_usual_alone(struct kp_columns *columns);

/* Makes columns visible: those of a group, or of them those that are shown always. */
void kp_columns_show_group(struct kp_columns *columns, enum kp_column_group group);
void kp_columns_show_usual(struct kp_columns *columns, enum kp_column_group group);

/* Makes visible those that `list` names (KEY[,KEY]; `ranks`: all of that group). NULL: all that are shown always or on
 * request. Columns of other groups than `groups` do not exist. -1 with `error` filled: one of them is unknown. */
int kp_columns_show_list(struct kp_columns *columns, const char *list, unsigned groups, struct kp_error *error);

/* Is any of the group visible? */
bool kp_columns_shows(const struct kp_columns *columns, enum kp_column_group group);

/* The stored number of a line, 0 where it is not known. */
static inline int64_t kp_column_number(const int64_t *stored, enum kp_column_id column)
{
    return stored[column] == KP_NOT_KNOWN ? 0 : stored[column];
}

/* What `columns->at[column]` shows of a line. */
struct kp_value kp_column_value(const struct kp_columns *columns, const struct kp_column_line *line, size_t column);

/* Widths of the visible columns of a table: first of none of its lines, then of one more of them. Times are in units of
 * `unit_s` seconds. */
void kp_columns_fit_none(struct kp_columns *columns);
void kp_columns_fit(struct kp_columns *columns, const struct kp_column_line *line, double unit_s);

/* The key at `index` of those that --columns knows in every profile; NULL behind the last. */
const char *kp_column_key(size_t index);

/* A line for each column of `groups`: its key and what it means, with a + where --columns alone adds it. */
void kp_columns_print_help(unsigned groups, FILE *out);

#endif
