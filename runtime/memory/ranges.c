/* A sorted array: programs have few mappings of their own. */
#include "runtime/memory/ranges.h"

#include <string.h>

#include "runtime/memory/raw.h"

/* What is left of a mapping in one place. */
struct range {
    struct kp_block block;
    uint64_t mapping; /* its number, from 1 */
    uintptr_t first;  /* the whole of it, as it was */
    uintptr_t end;
};

static struct {
    struct range *item;
    uint64_t count;
    uint64_t room;
    uint64_t mappings;
} ranges;

/* Index of the first range that ends behind `address`. */
static uint64_t find(uintptr_t address)
{
    uint64_t low = 0, high = ranges.count;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        const struct kp_block *block = &ranges.item[middle].block;
        if (block->address + block->size > address)
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
    struct range *item = kp_raw_map(room * sizeof *item);
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

static bool insert(const struct range *range)
{
    if (!make_room())
        return false;
    uint64_t at = find(range->block.address);
    memmove(ranges.item + at + 1, ranges.item + at, (ranges.count - at) * sizeof *ranges.item);
    ranges.item[at] = *range;
    ranges.count++;
    return true;
}

bool kp_ranges_add(const struct kp_block *block)
{
    return insert(&(struct range){*block, ++ranges.mappings, block->address, block->address + block->size});
}

/* Whether anything is left of the mapping of `gone`; what is, lies between its old ends. */
static bool is_left(const struct range *gone)
{
    for (uint64_t at = find(gone->first); at < ranges.count && ranges.item[at].block.address < gone->end; at++)
        if (ranges.item[at].mapping == gone->mapping)
            return true;
    return false;
}

struct kp_piece kp_ranges_take(uintptr_t first, uint64_t size)
{
    uintptr_t end = first + size;
    uint64_t at = find(first);
    if (at == ranges.count || ranges.item[at].block.address >= end)
        return (struct kp_piece){0};
    struct range whole = ranges.item[at], left = whole, right = whole;
    uintptr_t whole_end = whole.block.address + whole.block.size;
    struct kp_piece piece = {.block = whole.block};
    piece.block.address = whole.block.address > first ? whole.block.address : first;
    uintptr_t piece_end = whole_end < end ? whole_end : end;
    piece.block.size = piece_end - piece.block.address;
    memmove(ranges.item + at, ranges.item + at + 1, (ranges.count - at - 1) * sizeof *ranges.item);
    ranges.count--;
    /* Two go in at most where one came out: room is missing for one. */
    left.block.size = piece.block.address - whole.block.address;
    right.block.address = piece_end;
    right.block.size = whole_end - piece_end;
    if (left.block.size)
        insert(&left);
    if (right.block.size)
        insert(&right);
    piece.is_last = !left.block.size && !right.block.size && !is_left(&whole);
    return piece;
}
