/* `kernprof cc` and `kernprof c++`: clang's own command line, compiled and linked with instrumentation. This process
 * becomes the clang, so its exit status, signals and output are clang's. */
#include "kernprof/commands/command.h"
#include "kernprof/compile/compile.h"
#include "kernprof/compile/foreign_options.h"
#include "util/words.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Parsed by compile.c, among clang's own. */
static const struct kp_option option_table[] = {
    {"-fkernprof-functions=GLOB[,GLOB]", 0, NULL, "profile functions by name", NULL, NULL},
    {"-fkernprof-files=GLOB[,GLOB]", 0, NULL, "profile all functions of these files", NULL, NULL},
    {"-fkernprof-all", 0, NULL, "profile all functions outside of system headers", NULL, NULL},
    {"-fkernprof-memory", 0, NULL, "link what memprof needs into a static program, or one with an allocator linked in",
     NULL, NULL},
    {"-fno-kernprof-calls", 0, NULL, "no calls of the other functions for `kernprof` without -l", NULL, NULL},
    {"--instead-of COMPILER", 0, NULL,
     "as the first argument: COMPILER is not used; for build systems that put us before it. Options that only COMPILER "
     "knows are dropped, and link-time optimisation unless it is a clang",
     NULL, NULL},
    KP_OPTIONS_END,
};

static const struct kp_option environment[] = {
    {"KERNPROF_CFLAGS", 0, NULL, "options to put before ARG ...", NULL, NULL},
    {"KERNPROF_CC, KERNPROF_CXX", 0, NULL, "the clang to use", NULL, NULL},
    KP_OPTIONS_END,
};

static const char description[] =
    "Compiles and links for kernprof: functions that are annotated with KP_PROFILE (see kernprof.h) or chosen by an "
    "option are profiled when the program runs under kernprof, and run their original code when it does not. ARG ... "
    "is "
    "the command line of clang; there are more options.";

static const char notes[] = "`CC=\"kernprof cc\" ./configure`, `cmake -DCMAKE_C_COMPILER=kernprof-cc` and `ccache "
                            "kernprof-cc` work as with clang. "
                            "ccache knows nothing of KERNPROF_CFLAGS: give the options on the command line, or change "
                            "CCACHE_NAMESPACE with them.";

/* A build system that calls us in front of its own compiler (a "launcher"): that compiler's name is dropped. */
static int compile(int cxx, int argc, char **argv, struct kp_error *error)
{
    int is_foreign = 0;
    if (argc > 2 && strcmp(argv[1], "--instead-of") == 0) {
        is_foreign = kp_is_foreign(argv[2]);
        argc -= 2;
        argv += 2;
    }
    char **arguments = kp_compile_arguments(cxx, argc - 1, argv + 1, error);
    if (!arguments)
        return KP_EXIT_FAILED;
    if (is_foreign)
        arguments = kp_drop_foreign_options(arguments);
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        kp_command_print_help(cxx ? &kp_command_cxx : &kp_command_cc, stdout);
        puts("\nWhat follows is clang's own help.\n");
        fflush(stdout); /* exec would drop what is not yet written; a failed write is clang's to meet again */
    }
    execv(arguments[0], arguments);
    int cause = errno;
    kp_fail(error, "%s: %s%s", arguments[0], strerror(cause),
            cause == E2BIG ? "; put arguments into a file (@FILE)" : "; install clang again, or set KERNPROF_CC");
    kp_words_free_array(arguments);
    return cause == ENOENT ? KP_EXIT_NOT_FOUND : KP_EXIT_CANNOT_EXECUTE;
}

static int cmd_cc(int argc, char **argv, struct kp_error *error)
{
    return compile(0, argc, argv, error);
}

static int cmd_cxx(int argc, char **argv, struct kp_error *error)
{
    return compile(1, argc, argv, error);
}

const struct kp_command kp_command_cc = {
    .name = "cc",
    .run = cmd_cc,
    .purpose = "compile and link C with instrumentation",
    .synopsis = "kernprof cc ARG ...\nkernprof-cc ARG ...",
    .description = description,
    .options = option_table,
    .environment = environment,
    .notes = notes,
};

const struct kp_command kp_command_cxx = {
    .name = "c++",
    .run = cmd_cxx,
    .purpose = "compile and link C++ with instrumentation",
    .synopsis = "kernprof c++ ARG ...\nkernprof-c++ ARG ...",
    .description = description,
    .options = option_table,
    .environment = environment,
    .notes = notes,
};
