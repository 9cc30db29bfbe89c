/* See link_interposer.h. The linker's --wrap=NAME turns every reference to NAME into one to __wrap_NAME, the
 * interposer's, and every reference to __real_NAME there into one to NAME. The interposer is asked for by name (-u), as
 * libc.a refers to it after its archive was read. */
#include "kernprof/compile/link_interposer.h"

#include <stddef.h>

static const char *const c_names[] = {"malloc",         "calloc",        "realloc",  "reallocarray", "free",
                                      "posix_memalign", "aligned_alloc", "memalign", "valloc",       "pvalloc",
                                      "mmap",           "mmap64",        "munmap",   "mremap",       NULL};

/* As in runtime/memory/operators.c. */
static const char *const cxx_names[] = {"_Znwm",
                                        "_Znam",
                                        "_ZnwmRKSt9nothrow_t",
                                        "_ZnamRKSt9nothrow_t",
                                        "_ZnwmSt11align_val_t",
                                        "_ZnamSt11align_val_t",
                                        "_ZnwmSt11align_val_tRKSt9nothrow_t",
                                        "_ZnamSt11align_val_tRKSt9nothrow_t",
                                        "_ZdlPv",
                                        "_ZdaPv",
                                        "_ZdlPvm",
                                        "_ZdaPvm",
                                        "_ZdlPvRKSt9nothrow_t",
                                        "_ZdaPvRKSt9nothrow_t",
                                        "_ZdlPvSt11align_val_t",
                                        "_ZdaPvSt11align_val_t",
                                        "_ZdlPvmSt11align_val_t",
                                        "_ZdaPvmSt11align_val_t",
                                        "_ZdlPvSt11align_val_tRKSt9nothrow_t",
                                        "_ZdaPvSt11align_val_tRKSt9nothrow_t",
                                        NULL};

static void wrap(struct kp_words *command, const char *const *names)
{
    for (; *names; names++)
        kp_words_add_format(command, "-Wl,--wrap=%s,-u,__wrap_%s", *names, *names);
}

void kp_link_memory(struct kp_words *command, const char *prefix, int cxx)
{
    wrap(command, c_names);
    if (cxx)
        wrap(command, cxx_names);
    kp_words_add_format(command, "%s/lib/libkernprof-mem.a", prefix);
}
