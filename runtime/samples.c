/* Timers whose signal's handler samples the program counter (see samples.h). */
#include "runtime/samples.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/os.h"
#include "runtime/runtime.h"

enum { DEFAULT_PERIOD_NS = 1000000, WINDOW = 32 };

/* The first that nobody handles is taken. SIGURG comes first as it is ignored by default. */
static const int signals[] = {SIGURG, SIGPROF};

/* The place of the handler in memory that no module owns. NULL: the system forbids new code. */
static void *copy_handler(void)
{
    size_t size = (size_t)(__stop_kp_handler - __start_kp_handler);
    char *copy = kp_os_allocate(size);
    if (!copy)
        return NULL;
    memcpy(copy, __start_kp_handler, size);
    if (kp_os_code_executable(copy, size) != 0)
        return NULL;
    return copy + ((const char *)kp_samples_handler - __start_kp_handler);
}

static int take_signal(struct kp_samples_chunk *samples)
{
    void *handler = copy_handler();
    for (unsigned i = 0; handler && i < sizeof signals / sizeof *signals; i++)
        if (kp_os_handle_signal(signals[i], handler) == 0) {
            samples->signal = signals[i];
            samples->handler = (uintptr_t)handler;
            return 0;
        }
    return -1;
}

static struct kp_samples_chunk *add_chunk(void *address)
{
    struct kp_runtime *r = &kp_runtime;
    struct kp_chunk *chunk = kp_file_add(KP_CHUNK_SAMPLES, sizeof(struct kp_samples_chunk), address);
    if (!chunk)
        return NULL;
    kp_file_publish(chunk);
    r->header->samples_address = (uintptr_t)chunk;
    __atomic_store_n(&r->header->samples_offset, chunk->offset, __ATOMIC_RELEASE);
    return (struct kp_samples_chunk *)chunk;
}

static void create(void)
{
    const char *period = secure_getenv(KP_ENV_SAMPLE_PERIOD);
    long long period_ns = period ? strtoll(period, NULL, 10) : 0;
    struct kp_samples_chunk *samples = add_chunk(NULL);
    kp_runtime.header->sampling = KP_SAMPLING_FAILED;
    if (!samples || take_signal(samples) != 0)
        return;
    samples->period_ns = period_ns > 0 ? (uint64_t)period_ns : DEFAULT_PERIOD_NS;
    kp_runtime.header->sampling = KP_SAMPLING_WORKS;
}

void kp_samples_open(int created)
{
    struct kp_runtime *r = &kp_runtime;
    const char *sampler = secure_getenv(KP_ENV_SAMPLER);
    if (!sampler || strcmp(sampler, "timer") != 0 || r->timing != KP_TIMING_ADAPTIVE)
        return;
    if (created)
        create();
    if (r->header->sampling == KP_SAMPLING_WORKS)
        r->samples = (struct kp_samples_chunk *)(uintptr_t)r->header->samples_address;
}

void kp_samples_reopen(void)
{
    struct kp_runtime *r = &kp_runtime;
    if (!r->samples)
        return;
    uint64_t period_ns = r->samples->period_ns, handler = r->samples->handler;
    int signal = r->samples->signal;
    struct kp_samples_chunk *samples = add_chunk(r->samples);
    r->header->sampling = samples ? KP_SAMPLING_WORKS : KP_SAMPLING_FAILED;
    if (!samples) {
        kp_os_detach(r->samples, sizeof *r->samples); /* its period is 0 then, which all modules see */
        return;
    }
    samples->signal = signal;
    samples->handler = handler;
    samples->period_ns = period_ns;
}

/* Whether this process is sampled by timers, and goes on counting. */
static int is_on(void)
{
    return kp_runtime.samples && kp_runtime.header && kp_runtime.samples->period_ns;
}

void kp_samples_open_module(uintptr_t start, uint64_t size)
{
    for (unsigned i = 0; is_on() && size && i < KP_SAMPLE_MODULES; i++) {
        struct kp_sampled_module *m = &kp_runtime.samples->modules[i];
        uint64_t free_place = 0;
        if (!__atomic_compare_exchange_n(&m->start, &free_place, 1, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
            continue;
        m->map_address = (uintptr_t)__start_kp_map;
        m->module = kp_runtime.module;
        __atomic_store_n(&m->start, start, __ATOMIC_RELEASE);
        __atomic_store_n(&m->size, size, __ATOMIC_RELEASE); /* makes it valid */
        return;
    }
}

void kp_samples_close_module(void)
{
    for (unsigned i = 0; is_on() && i < KP_SAMPLE_MODULES; i++) {
        struct kp_sampled_module *m = &kp_runtime.samples->modules[i];
        if (m->map_address != (uintptr_t)__start_kp_map || m->start <= 1)
            continue;
        __atomic_store_n(&m->size, 0, __ATOMIC_RELEASE);
        m->map_address = 0;
        __atomic_store_n(&m->start, 0, __ATOMIC_RELEASE);
        return;
    }
}

/* The place of a thread is one of a few, by its number. NULL: the thread has none. */
static struct kp_sampled_thread *find_thread(uint32_t thread)
{
    for (unsigned i = 0; i < WINDOW; i++) {
        struct kp_sampled_thread *place = &kp_runtime.samples->threads[(thread + i) % KP_SAMPLE_THREADS];
        if (__atomic_load_n(&place->thread, __ATOMIC_RELAXED) == thread)
            return place;
    }
    return NULL;
}

/* A place that is free, or was of a thread that ended without a word. */
static struct kp_sampled_thread *claim_place(uint32_t thread)
{
    for (unsigned i = 0; i < WINDOW; i++) {
        struct kp_sampled_thread *place = &kp_runtime.samples->threads[(thread + i) % KP_SAMPLE_THREADS];
        uint32_t owner = __atomic_load_n(&place->thread, __ATOMIC_RELAXED);
        if (owner && !kp_os_thread_has_ended(owner))
            continue;
        if (!__atomic_compare_exchange_n(&place->thread, &owner, thread, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
            continue;
        if (owner)
            kp_os_delete_timer(place->timer);
        return place;
    }
    return NULL;
}

void kp_samples_start_thread(uint64_t *mask)
{
    if (!is_on())
        return;
    uint32_t thread = kp_os_thread();
    if (find_thread(thread))
        return;
    struct kp_samples_chunk *samples = kp_runtime.samples;
    struct kp_sampled_thread *place = claim_place(thread);
    int timer = place ? kp_os_create_timer(samples->signal, samples, samples->period_ns) : -1;
    if (timer < 0) {
        __atomic_fetch_add(&samples->unsampled, 1, __ATOMIC_RELAXED);
        if (place)
            __atomic_store_n(&place->thread, 0, __ATOMIC_RELEASE);
        return;
    }
    place->timer = timer;
    if (mask)
        kp_os_let_through(mask, samples->signal);
}

void kp_samples_end_thread(void)
{
    struct kp_sampled_thread *place = is_on() ? find_thread(kp_os_thread()) : NULL;
    if (!place)
        return;
    kp_os_delete_timer(place->timer);
    __atomic_store_n(&place->thread, 0, __ATOMIC_RELEASE);
}

void kp_samples_end(void)
{
    if (is_on() && kp_os_signal_handler(kp_runtime.samples->signal) != (void *)(uintptr_t)kp_runtime.samples->handler)
        kp_runtime.header->sampling = KP_SAMPLING_LOST;
}
