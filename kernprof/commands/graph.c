/* `kernprof graph`: the call graph as a picture, or in Graphviz' language. */
#include "kernprof/commands/command.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/output.h"
#include "viewer/graph/graph.h"
#include "viewer/graph/layout.h"
#include "viewer/model/call_graph.h"

enum { ROOT = KP_OPTION_LONG, LEAF, DEPTH, COLOUR_BY, THEME };

static const struct kp_option option_table[] = {
    {"output", 'o', "OUT", "OUT.svg, OUT.pdf, OUT.png or OUT.dot (default: dot to standard output)", NULL, NULL},
    {"node-thres", 'n', "PCT", "leave out functions below this share of the time (default: 0.5)", NULL, NULL},
    {"edge-thres", 'e', "PCT", "leave out calls below this share of the time (default: 0.1)", NULL, NULL},
    {"root", ROOT, "GLOB", "only what these functions call, directly or not", NULL, NULL},
    {"leaf", LEAF, "GLOB", "only what comes to these functions, directly or not", NULL, NULL},
    {"depth", DEPTH, "N", "at most N calls from the roots (to the leaves, where only they are given)", NULL, NULL},
    {"wrap", 'w', NULL, "break long names", NULL, NULL},
    {"strip", 's', NULL, "names without arguments and template parameters", NULL, NULL},
    {"colour-by", COLOUR_BY, "TIME", "total (default), or self: own time", "total self", NULL},
    {"theme", THEME, "THEME", "color (default), pink, gray, bw, or print", NULL, kp_graph_theme_name},
    KP_OPTION_HELP,
    KP_OPTIONS_END,
};

struct job {
    struct kp_graph_options graph;
    const char *output;
    const char *format; /* NULL: dot */
};

static int take_percent(const char *name, double *percent, struct kp_error *error)
{
    char *end;
    *percent = strtod(optarg, &end);
    return end != optarg && !*end && *percent >= 0 && *percent <= 100
               ? 0
               : kp_fail(error, "%s: '%s' is not a number from 0 to 100", name, optarg);
}

static int take_depth(long *depth, struct kp_error *error)
{
    char *end;
    *depth = strtol(optarg, &end, 10);
    return end != optarg && !*end && *depth >= 0 ? 0 : kp_fail(error, "--depth: '%s' is not a number from 0", optarg);
}

static int take_theme(size_t *theme, struct kp_error *error)
{
    for (size_t i = 0; kp_graph_theme_name(i); i++)
        if (strcmp(kp_graph_theme_name(i), optarg) == 0) {
            *theme = i;
            return 0;
        }
    return kp_fail(error, "--theme: unknown '%s'; there are: color, pink, gray, bw, print", optarg);
}

static int take_colour(bool *self, struct kp_error *error)
{
    *self = strcmp(optarg, "self") == 0;
    return *self || strcmp(optarg, "total") == 0
               ? 0
               : kp_fail(error, "--colour-by: unknown '%s'; there are: total, self", optarg);
}

static int take_output(struct job *job, struct kp_error *error)
{
    static const char *const formats[] = {"svg", "pdf", "png"};
    const char *dot = strrchr(optarg, '.');
    job->output = optarg;
    job->format = NULL;
    if (strcmp(optarg, "-") == 0 || (dot && strcmp(dot, ".dot") == 0))
        return 0;
    for (size_t i = 0; dot && i < sizeof formats / sizeof *formats; i++)
        if (strcmp(dot + 1, formats[i]) == 0) {
            job->format = formats[i];
            return 0;
        }
    return kp_fail(error, "-o %s: not known what to draw; end its name in .svg, .pdf, .png or .dot", optarg);
}

static int take_option(int option, struct job *job, struct kp_error *error)
{
    switch (option) {
    case 'o': return take_output(job, error);
    case 'n': return take_percent("-n", &job->graph.node_percent, error);
    case 'e': return take_percent("-e", &job->graph.edge_percent, error);
    case ROOT: job->graph.root = optarg; return 0;
    case LEAF: job->graph.leaf = optarg; return 0;
    case DEPTH: return take_depth(&job->graph.depth, error);
    case 'w': job->graph.wrap = true; return 0;
    case 's': job->graph.strip = true; return 0;
    case COLOUR_BY: return take_colour(&job->graph.self_colours, error);
    case THEME: return take_theme(&job->graph.theme, error);
    default: return -1;
    }
}

static char *make_dot(const char *path, const struct job *job, struct kp_error *error)
{
    sqlite3 *profile = kp_profile_open(path, error);
    struct kp_call_graph model;
    if (!profile)
        return NULL;
    int status = kp_call_graph_load(&model, profile, error);
    sqlite3_close(profile);
    if (status != 0)
        return NULL;
    char *text = NULL;
    size_t size;
    FILE *memory = open_memstream(&text, &size);
    status = memory ? kp_graph_write(&model, &job->graph, memory, error) : kp_fail(error, "graph: out of memory");
    if (memory && fclose(memory) != 0 && status == 0)
        status = kp_fail(error, "graph: out of memory");
    kp_call_graph_free(&model);
    if (status != 0) {
        free(text);
        return NULL;
    }
    return text;
}

static int draw(const char *path, const struct job *job, struct kp_error *error)
{
    struct kp_output output;
    char *dot = make_dot(path, job, error);
    if (!dot)
        return -1;
    int status = kp_output_open(&output, job->output, error);
    if (status == 0) {
        if (job->format)
            status = kp_layout_render(dot, job->format, output.stream, error);
        else
            fputs(dot, output.stream);
        if (status == 0)
            status = kp_output_close(&output, error);
        else
            kp_output_abandon(&output);
    }
    free(dot);
    return status;
}

static int cmd_graph(int argc, char **argv, struct kp_error *error)
{
    struct job job = {.graph = kp_graph_defaults()};
    struct kp_option_reader reader;
    kp_options_begin(&reader, "graph", option_table, argc, argv, 0);
    for (int option; (option = kp_options_next(&reader, error)) != -1;) {
        if (option == 'h') {
            kp_command_print_help(&kp_command_graph, stdout);
            return kp_output_flush(stdout, "standard output", error) ? KP_EXIT_FAILED : 0;
        }
        if (take_option(option, &job, error) != 0)
            return KP_EXIT_FAILED;
    }
    if (argc - optind != 1) {
        kp_fail(error, "graph: %s; see `kernprof graph --help`", argc == optind ? "no FILE" : "more than one FILE");
        return KP_EXIT_FAILED;
    }
    return draw(argv[optind], &job, error) ? KP_EXIT_FAILED : 0;
}

const struct kp_command kp_command_graph = {
    .name = "graph",
    .run = cmd_graph,
    .purpose = "draw the call graph of a profile",
    .synopsis = "kernprof graph [-n PCT] [-e PCT] [options] -o OUT.{dot,svg,pdf,png} FILE",
    .description =
        "Draws who called whom: a box is a function with its share of the time, callees included (in brackets its "
        "own) and its calls; an arrow is what the calls of one function by another took, and how many they were. "
        "The warmer the colour, the more time.\n\n"
        "Of a profile by line (PROGRAM.lprof) it draws the profiled functions.",
    .options = option_table,
};
