# A module is closed, and the process killed later: all that the module counted is there, and the process is said to be killed.
set -eu
. "$KP_TESTS/cli/module/common.sh"
library work 1
cat > t.c <<'C'
#include <dlfcn.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
int main(int argc, char **argv)
{
    void *library = dlopen("./work.so", RTLD_NOW);
    ((int (*)(int))dlsym(library, "work"))(100);
    dlclose(library);
    raise(SIGKILL);
    return argc + !argv;
}
C
gcc t.c -o t -ldl
status=0
"$KERNPROF" -l -q -o t.lprof ./t || status=$?
expect "exit status" $status 137
expect "hits, clean" "$(hits t.lprof 5) $(runs t.lprof clean)" "100 0"
