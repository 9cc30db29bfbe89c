/* The blocks that are alive, by address. Not safe against itself: the caller locks. */
#ifndef KP_RUNTIME_MEMORY_TABLE_H
#define KP_RUNTIME_MEMORY_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/memory/block.h"

/* Puts it in the place of one of the same address, which is left in `stale` (address 0: there was none). false: out of
 * memory. */
bool kp_table_add(const struct kp_block *block, struct kp_block *stale);

/* Takes it out; address 0 where there is none. */
struct kp_block kp_table_take(uintptr_t address);

#endif
