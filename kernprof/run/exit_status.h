/* Exit statuses when kernprof itself fails (as env(1) and git bisect have them). */
#ifndef KP_KERNPROF_RUN_EXIT_STATUS_H
#define KP_KERNPROF_RUN_EXIT_STATUS_H

enum { KP_EXIT_FAILED = 125, KP_EXIT_CANNOT_EXECUTE = 126, KP_EXIT_NOT_FOUND = 127 };

#endif
