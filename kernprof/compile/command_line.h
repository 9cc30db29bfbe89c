/* A command line of clang, read as clang would read it, only to learn what decides about the options that are added:
 * whether it links, where its options end, which language and linker are in force. */
#ifndef KP_KERNPROF_COMPILE_COMMAND_LINE_H
#define KP_KERNPROF_COMPILE_COMMAND_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "util/error.h"
#include "util/words.h"

/* What reading the arguments found. */
struct kp_command_line {
    struct kp_words words;  /* the arguments to pass on */
    struct kp_words plugin; /* our own options among them, as plugin arguments */
    size_t position;        /* in `words`: where the argument being read is, or the response file that holds it */
    size_t options_end;     /* in `words`: the place of "--", or the end */
    bool after_dashes;      /* "--" has been seen: only file names follow */
    const char *value_of;   /* the option that waits for its value, or NULL */
    char language[32];      /* of -x; "" when the suffix decides */
    bool stops_early;       /* an option like -c, or a relocatable link */
    bool has_link_input;    /* a file that is not a header, or a library */
    bool debug_is_off;      /* -g0 is the last word on it */
    bool cxx;               /* the compiler is that of C++ */
    bool links_memory;      /* -fkernprof-memory */
    bool uses_lld;
    bool has_linker_path;
    char architecture[32]; /* of --target; "" when clang decides */
};

/* Reads $KERNPROF_CFLAGS and then the arguments `argv[0 .. argc-1]` (without a program name), also those in response
 * files. `line` is zero but for `cxx`. 0, or -1 with `error`; in both cases kp_command_line_free is to be called. Lack
 * of memory is noted in `words` and `plugin` (util/words.h). */
int kp_command_line_read(struct kp_command_line *line, int argc, char **argv, struct kp_error *error);

/* Does clang link with it? */
bool kp_command_line_links(const struct kp_command_line *line);

void kp_command_line_free(struct kp_command_line *line);

#endif
