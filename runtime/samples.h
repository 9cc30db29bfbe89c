/* Samples that the process takes of itself where kernprof cannot (KP_ENV_SAMPLER): a timer for each thread that counts,
 * on its processor time. All runtimes of a process share one chunk and one handler.
 *
 * The system looks at such timers at its own ticks (4 ms where it ticks 250 times a second), and lets a system call end
 * before it sends the signal, so that none is interrupted (Linux 5.12 and later on x86 and arm64). The signal is one
 * that is ignored where a program sets its signals back to their defaults. */
#ifndef KP_RUNTIME_SAMPLES_H
#define KP_RUNTIME_SAMPLES_H

#include <signal.h>

#include "format/samples.h"

/* The process's file is open. `created`: this runtime is the first. */
void kp_samples_open(int created);

/* In the child of a fork, whose file this runtime is the first to open: the child's chunk takes the place of the
 * parent's. */
void kp_samples_reopen(void);

/* The code of this module, `size` bytes at `start`, is sampled from now on; and no more. */
void kp_samples_open_module(uintptr_t start, uint64_t size);
void kp_samples_close_module(void);

/* The running thread gets a timer unless it has one. `signals`: the mask of signals that it is going to have, which
 * lets the timer's through; NULL: leave it. */
void kp_samples_start_thread(uint64_t *signals);
void kp_samples_end_thread(void);

/* The process exits: was the signal ours until the end? */
void kp_samples_end(void);

/* Copied before it is used (sample_handler.c). */
void kp_samples_handler(int signal, siginfo_t *info, void *context);
extern const char __start_kp_handler[] __attribute__((visibility("hidden")));
extern const char __stop_kp_handler[] __attribute__((visibility("hidden")));

#endif
