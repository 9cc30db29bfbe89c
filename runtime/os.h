/* The few things that the runtime asks of the operating system. All are async-signal-safe, keep errno, and report
 * failure by their result. */
#ifndef KP_RUNTIME_OS_H
#define KP_RUNTIME_OS_H

#include <stddef.h>
#include <stdint.h>

/* Creates `path` for this user alone, failing where anything of that name exists; or opens what is there.
 * `created` says which. -1 on failure. */
int kp_os_open_file(const char *path, int *created);

/* Makes [offset, offset + size) of the file exist on disk. 0, or an errno (ENOSPC). */
int kp_os_reserve(int fd, uint64_t offset, uint64_t size);

/* Maps a part of the file for sharing, at `address` (replacing what is there) unless that is NULL. NULL on failure. */
void *kp_os_map(int fd, uint64_t offset, uint64_t size, void *address);

/* Zeroed memory of the process's own, in whole pages. NULL on failure. */
void *kp_os_allocate(uint64_t size);

/* Puts private memory in the place of a shared mapping. */
void kp_os_detach(void *address, uint64_t size);

void kp_os_unmap(void *address, uint64_t size);
void kp_os_close(int fd);

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
