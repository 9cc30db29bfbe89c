/* See units.h. The formats are line_profiler's. */
#include "viewer/model/units.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct kp_value kp_value_none(void)
{
    return (struct kp_value){.kind = KP_VALUE_NONE};
}

struct kp_value kp_value_count(int64_t count)
{
    return (struct kp_value){.kind = KP_VALUE_COUNT, .count = count};
}

struct kp_value kp_value_time(double time_ns)
{
    return (struct kp_value){.kind = KP_VALUE_TIME, .number = time_ns};
}

struct kp_value kp_value_percent(double part, double whole)
{
    return whole > 0 ? (struct kp_value){.kind = KP_VALUE_PERCENT, .number = 100 * part / whole} : kp_value_none();
}

struct kp_value kp_value_ratio(double part, double whole)
{
    return whole > 0 ? (struct kp_value){.kind = KP_VALUE_RATIO, .number = part / whole} : kp_value_none();
}

const char *kp_value_kind_name(enum kp_value_kind kind)
{
    static const char *const names[KP_VALUE_KINDS] = {
        [KP_VALUE_NONE] = "none", [KP_VALUE_COUNT] = "count",     [KP_VALUE_BYTES] = "bytes",
        [KP_VALUE_TIME] = "time", [KP_VALUE_PERCENT] = "percent", [KP_VALUE_RATIO] = "ratio",
    };
    return names[kind];
}

void kp_units_cell(char text[KP_VALUE_TEXT], struct kp_value value, double unit_s)
{
    switch (value.kind) {
    case KP_VALUE_COUNT:
    case KP_VALUE_BYTES: snprintf(text, KP_VALUE_TEXT, "%lld", (long long)value.count); return;
    case KP_VALUE_TIME: snprintf(text, KP_VALUE_TEXT, "%.1f", value.number * (1e-9 / unit_s)); return;
    case KP_VALUE_PERCENT: snprintf(text, KP_VALUE_TEXT, "%.1f", value.number); return;
    case KP_VALUE_RATIO: snprintf(text, KP_VALUE_TEXT, "%.2f", value.number); return;
    case KP_VALUE_NONE:
    case KP_VALUE_KINDS: break;
    }
    text[0] = '\0';
}

void kp_units_seconds(char text[KP_VALUE_TEXT], int64_t time_ns)
{
    kp_units_seconds_exact(text, (double)time_ns);
}

void kp_units_seconds_exact(char text[KP_VALUE_TEXT], double time_ns)
{
    snprintf(text, KP_VALUE_TEXT, "%g", time_ns * 1e-9);
}

void kp_units_summary_seconds(char text[KP_VALUE_TEXT], int64_t time_ns)
{
    snprintf(text, KP_VALUE_TEXT, "%6.2f", (double)time_ns * 1e-9);
}

void kp_units_profile_seconds(char text[KP_VALUE_TEXT], double time_ns)
{
    snprintf(text, KP_VALUE_TEXT, "%8.3f", time_ns * 1e-9);
}

void kp_units_unit(char text[KP_VALUE_TEXT], double unit_s)
{
    snprintf(text, KP_VALUE_TEXT, "%g", unit_s);
}

int kp_units_parse(const char *text, double *unit_s)
{
    static const struct {
        const char *name;
        double unit_s;
    } named[] = {{"s", 1}, {"ms", 1e-3}, {"us", 1e-6}, {"ns", 1e-9}};
    for (size_t i = 0; i < sizeof named / sizeof *named; i++)
        if (strcmp(text, named[i].name) == 0) {
            *unit_s = named[i].unit_s;
            return 0;
        }
    char *end;
    double value = strtod(text, &end);
    if (end == text || *end || !isfinite(value) || value < 1e-12 || value > 1e12)
        return -1;
    *unit_s = value;
    return 0;
}
