/* Opens the counter file of the process, and in the child of a fork the child's own: its name, its header, and what all
 * modules of the process share in it. */
#include "runtime/runtime.h"

#include <string.h>

#include "format/clock.h"
#include "runtime/os.h"
#include "runtime/samples.h"

/* 0, or -1 where the path has no room for it. */
static int append(char *path, size_t size, const char *text)
{
    size_t used = strlen(path), length = strlen(text);
    if (length >= size - used)
        return -1;
    memcpy(path + used, text, length + 1);
    return 0;
}

static int append_number(char *path, size_t size, uint64_t number, unsigned base)
{
    char digits[24];
    char *p = digits + sizeof digits;
    *--p = 0;
    do
        *--p = "0123456789abcdef"[number % base];
    while ((number /= base) != 0);
    return append(path, size, p);
}

/* FOLDER/PID-TOKEN.kpc */
static int name_file(struct kp_runtime *r)
{
    size_t size = sizeof r->path;
    r->path[0] = 0;
    return append(r->path, size, r->folder) || append(r->path, size, "/") ||
           append_number(r->path, size, kp_os_pid(), 10) || append(r->path, size, "-") ||
           append_number(r->path, size, kp_os_image_token(), 16) || append(r->path, size, KP_COUNTERS_SUFFIX);
}

static void read_command(char *command, size_t size)
{
    size_t length = kp_os_read("/proc/self/cmdline", command, size - 1);
    while (length > 0 && command[length - 1] == 0)
        length--;
    for (size_t i = 0; i < length; i++)
        if (command[i] == 0)
            command[i] = ' ';
    command[length] = 0;
}

static void fill_header(struct kp_counters_header *header, enum kp_timing timing)
{
    header->version = KP_COUNTERS_VERSION;
    header->timing = (uint32_t)timing;
    header->token = kp_os_image_token();
    header->pid = kp_os_pid();
    header->parent_pid = kp_os_parent_pid();
    header->start_ns = kp_os_realtime_ns();
    header->mono_start_ns = kp_os_monotonic_ns();
    header->ticks_start = kp_clock_ticks();
    header->end = KP_COUNTERS_PAGE;
    read_command(header->command, sizeof header->command);
    __atomic_store_n(&header->magic, KP_COUNTERS_MAGIC, __ATOMIC_RELEASE);
}

/* Opens or creates the process's file and maps its header at `address`, or anywhere. NULL: cannot be written. */
static struct kp_counters_header *open_header(void *address, int *created)
{
    struct kp_runtime *r = &kp_runtime;
    int fd = kp_os_open_file(r->path, KP_COUNTERS_PAGE, created);
    int is_there = fd >= 0 && !*created;
    struct kp_counters_header *header =
        is_there ? kp_os_map(fd, 0, KP_COUNTERS_PAGE, address) : kp_file_map_new(fd, 0, KP_COUNTERS_PAGE, address);
    if (fd >= 0)
        kp_os_close(fd);
    if (header && *created)
        fill_header(header, r->timing);
    if (header && header->magic != KP_COUNTERS_MAGIC) {
        kp_os_unmap(header, KP_COUNTERS_PAGE);
        header = NULL;
    }
    return header;
}

int kp_file_open(const char *directory, enum kp_timing timing)
{
    struct kp_runtime *r = &kp_runtime;
    r->timing = timing;
    r->folder[0] = 0;
    if (directory[0] != '/' || append(r->folder, sizeof r->folder, directory) != 0) {
        kp_say("nothing is counted: " KP_ENV_DIRECTORY " is no absolute path, or too long", directory);
        return -1;
    }
    int created = 0;
    if (name_file(r) == 0)
        r->header = open_header(NULL, &created);
    if (!r->header) {
        kp_say_why("nothing is counted: cannot write", kp_file_trouble(), r->path);
        return -1;
    }
    kp_process_flags_open(created);
    kp_samples_open(created);
    return 0;
}

/* What parent and child have in common: flags lie in memory and in the C library, which the fork has copied. */
struct inheritance {
    uint64_t probe_ticks_x256, enter_ticks_x256, exit_flag, flag_library;
    uint32_t thread_flag;
};

static struct inheritance bequeath(const struct kp_counters_header *parent)
{
    return (struct inheritance){parent->probe_ticks_x256, parent->enter_ticks_x256, parent->exit_flag,
                                parent->flag_library, parent->thread_flag};
}

static void inherit(struct kp_counters_header *header, const struct inheritance *from)
{
    header->probe_ticks_x256 = from->probe_ticks_x256;
    header->enter_ticks_x256 = from->enter_ticks_x256;
    header->exit_flag = from->exit_flag;
    header->flag_library = from->flag_library;
    header->thread_flag = from->thread_flag;
}

int kp_file_reopen(void)
{
    struct kp_runtime *r = &kp_runtime;
    if (!r->header)
        return -1;
    /* The parent's header stays mapped until the child's takes its place: that is how kernprof knows that the child is
     * going to count. */
    struct inheritance of_parent = bequeath(r->header);
    int created = 0;
    struct kp_counters_header *header = name_file(r) == 0 ? open_header(r->header, &created) : NULL;
    if (!header)
        kp_os_detach(r->header, KP_COUNTERS_PAGE);
    r->header = header;
    if (!header)
        return -1;
    if (created) {
        inherit(header, &of_parent);
        kp_samples_reopen();
        kp_process_flags_fork_child();
    }
    return 0;
}
