/* Marks that the runtimes of one process share, though they do not know each other: that the process is exiting, and
 * that a thread has been counted among those that count. Found through the counter file's header.
 *
 * Whether a destructor runs because the process exits or because dlclose was called decides what it may unmap, and nothing
 * in the C library says which. So exit is made to leave a mark that outlives the module which asked for it: a handler
 * that belongs to no module (no handle), and so must not lie in one; sem_post is the C library's own. */
#include "runtime/runtime.h"

#include <semaphore.h>

#include "runtime/os.h"

int __cxa_atexit(void (*handler)(void *), void *argument, void *handle);

static struct {
    sem_t *exit;
    pthread_key_t thread;
    int has_thread;
} marks;

/* Below this, glibc keeps a thread's values in the thread itself, so that setting one allocates nothing. */
enum { KEYS_WITHOUT_ALLOCATION = 32 };

static void create_marks(struct kp_counters_header *header)
{
    header->mark_library = (uintptr_t)&pthread_setspecific;
    sem_t *exit_mark = kp_os_allocate(sizeof *exit_mark);
    if (exit_mark && sem_init(exit_mark, 0, 0) == 0 &&
        __cxa_atexit((void (*)(void *))(void *)sem_post, exit_mark, NULL) == 0)
        header->exit_mark = (uintptr_t)exit_mark;
    pthread_key_t key;
    if (pthread_key_create(&key, NULL) != 0)
        return;
    if (key < KEYS_WITHOUT_ALLOCATION)
        header->thread_mark = (uint32_t)key + 1;
    else
        pthread_key_delete(key);
}

void kp_marks_open(int created)
{
    struct kp_counters_header *header = kp_runtime.header;
    if (created)
        create_marks(header);
    if (header->mark_library != (uintptr_t)&pthread_setspecific)
        return; /* another C library (dlmopen), whose exit and keys are not ours */
    marks.exit = (sem_t *)(uintptr_t)header->exit_mark;
    marks.has_thread = header->thread_mark != 0;
    marks.thread = header->thread_mark - 1;
}

int kp_marks_exiting(void)
{
    int value = 1;
    if (marks.exit)
        sem_getvalue(marks.exit, &value);
    return value > 0;
}

/* The mark is the thread's number: the C library hands on the values of a thread that ended by a bare system call. */
void kp_marks_count_thread(void)
{
    if (!kp_runtime.header)
        return;
    void *number = (void *)(uintptr_t)kp_os_thread();
    if (marks.has_thread && pthread_getspecific(marks.thread) == number)
        return;
    if (marks.has_thread)
        pthread_setspecific(marks.thread, number);
    __atomic_fetch_add(&kp_runtime.header->threads, 1, __ATOMIC_RELAXED);
}

void kp_marks_fork_child(void)
{
    if (marks.has_thread && pthread_getspecific(marks.thread))
        kp_marks_count_thread();
}

int kp_marks_key_is_safe(pthread_key_t key)
{
    return key < KEYS_WITHOUT_ALLOCATION;
}
