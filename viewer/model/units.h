/* Numbers as people read them: the only place that formats them. */
#ifndef KP_VIEWER_MODEL_UNITS_H
#define KP_VIEWER_MODEL_UNITS_H

#include <stddef.h>
#include <stdint.h>

/* How a value is formatted, here and on the page (viewer/web/units.js). */
enum kp_value_kind {
    KP_VALUE_NONE,
    KP_VALUE_COUNT,
    KP_VALUE_BYTES,
    KP_VALUE_TIME,
    KP_VALUE_PERCENT,
    KP_VALUE_RATIO,
    KP_VALUE_KINDS
};

struct kp_value {
    enum kp_value_kind kind;
    int64_t count; /* COUNT, BYTES */
    double number; /* TIME: nanoseconds; PERCENT: 0 to 100; RATIO */
};

#define KP_UNIT_DEFAULT 1e-6

/* Long enough for any formatted value (a double can have 309 digits before its point). */
enum { KP_VALUE_TEXT = 328 };

struct kp_value kp_value_none(void);
struct kp_value kp_value_count(int64_t count);
struct kp_value kp_value_time(double time_ns);
struct kp_value kp_value_percent(double part, double whole); /* none where the whole is 0 */
struct kp_value kp_value_ratio(double part, double whole);   /* likewise */

/* "count", "time": as the page's data name it. */
const char *kp_value_kind_name(enum kp_value_kind kind);

/* The text of a table's cell, times in units of `unit_s` seconds; empty for KP_VALUE_NONE. */
void kp_units_cell(char text[KP_VALUE_TEXT], struct kp_value value, double unit_s);

/* Seconds as line_profiler's `Total time` has them (%g), and as its summary has them (%6.2f). */
void kp_units_seconds(char text[KP_VALUE_TEXT], int64_t time_ns);
void kp_units_seconds_exact(char text[KP_VALUE_TEXT], double time_ns); /* of fractions of a nanosecond, too */
void kp_units_summary_seconds(char text[KP_VALUE_TEXT], int64_t time_ns);

/* Seconds of time_ns as cProfile's columns have them (%8.3f). */
void kp_units_profile_seconds(char text[KP_VALUE_TEXT], double time_ns);

/* The unit itself, "1e-06". */
void kp_units_unit(char text[KP_VALUE_TEXT], double unit_s);

/* A unit as users give it: seconds ("1e-3") or a name (s, ms, us, ns). -1: neither. */
int kp_units_parse(const char *text, double *unit_s);

#endif
