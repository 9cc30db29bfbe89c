/* Numbers distinct keys: the first key is 0, the next new one 1, and so on. Values live with the caller, in arrays with
 * these numbers as their indexes. */
#ifndef KP_UTIL_INDEX_H
#define KP_UTIL_INDEX_H

#include <stddef.h>
#include <stdint.h>

#define KP_INDEX_NONE UINT32_MAX

/* Start with `struct kp_index index = {0}`; end with kp_index_free. */
struct kp_index {
    unsigned char *bytes; /* of all keys, one behind the other */
    size_t byte_count;
    size_t byte_room;
    size_t *starts; /* of `count` keys, and the end of the last one */
    uint64_t *hashes;
    uint32_t count;
    uint32_t *slots; /* open addressing; number + 1, 0 where free */
    uint32_t slot_count;
};

/* The number of the key of `size` bytes, which is copied where it is new. KP_INDEX_NONE: out of memory. */
uint32_t kp_index_add(struct kp_index *index, const void *key, size_t size);

/* The key's number, or KP_INDEX_NONE. */
uint32_t kp_index_find(const struct kp_index *index, const void *key, size_t size);

/* The key with this number, valid until the next key is added; aligned for nothing but bytes. */
const void *kp_index_key(const struct kp_index *index, uint32_t number, size_t *size);

void kp_index_free(struct kp_index *index);

#endif
