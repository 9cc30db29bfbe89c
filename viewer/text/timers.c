/* See timers.h. */
#include "viewer/text/timers.h"

#include "format/profile.h"
#include "util/control.h"
#include "viewer/model/units.h"

/* Columns of a name, which is UTF-8, and whose control characters are printed as blanks. */
static int width_of(const char *name)
{
    int width = 0;
    for (; *name; name++)
        width += (*name & 0xc0) != 0x80;
    return width;
}

static void print_name(const char *name, int width, FILE *out)
{
    fprintf(out, "%*s", width - width_of(name), "");
    for (; *name; name++)
        fputc(kp_is_control(*name) ? ' ' : *name, out);
}

struct widths {
    int name;
    bool threads; /* a timer ran on more than one */
};

static const char *name_of(sqlite3_stmt *row)
{
    const char *name = (const char *)sqlite3_column_text(row, 0);
    return name ? name : "";
}

static struct widths measure(sqlite3_stmt *rows)
{
    struct widths widths = {.name = 5};
    while (sqlite3_step(rows) == SQLITE_ROW) {
        int width = width_of(name_of(rows));
        widths.name = width > widths.name ? width : widths.name;
        widths.threads |= sqlite3_column_int64(rows, 5) > 1;
    }
    sqlite3_reset(rows);
    return widths;
}

static void print_row(sqlite3_stmt *row, const struct widths *widths, FILE *out)
{
    char total[KP_VALUE_TEXT], average[KP_VALUE_TEXT], percent[KP_VALUE_TEXT], thread[KP_VALUE_TEXT];
    int64_t calls = sqlite3_column_int64(row, 1);
    double total_ns = sqlite3_column_double(row, 2);
    kp_units_seconds(total, (int64_t)total_ns);
    kp_units_seconds_exact(average, calls > 0 ? total_ns / (double)calls : 0);
    kp_units_cell(percent, kp_value_percent(total_ns, sqlite3_column_double(row, 3)), 1);
    print_name(name_of(row), widths->name, out);
    fprintf(out, " | %10lld | %12s | %12s | %7s", (long long)calls, total, average, percent);
    if (widths->threads) {
        kp_units_seconds(thread, sqlite3_column_int64(row, 4));
        fprintf(out, " | %7lld | %14s", (long long)sqlite3_column_int64(row, 5), thread);
    }
    fputc('\n', out);
}

int kp_timers_render(sqlite3 *profile, bool by_time, FILE *out, struct kp_error *error)
{
    /* The time that percentages are of: that of the program that kernprof started, in all runs. */
    char sql[512];
    snprintf(sql, sizeof sql,
             "SELECT name, calls, total_ns, (SELECT TOTAL(duration_ns) FROM runs WHERE exit_status IS NOT NULL), "
             "thread_ns, threads FROM timers ORDER BY %sname",
             by_time ? "total_ns, " : "");
    sqlite3_stmt *rows = kp_profile_prepare(profile, sql, error);
    if (!rows)
        return -1;
    struct widths widths = measure(rows);
    fprintf(out, "%*s | %10s | %12s | %12s | %7s", widths.name, "Timer", "Calls", "Total time", "Average time",
            "Percent");
    fputs(widths.threads ? " | Threads | Longest thread\n" : "\n", out);
    while (sqlite3_step(rows) == SQLITE_ROW)
        print_row(rows, &widths, out);
    sqlite3_finalize(rows);
    return 0;
}

bool kp_timers_alone(sqlite3 *profile)
{
    struct kp_error unused; /* what is wrong with the file is said when the listing is read */
    sqlite3_stmt *statement = kp_profile_prepare(
        profile, "SELECT EXISTS (SELECT 1 FROM timers) AND NOT EXISTS (SELECT 1 FROM functions)", &unused);
    bool alone = statement && sqlite3_step(statement) == SQLITE_ROW && sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    return alone;
}
