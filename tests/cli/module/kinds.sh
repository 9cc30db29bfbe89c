# Modules of every kind are counted: replaced by one of the same path and other contents, deleted, loaded into a namespace of
# their own, two loads of one file, two modules at once; with the runtime in each.
set -eu
. "$KP_TESTS/cli/module/common.sh"
cat > t.c <<'C'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <kernprof.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
static int call(void *library, const char *name, int n)
{
    int (*function)(int) = library ? (int (*)(int))dlsym(library, name) : NULL;
    if (!function) {
        fprintf(stderr, "%s: %s\n", name, dlerror());
        exit(1);
    }
    return function(n);
}
static void copy(const char *from, const char *to)
{
    char command[200];
    sprintf(command, "cp %s %s.new && mv %s.new %s", from, to, to, to);
    if (system(command) != 0)
        exit(1);
}
KP_PROFILE int main(int argc, char **argv)
{
    (void)argc;
    if (!strcmp(argv[1], "replaced"))
        for (int i = 0; i < 20; i++) {
            copy(i % 2 ? "one.so" : "two.so", "plugin.so");
            void *library = dlopen("./plugin.so", RTLD_NOW);
            call(library, i % 2 ? "one" : "two", 10);
            dlclose(library);
        }
    if (!strcmp(argv[1], "deleted")) {
        copy("one.so", "gone.so");
        void *library = dlopen("./gone.so", RTLD_NOW);
        unlink("gone.so");
        call(library, "one", 10);
        dlclose(library);
    }
    if (!strcmp(argv[1], "namespace")) {
        void *base = dlopen("./one.so", RTLD_NOW), *other = dlmopen(LM_ID_NEWLM, "./one.so", RTLD_NOW);
        call(base, "one", 10);
        call(other, "one", 100);
        call(base, "one", 1000);
        dlclose(other);
        other = dlmopen(LM_ID_NEWLM, "./one.so", RTLD_NOW);
        call(other, "one", 10000);
    }
    if (!strcmp(argv[1], "local")) {
        void *one = dlopen("./one.so", RTLD_NOW | RTLD_LOCAL), *two = dlopen("./two.so", RTLD_NOW | RTLD_GLOBAL);
        call(one, "one", 10);
        call(two, "two", 10);
        dlclose(one);
        call(two, "two", 100);
    }
    if (!strcmp(argv[1], "forked")) { /* closed and loaded anew in the child, and loaded only there */
        void *one = dlopen("./one.so", RTLD_NOW);
        call(one, "one", 10);
        if (fork() == 0) {
            call(one, "one", 100);
            dlclose(one);
            one = dlopen("./one.so", RTLD_NOW);
            call(one, "one", 1000);
            call(dlopen("./two.so", RTLD_NOW), "two", 10);
            exit(0);
        }
        wait(NULL);
        call(one, "one", 10000);
    }
    return 0;
}
C
library one 1
library two 2
"$KERNPROF" cc -O2 t.c -o t -ldl
check() {
  for timing in off exact; do
    "$KERNPROF" -l -q --timing=$timing -o t.lprof ./t "$1"
    expect "$1: hits of one, two; clean" "$(hits_in t.lprof one.c 5) $(hits_in t.lprof two.c 5) $(runs t.lprof 'MIN(clean)')" "$2"
  done
}
check replaced "100 200 1"
check deleted "10  1"
check namespace "11110  1"
check local "10 220 1"
check forked "11110 20 1"
