/* The few things that the runtime asks of the operating system. All are async-signal-safe, keep errno, and report
 * failure by their result. */
#ifndef KP_RUNTIME_OS_H
#define KP_RUNTIME_OS_H

#include <stddef.h>
#include <stdint.h>

/* Opens `path`, a regular file of this user of at least `least` bytes; or creates it for this user alone if there is
 * nothing of that name. `created` says which; NULL: never create. No link is followed. -1 on failure. */
int kp_os_open_file(const char *path, uint64_t least, int *created);

/* Makes [offset, offset + size) of the file exist on disk, so that writing to its mapping cannot fail. 0, or an errno
 * (ENOSPC; EFBIG beyond the process's limit, for which no signal is sent). */
int kp_os_reserve(int fd, uint64_t offset, uint64_t size);

/* Creates an empty file in a folder. 1, 0 where it exists, or -1. */
int kp_os_leave_mark(const char *folder, const char *name);

/* Lets other threads run. */
void kp_os_yield(void);

/* Does a folder of this path exist? */
int kp_os_folder_exists(const char *path);

/* What tells one file, as it is, from all others. Links are followed. 0 or -1. */
struct kp_os_file {
    uint64_t device, inode, size, modified_ns;
};
int kp_os_look_at(const char *path, struct kp_os_file *file);

int kp_os_is_writable(const char *path);

/* Copies the `size` bytes of a file to `partial` and renames that to `to`; only where there is room for much more. 0 or
 * -1. */
int kp_os_copy(const char *from, uint64_t size, const char *partial, const char *to);

/* Up to `size` bytes of the beginning of a file; how many. 0 on failure. */
size_t kp_os_read(const char *path, char *bytes, size_t size);

/* Maps a part of the file for sharing, at `address` (replacing what is there) unless that is NULL. NULL on failure. */
void *kp_os_map(int fd, uint64_t offset, uint64_t size, void *address);

/* `size` bytes of a file at `offset`, to be read; NULL on failure and where the file is shorter. Links are followed. */
const void *kp_os_view(const char *path, uint64_t offset, uint64_t size);

/* Zeroed memory of the process's own, in whole pages. NULL on failure. */
void *kp_os_allocate(uint64_t size);

/* Puts private memory in the place of a shared mapping. */
void kp_os_detach(void *address, uint64_t size);

void kp_os_unmap(void *address, uint64_t size);
void kp_os_close(int fd);

/* Keeps signal handlers from running until kp_os_unblock_signals; `saved` holds what that restores. */
void kp_os_block_signals(uint64_t *saved);
void kp_os_unblock_signals(const uint64_t *saved);

/* Takes `signal` out of a mask that kp_os_unblock_signals will restore. */
void kp_os_let_through(uint64_t *saved, int signal);

/* Has the signal handled, on the alternate stack if there is one, system calls going on afterwards; unless it is
 * handled already. 0 or -1. */
int kp_os_handle_signal(int signal, void *handler);
void *kp_os_signal_handler(int signal);

/* A timer of the running thread's processor time that sends it `signal`, with `value`, after each `period_ns`. Its
 * number, or -1. Timers end with the process image, at exec as well, and no child has them. */
int kp_os_create_timer(int signal, void *value, uint64_t period_ns);
void kp_os_delete_timer(int timer);

/* Whether a thread of this process has ended. */
int kp_os_thread_has_ended(uint32_t thread);

/* Lets code be changed, and makes it code again. `size` bytes at `address`, any alignment. 0 or -1. */
int kp_os_code_writable(void *address, size_t size);
int kp_os_code_executable(void *address, size_t size);

uint64_t kp_os_realtime_ns(void);
uint64_t kp_os_monotonic_ns(void);
uint64_t kp_os_thread_cpu_ns(void); /* processor time of the calling thread; a system call */
uint32_t kp_os_pid(void);
uint32_t kp_os_parent_pid(void);
uint32_t kp_os_thread(void);

/* A number that tells this process image from the one before an exec. */
uint64_t kp_os_image_token(void);

#endif
