/* The system primitives on Linux (see os.h). */
#include "runtime/os.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int is_own_file(int fd, uint64_t least)
{
    struct stat status;
    return fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == geteuid() &&
           (uint64_t)status.st_size >= least;
}

/* System calls without glibc's wrappers where these are points of cancellation: what calls us does not unwind. */
static int open_raw(const char *path, int flags)
{
    return (int)syscall(SYS_openat, AT_FDCWD, path, flags | O_CLOEXEC | O_NOFOLLOW, 0600);
}

int kp_os_open_file(const char *path, uint64_t least, int *created)
{
    int saved = errno;
    int fd = -1;
    if (created) {
        fd = open_raw(path, O_RDWR | O_CREAT | O_EXCL);
        *created = fd >= 0;
    }
    if (!created || (fd < 0 && errno == EEXIST)) {
        fd = open_raw(path, O_RDWR);
        if (fd >= 0 && !is_own_file(fd, least)) {
            kp_os_close(fd);
            fd = -1;
        }
    }
    errno = saved;
    return fd;
}

int kp_os_reserve(int fd, uint64_t offset, uint64_t size)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && offset + size > limit.rlim_cur)
        return EFBIG; /* asking would raise SIGXFSZ */
    int saved = errno;
    int failure;
    do
        failure = posix_fallocate(fd, (off_t)offset, (off_t)size);
    while (failure == EINTR);
    errno = saved;
    return failure;
}

int kp_os_leave_mark(const char *folder, const char *name)
{
    int saved = errno, result = -1;
    int parent = (int)syscall(SYS_openat, AT_FDCWD, folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (parent >= 0) {
        int fd = (int)syscall(SYS_openat, parent, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        result = fd >= 0 ? 1 : errno == EEXIST ? 0 : -1;
        if (fd >= 0)
            kp_os_close(fd);
        kp_os_close(parent);
    }
    errno = saved;
    return result;
}

void kp_os_yield(void)
{
    int saved = errno;
    syscall(SYS_sched_yield);
    errno = saved;
}

int kp_os_folder_exists(const char *path)
{
    int saved = errno;
    struct stat status;
    int exists = stat(path, &status) == 0 && S_ISDIR(status.st_mode);
    errno = saved;
    return exists;
}

int kp_os_look_at(const char *path, struct kp_os_file *file)
{
    int saved = errno;
    struct stat status;
    int failed = stat(path, &status) != 0 || !S_ISREG(status.st_mode);
    if (!failed)
        *file = (struct kp_os_file){status.st_dev, status.st_ino, (uint64_t)status.st_size,
                                    (uint64_t)status.st_mtim.tv_sec * 1000000000u + (uint64_t)status.st_mtim.tv_nsec};
    errno = saved;
    return failed ? -1 : 0;
}

int kp_os_is_writable(const char *path)
{
    int saved = errno;
    int writable = access(path, W_OK) == 0;
    errno = saved;
    return writable;
}

/* A full disk would cost counters. */
static int has_room(int fd, uint64_t size)
{
    struct statfs status;
    struct rlimit limit;
    return fstatfs(fd, &status) == 0 && (uint64_t)status.f_bavail * (uint64_t)status.f_bsize / 4 > size &&
           getrlimit(RLIMIT_FSIZE, &limit) == 0 && size <= limit.rlim_cur;
}

/* Shares the blocks where the file system can; not all can copy in the kernel from another one. */
static int copy_bytes(int in, int out, uint64_t size)
{
    int shares = 1;
    while (size) {
        long copied = shares ? syscall(SYS_copy_file_range, in, NULL, out, NULL, size, 0) : -1;
        if (copied <= 0) {
            shares = 0;
            copied = syscall(SYS_sendfile, out, in, NULL, size);
        }
        if (copied <= 0 && errno != EINTR)
            return -1;
        size -= copied > 0 ? (uint64_t)copied : 0;
    }
    return 0;
}

int kp_os_copy(const char *from, uint64_t size, const char *partial, const char *to)
{
    int saved = errno, failed = -1;
    int in = (int)syscall(SYS_openat, AT_FDCWD, from, O_RDONLY | O_CLOEXEC);
    int out = in >= 0 ? open_raw(partial, O_WRONLY | O_CREAT | O_EXCL) : -1;
    if (out >= 0) {
        failed = !has_room(out, size) || copy_bytes(in, out, size) != 0 || rename(partial, to) != 0;
        if (failed)
            unlink(partial);
        kp_os_close(out);
    }
    if (in >= 0)
        kp_os_close(in);
    errno = saved;
    return failed ? -1 : 0;
}

size_t kp_os_read(const char *path, char *bytes, size_t size)
{
    int saved = errno;
    int fd = open_raw(path, O_RDONLY);
    long got = fd >= 0 ? syscall(SYS_read, fd, bytes, size) : 0;
    if (fd >= 0)
        kp_os_close(fd);
    errno = saved;
    return got > 0 ? (size_t)got : 0;
}

/* The kernel's masks have 8 bytes, the C library's 128, of which its functions hold copies: too much where the stack is
 * a signal handler's own. The C library's two signals, for cancellation and for changes of the user, stay unblocked. */
#define ALL_SIGNALS (~(UINT64_C(3) << (32 - 1)))

void kp_os_block_signals(uint64_t *saved)
{
    int before = errno;
    uint64_t all = ALL_SIGNALS;
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, saved, sizeof all);
    errno = before;
}

void kp_os_unblock_signals(const uint64_t *saved)
{
    int before = errno;
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, saved, NULL, sizeof *saved);
    errno = before;
}

void kp_os_let_through(uint64_t *saved, int signal)
{
    *saved &= ~(UINT64_C(1) << (signal - 1));
}

void *kp_os_signal_handler(int signal)
{
    struct sigaction action;
    return sigaction(signal, NULL, &action) == 0 ? (void *)action.sa_sigaction : NULL;
}

int kp_os_handle_signal(int signal, void *handler)
{
    int saved = errno;
    struct sigaction before, action = {.sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK};
    *(void **)&action.sa_sigaction = handler;
    sigfillset(&action.sa_mask); /* a handler that jumps out of ours would leave a sample half written */
    int failed = sigaction(signal, NULL, &before) != 0 ||
                 (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN) ||
                 sigaction(signal, &action, NULL) != 0;
    errno = saved;
    return failed ? -1 : 0;
}

/* Without the C library's wrappers, which allocate. */
int kp_os_create_timer(int signal, void *value, uint64_t period_ns)
{
    int saved = errno, timer;
    struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = signal, .sigev_value.sival_ptr = value};
    event._sigev_un._tid = (pid_t)kp_os_thread();
    struct timespec period = {(time_t)(period_ns / 1000000000u), (long)(period_ns % 1000000000u)};
    struct itimerspec when = {period, period};
    if (syscall(SYS_timer_create, CLOCK_THREAD_CPUTIME_ID, &event, &timer) != 0)
        timer = -1;
    else if (syscall(SYS_timer_settime, timer, 0, &when, NULL) != 0) {
        kp_os_delete_timer(timer);
        timer = -1;
    }
    errno = saved;
    return timer;
}

void kp_os_delete_timer(int timer)
{
    int saved = errno;
    syscall(SYS_timer_delete, timer);
    errno = saved;
}

int kp_os_thread_has_ended(uint32_t thread)
{
    int saved = errno;
    int ended = syscall(SYS_tgkill, getpid(), (pid_t)thread, 0) != 0 && errno == ESRCH;
    errno = saved;
    return ended;
}

void *kp_os_map(int fd, uint64_t offset, uint64_t size, void *address)
{
    int saved = errno;
    int flags = MAP_SHARED | (address ? MAP_FIXED : 0);
    void *map = mmap(address, size, PROT_READ | PROT_WRITE, flags, fd, (off_t)offset);
    errno = saved;
    return map == MAP_FAILED ? NULL : map;
}

const void *kp_os_view(const char *path, uint64_t offset, uint64_t size)
{
    int saved = errno;
    struct stat status;
    long memory = -1;
    int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && offset + size <= (uint64_t)status.st_size)
        memory = syscall(SYS_mmap, NULL, size, PROT_READ, MAP_PRIVATE, fd, offset); /* as kp_os_allocate */
    if (fd >= 0)
        kp_os_close(fd);
    errno = saved;
    return memory == -1 ? NULL : (const void *)memory;
}

void *kp_os_allocate(uint64_t size)
{
    int saved = errno;
    /* Not by mmap: under memprof that would count as the program's memory. */
    long memory = syscall(SYS_mmap, NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0L);
    errno = saved;
    return memory == -1 ? NULL : (void *)memory;
}

void kp_os_detach(void *address, uint64_t size)
{
    int saved = errno;
    mmap(address, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    errno = saved;
}

void kp_os_unmap(void *address, uint64_t size)
{
    int saved = errno;
    munmap(address, size);
    errno = saved;
}

void kp_os_close(int fd)
{
    int saved = errno;
    syscall(SYS_close, fd);
    errno = saved;
}

static int protect(void *address, size_t size, int protection)
{
    int saved = errno;
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t first = (uintptr_t)address & ~(page - 1);
    uintptr_t end = ((uintptr_t)address + size + page - 1) & ~(page - 1);
    int result = mprotect((void *)first, end - first, protection);
    errno = saved;
    return result;
}

int kp_os_code_writable(void *address, size_t size)
{
    return protect(address, size, PROT_READ | PROT_WRITE | PROT_EXEC);
}

int kp_os_code_executable(void *address, size_t size)
{
    __builtin___clear_cache((char *)address, (char *)address + size);
    return protect(address, size, PROT_READ | PROT_EXEC);
}

static uint64_t read_clock(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t kp_os_realtime_ns(void)
{
    return read_clock(CLOCK_REALTIME);
}

uint64_t kp_os_monotonic_ns(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

uint64_t kp_os_thread_cpu_ns(void)
{
    return read_clock(CLOCK_THREAD_CPUTIME_ID);
}

uint32_t kp_os_pid(void)
{
    return (uint32_t)getpid();
}

uint32_t kp_os_parent_pid(void)
{
    return (uint32_t)getppid();
}

uint32_t kp_os_thread(void)
{
    return (uint32_t)syscall(SYS_gettid);
}

uint64_t kp_os_image_token(void)
{
    uint64_t token = 0;
    const void *random = (const void *)getauxval(AT_RANDOM);
    if (random)
        memcpy(&token, random, sizeof token);
    return token;
}
