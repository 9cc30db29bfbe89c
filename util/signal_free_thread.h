/* A thread of kernprof's that no signal comes to: signals are for the one that passes them on to the program. */
#ifndef KP_UTIL_SIGNAL_FREE_THREAD_H
#define KP_UTIL_SIGNAL_FREE_THREAD_H

#include <pthread.h>

/* Starts `run` with `data`; to be joined. 0, or the number of an error. */
int kp_signal_free_thread_start(pthread_t *thread, void *(*run)(void *), void *data);

#endif
