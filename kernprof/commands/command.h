/* What main and the commands share. A command gets its own arguments (argv[0] is its name), fills `error` on failure
 * and returns the exit status; main alone prints the error.
 *
 * A command is data: its help, man page (kernprof/describe/) and completion come from here. A new one is a struct in
 * its own cmd_NAME.c and a line in commands.c. */
#ifndef KP_KERNPROF_COMMANDS_COMMAND_H
#define KP_KERNPROF_COMMANDS_COMMAND_H

#include "kernprof/run/exit_status.h"
#include "util/error.h"
#include "util/options.h"

struct kp_command {
    const char *name;
    int (*run)(int argc, char **argv, struct kp_error *error);
    const char *purpose;     /* in the list of commands */
    const char *synopsis;    /* what is typed, line by line */
    const char *description; /* paragraphs, an empty line between them */
    const char *examples;    /* lines for a shell, which a test runs; NULL: none */
    const struct kp_option *options;
    const struct kp_option *environment; /* NULL: none */
    void (*print_more)(FILE *out);       /* tables that other modules have; NULL: none */
    const char *notes;                   /* paragraphs behind all of it; NULL: none */
};

/* A name under which this executable is started, with its commands. */
struct kp_front_end {
    const char *name;
    const char *purpose;
    const struct kp_command *const *commands; /* ends with NULL; the first is meant when none is named */
};

extern const struct kp_front_end kp_front_ends[]; /* ends with a NULL name */

/* NULL: there is none of this name. */
const struct kp_command *kp_command_find(const struct kp_front_end *front_end, const char *name);

/* Is it a program of its own too (kernprof-cc), as one that takes another program's options is? */
int kp_command_is_program(const struct kp_command *command);

/* What --help prints; the first command's help lists the others. */
void kp_command_print_help(const struct kp_command *command, FILE *out);

extern const struct kp_command kp_command_run;
extern const struct kp_command kp_command_cc;
extern const struct kp_command kp_command_cxx;
extern const struct kp_command kp_command_view;
extern const struct kp_command kp_command_merge;
extern const struct kp_command kp_command_diff;
extern const struct kp_command kp_command_graph;
extern const struct kp_command kp_command_export;
extern const struct kp_command kp_command_live;
extern const struct kp_command kp_command_info;
extern const struct kp_command kp_command_doctor;
extern const struct kp_command kp_command_recover;
extern const struct kp_command kp_command_memprof;
extern const struct kp_command kp_command_memprof_run;
extern const struct kp_command kp_command_memprof_attach;
extern const struct kp_command kp_command_memprof_plot;
extern const struct kp_command kp_command_memprof_peak;
extern const struct kp_command kp_command_memprof_list;
extern const struct kp_command kp_command_memprof_rm;
extern const struct kp_command kp_command_memprof_clean;

#endif
