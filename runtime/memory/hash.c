/* Open addressing with linear probing; deletion moves later entries of a run forward, so that no graves are left
 * (Knuth, The Art of Computer Programming 3, 6.4, algorithm R). Memory comes from the system alone. */
#include "runtime/memory/hash.h"

#include <stddef.h>

#include "runtime/memory/raw.h"

uint64_t kp_hash_used;

static struct {
    struct kp_block *slots;
    uint64_t mask; /* number of slots less one */
    unsigned shift;
} table;

enum { FIRST_BITS = 13 };

static uint64_t home(uintptr_t address)
{
    return ((uint64_t)address >> 4) * 0x9e3779b97f4a7c15u >> table.shift;
}

static void place(const struct kp_block *block)
{
    uint64_t slot = home(block->address);
    while (table.slots[slot].address)
        slot = (slot + 1) & table.mask;
    table.slots[slot] = *block;
}

static bool grow(void)
{
    struct kp_block *old = table.slots;
    uint64_t old_count = old ? table.mask + 1 : 0;
    uint64_t count = old ? 2 * old_count : (uint64_t)1 << FIRST_BITS;
    struct kp_block *slots = kp_raw_map(count * sizeof *slots);
    if (!slots)
        return false;
    table.shift = old ? table.shift - 1 : 64 - FIRST_BITS;
    table.slots = slots;
    table.mask = count - 1;
    for (uint64_t i = 0; i < old_count; i++)
        if (old[i].address)
            place(&old[i]);
    if (old)
        kp_raw_unmap(old, old_count * sizeof *old);
    return true;
}

bool kp_hash_add(const struct kp_block *block)
{
    if ((!table.slots || 2 * kp_hash_used > table.mask) && !grow() && (!table.slots || kp_hash_used == table.mask))
        return false;
    place(block);
    kp_hash_used++;
    return true;
}

static void close_gap(uint64_t gap)
{
    for (uint64_t slot = (gap + 1) & table.mask; table.slots[slot].address; slot = (slot + 1) & table.mask) {
        uint64_t distance_home = (slot - home(table.slots[slot].address)) & table.mask;
        if (distance_home < ((slot - gap) & table.mask))
            continue; /* its home lies behind the gap */
        table.slots[gap] = table.slots[slot];
        gap = slot;
    }
    table.slots[gap].address = 0;
}

struct kp_block kp_hash_take(uintptr_t address)
{
    if (table.slots && address)
        for (uint64_t slot = home(address); table.slots[slot].address; slot = (slot + 1) & table.mask)
            if (table.slots[slot].address == address) {
                struct kp_block found = table.slots[slot];
                close_gap(slot);
                kp_hash_used--;
                return found;
            }
    return (struct kp_block){0};
}
