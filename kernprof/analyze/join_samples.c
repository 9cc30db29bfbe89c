/* Samples of what was joined become time and events of lines (see joined.h). */
#include "kernprof/analyze/joined.h"

#include <stdlib.h>
#include <string.h>

#include "kernprof/analyze/module/place_frames.h"
#include "kernprof/sample/cost_kinds.h"
#include "util/array.h"
#include "util/search.h"

/* The kernel's path and the loader's, which may be relative to where the program was. */
static int is_same_file(const char *sampled, const char *loaded)
{
    while (strncmp(loaded, "./", 2) == 0)
        loaded += 2;
    size_t whole = strlen(sampled), part = strlen(loaded);
    if (strcmp(sampled, loaded) == 0)
        return 1;
    if (loaded[0] != '/' && whole > part && sampled[whole - part - 1] == '/' &&
        strcmp(sampled + whole - part, loaded) == 0)
        return 1;
    char *real = realpath(loaded, NULL);
    int same = real && strcmp(real, sampled) == 0;
    free(real);
    return same;
}

/* Is the file what the module was loaded from? A path alone may have been that of several, one after the other. */
static int is_of(const struct kp_sample_file *file, const struct kp_joined_module *m)
{
    if (file->module_hash)
        return file->module_hash == m->hash;
    if (file->build_id[0] && m->build_id[0])
        return strcmp(file->build_id, m->build_id) == 0;
    return is_same_file(file->path, m->path);
}

/* The module that was loaded from a file of the samples; -1: none. */
static int module_of(const struct kp_join *join, uint32_t file)
{
    for (unsigned m = 0; m < join->module_count; m++)
        if (is_of(&join->samples.files[file], &join->modules[m]))
            return (int)m;
    return -1;
}

/* Samples are late, calls are not: their addresses are resolved by different rules. */
enum { SAMPLED, OF_CALLS, LATENESSES };

/* The code of a module at the addresses that its samples have. */
struct module_code {
    struct kp_code_place *places[LATENESSES]; /* sorted by address, each once */
    size_t count[LATENESSES];
    uint64_t map; /* address of the module's map */
};

/* What is known while samples are charged. */
struct charging {
    struct kp_join *join;
    int *modules;             /* by file of the samples; -1: none */
    struct module_code *code; /* by module */
};

static int lateness_of(const struct kp_sample_place *place, uint32_t frame)
{
    return frame > 0 || place->is_exact ? OF_CALLS : SAMPLED;
}

/* The module of a frame; -1: none. */
static int module_of_frame(const struct charging *c, const struct kp_sample_frame *frame)
{
    return c->modules[frame->file];
}

/* Offsets from a map count modulo 2^64. */
static uint64_t address_of(const struct charging *c, const struct kp_sample_frame *frame)
{
    int module = module_of_frame(c, frame);
    int from_map = c->join->samples.files[frame->file].module_hash != 0;
    return from_map ? frame->offset + c->code[module].map
                    : kp_symbolizer_address(c->join->modules[module].code, frame->offset);
}

/* Notes the address of a frame, to be resolved. 0, or -1 out of memory. */
static int note_frame(const struct charging *c, const struct kp_sample_frame *frame, int lateness)
{
    int module = module_of_frame(c, frame);
    struct kp_symbolizer *symbolizer = module < 0 ? NULL : kp_joined_symbolizer(&c->join->modules[module]);
    if (!symbolizer)
        return 0;
    struct module_code *code = &c->code[module];
    size_t count = code->count[lateness];
    struct kp_code_place *places = kp_array_grow(code->places[lateness], count, sizeof *places);
    if (!places)
        return -1;
    if (!code->map)
        code->map = kp_symbolizer_section(symbolizer, KP_MAP_SECTION);
    code->places[lateness] = places;
    places[count] = (struct kp_code_place){.address = address_of(c, frame)};
    code->count[lateness]++;
    return 0;
}

static int compare_addresses(const void *left, const void *right)
{
    const struct kp_code_place *a = left, *b = right;
    return a->address < b->address ? -1 : a->address > b->address;
}

/* Finds out what is at the addresses of a module. 0, or -1 out of memory. */
static int resolve_module(struct kp_joined_module *m, struct module_code *code)
{
    for (int lateness = 0; lateness < LATENESSES; lateness++) {
        struct kp_code_place *places = code->places[lateness];
        size_t count = 0;
        if (code->count[lateness])
            qsort(places, code->count[lateness], sizeof *places, compare_addresses);
        for (size_t i = 0; i < code->count[lateness]; i++)
            if (count == 0 || places[i].address != places[count - 1].address)
                places[count++] = places[i];
        code->count[lateness] = count;
        int status = count == 0             ? 0
                     : lateness == OF_CALLS ? kp_symbolizer_resolve_calls(m->code, places, count)
                                            : kp_symbolizer_resolve(m->code, places, count);
        if (status != 0)
            return -1;
    }
    return 0;
}

struct wanted {
    const struct kp_code_place *places;
    uint64_t address;
};

static int comes_before(const void *what, size_t element)
{
    const struct wanted *wanted = what;
    return wanted->places[element].address < wanted->address;
}

/* What is at a frame; NULL: its file has no symbols that can be read. */
static const struct kp_code_place *code_at(const struct charging *c, const struct kp_sample_place *place,
                                           uint32_t frame)
{
    int module = module_of_frame(c, &place->frames[frame]);
    if (module < 0 || !c->join->modules[module].code)
        return NULL;
    int lateness = lateness_of(place, frame);
    const struct module_code *code = &c->code[module];
    struct wanted wanted = {code->places[lateness], address_of(c, &place->frames[frame])};
    size_t found = kp_search_first(code->count[lateness], comes_before, &wanted);
    return found < code->count[lateness] ? &code->places[lateness][found] : NULL;
}

static void charge_time(const struct charging *c, const struct kp_sample_place *place)
{
    const struct kp_code_place *code = code_at(c, place, 0);
    if (!code)
        return;
    const struct kp_joined_module *m = &c->join->modules[module_of_frame(c, &place->frames[0])];
    kp_times_add_samples(m->times, code, kp_symbolizer_symbol(m->code, code->address), (double)place->cost,
                         place->samples);
}

/* An event belongs to the innermost profiled line. Where a frame has no line but is in the body of a profiled function,
 * it is an event of counting, and of no line. 0, or -1 out of memory. */
static int charge_event(const struct charging *c, const struct kp_sample_place *place)
{
    for (uint32_t f = 0; f < place->frame_count; f++) {
        const struct kp_code_place *code = code_at(c, place, f);
        if (!code)
            continue;
        int module = module_of_frame(c, &place->frames[f]);
        const struct kp_joined_module *m = &c->join->modules[module];
        const char *symbol = kp_symbolizer_symbol(m->code, code->address);
        struct kp_place_frames frames;
        kp_place_frames_find(m->index, code, symbol, &frames);
        if (frames.count) {
            struct kp_line_event event = {(uint32_t)module, frames.lines[0].function, frames.lines[0].line, place->kind,
                                          place->cost};
            return kp_line_events_add(&c->join->events, &event);
        }
        if (symbol && kp_module_has_body(m->index, symbol))
            return 0;
    }
    return 0;
}

/* 0, or -1 out of memory. */
static int charge(const struct charging *c)
{
    const struct kp_samples *s = &c->join->samples;
    for (uint32_t i = 0; i < s->file_count; i++)
        c->modules[i] = module_of(c->join, i);
    for (uint32_t i = 0; i < s->count; i++)
        for (uint32_t f = 0; f < s->places[i].frame_count; f++)
            if (note_frame(c, &s->places[i].frames[f], lateness_of(&s->places[i], f)) != 0)
                return -1;
    for (unsigned m = 0; m < c->join->module_count; m++)
        if (resolve_module(&c->join->modules[m], &c->code[m]) != 0)
            return -1;
    for (uint32_t i = 0; i < s->count; i++) {
        if (s->places[i].kind == KP_COST_TIME)
            charge_time(c, &s->places[i]);
        else if (charge_event(c, &s->places[i]) != 0)
            return -1;
    }
    return 0;
}

int kp_join_charge_samples(struct kp_join *join)
{
    struct charging c = {.join = join,
                         .modules = calloc(join->samples.file_count + 1u, sizeof *c.modules),
                         .code = calloc(join->module_count + 1u, sizeof *c.code)};
    int result = c.modules && c.code ? charge(&c) : -1;
    for (unsigned m = 0; c.code && m < join->module_count; m++)
        for (int lateness = 0; lateness < LATENESSES; lateness++)
            free(c.code[m].places[lateness]);
    free(c.code);
    free(c.modules);
    return result;
}
