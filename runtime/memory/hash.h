/* Blocks that table.c has no cell for, by address. Not safe against itself: the caller locks. */
#ifndef KP_RUNTIME_MEMORY_HASH_H
#define KP_RUNTIME_MEMORY_HASH_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/memory/block.h"

/* How many there are. */
extern uint64_t kp_hash_used;

/* There must be none of that address. false: out of memory. */
bool kp_hash_add(const struct kp_block *block);

/* Takes it out; address 0 where there is none. */
struct kp_block kp_hash_take(uintptr_t address);

#endif
