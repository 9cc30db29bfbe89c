/* See graph.h. Labels, thresholds, the temperature scale (a straight line in HSL from dark blue to red) and the themes
 * are gprof2dot's (https://github.com/jrfonseca/gprof2dot), with two changes: the text of a node is black where white
 * would be hard to read on its colour, and the text of a call is black, as yellow on white cannot be read. Shares are
 * of the whole run: the largest cumulative time, or the sum of all own times where threads make that larger. */
#include "viewer/graph/graph.h"

#include <ctype.h>
#include <fnmatch.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "util/control.h"

struct hsl {
    double hue, saturation, lightness;
};

struct theme {
    const char *name;
    struct hsl cold, hot;
    double least_font, largest_font;
    double least_pen, largest_pen;
    bool filled;
};

static const struct theme themes[] = {
    {"color", {2.0 / 3, 0.80, 0.25}, {0, 1, 0.5}, 10, 10, 0.5, 4, true},
    {"pink", {0, 1, 0.90}, {0, 1, 0.5}, 10, 10, 0.5, 4, true},
    {"gray", {0, 0, 0.85}, {0, 0, 0}, 10, 10, 0.5, 4, true},
    {"bw", {0, 0, 0}, {0, 0, 0}, 8, 24, 0.1, 8, true},
    {"print", {0, 0, 0}, {0, 0, 0}, 18, 30, 0.1, 8, false},
};

enum { THEME_COUNT = sizeof themes / sizeof *themes, WRAP_COLUMNS = 24, NAME_BYTES = 4096 };

struct node {
    bool kept;
    double total, self; /* shares of the whole, 0 to 1 */
    double heat;        /* what it is coloured by */
    long distance;      /* calls from the roots or to the leaves; -1: never */
};

struct edge {
    size_t caller, callee;
    int64_t calls, total_ns;
};

struct graph {
    const struct kp_call_graph *model;
    const struct kp_graph_options *options;
    const struct theme *theme;
    struct node *nodes;
    struct edge *edges;
    size_t edge_count;
    double whole_ns; /* 0: no times */
    FILE *out;
};

struct kp_graph_options kp_graph_defaults(void)
{
    return (struct kp_graph_options){.node_percent = 0.5, .edge_percent = 0.1, .depth = -1};
}

const char *kp_graph_theme_name(size_t index)
{
    return index < THEME_COUNT ? themes[index].name : NULL;
}

static int compare_edges(const void *left, const void *right)
{
    const struct edge *a = left;
    const struct edge *b = right;
    if (a->caller != b->caller)
        return a->caller < b->caller ? -1 : 1;
    return (a->callee > b->callee) - (a->callee < b->callee);
}

/* One edge for all lines of a caller. */
static void add_edges(struct graph *graph)
{
    const struct kp_call_graph *model = graph->model;
    for (size_t i = 0; i < model->arc_count; i++)
        graph->edges[i] =
            (struct edge){model->arcs[i].caller, model->arcs[i].callee, model->arcs[i].calls, model->arcs[i].total_ns};
    qsort(graph->edges, model->arc_count, sizeof *graph->edges, compare_edges);
    for (size_t i = 0; i < model->arc_count; i++) {
        struct edge *last = graph->edge_count ? &graph->edges[graph->edge_count - 1] : NULL;
        if (graph->edges[i].calls == 0)
            continue;
        if (last && compare_edges(last, &graph->edges[i]) == 0) {
            last->calls += graph->edges[i].calls;
            last->total_ns += graph->edges[i].total_ns;
        } else {
            graph->edges[graph->edge_count++] = graph->edges[i];
        }
    }
}

static double share(const struct graph *graph, int64_t time_ns)
{
    return graph->whole_ns > 0 ? fmin((double)time_ns / graph->whole_ns, 1) : 0;
}

static void add_nodes(struct graph *graph)
{
    const struct kp_call_graph *model = graph->model;
    double self_ns = 0, largest_ns = 0, largest_self = 0;
    for (size_t i = 0; i < model->function_count; i++) {
        self_ns += (double)model->functions[i].self_ns;
        largest_ns = fmax(largest_ns, (double)model->functions[i].total_ns);
    }
    graph->whole_ns = fmax(self_ns, largest_ns);
    for (size_t i = 0; i < model->function_count; i++) {
        const struct kp_graph_function *function = &model->functions[i];
        struct node *node = &graph->nodes[i];
        node->total = share(graph, function->total_ns);
        node->self = share(graph, function->self_ns);
        largest_self = fmax(largest_self, node->self);
        node->kept = function->calls > 0 && (graph->whole_ns <= 0 || 100 * node->total >= graph->options->node_percent);
    }
    for (size_t i = 0; i < model->function_count; i++) {
        struct node *node = &graph->nodes[i];
        node->heat = !graph->options->self_colours ? node->total : largest_self > 0 ? node->self / largest_self : 0;
    }
}

static bool is_called(const struct graph *graph, size_t function)
{
    for (size_t i = 0; i < graph->edge_count; i++)
        if (graph->edges[i].callee == function && graph->edges[i].caller != function)
            return true;
    return false;
}

/* The functions to start from: of a glob, or (none given) those that nobody calls. Their number. */
static size_t start_from(struct graph *graph, const char *glob)
{
    size_t found = 0;
    for (size_t i = 0; i < graph->model->function_count; i++) {
        bool is = glob ? fnmatch(glob, graph->model->functions[i].name, 0) == 0 : !is_called(graph, i);
        graph->nodes[i].distance = is ? 0 : -1;
        found += is;
    }
    return found;
}

/* Breadth first, a step of all edges at a time; `up`: from callees to callers. */
static void measure_distances(struct graph *graph, bool up)
{
    bool changed = true;
    for (long step = 0; changed; step++) {
        changed = false;
        for (size_t i = 0; i < graph->edge_count; i++) {
            const struct edge *edge = &graph->edges[i];
            struct node *from = &graph->nodes[up ? edge->callee : edge->caller];
            struct node *to = &graph->nodes[up ? edge->caller : edge->callee];
            if (from->distance == step && to->distance < 0) {
                to->distance = step + 1;
                changed = true;
            }
        }
    }
}

static int keep_near(struct graph *graph, const char *option, const char *glob, bool up, long depth,
                     struct kp_error *error)
{
    if (start_from(graph, glob) == 0 && glob)
        return kp_fail(error, "graph: no function is named %s '%s'; `kernprof view` lists them", option, glob);
    measure_distances(graph, up);
    for (size_t i = 0; i < graph->model->function_count; i++) {
        struct node *node = &graph->nodes[i];
        if (node->distance < 0 ? glob != NULL : depth >= 0 && node->distance > depth)
            node->kept = false;
    }
    return 0;
}

static int choose(struct graph *graph, struct kp_error *error)
{
    const struct kp_graph_options *options = graph->options;
    int status = 0;
    if (options->root || (options->depth >= 0 && !options->leaf))
        status = keep_near(graph, "--root", options->root, false, options->depth, error);
    if (status == 0 && options->leaf)
        status = keep_near(graph, "--leaf", options->leaf, true, options->root ? -1 : options->depth, error);
    for (size_t i = 0; i < graph->model->function_count && status == 0; i++)
        if (graph->nodes[i].kept)
            return 0;
    return status == 0
               ? kp_fail(error,
                         "graph: nothing is left to draw: there are no calls, or -n %g and the other options leave "
                         "all functions out",
                         options->node_percent)
               : status;
}

static struct hsl mix(const struct theme *theme, double heat)
{
    heat = fmin(fmax(heat, 0), 1);
    return (struct hsl){theme->cold.hue + heat * (theme->hot.hue - theme->cold.hue),
                        theme->cold.saturation + heat * (theme->hot.saturation - theme->cold.saturation),
                        theme->cold.lightness + heat * (theme->hot.lightness - theme->cold.lightness)};
}

/* CSS Color Module Level 3, section 4.2.4 */
static double channel(const struct hsl *colour, double hue)
{
    double high = colour->lightness <= 0.5
                      ? colour->lightness * (colour->saturation + 1)
                      : colour->lightness + colour->saturation - colour->lightness * colour->saturation;
    double low = colour->lightness * 2 - high;
    hue = hue < 0 ? hue + 1 : hue > 1 ? hue - 1 : hue;
    if (hue * 6 < 1)
        return low + (high - low) * hue * 6;
    if (hue * 2 < 1)
        return high;
    return hue * 3 < 2 ? low + (high - low) * (2.0 / 3 - hue) * 6 : low;
}

struct rgb {
    double red, green, blue;
};

static struct rgb colour_of(const struct theme *theme, double heat)
{
    struct hsl colour = mix(theme, heat);
    return (struct rgb){channel(&colour, colour.hue + 1.0 / 3), channel(&colour, colour.hue),
                        channel(&colour, colour.hue - 1.0 / 3)};
}

static unsigned byte(double value)
{
    return (unsigned)lround(255 * fmin(fmax(value, 0), 1));
}

static void put_colour(const char *name, struct rgb colour, FILE *out)
{
    fprintf(out, ", %s=\"#%02x%02x%02x\"", name, byte(colour.red), byte(colour.green), byte(colour.blue));
}

/* The text that reads better on it, by luminance (WCAG 2.1, relative luminance; 0.35 is where both are as good to the
 * eye on the yellows and greens of the scale). */
static const char *text_on(struct rgb colour)
{
    double luminance = 0.2126 * pow(colour.red, 2.2) + 0.7152 * pow(colour.green, 2.2) + 0.0722 * pow(colour.blue, 2.2);
    return luminance > 0.35 ? "black" : "white";
}

static void put_escaped(const char *text, size_t length, FILE *out)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '"' || c == '\\')
            fputc('\\', out);
        fputc(kp_is_control(text[i]) ? ' ' : c, out);
    }
}

static bool is_word_character(char c)
{
    return c == '_' || isalnum((unsigned char)c);
}

/* At "operator", and not inside of a longer word. */
static bool is_operator(const char *name, const char *at)
{
    return strncmp(at, "operator", 8) == 0 && !is_word_character(at[8]) && (at == name || !is_word_character(at[-1]));
}

/* Without what stands in brackets, and what follows them ("const"); operator() and operator< keep their names. */
static size_t strip_name(const char *name, char *stripped)
{
    size_t length = 0;
    int depth = 0;
    for (const char *c = name; *c && length < NAME_BYTES - 16; c++) {
        static const char anonymous[] = "(anonymous namespace)";
        const char *whole = is_operator(name, c) ? "operator" : strncmp(c, anonymous, 21) == 0 ? anonymous : NULL;
        if (depth == 0 && whole) {
            size_t size = strlen(whole);
            size += whole == anonymous ? 0 : strncmp(c + 8, "()", 2) == 0 ? 2 : strspn(c + 8, "<>=-");
            memcpy(stripped + length, c, size);
            length += size;
            c += size - 1;
        } else if (*c == '<' || *c == '(') {
            depth++;
        } else if ((*c == '>' || *c == ')') && depth > 0) {
            depth--;
        } else if (depth == 0) {
            if (strcmp(c, " const") == 0)
                break;
            stripped[length++] = *c;
        }
    }
    return length;
}

/* Lines end behind "::", commas, brackets and underscores, where they are long. */
static void put_wrapped(const char *name, size_t length, FILE *out)
{
    size_t start = 0;
    for (size_t i = 1; i <= length; i++) {
        bool breaks =
            i == length || (i - start >= WRAP_COLUMNS && strchr(":,<(_ ", name[i - 1]) && !strchr(": ", name[i]));
        if (!breaks)
            continue;
        if (start)
            fputs("\\n", out);
        put_escaped(name + start, i - start, out);
        start = i;
    }
}

static void put_name(const struct graph *graph, const char *name)
{
    char stripped[NAME_BYTES];
    size_t length = strnlen(name, NAME_BYTES);
    if (graph->options->strip) {
        length = strip_name(name, stripped);
        name = stripped;
    }
    if (graph->options->wrap)
        put_wrapped(name, length, graph->out);
    else
        put_escaped(name, length, graph->out);
}

static void put_node(const struct graph *graph, size_t number)
{
    const struct kp_graph_function *function = &graph->model->functions[number];
    const struct node *node = &graph->nodes[number];
    const struct theme *theme = graph->theme;
    const char *file = graph->model->sources[function->source].shown;
    FILE *out = graph->out;
    fprintf(out, "    n%zu [label=\"", number);
    put_name(graph, function->name);
    if (graph->whole_ns > 0)
        fprintf(out, "\\n%.2f%%\\n(%.2f%%)", 100 * node->total, 100 * node->self);
    fprintf(out, "\\n%lld\xc3\x97\", tooltip=\"", (long long)function->calls);
    put_escaped(file, strlen(file), out);
    fprintf(out, ":%lld\"", (long long)function->line);
    struct rgb colour = colour_of(theme, node->heat);
    put_colour("color", colour, out);
    fprintf(out, ", fontcolor=\"%s\", fontsize=\"%.2f\"];\n", theme->filled ? text_on(colour) : "black",
            fmax(node->heat * node->heat * theme->largest_font, theme->least_font));
}

static void put_edge(const struct graph *graph, const struct edge *edge)
{
    const struct theme *theme = graph->theme;
    FILE *out = graph->out;
    double weight = share(graph, edge->total_ns);
    double pen = fmin(fmax(weight * theme->largest_pen, theme->least_pen), theme->largest_pen);
    /* Graphviz puts a label beside the arrow as if that had no width: blanks keep thick ones off the text. */
    fprintf(out, "    n%zu -> n%zu [label=\"", edge->caller, edge->callee);
    if (graph->whole_ns > 0)
        fprintf(out, " %.2f%% \\n", 100 * weight);
    fprintf(out, " %lld\xc3\x97 \"", (long long)edge->calls);
    put_colour("color", colour_of(theme, weight), out);
    fprintf(out, ", fontsize=\"%.2f\", penwidth=\"%.2f\", arrowsize=\"%.2f\"];\n",
            fmax(weight * weight * theme->largest_font, theme->least_font), pen, 0.5 * sqrt(pen));
}

static bool edge_is_kept(const struct graph *graph, const struct edge *edge)
{
    return graph->nodes[edge->caller].kept && graph->nodes[edge->callee].kept &&
           (graph->whole_ns <= 0 || 100 * share(graph, edge->total_ns) >= graph->options->edge_percent);
}

static void put_graph(const struct graph *graph)
{
    FILE *out = graph->out;
    fprintf(out,
            "digraph {\n"
            "    graph [fontname=\"Arial\", nodesep=\"0.125\", ranksep=\"0.25\", charset=\"UTF-8\"];\n"
            "    node [fontname=\"Arial\", shape=\"box\", style=\"%s\", width=\"0\", height=\"0\"];\n"
            "    edge [fontname=\"Arial\"];\n",
            graph->theme->filled ? "filled" : "solid");
    for (size_t i = 0; i < graph->model->function_count; i++)
        if (graph->nodes[i].kept)
            put_node(graph, i);
    for (size_t i = 0; i < graph->edge_count; i++)
        if (edge_is_kept(graph, &graph->edges[i]))
            put_edge(graph, &graph->edges[i]);
    fputs("}\n", out);
}

int kp_graph_write(const struct kp_call_graph *model, const struct kp_graph_options *options, FILE *out,
                   struct kp_error *error)
{
    struct graph graph = {
        .model = model,
        .options = options,
        .theme = &themes[options->theme],
        .nodes = calloc(model->function_count + 1, sizeof *graph.nodes),
        .edges = calloc(model->arc_count + 1, sizeof *graph.edges),
        .out = out,
    };
    int status = graph.nodes && graph.edges ? 0 : kp_fail(error, "graph: out of memory");
    if (status == 0) {
        add_edges(&graph);
        add_nodes(&graph);
        status = choose(&graph, error);
    }
    if (status == 0)
        put_graph(&graph);
    free(graph.nodes);
    free(graph.edges);
    return status;
}
