/* Samples of the program counter, added up by kind of cost and place. */
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

struct kp_sample_frame {
    uint32_t file;
    uint64_t offset; /* in the file; of a module of a counter file: from its map, modulo 2^64 */
};

enum { KP_SAMPLE_FRAMES = 4 };

/* A place with what it cost. Of time, it is where the program counter was. Of events it can have callers as well,
 * innermost first: addresses inside of the instructions that called, in files that have instrumented code. */
struct kp_sample_place {
    uint32_t kind; /* of cost: index into kp_cost_kinds */
    uint32_t frame_count;
    uint32_t is_exact; /* the first frame is a caller as well; else it can be a few instructions late */
    struct kp_sample_frame frames[KP_SAMPLE_FRAMES];
    uint64_t cost; /* in the kind's unit */
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
    uint32_t events;    /* the set of events that were asked for, whether any happened or not */
    struct kp_index file_keys, place_keys;
};

/* The file's number, or KP_INDEX_NONE out of memory. `build_id` may be empty. */
uint32_t kp_samples_file(struct kp_samples *samples, const char *path, const char *build_id, uint64_t module_hash);

/* Adds a place's cost and samples to those of the same kind and frames. Out of memory they are lost. */
void kp_samples_add(struct kp_samples *samples, const struct kp_sample_place *place);

/* Adds all of `other`. */
void kp_samples_add_all(struct kp_samples *samples, const struct kp_samples *other);

void kp_samples_free(struct kp_samples *samples);

#endif
