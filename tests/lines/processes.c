#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static int work(int n) // = 60
{
    int s = 0; // = 60
    for (int i = 0; i < n; i++) // = 6060
        s += i; // = 6000
    return s; // = 60
}

static void *thread(void *argument) // = 40
{
    return (void *)(long)work(*(int *)argument); // = 40
}

int main(void)
{
    int n = 100; // = 1
    for (int round = 0; round < 4; round++) { // = 5
        pthread_t threads[10];
        for (int i = 0; i < 10; i++) // = 44
            pthread_create(&threads[i], NULL, thread, &n); // = 40
        for (int i = 0; i < 10; i++) // = 44
            pthread_join(threads[i], NULL); // = 40
    }
    for (int i = 0; i < 4; i++) { // = 5
        pid_t child = fork(); // = 8
        if (child == 0) { // = 8
            for (int j = 0; j < 5; j++) // = 24
                work(n); // = 20
            _exit(0); // = 4
        }
        waitpid(child, NULL, 0); // = 4
    }
    puts("done"); // = 1
    return 0; // = 1
}
