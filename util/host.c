/* See host.h. */
#include "util/host.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void kp_host_name(char *name, size_t size)
{
    if (gethostname(name, size) != 0)
        snprintf(name, size, "localhost");
    name[size - 1] = 0;
}

int kp_host_rank(void)
{
    static const char *const variables[] = {"OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK", "SLURM_PROCID"};
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        const char *value = getenv(variables[i]);
        if (value && *value)
            return atoi(value);
    }
    return -1;
}

char *kp_host_expand(const char *pattern)
{
    char *result = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&result, &size);
    if (!out)
        return NULL;
    char host[256];
    kp_host_name(host, sizeof host);
    int known = 1;
    for (const char *p = pattern; *p; p++) {
        if (*p != '%') {
            putc(*p, out);
            continue;
        }
        switch (*++p) {
        case 'p': fprintf(out, "%ld", (long)getpid()); break;
        case 'r': fprintf(out, "%d", kp_host_rank() < 0 ? 0 : kp_host_rank()); break;
        case 'h': fputs(host, out); break;
        case '%': putc('%', out); break;
        default: known = 0; p--; break;
        }
    }
    if (fclose(out) != 0 || !known) {
        free(result);
        return NULL;
    }
    return result;
}
