/* Any bytes as a counter file: read, joined, and written as a profile. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "format/profile.h"
#include "kernprof/analyze/join.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_profile(struct kp_join *join)
{
    struct kp_error error;
    struct kp_run run = {.command = "fuzz", .kind = "lines", .timing = "exact", .pid = 1, .embed_sources = 1};
    sqlite3 *profile = kp_profile_create(":memory:", &error);
    if (profile) {
        if (kp_join_solve(join, &error) == 0)
            kp_join_write(join, &run, profile, &error);
        kp_profile_abandon(profile);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kp_join *join = kp_join_new(size & 1); /* of the profile of functions every other time */
    void *bytes = malloc(size + 1);               /* of just this size, so that reading behind it is seen */
    if (!join || !bytes)
        abort();
    memcpy(bytes, data, size);
    /* Twice, as of two processes. */
    if (kp_join_add_bytes(join, bytes, size) == 0 && kp_join_add_bytes(join, bytes, size) == 0 &&
        kp_join_functions(join))
        write_profile(join);
    free(bytes);
    kp_join_free(join);
    return 0;
}
