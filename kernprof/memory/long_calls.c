/* See long_calls.h. */
#include "kernprof/memory/long_calls.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "format/counters_reader.h"
#include "format/map_reader.h"
#include "format/memory_reader.h"
#include "format/profile.h"

/* Memory at a time is that of the process's latest sample before it, or else of its first. */
#define BYTES_AT(time)                                                                                                 \
    "COALESCE((SELECT rss_bytes FROM memory_sample WHERE pid = ?1 AND time_ns <= " time                                \
    " ORDER BY time_ns DESC LIMIT 1), "                                                                                \
    "(SELECT rss_bytes FROM memory_sample WHERE pid = ?1 ORDER BY time_ns LIMIT 1), 0)"

static const char insert_mark[] =
    "INSERT INTO memory_mark (pid, function, start_ns, end_ns, level, start_bytes, end_bytes) "
    "VALUES (?1, ?2, ?3, ?4, ?5, " BYTES_AT("?3") ", " BYTES_AT("?4") ")";

static const struct kp_module_chunk *find_module(const struct kp_counters *file, uint32_t number)
{
    const struct kp_chunk *chunk;
    for (uint64_t offset = KP_COUNTERS_PAGE; (chunk = kp_counters_next(file, &offset)) != NULL;) {
        const struct kp_module_chunk *module = kp_counters_module(chunk);
        if (module && module->module == number)
            return module;
    }
    return NULL;
}

/* The name of the function whose words stand at `words`; NULL: the file is damaged. */
static const char *name_of(const struct kp_module_chunk *module, uint64_t words, struct kp_map_view *view)
{
    const void *map = (const unsigned char *)module + module->map_offset;
    for (uint64_t offset = 0; kp_map_next(map, module->map_size, &offset, view) == 1;) {
        int64_t first = kp_map_first_word(view, module->map_address, module->counters_address, module->counters_size);
        if (first >= 0 && (uint64_t)first + view->record->counter_count == words && view->record->line_count)
            return view->strings + view->record->name;
    }
    return NULL;
}

static int write_calls(sqlite3_stmt *insert, const struct kp_counters *file, const struct kp_chunk *chunk)
{
    uint32_t number;
    uint64_t count;
    const struct kp_memory_call *call = kp_memory_calls(chunk, &number, &count);
    const struct kp_module_chunk *module = call ? find_module(file, number) : NULL;
    for (uint64_t i = 0; module && i < count; i++) {
        struct kp_map_view view;
        const char *name = call[i].end_ns ? name_of(module, call[i].words, &view) : NULL;
        if (!name)
            continue;
        sqlite3_bind_int64(insert, 1, file->header->pid);
        sqlite3_bind_text(insert, 2, name, -1, SQLITE_TRANSIENT);
        sqlite3_bind_int64(insert, 3, call[i].start_ns);
        sqlite3_bind_int64(insert, 4, call[i].end_ns);
        sqlite3_bind_int64(insert, 5, call[i].level);
        int code = sqlite3_step(insert);
        sqlite3_reset(insert);
        if (code != SQLITE_DONE)
            return -1;
    }
    return 0;
}

static int write_file(sqlite3_stmt *insert, const void *bytes, uint64_t size)
{
    struct kp_counters file;
    if (kp_counters_open(&file, bytes, size) != 0)
        return 0; /* of a process that was killed too early */
    const struct kp_chunk *chunk;
    int result = 0;
    for (uint64_t offset = KP_COUNTERS_PAGE; result == 0 && (chunk = kp_counters_next(&file, &offset)) != NULL;)
        result = write_calls(insert, &file, chunk);
    return result;
}

static int write_file_at(sqlite3_stmt *insert, int folder, const char *name)
{
    int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    struct stat status;
    int result = 0;
    if (fd >= 0 && fstat(fd, &status) == 0 && status.st_size >= (off_t)KP_COUNTERS_PAGE) {
        void *bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_SHARED, fd, 0);
        if (bytes != MAP_FAILED) {
            result = write_file(insert, bytes, (uint64_t)status.st_size);
            munmap(bytes, (size_t)status.st_size);
        }
    }
    if (fd >= 0)
        close(fd);
    return result;
}

int kp_long_calls_write(const char *folder, sqlite3 *profile, struct kp_error *error)
{
    DIR *directory = opendir(folder);
    if (!directory)
        return kp_fail(error, "%s: %s", folder, strerror(errno));
    sqlite3_stmt *insert = kp_profile_prepare(profile, insert_mark, error);
    int result = insert ? 0 : -1;
    for (struct dirent *entry; result == 0 && (entry = readdir(directory)) != NULL;)
        if (kp_counters_is_name(entry->d_name) &&
            (result = write_file_at(insert, dirfd(directory), entry->d_name)) != 0)
            kp_fail(error, "cannot write the profile: %s", sqlite3_errmsg(profile));
    sqlite3_finalize(insert);
    closedir(directory);
    return result;
}
