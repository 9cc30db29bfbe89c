/* runtime/timers: what is added up, over nesting, threads, names and resets. The timers are those of the whole process,
 * so each test has names of its own. */
#undef NDEBUG
#include <kernprof.h>

#include <assert.h>
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Long enough to be told from the cost of a region, by the clock that timers use. */
static void work(void)
{
    volatile unsigned sum = 0;
    for (unsigned i = 0; i < 20000; i++)
        sum += i;
}

/* Calls of a timer, from its total and average. */
static long calls(const char *name)
{
    double total = kp_timing(name, KP_TOTAL);
    return isnan(total) ? 0 : lround(total / kp_timing(name, KP_AVERAGE));
}

static void unknown_name_is_nan(void)
{
    assert(isnan(kp_timing("never", KP_TOTAL)));
    assert(isnan(kp_timing("never", KP_AVERAGE)));
    assert(isnan(kp_timing(NULL, KP_TOTAL)));
    kp_region_end("never");
    assert(isnan(kp_timing("never", KP_TOTAL)));
}

static void open_region_is_not_counted(void)
{
    kp_region_begin("open");
    assert(isnan(kp_timing("open", KP_TOTAL)));
    kp_region_end("open");
    assert(calls("open") == 1);
}

static void outer_is_longer_than_inner(void)
{
    for (int i = 0; i < 10; i++) {
        KP_REGION("outer")
        {
            work();
            KP_REGION("inner")
            {
                work();
            }
        }
    }
    assert(calls("outer") == 10 && calls("inner") == 10);
    assert(kp_timing("outer", KP_TOTAL) > kp_timing("inner", KP_TOTAL));
}

static void recurse(int depth)
{
    KP_REGION("recursive")
    {
        work();
        if (depth)
            recurse(depth - 1);
    }
}

static void recursion_counts_once(void)
{
    KP_REGION("around")
    {
        recurse(20);
    }
    assert(calls("recursive") == 1);
    assert(kp_timing("recursive", KP_TOTAL) <= kp_timing("around", KP_TOTAL));
    KP_REGION("nested")
    {
        KP_REGION("nested")
        {
            kp_region_begin("nested");
            kp_region_end("nested");
        }
    }
    assert(calls("nested") == 1);
}

static void overlapping_regions(void)
{
    kp_region_begin("first");
    work();
    kp_region_begin("second");
    work();
    kp_region_end("first");
    work();
    kp_region_end("second");
    assert(calls("first") == 1 && calls("second") == 1);
}

static int leave(int how)
{
    for (int i = 0; i < 2; i++) {
        KP_REGION("left")
        {
            if (how == 0)
                break;
            if (how == 1)
                continue;
            if (how == 2)
                goto out;
            if (how == 3)
                return 1;
        }
    }
out:
    return 0;
}

static void every_way_out_closes(void)
{
    for (int how = 0; how <= 4; how++)
        leave(how);
    assert(calls("left") == 2 + 2 + 1 + 1 + 2);
}

static jmp_buf back;

static void jump_in_region(volatile int *times)
{
    if (setjmp(back) == 0 || *times < 5)
        KP_REGION("jumped")
        {
            ++*times;
            longjmp(back, 1);
        }
}

static void longjmp_does_not_stop_the_timer_for_good(void)
{
    volatile int times = 0;
    jump_in_region(&times);
    assert(calls("jumped") == 0);
    KP_REGION("jumped")
    {
        work();
    }
    assert(calls("jumped") == 1);
}

static inline void named(const char *name)
{
    KP_REGION(name)
    {
        work();
    }
}

static void names_at_run_time(void)
{
    char name[32];
    for (int i = 0; i < 30; i++) {
        snprintf(name, sizeof name, "run time %d", i % 3);
        named(name);
        kp_region_begin(name);
        kp_region_end(name);
    }
    assert(calls("run time 0") == 20 && calls("run time 1") == 20 && calls("run time 2") == 20);
    for (int i = 0; i < 5; i++) { /* inlined, one place has two literal names */
        named("literal a");
        named("literal b");
    }
    assert(calls("literal a") == 5 && calls("literal b") == 5);
}

static void long_names_are_cut(void)
{
    char *name = malloc(10001);
    memset(name, 'n', 10000);
    name[10000] = 0;
    for (int i = 0; i < 3; i++)
        named(name);
    assert(calls(name) == 3);
    free(name);
    named("");
    assert(calls("") == 1);
}

enum { MANY = 1000000 };

static void a_million_names(void)
{
    char name[32];
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < MANY; i++) {
            snprintf(name, sizeof name, "many %d", i);
            kp_region_begin(name);
            kp_region_end(name);
        }
    for (int i = 0; i < MANY; i += 9999) {
        snprintf(name, sizeof name, "many %d", i);
        assert(calls(name) == 2);
    }
}

static void *in_thread(void *data)
{
    (void)data;
    for (int i = 0; i < 1000; i++) {
        KP_REGION("threads")
        {
            named("threads inner");
        }
    }
    return NULL;
}

static void threads_are_added_up(void)
{
    for (int round = 0; round < 3; round++) {
        pthread_t threads[8];
        for (int i = 0; i < 8; i++)
            assert(pthread_create(&threads[i], NULL, in_thread, NULL) == 0);
        while (isnan(kp_timing("threads", KP_TOTAL))) /* read while they run */
            ;
        for (int i = 0; i < 8; i++)
            pthread_join(threads[i], NULL);
    }
    assert(calls("threads") == 24000 && calls("threads inner") == 24000);
}

static char *summary(void)
{
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    kp_summary(out);
    fclose(out);
    return text;
}

/* "NAME | CALLS | ...": the rest of the line behind the name. */
static const char *row(const char *text, const char *name)
{
    const char *found = strstr(text, name);
    return found ? found + strlen(name) : "";
}

static void summary_has_threads(void)
{
    kp_reset_timers();
    char *text = summary();
    assert(text[0] == 0);
    free(text);
    in_thread(NULL);
    pthread_t thread;
    assert(pthread_create(&thread, NULL, in_thread, NULL) == 0);
    pthread_join(thread, NULL);
    text = summary();
    long count, ended;
    double total, average, percent, most;
    assert(sscanf(row(text, "\n      threads |"), "%ld | %lf | %lf | %lf | %ld | %lf", &count, &total, &average,
                  &percent, &ended, &most) == 6);
    assert(count == 2000 && ended == 2 && most <= total && most >= total / 2 && percent > 0);
    assert(fabs(average - total / 2000) < 1e-5 * average + 1e-12);
    free(text);
}

static void reset_forgets(void)
{
    named("reset");
    kp_reset_timers();
    assert(isnan(kp_timing("reset", KP_TOTAL)));
    named("reset");
    assert(calls("reset") == 1);
    KP_REGION("reset within")
    {
        work();
        kp_reset_timers();
    }
    assert(calls("reset within") == 1);
}

static pthread_barrier_t turn;

static void *reset_by_another(void *data)
{
    (void)data;
    named("reset thread");
    KP_REGION("reset thread open")
    {
        pthread_barrier_wait(&turn); /* the other resets */
        pthread_barrier_wait(&turn);
        named("reset thread");
    }
    named("reset thread open");
    pthread_barrier_wait(&turn);
    pthread_barrier_wait(&turn);
    return NULL;
}

static void reset_reaches_other_threads(void)
{
    pthread_t thread;
    pthread_barrier_init(&turn, NULL, 2);
    assert(pthread_create(&thread, NULL, reset_by_another, NULL) == 0);
    pthread_barrier_wait(&turn);
    assert(calls("reset thread") == 1);
    kp_reset_timers();
    assert(calls("reset thread") == 0);
    pthread_barrier_wait(&turn);
    pthread_barrier_wait(&turn);
    assert(calls("reset thread") == 1 && calls("reset thread open") == 1);
    pthread_barrier_wait(&turn);
    pthread_join(thread, NULL);
}

static void child_starts_with_nothing(void)
{
    kp_reset_timers();
    named("forked");
    KP_REGION("open at fork")
    {
        pid_t child = fork();
        if (child == 0) {
            if (calls("forked") != 0)
                _exit(1);
            named("forked");
            named("open at fork");
            _exit(calls("forked") == 1 && calls("open at fork") == 1 ? 0 : 2);
        }
        int status;
        assert(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    assert(calls("forked") == 1 && calls("open at fork") == 1);
}

int main(void)
{
    unknown_name_is_nan();
    open_region_is_not_counted();
    outer_is_longer_than_inner();
    recursion_counts_once();
    overlapping_regions();
    every_way_out_closes();
    longjmp_does_not_stop_the_timer_for_good();
    names_at_run_time();
    long_names_are_cut();
    threads_are_added_up();
    summary_has_threads();
    reset_forgets();
    reset_reaches_other_threads();
    child_starts_with_nothing();
    a_million_names();
    child_starts_with_nothing();
    return 0;
}
