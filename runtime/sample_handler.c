/* The handler of the timers' signal (see samples.c), which runs as a copy: the module that brought it may be closed
 * while timers of its process go on. So it refers to nothing but its arguments, not even by a call;
 * tests/layering/symbols.sh looks. It may interrupt anything, itself on another thread included. */
#include "runtime/samples.h"

#include <ucontext.h>

#if defined(__x86_64__)
#define KP_PROGRAM_COUNTER(context) ((uint64_t)(context)->uc_mcontext.gregs[REG_RIP])
#elif defined(__aarch64__)
#define KP_PROGRAM_COUNTER(context) ((uint64_t)(context)->uc_mcontext.pc)
#else
#error "where is the program counter?"
#endif

#define KP_HANDLER __attribute__((section("kp_handler")))

KP_HANDLER void kp_samples_handler(int signal, siginfo_t *info, void *context)
{
    (void)signal;
    if (info->si_code != SI_TIMER)
        return;
    struct kp_samples_chunk *c = info->si_value.sival_ptr;
    uint64_t pc = KP_PROGRAM_COUNTER((const ucontext_t *)context);
    const struct kp_sampled_module *module = NULL;
    for (unsigned i = 0; i < KP_SAMPLE_MODULES && !module; i++)
        if (pc - __atomic_load_n(&c->modules[i].start, __ATOMIC_ACQUIRE) < c->modules[i].size)
            module = &c->modules[i];
    if (!module)
        return;
    uint64_t taken = __atomic_load_n(&c->taken, __ATOMIC_RELAXED);
    do {
        if (taken - __atomic_load_n(&c->read, __ATOMIC_ACQUIRE) >= KP_SAMPLE_SLOTS) {
            __atomic_fetch_add(&c->lost, 1, __ATOMIC_RELAXED);
            return;
        }
    } while (!__atomic_compare_exchange_n(&c->taken, &taken, taken + 1, 1, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
    struct kp_sample *sample = &c->samples[taken % KP_SAMPLE_SLOTS];
    sample->offset = pc - module->map_address;
    sample->module = (uint32_t)module->module;
    __atomic_store_n(&sample->periods, 1 + (info->si_overrun > 0 ? (uint32_t)info->si_overrun : 0), __ATOMIC_RELEASE);
}
