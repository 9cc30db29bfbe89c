/* See memory_plot.h. The picture is that of `mprof plot`: the curve, a pair of brackets around each call, a red cross
 * of dashed lines at the peak, a legend beside the plot.
 *
 * Texts come from command lines and file names: they go in single quotes, where gnuplot interprets nothing. */
#include "viewer/graph/memory_plot.h"

#include <string.h>

static const char *const colors[] = {"#1f77b4", "#ff7f0e", "#2ca02c", "#9467bd", "#8c564b",
                                     "#e377c2", "#17becf", "#bcbd22", "#7f7f7f"};
enum { COLOR_COUNT = sizeof colors / sizeof *colors, MAX_NAMES = 12, MAX_BRACKETS = 200, LEGEND_CHARACTERS = 34 };
enum {
    MAX_CHILDREN = 10,
    MAX_CHILDREN_IN_TEXT = 3,
    TITLE_CHARACTERS = 76
}; /* with names; as wide as the plot, beside its legend */

struct plot {
    const struct kp_memory_series *series;
    size_t count;
    const struct kp_memory_plot_options *options;
    double end_s, top_mib;        /* of what is shown */
    double first_s, last_s;       /* bounds of the time axis */
    const char *names[MAX_NAMES]; /* functions that have a color */
    size_t name_count;
    FILE *out;
};

static void print_quoted(const char *text, size_t limit, FILE *out)
{
    putc('\'', out);
    for (size_t i = 0; text[i] && i < limit; i++) {
        if (text[i] == '\'')
            putc('\'', out);
        putc((unsigned char)text[i] < ' ' ? ' ' : text[i], out);
    }
    if (strlen(text) > limit)
        fputs("...", out);
    putc('\'', out);
}

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static void measure(struct plot *plot)
{
    for (size_t s = 0; s < plot->count; s++)
        for (size_t c = 0; c < plot->series[s].curve_count; c++) {
            const struct kp_memory_curve *curve = &plot->series[s].curves[c];
            double end = curve->points[curve->count - 1].time_s, top = curve->points[curve->peak].mib;
            plot->end_s = end > plot->end_s ? end : plot->end_s;
            plot->top_mib = top > plot->top_mib ? top : plot->top_mib;
        }
    plot->end_s = plot->end_s > 0 ? plot->end_s : 1;
    plot->top_mib = plot->top_mib > 0 ? plot->top_mib : 1;
    double margin = plot->end_s / 50; /* for brackets at both ends */
    plot->first_s = plot->options->has_window ? plot->options->window_start_s : -margin;
    plot->last_s = plot->options->has_window ? plot->options->window_end_s : plot->end_s + margin;
}

static int shows_calls(const struct plot *plot)
{
    return plot->count == 1 && plot->series->mark_count && !plot->options->no_functions && !plot->options->text;
}

/* Functions in the order in which they first appear; MAX_NAMES of them. */
static void name_functions(struct plot *plot)
{
    for (size_t i = 0; shows_calls(plot) && i < plot->series->mark_count; i++) {
        const char *name = plot->series->marks[i].function;
        size_t known = 0;
        while (known < plot->name_count && strcmp(plot->names[known], name) != 0)
            known++;
        if (known == plot->name_count && known < MAX_NAMES)
            plot->names[plot->name_count++] = name;
    }
}

static int color_of(const struct plot *plot, const char *function)
{
    for (size_t i = 0; i < plot->name_count; i++)
        if (strcmp(plot->names[i], function) == 0)
            return (int)(i % COLOR_COUNT);
    return -1;
}

static void write_curve_data(const struct plot *plot, size_t s, size_t c)
{
    const struct kp_memory_curve *curve = &plot->series[s].curves[c];
    fprintf(plot->out, "$curve_%zu_%zu << END\n", s, c);
    for (size_t i = 0; i < curve->count; i++)
        fprintf(plot->out, "%.4f %.4f\n", curve->points[i].time_s, curve->points[i].mib);
    fputs("END\n", plot->out);
}

/* `side` 1: opening, -1: closing. */
static void write_bracket(const struct plot *plot, double time_s, double mib, int side)
{
    double width = side * (plot->last_s - plot->first_s) / 80, height = plot->top_mib / 24;
    fprintf(plot->out, "%.4f %.4f\n%.4f %.4f\n%.4f %.4f\n%.4f %.4f\n\n", time_s + width, mib + height, time_s,
            mib + height, time_s, mib - height, time_s + width, mib - height);
}

static void write_bracket_data(const struct plot *plot)
{
    for (size_t n = 0; n < plot->name_count; n++) {
        fprintf(plot->out, "$calls_%zu << END\n", n);
        size_t drawn = 0;
        for (size_t i = 0; i < plot->series->mark_count && drawn < MAX_BRACKETS; i++) {
            const struct kp_memory_mark *mark = &plot->series->marks[i];
            if (strcmp(mark->function, plot->names[n]) != 0)
                continue;
            write_bracket(plot, mark->start_s, mark->start_mib, 1);
            write_bracket(plot, mark->end_s, mark->end_mib, -1);
            drawn++;
        }
        fputs("END\n", plot->out);
    }
}

static void write_call_legend(const struct plot *plot, const char *name)
{
    char text[256];
    double seconds = 0;
    size_t calls = 0;
    for (size_t i = 0; i < plot->series->mark_count; i++)
        if (strcmp(plot->series->marks[i].function, name) == 0) {
            seconds += plot->series->marks[i].end_s - plot->series->marks[i].start_s;
            calls++;
        }
    if (calls > 1)
        snprintf(text, sizeof text, "%.100s %.3fs (%zu calls)", name, seconds, calls);
    else
        snprintf(text, sizeof text, "%.100s %.3fs", name, seconds);
    print_quoted(text, LEGEND_CHARACTERS + 16, plot->out);
}

static const struct kp_memory_point *peak_of(const struct kp_memory_curve *curve)
{
    return &curve->points[curve->peak];
}

/* Of many children those with the largest peaks have names, and a mark at their peak. */
static int is_named(const struct plot *plot, size_t s, size_t c)
{
    const struct kp_memory_series *series = &plot->series[s];
    size_t larger = 0, limit = plot->options->text ? MAX_CHILDREN_IN_TEXT : MAX_CHILDREN;
    double own = peak_of(&series->curves[c])->mib;
    for (size_t i = 1; i < series->curve_count; i++) {
        double other = peak_of(&series->curves[i])->mib;
        larger += other > own || (other == own && i < c);
    }
    return c == 0 || larger < limit;
}

static void write_curve_title(const struct plot *plot, size_t s, size_t c)
{
    char text[160], child[48] = "";
    const struct kp_memory_series *series = &plot->series[s];
    if (c)
        snprintf(child, sizeof child, "child %lld", (long long)series->curves[c].pid);
    if (plot->count > 1)
        snprintf(text, sizeof text, "%.90s%s%s", last_part(series->path), c ? " " : "", child);
    else
        snprintf(text, sizeof text, "%.90s",
                 c                               ? child
                 : last_part(series->command)[0] ? last_part(series->command)
                                                 : series->path);
    print_quoted(text, LEGEND_CHARACTERS, plot->out);
}

/* The largest of all peaks has dashed lines, the others a cross. */
static void write_peak(const struct plot *plot)
{
    const struct kp_memory_point *largest = NULL;
    if (plot->options->text)
        return;
    for (size_t s = 0; s < plot->count; s++)
        for (size_t c = 0; c < plot->series[s].curve_count; c++) {
            const struct kp_memory_point *peak = peak_of(&plot->series[s].curves[c]);
            if (!largest || peak->mib > largest->mib)
                largest = peak;
        }
    for (size_t s = 0; s < plot->count; s++)
        for (size_t c = 0; c < plot->series[s].curve_count; c++) {
            const struct kp_memory_point *peak = peak_of(&plot->series[s].curves[c]);
            if (peak != largest && is_named(plot, s, c))
                fprintf(plot->out, "set label '×' at first %.4f, first %.4f center tc rgb '#d62728' front\n",
                        peak->time_s, peak->mib);
        }
    if (!largest)
        return;
    int at_right = largest->time_s > (plot->first_s + plot->last_s) / 2;
    fprintf(plot->out, "set arrow 1 from graph 0, first %.4f to graph 1, first %.4f nohead dt 2 lc rgb '#d62728'\n",
            largest->mib, largest->mib);
    fprintf(plot->out, "set arrow 2 from first %.4f, graph 0 to first %.4f, graph 1 nohead dt 2 lc rgb '#d62728'\n",
            largest->time_s, largest->time_s);
    fprintf(plot->out,
            "set label 'peak %.1f MiB' at first %.4f, graph 1 %s offset character %d,-0.6 tc rgb '#d62728' front\n",
            largest->mib, largest->time_s, at_right ? "right" : "left", at_right ? -1 : 1);
}

/* The thin curves of children without names share a line of the legend. */
static void write_other_children_title(const struct plot *plot, size_t s, size_t c)
{
    size_t count = 0;
    for (size_t i = 1; i < plot->series[s].curve_count; i++) {
        if (is_named(plot, s, i))
            continue;
        if (count == 0 && i != c) {
            fputs("''", plot->out);
            return;
        }
        count++;
    }
    fprintf(plot->out, "'%zu smaller child%s'", count, count == 1 ? "" : "ren");
}

static void write_curve(const struct plot *plot, size_t s, size_t c, size_t color)
{
    fprintf(plot->out, "$curve_%zu_%zu using 1:2 ", s, c);
    if (!is_named(plot, s, c)) {
        fprintf(plot->out, "with lines lw 0.5 lc rgb '#aaaaaa' title ");
        write_other_children_title(plot, s, c);
        return;
    }
    if (plot->options->text)
        fputs("with lines title ", plot->out);
    else if (plot->count == 1 && c == 0)
        fputs("with linespoints pt 1 ps 0.4 lw 1.5 lc rgb 'black' title ", plot->out);
    else /* functions have the first colors */
        fprintf(plot->out, "with linespoints pt 1 ps 0.4 lw 1.2 lc rgb '%s' title ",
                colors[plot->count > 1 ? color % COLOR_COUNT : COLOR_COUNT - 1 - color % COLOR_COUNT]);
    write_curve_title(plot, s, c);
}

static void write_plot_command(const struct plot *plot)
{
    size_t color = 0;
    fputs("plot ", plot->out);
    for (size_t s = 0; s < plot->count; s++)
        for (size_t c = 0; c < plot->series[s].curve_count; c++) {
            fputs(s || c ? ", \\\n" : "", plot->out);
            write_curve(plot, s, c, color);
            color += (plot->count > 1 || c > 0) && is_named(plot, s, c);
        }
    for (size_t n = 0; n < plot->name_count && !plot->options->flame; n++) {
        fprintf(plot->out, ", \\\n$calls_%zu using 1:2 with lines lw 2 lc rgb '%s' title ", n, colors[n % COLOR_COUNT]);
        write_call_legend(plot, plot->names[n]);
    }
    for (size_t s = 0; s < plot->count && plot->options->slope; s++) {
        double at_zero, slope = kp_memory_slope(&plot->series[s].curves[0], &at_zero);
        fprintf(plot->out, ", \\\n%.6f * x + %.6f with lines dt 2 lw 1 lc rgb '#555555' title 'slope %.5f MiB/s'",
                slope, at_zero, slope);
    }
    fputs("\n", plot->out);
}

/* Boxes of the program's own calls by level, with names where they fit. */
static void write_flame(const struct plot *plot)
{
    const struct kp_memory_series *series = plot->series;
    int64_t deepest = 0;
    double width = plot->last_s - plot->first_s;
    for (size_t i = 0; i < series->mark_count; i++)
        deepest = series->marks[i].level > deepest && series->marks[i].level < 100 ? series->marks[i].level : deepest;
    fprintf(plot->out,
            "unset arrow\nunset label\nunset title\nset size 1,0.4\nset origin 0,0\nset yrange [%lld.5:-0.5]\n"
            "set ytics 1\nset ylabel 'stack level'\nset xlabel 'time (in seconds)'\nunset key\n",
            (long long)deepest);
    for (size_t i = 0; i < series->mark_count; i++) {
        const struct kp_memory_mark *mark = &series->marks[i];
        int color = color_of(plot, mark->function);
        if (mark->pid != series->curves[0].pid || mark->level > deepest || mark->end_s < plot->first_s ||
            mark->start_s > plot->last_s)
            continue;
        fprintf(plot->out,
                "set object rectangle from %.4f,%.2f to %.4f,%.2f fs solid 0.6 border rgb 'white' fc rgb '%s'\n",
                mark->start_s, (double)mark->level - 0.4, mark->end_s, (double)mark->level + 0.4,
                color < 0 ? "#cccccc" : colors[color]);
        if ((mark->end_s - mark->start_s) / width < 0.012 * (double)strlen(mark->function))
            continue;
        fputs("set label ", plot->out);
        print_quoted(mark->function, LEGEND_CHARACTERS, plot->out);
        fprintf(plot->out, " at %.4f,%lld center front\n", (mark->start_s + mark->end_s) / 2, (long long)mark->level);
    }
    fputs("plot NaN notitle\n", plot->out);
}

static void write_settings(const struct plot *plot)
{
    const char *title = plot->options->title ? plot->options->title : plot->count == 1 ? plot->series->command : NULL;
    int flame = plot->options->flame && shows_calls(plot);
    fprintf(plot->out, "set terminal %s\nset encoding utf8\n", plot->options->terminal);
    fprintf(plot->out, "set xrange [%.4f:%.4f]\nset yrange [0:%.4f]\n", plot->first_s, plot->last_s,
            plot->top_mib * 1.16);
    fprintf(
        plot->out,
        "set ylabel 'memory used (in MiB)'\nset grid lt 1 lw 0.5 lc rgb '#dddddd'\nset border 3\nset tics nomirror\n");
    if (!flame)
        fputs("set xlabel 'time (in seconds)'\n", plot->out);
    if (plot->options->text)
        fputs("unset grid\nset key bottom right\n", plot->out);
    else
        fputs("set key outside right top Left reverse samplen 2\n", plot->out);
    if (title && *title) {
        fputs("set title ", plot->out);
        print_quoted(title, TITLE_CHARACTERS, plot->out);
        fputs(" noenhanced\n", plot->out);
    }
    fputs("set key noenhanced\n", plot->out);
    if (flame) /* both plots have the same margins, so that times stand above one another */
        fputs("set multiplot\nset lmargin at screen 0.09\nset rmargin at screen 0.72\nset size 1,0.62\nset origin "
              "0,0.38\n",
              plot->out);
}

void kp_memory_plot_write(const struct kp_memory_series *series, size_t count,
                          const struct kp_memory_plot_options *options, FILE *out)
{
    struct plot plot = {.series = series, .count = count, .options = options, .out = out};
    measure(&plot);
    name_functions(&plot);
    for (size_t s = 0; s < count; s++)
        for (size_t c = 0; c < series[s].curve_count; c++)
            write_curve_data(&plot, s, c);
    write_bracket_data(&plot);
    write_settings(&plot);
    write_peak(&plot);
    write_plot_command(&plot);
    if (options->flame && shows_calls(&plot)) {
        write_flame(&plot);
        fputs("unset multiplot\n", out);
    }
}
