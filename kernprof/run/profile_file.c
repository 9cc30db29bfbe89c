/* See profile_file.h. */
#include "kernprof/run/profile_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "format/profile.h"
#include "util/folder.h"

/* Under another name first, so that there never is half a one. */
int kp_profile_file_write(struct kp_join *join, const struct kp_run *run, const char *output, struct kp_error *error)
{
    char *partial;
    if (kp_folder_check_replaceable(output, error) != 0 || kp_join_solve(join, error) != 0)
        return -1;
    if (asprintf(&partial, "%s.%ld.part", output, (long)getpid()) < 0)
        return kp_fail(error, "out of memory");
    unlink(partial);
    sqlite3 *profile = kp_profile_create(partial, error);
    int result = profile ? 0 : -1;
    if (profile && kp_join_write(join, run, profile, error) != 0) {
        kp_profile_abandon(profile);
        result = -1;
    } else if (profile) {
        result = kp_profile_commit(profile, output, error);
    }
    if (result == 0 && rename(partial, output) != 0)
        result = kp_fail(error, "%s: cannot be written: %s", output, strerror(errno));
    if (result != 0)
        unlink(partial);
    free(partial);
    return result;
}
