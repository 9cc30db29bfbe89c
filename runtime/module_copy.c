/* A copy of a module's file for kernprof, which reads its symbols and debug information after the run: code that a
 * program generates, loads and deletes is gone by then. A run keeps one copy of each file, named by what tells files
 * apart; a load of a file that is there already costs three system calls. Executables, large files, and files that this
 * user could not delete are not copied. */
#include "runtime/runtime.h"

#include <stdio.h>
#include <string.h>

#include "runtime/os.h"

enum { LARGEST_BYTES = 32 << 20 };

static int folder_is_writable(const char *path)
{
    char folder[1024];
    const char *slash = strrchr(path, '/');
    size_t length = slash ? (size_t)(slash - path) : 0;
    if (length >= sizeof folder)
        return 0;
    memcpy(folder, slash ? path : ".", slash ? length : 1);
    folder[slash ? length : 1] = 0;
    return kp_os_is_writable(slash && !length ? "/" : folder);
}

uint64_t kp_module_copy(const char *path)
{
    const struct kp_runtime *r = &kp_runtime;
    struct kp_os_file file;
    if (r->is_executable || kp_os_look_at(path, &file) != 0 || file.size > LARGEST_BYTES || !folder_is_writable(path))
        return 0;
    uint64_t identity = kp_hash(&file, sizeof file);
    char copy[sizeof r->path], partial[sizeof copy];
    int length = snprintf(copy, sizeof copy, "%s/" KP_MODULE_COPY, r->folder, (unsigned long long)identity);
    int partial_length = snprintf(partial, sizeof partial, "%s/%u.copy", r->folder, kp_os_pid());
    if (length >= (int)sizeof copy || partial_length >= (int)sizeof partial)
        return 0;
    struct kp_os_file there;
    if (kp_os_look_at(copy, &there) == 0 || kp_os_copy(path, file.size, partial, copy) == 0)
        return identity;
    return 0;
}
