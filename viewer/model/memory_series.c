/* See memory_series.h. */
#include "viewer/model/memory_series.h"

#include <stdlib.h>
#include <string.h>

#include "util/array.h"

#define BYTES_PER_MIB 1048576.0

static const char samples_query[] =
    "SELECT s.pid, (s.time_ns - (SELECT MIN(time_ns) FROM memory_samples)) / 1e9, s.rss_bytes, s.pss_bytes "
    "FROM memory_samples s ORDER BY s.pid <> COALESCE((SELECT pid FROM runs LIMIT 1), -1), s.pid, s.time_ns";

static const char marks_query[] =
    "SELECT pid, function, (start_ns - (SELECT MIN(time_ns) FROM memory_samples)) / 1e9, "
    "(end_ns - (SELECT MIN(time_ns) FROM memory_samples)) / 1e9, start_bytes, end_bytes, level "
    "FROM memory_marks ORDER BY start_ns, level";

static char *text_of(sqlite3_stmt *row, int column)
{
    const char *text = (const char *)sqlite3_column_text(row, column);
    return strdup(text ? text : "");
}

static struct kp_memory_curve *curve_of(struct kp_memory_series *series, int64_t pid)
{
    if (series->curve_count && series->curves[series->curve_count - 1].pid == pid)
        return &series->curves[series->curve_count - 1];
    struct kp_memory_curve *curves = kp_array_grow(series->curves, series->curve_count, sizeof *curves);
    if (!curves)
        return NULL;
    series->curves = curves;
    curves[series->curve_count] = (struct kp_memory_curve){.pid = pid};
    return &curves[series->curve_count++];
}

static int take_sample(struct kp_memory_series *series, sqlite3_stmt *row, int pss)
{
    if (pss && sqlite3_column_type(row, 3) == SQLITE_NULL)
        return 0;
    struct kp_memory_curve *curve = curve_of(series, sqlite3_column_int64(row, 0));
    struct kp_memory_point *points = curve ? kp_array_grow(curve->points, curve->count, sizeof *points) : NULL;
    if (!points)
        return -1;
    curve->points = points;
    points[curve->count] = (struct kp_memory_point){sqlite3_column_double(row, 1),
                                                    sqlite3_column_double(row, pss ? 3 : 2) / BYTES_PER_MIB};
    if (points[curve->count].mib > points[curve->peak].mib)
        curve->peak = curve->count;
    curve->count++;
    return 0;
}

static int take_mark(struct kp_memory_series *series, sqlite3_stmt *row, int pss)
{
    (void)pss;
    struct kp_memory_mark *marks = kp_array_grow(series->marks, series->mark_count, sizeof *marks);
    char *function = marks ? text_of(row, 1) : NULL;
    if (marks)
        series->marks = marks;
    if (!function)
        return -1;
    marks[series->mark_count++] = (struct kp_memory_mark){.pid = sqlite3_column_int64(row, 0),
                                                          .function = function,
                                                          .start_s = sqlite3_column_double(row, 2),
                                                          .end_s = sqlite3_column_double(row, 3),
                                                          .start_mib = sqlite3_column_double(row, 4) / BYTES_PER_MIB,
                                                          .end_mib = sqlite3_column_double(row, 5) / BYTES_PER_MIB,
                                                          .level = sqlite3_column_int64(row, 6)};
    return 0;
}

static int take_command(struct kp_memory_series *series, sqlite3_stmt *row, int pss)
{
    (void)pss;
    series->command = text_of(row, 0);
    return series->command ? 0 : -1;
}

static int for_each_row(struct kp_memory_series *series, sqlite3 *profile, const char *sql, int pss,
                        int (*take)(struct kp_memory_series *, sqlite3_stmt *, int), struct kp_error *error)
{
    sqlite3_stmt *statement = kp_profile_prepare(profile, sql, error);
    if (!statement)
        return -1;
    int status = SQLITE_DONE;
    int result = 0;
    while (result == 0 && (status = sqlite3_step(statement)) == SQLITE_ROW)
        if (take(series, statement, pss) != 0)
            result = kp_fail(error, "%s: out of memory", series->path);
    if (result == 0 && status != SQLITE_DONE)
        result = kp_fail(error, "%s: damaged profile (%s); record it again", series->path, sqlite3_errmsg(profile));
    sqlite3_finalize(statement);
    return result;
}

int kp_memory_series_load(struct kp_memory_series *series, const char *path, int pss, struct kp_error *error)
{
    *series = (struct kp_memory_series){.path = strdup(path)};
    sqlite3 *profile = kp_profile_open(path, error);
    int result = profile && series->path ? 0 : -1;
    if (result == 0)
        result = for_each_row(series, profile, "SELECT command FROM runs LIMIT 1", pss, take_command, error);
    if (result == 0)
        result = for_each_row(series, profile, samples_query, pss, take_sample, error);
    if (result == 0)
        result = for_each_row(series, profile, marks_query, pss, take_mark, error);
    if (result == 0 && !series->curve_count)
        result = kp_fail(error, "%s: no memory over time in it; `memprof run PROGRAM` records that", path);
    if (result == 0 && !series->command && !(series->command = strdup("")))
        result = kp_fail(error, "out of memory");
    sqlite3_close(profile);
    if (result != 0)
        kp_memory_series_free(series);
    return result;
}

void kp_memory_series_free(struct kp_memory_series *series)
{
    for (size_t i = 0; i < series->curve_count; i++)
        free(series->curves[i].points);
    for (size_t i = 0; i < series->mark_count; i++)
        free(series->marks[i].function);
    free(series->curves);
    free(series->marks);
    free(series->path);
    free(series->command);
    *series = (struct kp_memory_series){0};
}

double kp_memory_slope(const struct kp_memory_curve *curve, double *at_zero)
{
    double n = (double)curve->count, sum_x = 0, sum_y = 0, sum_xx = 0, sum_xy = 0;
    for (size_t i = 0; i < curve->count; i++) {
        const struct kp_memory_point *p = &curve->points[i];
        sum_x += p->time_s;
        sum_y += p->mib;
        sum_xx += p->time_s * p->time_s;
        sum_xy += p->time_s * p->mib;
    }
    double spread = n * sum_xx - sum_x * sum_x;
    double slope = spread > 0 ? (n * sum_xy - sum_x * sum_y) / spread : 0;
    *at_zero = n > 0 ? (sum_y - slope * sum_x) / n : 0;
    return slope;
}

static int is_within(const struct kp_memory_series *series, const struct kp_memory_curve *curve, const char *function,
                     double time_s)
{
    if (!function)
        return 1;
    for (size_t i = 0; i < series->mark_count; i++) {
        const struct kp_memory_mark *mark = &series->marks[i];
        if (mark->pid == curve->pid && strcmp(mark->function, function) == 0 && time_s >= mark->start_s &&
            time_s <= mark->end_s)
            return 1;
    }
    return 0;
}

double kp_memory_peak(const struct kp_memory_series *series, const struct kp_memory_curve *curve, const char *function)
{
    double peak = -1;
    for (size_t i = 0; i < curve->count; i++)
        if (curve->points[i].mib > peak && is_within(series, curve, function, curve->points[i].time_s))
            peak = curve->points[i].mib;
    return peak;
}
