/* See function_names.h. */
#include "kernprof/analyze/module/function_names.h"

#include <stdlib.h>
#include <string.h>

#include "util/search.h"

static int compare(const void *left, const void *right)
{
    const struct kp_function_name *a = left, *b = right;
    return strcmp(a->name, b->name);
}

int kp_function_names_fill(struct kp_function_names *names, const struct kp_module_index *const *modules,
                           unsigned count)
{
    size_t functions = 0;
    for (unsigned m = 0; m < count; m++)
        functions += kp_module_function_count(modules[m]);
    names->rows = calloc(functions + 1, sizeof *names->rows);
    names->modules = calloc(count + 1u, sizeof *names->modules);
    if (!names->rows || !names->modules)
        return -1;
    for (unsigned m = 0; m < count; m++) {
        names->modules[m] = modules[m];
        for (unsigned f = 0; f < kp_module_function_count(modules[m]); f++)
            if (kp_map_is_profiled(kp_module_function(modules[m], f)->record, kp_module_by_function(modules[m])) ||
                kp_module_is_variant(modules[m], f))
                names->rows[names->count++] = (struct kp_function_name){kp_module_linkage_name(modules[m], f), m, f};
    }
    if (names->count)
        qsort(names->rows, names->count, sizeof *names->rows, compare);
    return 0;
}

struct wanted {
    const struct kp_function_names *names;
    const char *name;
};

static int is_before(const void *what, size_t i)
{
    const struct wanted *wanted = what;
    return strcmp(wanted->names->rows[i].name, wanted->name) < 0;
}

static int is_named(const struct kp_function_names *names, size_t i, const char *name)
{
    return i < names->count && strcmp(names->rows[i].name, name) == 0;
}

/* The first function of that name; names->count: there is none. */
static size_t find_first(const struct kp_function_names *names, const char *name)
{
    size_t first = kp_search_first(names->count, is_before, &(struct wanted){names, name});
    return is_named(names, first, name) ? first : names->count;
}

/* How well a function fits a call from a module and file: the more, the better. */
static int fit(const struct kp_function_names *names, const struct kp_function_name *row, unsigned module,
               const char *file)
{
    return 1 + 2 * (row->module == module) +
           (strcmp(kp_module_file(names->modules[row->module], row->function), file) == 0);
}

static const struct kp_function_name *find_exactly(const struct kp_function_names *names, const char *name,
                                                   unsigned module, const char *file)
{
    const struct kp_function_name *best = NULL;
    int best_fit = 0;
    for (size_t i = find_first(names, name); is_named(names, i, name); i++) {
        int its_fit = fit(names, &names->rows[i], module, file);
        if (its_fit > best_fit) {
            best_fit = its_fit;
            best = &names->rows[i];
        }
    }
    return best;
}

/* The function that counts for this one, which may be in another row of its module; NULL: it is not profiled. */
static const struct kp_function_name *find_counted(const struct kp_function_names *names,
                                                   const struct kp_function_name *found)
{
    if (!found || !kp_module_is_variant(names->modules[found->module], found->function))
        return found;
    const struct kp_module_index *index = names->modules[found->module];
    unsigned counted = kp_module_counted(index, found->function);
    for (size_t i = find_first(names, kp_module_linkage_name(index, counted)); counted != found->function; i++) {
        if (!is_named(names, i, kp_module_linkage_name(index, counted)))
            break;
        if (names->rows[i].module == found->module && names->rows[i].function == counted)
            return &names->rows[i];
    }
    return NULL;
}

const struct kp_function_name *kp_function_names_find(const struct kp_function_names *names, const char *name,
                                                      unsigned module, const char *file)
{
    const struct kp_function_name *found = find_exactly(names, name, module, file);
    size_t plain_length = strcspn(name, "."); /* without what versions and link-time optimisation hang on */
    if (found || plain_length == 0 || !name[plain_length])
        return find_counted(names, found);
    char *plain = strndup(name, plain_length);
    if (plain)
        found = find_exactly(names, plain, module, file);
    free(plain);
    return find_counted(names, found);
}

void kp_function_names_free(struct kp_function_names *names)
{
    free(names->rows);
    free(names->modules);
    *names = (struct kp_function_names){0};
}
