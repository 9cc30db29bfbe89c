/* See patterns.h. */
#include "util/patterns.h"

#include <glob.h>
#include <string.h>
#include <unistd.h>

int kp_patterns_expand(struct kp_words *files, const char *name, struct kp_error *error)
{
    if (!name[strcspn(name, "*?[")] || access(name, F_OK) == 0) {
        kp_words_add(files, name);
        return 0;
    }
    glob_t found;
    int status = glob(name, 0, NULL, &found);
    if (status == GLOB_NOMATCH)
        return kp_fail(error, "%s: no file matches; give the names of profiles or a pattern that finds some", name);
    if (status != 0)
        return kp_fail(error, "%s: cannot be searched; give the names of profiles", name);
    for (size_t i = 0; i < found.gl_pathc; i++)
        kp_words_add(files, found.gl_pathv[i]);
    globfree(&found);
    return 0;
}
