/* Strongly connected components without recursion of our own (see cycles.h). */
#include "kernprof/analyze/times/cycles.h"

#include <stdlib.h>

struct search {
    const struct kp_edge *edges;
    unsigned *first;   /* by node: its first edge; one more entry at the end */
    unsigned *next;    /* by node: the edge to follow next */
    unsigned *number;  /* by node: when it was reached, from 1; 0: not yet */
    unsigned *low;     /* by node: the least number that can be reached from it */
    unsigned *path;    /* nodes whose edges are being followed */
    unsigned *waiting; /* nodes whose component is not complete */
    unsigned *component;
    unsigned path_count, waiting_count, numbers, components;
};

enum { NO_COMPONENT = -1 };

static int compare_edges(const void *left, const void *right)
{
    const struct kp_edge *a = left, *b = right;
    if (a->from != b->from)
        return a->from < b->from ? -1 : 1;
    return a->to < b->to ? -1 : a->to > b->to;
}

static void reach(struct search *s, unsigned node)
{
    s->number[node] = s->low[node] = ++s->numbers;
    s->next[node] = s->first[node];
    s->path[s->path_count++] = node;
    s->waiting[s->waiting_count++] = node;
}

/* All edges of the node have been followed: it may be the root of a component. */
static void leave(struct search *s, unsigned node)
{
    s->path_count--;
    if (s->path_count && s->low[node] < s->low[s->path[s->path_count - 1]])
        s->low[s->path[s->path_count - 1]] = s->low[node];
    if (s->low[node] != s->number[node])
        return;
    unsigned member;
    do {
        member = s->waiting[--s->waiting_count];
        s->component[member] = s->components;
    } while (member != node);
    s->components++;
}

static void search_from(struct search *s, unsigned start)
{
    reach(s, start);
    while (s->path_count) {
        unsigned node = s->path[s->path_count - 1];
        if (s->next[node] == s->first[node + 1]) {
            leave(s, node);
            continue;
        }
        unsigned to = s->edges[s->next[node]++].to;
        if (!s->number[to])
            reach(s, to);
        else if (s->component[to] == (unsigned)NO_COMPONENT && s->number[to] < s->low[node])
            s->low[node] = s->number[to];
    }
}

int kp_cycles_find(unsigned count, struct kp_edge *edges, unsigned edge_count, unsigned *component)
{
    unsigned *memory = calloc(6 * ((size_t)count + 1), sizeof *memory);
    if (!memory)
        return -1;
    size_t room = (size_t)count + 1;
    struct search s = {.edges = edges,
                       .first = memory,
                       .next = memory + room,
                       .number = memory + 2 * room,
                       .low = memory + 3 * room,
                       .path = memory + 4 * room,
                       .waiting = memory + 5 * room,
                       .component = component};
    if (edge_count)
        qsort(edges, edge_count, sizeof *edges, compare_edges);
    for (unsigned i = 0; i < edge_count; i++)
        s.first[edges[i].from + 1]++;
    for (unsigned i = 0; i < count; i++) {
        s.first[i + 1] += s.first[i];
        component[i] = (unsigned)NO_COMPONENT;
    }
    for (unsigned i = 0; i < count; i++)
        if (!s.number[i])
            search_from(&s, i);
    free(memory);
    return 0;
}
