/* Flags that the runtimes of one process share, though they do not know each other: that the process is exiting, and
 * that a thread has been counted among those that count. Found through the counter file's header.
 *
 * Whether a destructor runs because the process exits or because dlclose was called decides what it may unmap, and
 * nothing in the C library says which. So exit is made to set a flag that outlives the module which asked for it: a
 * handler of no module, whose handle is the flag itself; the function must lie in no module that can be closed, and
 * sem_post is the C library's own. (Without a handle, ThreadSanitizer calls it without its argument.) */
#include "runtime/runtime.h"

#include <semaphore.h>

#include "runtime/os.h"

int __cxa_atexit(void (*handler)(void *), void *argument, void *handle);

static struct {
    sem_t *exit;
    pthread_key_t thread;
    int has_thread;
} flags;

/* Below this, glibc keeps a thread's values in the thread itself, so that setting one allocates nothing. */
enum { KEYS_WITHOUT_ALLOCATION = 32 };

static void create_flags(struct kp_counters_header *header)
{
    header->flag_library = (uintptr_t)&pthread_setspecific;
    sem_t *exit_flag = kp_os_allocate(sizeof *exit_flag);
    if (exit_flag && sem_init(exit_flag, 0, 0) == 0 &&
        __cxa_atexit((void (*)(void *))(void *)sem_post, exit_flag, exit_flag) == 0)
        header->exit_flag = (uintptr_t)exit_flag;
    pthread_key_t key;
    if (pthread_key_create(&key, NULL) != 0)
        return;
    if (key < KEYS_WITHOUT_ALLOCATION)
        header->thread_flag = (uint32_t)key + 1;
    else
        pthread_key_delete(key);
}

void kp_process_flags_open(int created)
{
    struct kp_counters_header *header = kp_runtime.header;
    if (created)
        create_flags(header);
    if (header->flag_library != (uintptr_t)&pthread_setspecific)
        return; /* another C library (dlmopen), whose exit and keys are not ours */
    flags.exit = (sem_t *)(uintptr_t)header->exit_flag;
    flags.has_thread = header->thread_flag != 0;
    flags.thread = header->thread_flag - 1;
}

int kp_process_flags_exiting(void)
{
    int value = 1;
    if (flags.exit)
        sem_getvalue(flags.exit, &value);
    return value > 0;
}

/* The flag is the thread's number: the C library hands on the values of a thread that ended by a bare system call. */
void kp_process_flags_count_thread(void)
{
    if (!kp_runtime.header)
        return;
    void *number = (void *)(uintptr_t)kp_os_thread();
    if (flags.has_thread && pthread_getspecific(flags.thread) == number)
        return;
    if (flags.has_thread)
        pthread_setspecific(flags.thread, number);
    __atomic_fetch_add(&kp_runtime.header->threads, 1, __ATOMIC_RELAXED);
}

void kp_process_flags_fork_child(void)
{
    if (flags.has_thread && pthread_getspecific(flags.thread))
        kp_process_flags_count_thread();
}

int kp_process_flags_key_is_safe(pthread_key_t key)
{
    return key < KEYS_WITHOUT_ALLOCATION;
}
