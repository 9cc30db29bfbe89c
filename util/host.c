/* See host.h. */
#include "util/host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void kp_host_name(char *name, size_t size)
{
    if (gethostname(name, size) != 0)
        snprintf(name, size, "localhost");
    name[size - 1] = 0;
}

/* What starts ranks, and the variables in which it tells a rank its number and how many there are. A batch script of
 * Slurm has a number too, but no step with tasks. Whoever speaks of PMIx alone names no count: there may be others. */
static const struct launcher {
    const char *rank, *count;
    int default_count;
} launchers[] = {
    {"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", 1},
    {"PMI_RANK", "PMI_SIZE", 1},
    {"PMIX_RANK", "SLURM_STEP_NUM_TASKS", 2},
    {"SLURM_PROCID", "SLURM_STEP_NUM_TASKS", 1},
};

static const struct launcher *find_launcher(void)
{
    for (size_t i = 0; i < sizeof launchers / sizeof launchers[0]; i++) {
        const char *value = getenv(launchers[i].rank);
        if (value && *value)
            return &launchers[i];
    }
    return NULL;
}

int kp_host_rank(void)
{
    const struct launcher *launcher = find_launcher();
    return launcher ? atoi(getenv(launcher->rank)) : -1;
}

bool kp_host_has_other_ranks(void)
{
    const struct launcher *launcher = find_launcher();
    const char *count = launcher ? getenv(launcher->count) : NULL;
    return launcher && (count ? atoi(count) : launcher->default_count) > 1;
}

char *kp_host_expand(const char *pattern, bool *parts_ranks)
{
    char *result = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&result, &size);
    if (!out)
        return NULL;
    char host[256];
    kp_host_name(host, sizeof host);
    bool known = true;
    *parts_ranks = false;
    for (const char *p = pattern; *p; p++) {
        if (*p != '%') {
            putc(*p, out);
            continue;
        }
        *parts_ranks |= p[1] == 'p' || p[1] == 'r';
        switch (*++p) {
        case 'p': fprintf(out, "%ld", (long)getpid()); break;
        case 'r': fprintf(out, "%d", kp_host_rank() < 0 ? 0 : kp_host_rank()); break;
        case 'h': fputs(host, out); break;
        case '%': putc('%', out); break;
        default:
            known = false;
            p--;
            break;
        }
    }
    if (fclose(out) != 0 || !known) {
        free(result);
        return NULL;
    }
    return result;
}

char *kp_host_add_rank(const char *path)
{
    const char *name = strrchr(path, '/');
    name = name ? name + 1 : path;
    const char *suffix = strrchr(name, '.');
    if (!suffix || suffix == name)
        suffix = path + strlen(path);
    char *result;
    return asprintf(&result, "%.*s.%d%s", (int)(suffix - path), path, kp_host_rank(), suffix) < 0 ? NULL : result;
}
