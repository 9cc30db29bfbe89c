/* Samples of the program counter, added up by place. */
#ifndef KP_KERNPROF_SAMPLE_SAMPLES_H
#define KP_KERNPROF_SAMPLE_SAMPLES_H

#include <stdint.h>

#include "util/index.h"

enum { KP_SAMPLE_BUILD_ID = 65 };

/* What the sampled code is from. */
struct kp_sample_file {
    char *path;
    char build_id[KP_SAMPLE_BUILD_ID]; /* hexadecimal; empty: not known */
    uint64_t module_hash;              /* kp_module_hash of a module in a counter file; 0: path and build id tell */
};

/* A place with the processor time that was spent there. */
struct kp_sample_place {
    uint32_t file;
    uint64_t offset; /* in the file; of a module of a counter file: from its map, modulo 2^64 */
    uint64_t time_ns;
    uint64_t samples;
};

/* Start with `struct kp_samples samples = {0}`; end with kp_samples_free. */
struct kp_samples {
    struct kp_sample_file *files;
    uint32_t file_count;
    struct kp_sample_place *places;
    uint32_t count;
    uint64_t lost;      /* samples that could not be delivered */
    uint64_t unsampled; /* threads and processes that could not be sampled */
    struct kp_index file_keys, place_keys;
};

/* The file's number, or KP_INDEX_NONE out of memory. `build_id` may be empty. */
uint32_t kp_samples_file(struct kp_samples *samples, const char *path, const char *build_id, uint64_t module_hash);

/* Adds `count` samples at a place. Out of memory they are lost. */
void kp_samples_add(struct kp_samples *samples, uint32_t file, uint64_t offset, uint64_t time_ns, uint64_t count);

/* Adds all of `other`. */
void kp_samples_add_all(struct kp_samples *samples, const struct kp_samples *other);

void kp_samples_free(struct kp_samples *samples);

#endif
