/* See format.h. */
#include "viewer/text/format.h"

#include <string.h>

const struct kp_format kp_formats[] = {
    {"gcc", "a message per line, as compilers print them, hottest first: for editors", kp_format_gcc},
    {"markdown", "a summary for a pull request", kp_format_markdown},
    {"sarif", "the hot lines as SARIF 2.1.0, for code scanning", kp_format_sarif},
    {NULL, NULL, NULL},
};

const struct kp_format *kp_format_find(const char *name, struct kp_error *error)
{
    for (const struct kp_format *format = kp_formats; format->name; format++)
        if (strcmp(format->name, name) == 0)
            return format;
    kp_fail(error, "--format: unknown format '%s'; there are: gcc, markdown, sarif", name);
    return NULL;
}
