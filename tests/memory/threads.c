/* Lines that several threads run at once, in a process that had one thread before and has one afterwards. */
#include <kernprof.h>
#include <pthread.h>
#include <stdlib.h>

enum { THREADS = 4, ROUNDS = 100000 };

static __thread void *volatile sink;
static pthread_barrier_t barrier;

KP_PROFILE static void alone(void)
{
    for (int i = 0; i < 100; i++)
        sink = malloc(3);                                         // = 200 600 0 0 600
}

KP_PROFILE static void *worker(void *argument)
{
    pthread_barrier_wait(&barrier);
    for (int i = 0; i < ROUNDS; i++) {
        sink = malloc(8);                                         // = 400000 3200000 0 0 0
        free(sink);                                               // = 0 0 400000 3200000 0
    }
    sink = malloc(5);                                             // = 4 20 0 0 20
    return argument;
}

KP_PROFILE int main(void)
{
    pthread_t thread[THREADS];
    alone();                                                      // = 0 0 0 0 0
    pthread_barrier_init(&barrier, NULL, THREADS);
    for (int i = 0; i < THREADS; i++)
        pthread_create(&thread[i], NULL, worker, thread);
    for (int i = 0; i < THREADS; i++)
        pthread_join(thread[i], NULL);
    alone();                                                      // = 0 0 0 0 0
    return 0;
}
