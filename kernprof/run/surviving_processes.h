/* Processes that outlive the program and go on counting: daemons, background jobs. */
#ifndef KP_KERNPROF_RUN_SURVIVING_PROCESSES_H
#define KP_KERNPROF_RUN_SURVIVING_PROCESSES_H

/* Number of processes that have a counter file of `folder` (absolute) mapped. `newer`: only look at processes that
 * started after this one, which is quicker. */
unsigned kp_surviving_processes_count(const char *folder, int newer);

/* Waits until there is none, for at most `seconds` (negative: for as long as it takes), or until SIGINT, SIGTERM or
 * SIGHUP. `quiet`: does not say that it waits. Returns how many are left. */
unsigned kp_surviving_processes_wait(const char *folder, double seconds, int quiet);

#endif
