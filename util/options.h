/* Options as data: a command's table is all that getopt_long, --help, the man page and completion are made of. */
#ifndef KP_UTIL_OPTIONS_H
#define KP_UTIL_OPTIONS_H

#include <stddef.h>
#include <stdio.h>

#include "util/error.h"

/* A table ends with an entry without name and letter (KP_OPTIONS_END). */
struct kp_option {
    const char *name;     /* without "--"; NULL: only a letter */
    int letter;           /* of the short form; from KP_OPTION_LONG on: there is none, it only tells options apart.
                           * 0: `name` is printed as it is and not parsed here (a variable of the environment, an option
                           * of another program). */
    const char *argument; /* what the help calls its value; "[NAME]": may be left out; NULL: takes none */
    const char *help;
    const char *choices;                    /* the values there are, parted by blanks; NULL: any */
    const char *(*choice_at)(size_t index); /* or, where another table has them: NULL behind the last */
};

enum { KP_OPTION_LONG = 256 };

/* clang-format off */
#define KP_OPTION_HELP {"help", 'h', NULL, "print this", NULL, NULL}
#define KP_OPTIONS_END {NULL, 0, NULL, NULL, NULL, NULL}
/* clang-format on */

/* The number of entries before the end. */
size_t kp_options_count(const struct kp_option *options);

/* The value `index` that `option` may have, copied to `choice`; 0: there is no such. */
int kp_option_choice(const struct kp_option *option, size_t index, char *choice, size_t size);

/* Before the first kp_options_next on an argv: it takes options among operands, or (`stop` not 0) only before the first
 * operand, as a command does that passes the rest on. */
struct kp_option_reader {
    const char *command; /* for messages */
    const struct kp_option *options;
    int argc;
    char **argv;
    int stop;
};

void kp_options_begin(struct kp_option_reader *reader, const char *command, const struct kp_option *options, int argc,
                      char **argv, int stop);

/* The letter of the next option, its value in `optarg` (NULL: none); -1: no more, the operands are argv[optind ..];
 * '?': `error` is filled. */
int kp_options_next(struct kp_option_reader *reader, struct kp_error *error);

/* "-o, --output OUT", as help and man page have it. */
void kp_option_form(const struct kp_option *option, char *form, size_t size);

/* The table for --help: forms, and help texts beside them. */
void kp_options_print(const struct kp_option *options, FILE *out);

/* Paragraphs, broken into lines of at most `width`; `indent` blanks before all but the first line. A line that begins
 * with a blank stays as it is. */
void kp_print_wrapped(const char *text, int width, int indent, FILE *out);

#endif
