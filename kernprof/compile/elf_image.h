/* What an ELF file says of itself: its map section, whether it can load or start other code. */
#ifndef KP_KERNPROF_COMPILE_ELF_IMAGE_H
#define KP_KERNPROF_COMPILE_ELF_IMAGE_H

#include <stdint.h>

#include "util/error.h"

struct kp_elf_image {
    void *map; /* copy of the map section, 8-byte aligned; NULL: nothing is instrumented */
    uint64_t map_size;
    uint64_t map_address;
    uint64_t counters_address;
    uint64_t counters_size;
    char build_id[65]; /* hexadecimal; empty: none */
    int timers;        /* uses KP_REGION or the like */
    int dynamic;       /* has an interpreter */
    int loads_code;    /* imports dlopen, exec or the like: instrumented code may still come */
};

/* Does it hold functions that count, or timers? */
int kp_elf_is_instrumented(const struct kp_elf_image *image, int by_function);

/* 0; 1: not an ELF file; -1: `error`. Free with kp_elf_free. */
int kp_elf_read(const char *path, struct kp_elf_image *image, struct kp_error *error);
void kp_elf_free(struct kp_elf_image *image);

#endif
