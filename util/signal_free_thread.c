/* See signal_free_thread.h. */
#include "util/signal_free_thread.h"

#include <signal.h>

int kp_signal_free_thread_start(pthread_t *thread, void *(*run)(void *), void *data)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); /* which the thread inherits */
    int failed = pthread_create(thread, NULL, run, data);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed;
}
