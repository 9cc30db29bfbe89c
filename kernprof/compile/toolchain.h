/* Where things are: kernprof's own files, found from its executable so that the tree can be moved, and the clang that
 * compiles with its plugin. */
#ifndef KP_KERNPROF_COMPILE_TOOLCHAIN_H
#define KP_KERNPROF_COMPILE_TOOLCHAIN_H

#include "util/error.h"
#include "util/words.h"

struct kp_toolchain {
    char *prefix;  /* PREFIX, where PREFIX/bin/kernprof is this program */
    char *include; /* PREFIX/include, the folder of kernprof.h */
    char *runtime; /* PREFIX/lib/libkernprof.a, for other machines PREFIX/lib/kernprof/ARCHITECTURE/libkernprof.a */
    char *plugin;  /* PREFIX/lib/kernprof/llvm-N/kernprof-plugin.so */
    int llvm;      /* N, the major version of clang and plugin */
    struct kp_words compiler; /* the command that starts clang; its first word is a path */
};

/* Finds all of it, for C++ when `cxx` is not 0. The clang is that of $KERNPROF_CC or $KERNPROF_CXX (a command: words
 * may follow the program), otherwise the newest clang-N in PATH for which there is a plugin. For C++ with only
 * $KERNPROF_CC set, it is that clang in its C++ mode. 0, or -1 with `error` filled; kp_toolchain_free in both cases. */
int kp_toolchain_find(struct kp_toolchain *toolchain, int cxx, struct kp_error *error);

/* The runtime for programs of `architecture`, the first word of clang's --target; "": of this machine. 0 or -1. */
int kp_toolchain_choose_runtime(struct kp_toolchain *toolchain, const char *architecture, struct kp_error *error);

void kp_toolchain_free(struct kp_toolchain *toolchain);

/* The first executable file `name` in PATH (a name with a slash is taken as it is), from malloc; NULL: none there. */
char *kp_find_in_path(const char *name);

/* The folder above that of the executable, to be freed: kernprof's own files are found from there. NULL with `error`.
 */
char *kp_toolchain_prefix(struct kp_error *error);

#endif
