/* A block of memory that is alive, and whose it is. */
#ifndef KP_RUNTIME_MEMORY_BLOCK_H
#define KP_RUNTIME_MEMORY_BLOCK_H

#include <stdint.h>

#include "format/memory.h"

struct kp_block {
    uintptr_t address; /* 0: none */
    uint64_t size : 48;
    uint64_t generation : 16; /* of the process that allocated it, a fork makes the next, from 1 */
    struct kp_memory_line *line;
};

#endif
