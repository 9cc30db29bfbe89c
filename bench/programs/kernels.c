/* Small programs that spend their time in one way each: kernels NAME REPEATS. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIZE = 200, CELLS = 400, BODIES = 5, NUMBERS = 200000, BUCKETS = 4096, TEXT = 1 << 20 };

static double a[SIZE][SIZE], b[SIZE][SIZE], c[SIZE][SIZE];
static double old[CELLS][CELLS], new[CELLS][CELLS];
static volatile double sink;
static unsigned seed;

static unsigned next_random(void)
{
    seed = seed * 1664525u + 1013904223u;
    return seed >> 8;
}

static void matmul(int n)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            double sum = 0;
            for (int k = 0; k < n; k++)
                sum += a[i][k] * b[k][j];
            c[i][j] = sum;
        }
}

static void run_matmul(int repeats)
{
    for (int i = 0; i < SIZE; i++)
        for (int j = 0; j < SIZE; j++) {
            a[i][j] = i + j;
            b[i][j] = i - j;
        }
    for (int r = 0; r < repeats; r++) {
        a[0][0] = r;
        matmul(SIZE);
        sink = c[SIZE / 2][SIZE / 2];
    }
}

static double relax(void)
{
    double change = 0;
    for (int i = 1; i < CELLS - 1; i++)
        for (int j = 1; j < CELLS - 1; j++)
            new[i][j] = 0.25 * (old[i - 1][j] + old[i + 1][j] + old[i][j - 1] + old[i][j + 1]);
    for (int i = 1; i < CELLS - 1; i++)
        for (int j = 1; j < CELLS - 1; j++) {
            change += fabs(new[i][j] - old[i][j]);
            old[i][j] = new[i][j];
        }
    return change;
}

static void run_jacobi(int repeats)
{
    for (int i = 0; i < CELLS; i++)
        old[i][0] = new[i][0] = 1;
    for (int r = 0; r < repeats; r++)
        sink = relax();
}

struct body {
    double x[3], v[3], mass;
};

static void advance(struct body *bodies, double dt)
{
    for (int i = 0; i < BODIES; i++)
        for (int j = i + 1; j < BODIES; j++) {
            double d[3], square = 0;
            for (int k = 0; k < 3; k++) {
                d[k] = bodies[i].x[k] - bodies[j].x[k];
                square += d[k] * d[k];
            }
            double pull = dt / (square * sqrt(square));
            for (int k = 0; k < 3; k++) {
                bodies[i].v[k] -= d[k] * bodies[j].mass * pull;
                bodies[j].v[k] += d[k] * bodies[i].mass * pull;
            }
        }
    for (int i = 0; i < BODIES; i++)
        for (int k = 0; k < 3; k++)
            bodies[i].x[k] += dt * bodies[i].v[k];
}

static void run_nbody(int repeats)
{
    struct body bodies[BODIES];
    for (int i = 0; i < BODIES; i++)
        bodies[i] = (struct body){{i, i * i, 1.0 / (i + 1)}, {0, 0.1 * i, 0}, 1 + i};
    for (int r = 0; r < repeats * 1000; r++)
        advance(bodies, 0.001);
    sink = bodies[0].x[0];
}

static double element(int i, int j)
{
    return 1.0 / ((i + j) * (i + j + 1) / 2 + i + 1);
}

static void multiply(const double *v, double *product, int n)
{
    for (int i = 0; i < n; i++) {
        product[i] = 0;
        for (int j = 0; j < n; j++)
            product[i] += element(i, j) * v[j];
    }
}

static void run_spectral(int repeats)
{
    enum { N = 300 };
    static double u[N], v[N];
    for (int i = 0; i < N; i++)
        u[i] = 1;
    for (int r = 0; r < repeats; r++) {
        multiply(u, v, N);
        multiply(v, u, N);
    }
    sink = u[0];
}

static void swap(int *left, int *right)
{
    int kept = *left;
    *left = *right;
    *right = kept;
}

static void quicksort(int *values, int count)
{
    if (count < 2)
        return;
    int pivot = values[count / 2], i = 0, j = count - 1;
    while (i <= j) {
        while (values[i] < pivot)
            i++;
        while (values[j] > pivot)
            j--;
        if (i <= j)
            swap(&values[i++], &values[j--]);
    }
    quicksort(values, j + 1);
    quicksort(values + i, count - i);
}

static void run_quicksort(int repeats)
{
    static int values[NUMBERS];
    for (int r = 0; r < repeats; r++) {
        for (int i = 0; i < NUMBERS; i++)
            values[i] = (int)next_random();
        quicksort(values, NUMBERS);
        sink = values[NUMBERS / 2];
    }
}

struct entry {
    struct entry *next;
    unsigned key, count;
};

static struct entry *table[BUCKETS];

static unsigned hash_of(unsigned key)
{
    return key * 2654435761u >> 20;
}

static struct entry *look_up(unsigned key)
{
    struct entry **place = &table[hash_of(key) % BUCKETS];
    for (struct entry *e = *place; e; e = e->next)
        if (e->key == key)
            return e;
    struct entry *made = malloc(sizeof *made);
    *made = (struct entry){*place, key, 0};
    return *place = made;
}

static void run_hash(int repeats)
{
    for (int r = 0; r < repeats * 100000; r++)
        look_up(next_random() % 20000)->count++;
    sink = table[0] ? table[0]->count : 0;
}

static int count_words(const char *text, int length)
{
    int words = 0, inside = 0;
    for (int i = 0; i < length; i++) {
        if (text[i] == ' ') {
            inside = 0;
        } else if (!inside) {
            inside = 1;
            words++;
        }
    }
    return words;
}

static void run_scan(int repeats)
{
    static char text[TEXT];
    for (int i = 0; i < TEXT; i++)
        text[i] = next_random() % 7 ? 'a' : ' ';
    for (int r = 0; r < repeats; r++) {
        text[r % TEXT] = 'b';
        sink = count_words(text, TEXT);
    }
}

__attribute__((noinline)) static int step(int x)
{
    return x % 2 ? 3 * x + 1 : x / 2;
}

static void run_calls(int repeats)
{
    long sum = 0;
    for (int r = 0; r < repeats * 1000000; r++)
        sum += step(r);
    sink = (double)sum;
}

static int fib(int n)
{
    return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

static void run_fib(int repeats)
{
    for (int r = 0; r < repeats; r++)
        sink = fib(27 + (r & 1));
}

static const struct {
    const char *name;
    void (*run)(int repeats);
} kernels[] = {{"matmul", run_matmul}, {"jacobi", run_jacobi}, {"nbody", run_nbody}, {"spectral", run_spectral},
               {"quicksort", run_quicksort}, {"hash", run_hash}, {"scan", run_scan}, {"calls", run_calls}, {"fib", run_fib}};

int main(int argc, char **argv)
{
    for (size_t i = 0; argc == 3 && i < sizeof kernels / sizeof kernels[0]; i++)
        if (strcmp(argv[1], kernels[i].name) == 0) {
            kernels[i].run(atoi(argv[2]));
            return 0;
        }
    fprintf(stderr, "usage: kernels NAME REPEATS\n");
    return 2;
}
