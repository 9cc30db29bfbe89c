/* Command lines that were written for another compiler than clang. */
#ifndef KP_KERNPROF_COMPILE_FOREIGN_OPTIONS_H
#define KP_KERNPROF_COMPILE_FOREIGN_OPTIONS_H

/* Whether the command line of `compiler`, a path or a name, may have options that clang does not know. */
int kp_is_foreign(const char *compiler);

/* Makes clang's command line `arguments` (from malloc, the first is the path of clang) one that clang understands:
 * removes the options that clang does not know, and those for link-time optimisation, as the other compiler's linker
 * cannot read clang's bitcode; warnings that clang does not know are no errors. Returns the array, which may have
 * moved; on failure it is as it was. */
char **kp_drop_foreign_options(char **arguments);

#endif
