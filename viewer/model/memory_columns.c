/* See memory_columns.h. */
#include "viewer/model/memory_columns.h"

#include <string.h>

const struct kp_memory_column kp_memory_columns[] = {
    {"allocs", "Allocs", "allocations", KP_MEMORY_ALLOCATIONS},
    {"allocated", "Allocated", "bytes allocated", KP_MEMORY_ALLOCATED},
    {"frees", "Frees", "blocks freed, whoever allocated them", KP_MEMORY_FREES},
    {"freed", "Freed", "bytes freed, whoever allocated them", KP_MEMORY_FREED},
    {"peak", "At peak", "bytes of this line alive at the program's peak", KP_MEMORY_PEAK},
    {"leaked", "Leaked", "bytes never freed", KP_MEMORY_LIVE},
    {"leaks", "Leaks", "blocks never freed", KP_MEMORY_LIVE_BLOCKS},
    {"temporary", "Temporary", "allocations freed at once", KP_MEMORY_TEMPORARY},
    {NULL, NULL, NULL, 0},
};

int kp_memory_columns_parse(const char *list, unsigned *columns, struct kp_error *error)
{
    for (const char *key = list ? list : ""; *key;) {
        size_t length = strcspn(key, ",");
        int found = 0;
        for (int i = 0; kp_memory_columns[i].key; i++)
            if (strncmp(kp_memory_columns[i].key, key, length) == 0 && !kp_memory_columns[i].key[length]) {
                *columns |= 1u << i;
                found = 1;
            }
        if (!found)
            return kp_fail(error,
                           "--columns: unknown column '%.*s'; there are: allocs, allocated, frees, freed, peak, "
                           "leaked, leaks, temporary",
                           (int)length, key);
        key += length + (key[length] == ',');
    }
    if (!list)
        *columns = ~0u;
    return 0;
}
