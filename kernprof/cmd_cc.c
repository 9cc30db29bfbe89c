/* `kernprof cc` and `kernprof c++`: clang's own command line, compiled and linked with instrumentation. This process
 * becomes the clang, so its exit status, signals and output are clang's. */
#include "kernprof/command.h"
#include "kernprof/compile.h"
#include "util/words.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char help[] =
    "usage: kernprof %s ARG...      (or kernprof-%s ARG...)\n"
    "Compiles and links for kernprof. ARG... is the command line of clang; there are more options:\n"
    "  -fkernprof-functions=GLOB[,GLOB]  profile functions by name\n"
    "  -fkernprof-files=GLOB[,GLOB]      profile all functions of these files\n"
    "  -fkernprof-all                    profile all functions outside of system headers\n"
    "Environment:\n"
    "  KERNPROF_CFLAGS                   options to put before ARG...\n"
    "  KERNPROF_CC, KERNPROF_CXX         the clang to use\n"
    "What follows is clang's own help.\n\n";

static int compile(int cxx, int argc, char **argv, struct kp_error *error)
{
    char **arguments = kp_compile_arguments(cxx, argc - 1, argv + 1, error);
    if (!arguments)
        return KP_EXIT_FAILED;
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        printf(help, cxx ? "c++" : "cc", cxx ? "c++" : "cc");
        fflush(stdout); /* exec would drop what is not yet written; a failed write is clang's to meet again */
    }
    execv(arguments[0], arguments);
    int cause = errno;
    kp_fail(error, "%s: %s%s", arguments[0], strerror(cause),
            cause == E2BIG ? "; put arguments into a file (@FILE)" : "; install clang again, or set KERNPROF_CC");
    kp_words_free_array(arguments);
    return cause == ENOENT ? KP_EXIT_NOT_FOUND : KP_EXIT_CANNOT_EXECUTE;
}

int cmd_cc(int argc, char **argv, struct kp_error *error)
{
    return compile(0, argc, argv, error);
}

int cmd_cxx(int argc, char **argv, struct kp_error *error)
{
    return compile(1, argc, argv, error);
}
