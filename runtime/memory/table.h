/* The blocks that are alive, by address. Not safe against itself: the caller locks. */
#ifndef KP_RUNTIME_MEMORY_TABLE_H
#define KP_RUNTIME_MEMORY_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "format/memory.h"

struct kp_block {
    uintptr_t address; /* 0: none */
    uint64_t size : 48;
    uint64_t generation : 16; /* of the process that allocated it: a fork makes the next */
    struct kp_memory_line *line;
};

/* Puts it in the place of one of the same address, which is left in `stale` (address 0: there was none). false: out of
 * memory. */
bool kp_table_add(const struct kp_block *block, struct kp_block *stale);

/* Takes it out; address 0 where there is none. */
struct kp_block kp_table_take(uintptr_t address);

#endif
