/* What all timers share, and their lock (see timers.h). */
#include "runtime/timers.h"

#include <pthread.h>

struct kp_timers kp_timers;

__thread struct kp_timer_set *kp_timer_own_set;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static __thread volatile unsigned char holds_lock;

int kp_timers_lock(void)
{
    if (holds_lock)
        return -1;
    holds_lock = 1;
    pthread_mutex_lock(&mutex);
    return 0;
}

void kp_timers_unlock(void)
{
    pthread_mutex_unlock(&mutex);
    holds_lock = 0;
}
