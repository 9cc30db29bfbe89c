# Samples add up to the processor time that was used, by the first thread as by others, whenever they began.
set -eu
"$KERNPROF" doctor | grep -q '^ok *perf events' || exit 77
cat > t.c <<'C'
#include <kernprof.h>
#include <pthread.h>
#include <stdio.h>
#include <time.h>

static double cpu_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return now.tv_sec * 1e9 + now.tv_nsec;
}

#define SPIN(name)                                                                                                     \
    KP_PROFILE __attribute__((noinline)) static double name(double x)                                                  \
    {                                                                                                                  \
        for (int i = 0; i < 1000000; i++)                                                                              \
            x = x * 0.999 + i;                                                                                         \
        return x;                                                                                                      \
    }
SPIN(first)
SPIN(early)
SPIN(late)

static double spend(double (*work)(double), double ns, const char *name)
{
    double began = cpu_ns(), spent, x = 0;
    do
        x = work(x);
    while ((spent = cpu_ns() - began) < ns);
    printf("%s %.0f\n", name, spent);
    return x;
}

static void *run(void *data)
{
    spend(data ? early : late, 600e6, data ? "early" : "late");
    return NULL;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, run, "");
    spend(first, 1000e6, "first");
    pthread_join(thread, NULL);
    pthread_create(&thread, NULL, run, NULL);
    pthread_join(thread, NULL);
    return 0;
}
C
"$KERNPROF" cc -O2 -g t.c -o t -lpthread
"$KERNPROF" -l -q -o t.lprof ./t > spent
"$KERNPROF" export --format csv --view functions t.lprof > functions.csv
python3 - <<'PYTHON'
import csv
told = {row["function"]: float(row["self_ns"]) for row in csv.DictReader(open("functions.csv"))}
for line in open("spent"):
    name, spent = line.split()
    ratio = told[name] / float(spent)
    print(f"{name}: {ratio:.3f} of the processor time")
    assert 0.9 < ratio < 1.1, name
PYTHON
