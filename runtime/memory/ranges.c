/* A sorted array: programs have few mappings of their own. */
#include "runtime/memory/ranges.h"

#include <string.h>

#include "runtime/memory/raw.h"

static struct {
    struct kp_block *item;
    uint64_t count;
    uint64_t room;
} ranges;

/* Index of the first range that ends behind `address`. */
static uint64_t find(uintptr_t address)
{
    uint64_t low = 0, high = ranges.count;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (ranges.item[middle].address + ranges.item[middle].size > address)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static bool make_room(void)
{
    if (ranges.count < ranges.room)
        return true;
    uint64_t room = ranges.room ? 2 * ranges.room : 128;
    struct kp_block *item = kp_raw_map(room * sizeof *item);
    if (!item)
        return false;
    if (ranges.item) {
        memcpy(item, ranges.item, ranges.count * sizeof *item);
        kp_raw_unmap(ranges.item, ranges.room * sizeof *item);
    }
    ranges.item = item;
    ranges.room = room;
    return true;
}

bool kp_ranges_add(const struct kp_block *block)
{
    if (!make_room())
        return false;
    uint64_t at = find(block->address);
    memmove(ranges.item + at + 1, ranges.item + at, (ranges.count - at) * sizeof *ranges.item);
    ranges.item[at] = *block;
    ranges.count++;
    return true;
}

struct kp_block kp_ranges_take(uintptr_t first, uint64_t size)
{
    uintptr_t end = first + size;
    uint64_t at = find(first);
    if (at == ranges.count || ranges.item[at].address >= end)
        return (struct kp_block){0};
    struct kp_block whole = ranges.item[at], piece = whole;
    uintptr_t whole_end = whole.address + whole.size;
    piece.address = whole.address > first ? whole.address : first;
    uintptr_t piece_end = whole_end < end ? whole_end : end;
    piece.size = piece_end - piece.address;
    memmove(ranges.item + at, ranges.item + at + 1, (ranges.count - at - 1) * sizeof *ranges.item);
    ranges.count--;
    struct kp_block left = whole, right = whole; /* two go in at most where one came out: room is missing for one */
    left.size = piece.address - whole.address;
    right.address = piece_end;
    right.size = whole_end - piece_end;
    if (left.size)
        kp_ranges_add(&left);
    if (right.size)
        kp_ranges_add(&right);
    return piece;
}
