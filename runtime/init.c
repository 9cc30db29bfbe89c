/* Waking up: what happens when an instrumented module is loaded, and when the process exits. */
#include "runtime/runtime.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "format/clock.h"
#include "format/memory.h"
#include "runtime/os.h"
#include "runtime/samples.h"

struct kp_runtime kp_runtime;
uint8_t kp_state;
uint8_t kp_calls_state;

enum kp_timing kp_timing_mode(void)
{
    const char *text = secure_getenv(KP_ENV_TIMING);
    if (text && strcmp(text, "off") == 0)
        return KP_TIMING_OFF;
    return text && strcmp(text, "exact") == 0 ? KP_TIMING_EXACT : KP_TIMING_ADAPTIVE;
}

/* As a part of the run; 5 % where nothing sensible is said. */
static double overhead_of(const char *text)
{
    double percent = text ? strtod(text, NULL) : 5;
    return percent > 0 && percent <= 100 ? percent / 100 : 0.05;
}

/* Runs before the program's own constructors. Priorities up to 100 are the implementation's, but some programs use
 * them. Not from .preinit_array, which shared objects must not have. */
#pragma GCC diagnostic ignored "-Wprio-ctor-dtor"
__attribute__((constructor(0))) static void kp_init(void)
{
    int saved = errno;
    const char *directory = secure_getenv(KP_ENV_DIRECTORY);
    if (!directory || !*directory || &__start_kp_map[0] == &__stop_kp_map[0])
        return;
    enum kp_timing timing = kp_timing_mode();
    kp_report_init();
    if (kp_file_open(directory, timing) == 0 && kp_module_register(1) == 0) {
        kp_threads_init();
        const char *measure_memory = secure_getenv(KP_ENV_MEMORY);
        if (measure_memory && *measure_memory)
            kp_memory_start(measure_memory);
        pthread_atfork(NULL, NULL, kp_fork_child);
        int functions = secure_getenv(KP_ENV_FUNCTIONS) != NULL;
        kp_runtime.overhead = overhead_of(secure_getenv(KP_ENV_OVERHEAD));
        kp_state = (uint8_t)timing;
        kp_calls_state = (uint8_t)functions;
        kp_thread_start();
        if (!kp_memory_awake)
            kp_calls_calibrate();
        if (timing == KP_TIMING_EXACT && !kp_memory_awake)
            kp_exact_calibrate();
        kp_module_redirect(timing, functions);
    }
    errno = saved;
}

/* Other handlers and other threads may still run profiled code when the process exits, so everything stays mapped then.
 * dlclose is the other case: all that the module holds would be lost to the process with it. */
__attribute__((destructor(101))) static void kp_exit(void)
{
    struct kp_counters_header *header = kp_runtime.header;
    if (!kp_state || !header || header->pid != kp_os_pid())
        return;
    int exiting = kp_runtime.is_executable || kp_process_flags_exiting();
    uint32_t left = __atomic_sub_fetch(&header->open_modules, 1, __ATOMIC_RELAXED);
    if (exiting || left == 0) {
        header->mono_end_ns = kp_os_monotonic_ns();
        header->ticks_end = kp_clock_ticks();
        kp_samples_end();
        __atomic_store_n(&header->clean, 1, __ATOMIC_RELAXED);
    }
    if (kp_runtime.has_key)
        pthread_key_delete(kp_runtime.thread_ends);
    kp_runtime.gives_back = 0;
    if (exiting)
        return;
    kp_threads_release();
    kp_module_release(); /* and the header */
}
