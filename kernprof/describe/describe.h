/* Man pages and shell completion, made from the tables of commands when kernprof is built. */
#ifndef KP_KERNPROF_DESCRIBE_DESCRIBE_H
#define KP_KERNPROF_DESCRIBE_DESCRIBE_H

#include <stdio.h>

#include "kernprof/commands/command.h"

/* The page of one command; of the first one, under the name of the front end, with the list of the others. */
void kp_describe_man(const struct kp_front_end *front_end, const struct kp_command *command, const char *version,
                     FILE *out);

/* Completion of all front ends. */
void kp_describe_bash(FILE *out);
void kp_describe_zsh(FILE *out);
void kp_describe_fish(FILE *out);

#endif
