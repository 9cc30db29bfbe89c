/* The profiled functions of all modules by their linkage names: who is called by a name. */
#ifndef KP_KERNPROF_ANALYZE_MODULE_FUNCTION_NAMES_H
#define KP_KERNPROF_ANALYZE_MODULE_FUNCTION_NAMES_H

#include <stddef.h>

#include "kernprof/analyze/module/module_index.h"

struct kp_function_name {
    const char *name;          /* points into the module's map */
    unsigned module, function; /* the module's place in the list, and the number there */
};

/* Start with {0}; end with kp_function_names_free. */
struct kp_function_names {
    struct kp_function_name *rows; /* sorted by name */
    size_t count;
    const struct kp_module_index **modules;
};

/* Lists the functions of `count` modules, whose indexes must outlive the list. To be called once. 0, or -1 out of
 * memory. */
int kp_function_names_fill(struct kp_function_names *names, const struct kp_module_index *const *modules,
                           unsigned count);

/* The function that counts for what code of a module calls by this name, with or without what versions of it have
 * behind a dot. Of several functions of one name (static ones), that of the caller's own module and file. NULL: it is
 * not profiled. */
const struct kp_function_name *kp_function_names_find(const struct kp_function_names *names, const char *name,
                                                      unsigned module, const char *file);

void kp_function_names_free(struct kp_function_names *names);

#endif
