/* Mapped ranges, which may be unmapped in parts. Not safe against itself: the caller locks. */
#ifndef KP_RUNTIME_MEMORY_RANGES_H
#define KP_RUNTIME_MEMORY_RANGES_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/memory/block.h"

/* A part of a mapping that was taken out. */
struct kp_piece {
    struct kp_block block;
    bool is_last; /* nothing is left of the mapping */
};

/* Adds [block.address, block.address + block.size), of which nothing must be there. false: out of memory. */
bool kp_ranges_add(const struct kp_block *block);

/* Takes what lies in [first, first + size) out, piece by piece: one piece a call, address 0 when nothing is left. */
struct kp_piece kp_ranges_take(uintptr_t first, uint64_t size);

#endif
