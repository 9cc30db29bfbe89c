/* memprof plot: memory over time as a picture. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "kernprof/commands/command.h"
#include "kernprof/memory/gnuplot.h"
#include "kernprof/memory/memory_files.h"
#include "util/output.h"
#include "viewer/graph/memory_plot.h"
#include "viewer/model/memory_series.h"

enum { PSS = KP_OPTION_LONG, HTML };

static const struct kp_option option_table[] = {
    {"output", 'o', "OUT",
     "a .png, .svg, .pdf, or .html (an interactive page); without it the plot is drawn in the terminal", NULL, NULL},
    {"html", HTML, NULL,
     "an interactive page, whatever OUT is called; without -o it is called like the recording, and beside it", NULL,
     NULL},
    {"title", 't', "TEXT", "the title (default: the command)", NULL, NULL},
    {"window", 'w', "FROM,TO", "only these seconds", NULL, NULL},
    {"flame", 'f', NULL, "calls of functions as boxes by stack level, below the curve", NULL, NULL},
    {"slope", 's', NULL, "a straight line through the samples: does it leak?", NULL, NULL},
    {"no-function-ts", 'n', NULL, "do not mark the calls of functions", NULL, NULL},
    {"pss", PSS, NULL, "proportional instead of resident set sizes", NULL, NULL},
    KP_OPTION_HELP,
    KP_OPTIONS_END,
};

struct format {
    const char *suffix;
    const char *terminal;
    const char *before, *behind; /* around what gnuplot writes; NULL: nothing */
};

enum { FORMAT_HTML = 3 };

static const struct format formats[] = {
    {".png", "pngcairo size 1200,600 font 'Sans,11' background 'white'", NULL, NULL},
    {".svg", "svg size 1200,600 dynamic font 'Sans,13' background 'white'", NULL, NULL},
    {".pdf", "pdfcairo size 12,6 font 'Sans,11' background 'white'", NULL, NULL},
    [FORMAT_HTML] = {".html", "svg size 1200,600 dynamic mouse standalone font 'Sans,13' background 'white'",
                     "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>memprof plot</title></head>\n<body>\n"
                     "<p>Click on a name to hide its curve, on the plot to read its values.</p>\n",
                     "</body></html>\n"},
};

struct options {
    const char *output;          /* NULL: none was named */
    const struct format *format; /* NULL: text */
    int html;
    int pss;
    struct kp_memory_plot_options plot;
};

static int choose_format(struct options *options, struct kp_error *error)
{
    if (options->html)
        options->format = &formats[FORMAT_HTML];
    if (options->html || !options->output)
        return 0;
    const char *suffix = strrchr(options->output, '.');
    for (size_t i = 0; suffix && i < sizeof formats / sizeof *formats; i++)
        if (strcmp(suffix, formats[i].suffix) == 0) {
            options->format = &formats[i];
            return 0;
        }
    return kp_fail(error, "-o %s: its end must be .png, .svg, .pdf or .html", options->output);
}

static int parse_window(const char *text, struct kp_memory_plot_options *plot)
{
    char *end;
    plot->window_start_s = strtod(text, &end);
    if (end == text || *end != ',')
        return -1;
    const char *second = end + 1;
    plot->window_end_s = strtod(second, &end);
    plot->has_window = 1;
    return end == second || *end || !(plot->window_end_s > plot->window_start_s) ? -1 : 0;
}

static int parse(int argc, char **argv, struct options *options, struct kp_error *error)
{
    struct kp_option_reader reader;
    kp_options_begin(&reader, "plot", option_table, argc, argv, 0);
    for (int letter; (letter = kp_options_next(&reader, error)) != -1;) {
        switch (letter) {
        case 'o': options->output = optarg; break;
        case HTML: options->html = 1; break;
        case 't': options->plot.title = optarg; break;
        case 'w':
            if (parse_window(optarg, &options->plot) != 0)
                return kp_fail(error, "--window=%s: give two numbers of seconds, FROM,TO", optarg);
            break;
        case 'f': options->plot.flame = 1; break;
        case 's': options->plot.slope = 1; break;
        case 'n': options->plot.no_functions = 1; break;
        case PSS: options->pss = 1; break;
        case 'h': kp_command_print_help(&kp_command_memprof_plot, stdout); return 1;
        default: return -1;
        }
    }
    return choose_format(options, error);
}

/* As large as the terminal, or as one used to be. */
static void choose_text(struct options *options, char terminal[64])
{
    struct winsize size = {0};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 40 || size.ws_row < 12)
        size = (struct winsize){.ws_col = 80, .ws_row = 25};
    snprintf(terminal, 64, "dumb noenhanced size %d,%d", size.ws_col, size.ws_row - 1);
    options->plot.terminal = terminal;
    options->plot.text = 1;
}

static int draw_to(const struct options *options, const char *path, const char *script, size_t size,
                   struct kp_error *error)
{
    struct kp_output output;
    if (kp_output_open(&output, path, error) != 0)
        return -1;
    const struct format *format = options->format;
    if (format && format->before)
        fputs(format->before, output.stream);
    int result = kp_gnuplot_run(script, size, output.stream, error);
    if (result == 0) {
        fseek(output.stream, 0, SEEK_END); /* behind what gnuplot wrote; of no effect on a pipe */
        if (format && format->behind)
            fputs(format->behind, output.stream);
        return kp_output_close(&output, error);
    }
    kp_output_abandon(&output);
    return -1;
}

/* That of a page without a name: mprofile_DATE.mprof becomes mprofile_DATE.html. NULL: out of memory. */
static char *page_name(const char *recording)
{
    const char *suffix = ".mprof", *html = formats[FORMAT_HTML].suffix;
    size_t length = strlen(recording);
    if (length > strlen(suffix) && strcmp(recording + length - strlen(suffix), suffix) == 0)
        length -= strlen(suffix);
    char *name = malloc(length + strlen(html) + 1);
    if (name)
        sprintf(name, "%.*s%s", (int)length, recording, html);
    return name;
}

static int draw_page(const struct options *options, const char *recording, const char *script, size_t size,
                     struct kp_error *error)
{
    char *path = page_name(recording);
    int result = path ? draw_to(options, path, script, size, error) : kp_fail(error, "out of memory");
    if (result == 0)
        fprintf(stderr, "kernprof: %s: the page, for a web browser\n", path);
    free(path);
    return result;
}

static int draw(const struct options *options, const struct kp_memory_series *series, size_t count,
                struct kp_error *error)
{
    char *script = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&script, &size);
    if (!memory)
        return kp_fail(error, "out of memory");
    kp_memory_plot_write(series, count, &options->plot, memory);
    int result;
    if (fclose(memory) != 0)
        result = kp_fail(error, "out of memory");
    else if (options->html && !options->output)
        result = draw_page(options, series->path, script, size, error);
    else
        result = draw_to(options, options->output, script, size, error);
    free(script);
    return result;
}

static int plot(const struct options *options, char **words, size_t count, struct kp_error *error)
{
    struct kp_memory_series *series = calloc(count, sizeof *series);
    size_t loaded = 0;
    int result = series ? 0 : kp_fail(error, "out of memory");
    while (result == 0 && loaded < count) {
        char *path = kp_memory_file_find(words[loaded], error);
        result = path ? kp_memory_series_load(&series[loaded], path, options->pss, error) : -1;
        loaded += result == 0;
        free(path);
    }
    if (result == 0)
        result = draw(options, series, count, error);
    for (size_t i = 0; i < loaded; i++)
        kp_memory_series_free(&series[i]);
    free(series);
    return result;
}

static int cmd_memprof_plot(int argc, char **argv, struct kp_error *error)
{
    struct options options = {0};
    char terminal[64];
    int parsed = parse(argc, argv, &options, error);
    if (parsed != 0)
        return parsed > 0 ? 0 : KP_EXIT_FAILED;
    if (options.format)
        options.plot.terminal = options.format->terminal;
    else
        choose_text(&options, terminal);
    char *newest[] = {NULL};
    size_t count = (size_t)(argc - optind);
    return plot(&options, count ? argv + optind : newest, count ? count : 1, error) == 0 ? 0 : KP_EXIT_FAILED;
}

const struct kp_command kp_command_memprof_plot = {
    .name = "plot",
    .run = cmd_memprof_plot,
    .purpose = "draw memory over time",
    .synopsis = "memprof plot [-o OUT] [--html] [options] [FILE|NUMBER ...]",
    .description =
        "Draws what `memprof run` recorded, finished or not: the newest recording, or the ones given, over one another "
        "from their starts (numbers as `memprof list` has them, -1 the newest; negative ones behind --).",
    .options = option_table,
};
