/* The clock whose ticks stand in the counter file: a counter that runs at a constant rate, read without a system call.
 */
#ifndef KP_FORMAT_CLOCK_H
#define KP_FORMAT_CLOCK_H

#include <stdint.h>

static inline uint64_t kp_clock_ticks(void)
{
#if defined(__x86_64__) || defined(__i386__)
    return __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
    uint64_t ticks;
    __asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
    return ticks;
#else
#error "no constant-rate counter known for this architecture"
#endif
}

#endif
