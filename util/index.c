/* See index.h. Linear probing in a table that is at most half full. */
#include "util/index.h"

#include <stdlib.h>
#include <string.h>

/* Eight bytes at a time: keys are mostly a few 64-bit numbers, and FNV would take as many steps as bytes. The
 * multiplier is the golden ratio's (Knuth 1973, 6.4). */
static uint64_t hash_of(const unsigned char *key, size_t size)
{
    uint64_t hash = size;
    uint64_t word;
    for (; size >= sizeof word; key += sizeof word, size -= sizeof word) {
        memcpy(&word, key, sizeof word);
        hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
        hash ^= hash >> 32;
    }
    word = 0;
    memcpy(&word, key, size);
    hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
    return hash ^ hash >> 32;
}

/* The slot that holds the key, or the free one where it belongs. */
static uint32_t find_slot(const struct kp_index *index, const void *key, size_t size, uint64_t hash)
{
    uint32_t mask = index->slot_count - 1;
    for (uint32_t slot = (uint32_t)hash & mask;; slot = (slot + 1) & mask) {
        uint32_t number = index->slots[slot];
        if (number == 0)
            return slot;
        number--;
        if (index->hashes[number] == hash && index->starts[number + 1] - index->starts[number] == size &&
            memcmp(index->bytes + index->starts[number], key, size) == 0)
            return slot;
    }
}

static int grow_slots(struct kp_index *index)
{
    uint32_t slot_count = index->slot_count ? 2 * index->slot_count : 16;
    size_t *starts = realloc(index->starts, (slot_count / 2 + 1) * sizeof *starts);
    if (starts)
        index->starts = starts;
    uint64_t *hashes = realloc(index->hashes, slot_count / 2 * sizeof *hashes);
    if (hashes)
        index->hashes = hashes;
    uint32_t *slots = calloc(slot_count, sizeof *slots);
    if (!starts || !hashes || !slots || slot_count == 0) {
        free(slots);
        return -1;
    }
    free(index->slots);
    index->slots = slots;
    index->slot_count = slot_count;
    index->starts[0] = 0;
    for (uint32_t i = 0; i < index->count; i++) {
        uint32_t slot = (uint32_t)hashes[i] & (slot_count - 1);
        while (slots[slot])
            slot = (slot + 1) & (slot_count - 1);
        slots[slot] = i + 1;
    }
    return 0;
}

static int grow_bytes(struct kp_index *index, size_t size)
{
    if (index->bytes && index->byte_room - index->byte_count >= size)
        return 0;
    size_t room = 2 * index->byte_room + size + 64;
    unsigned char *bytes = realloc(index->bytes, room);
    if (!bytes)
        return -1;
    index->bytes = bytes;
    index->byte_room = room;
    return 0;
}

uint32_t kp_index_add(struct kp_index *index, const void *key, size_t size)
{
    uint64_t hash = hash_of(key, size);
    if (index->slot_count) {
        uint32_t number = index->slots[find_slot(index, key, size, hash)];
        if (number)
            return number - 1;
    }
    if ((index->count + 1 > index->slot_count / 2 && grow_slots(index) != 0) || grow_bytes(index, size) != 0)
        return KP_INDEX_NONE;
    uint32_t number = index->count++;
    memcpy(index->bytes + index->byte_count, key, size);
    index->byte_count += size;
    index->starts[number + 1] = index->byte_count;
    index->hashes[number] = hash;
    index->slots[find_slot(index, key, size, hash)] = number + 1;
    return number;
}

uint32_t kp_index_find(const struct kp_index *index, const void *key, size_t size)
{
    if (!index->slot_count)
        return KP_INDEX_NONE;
    uint32_t number = index->slots[find_slot(index, key, size, hash_of(key, size))];
    return number ? number - 1 : KP_INDEX_NONE;
}

const void *kp_index_key(const struct kp_index *index, uint32_t number, size_t *size)
{
    if (size)
        *size = index->starts[number + 1] - index->starts[number];
    return index->bytes + index->starts[number];
}

void kp_index_free(struct kp_index *index)
{
    free(index->bytes);
    free(index->starts);
    free(index->hashes);
    free(index->slots);
    *index = (struct kp_index){0};
}
