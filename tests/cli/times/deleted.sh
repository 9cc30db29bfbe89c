# Lines of modules whose files are gone, or are another module's by now, have their own time, whoever samples.
set -eu
. "$KP_TESTS/cli/times/common.sh"
spin_header
for name in one two; do
  { cat spin.h; echo "void run(void) { spin(100); }"; } > $name.c
  "$KERNPROF" cc -O2 -shared -fPIC $name.c -o $name.so
done
cat > t.c <<'C'
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
int main(int argc, char **argv)
{
    for (int i = 0; i < argc - 2; i++) {
        char command[100];
        sprintf(command, "cp %s.so gone.so.new && mv gone.so.new gone.so", argv[i + 2]);
        if (system(command) != 0)
            return 1;
        void *library = dlopen("./gone.so", RTLD_NOW);
        if (strcmp(argv[1], "early") == 0)
            unlink("gone.so");
        ((void (*)(void))dlsym(library, "run"))();
        dlclose(library);
        unlink("gone.so");
    }
    return 0;
}
C
gcc -O2 t.c -o t -ldl
for sampler in perf timer; do
  if [ $sampler = perf ] && ! "$KERNPROF" doctor | grep -q '^ok *perf events'; then continue; fi
  for when in early late; do
    KERNPROF_SAMPLER=$sampler "$KERNPROF" -l -q --force -o t.lprof ./t $when one two one
    expect "sampler" "$(runs t.lprof 'DISTINCT sampler')" $sampler
    at_least "$sampler, $when: one" "$(own t.lprof 12 one.c)" 80000
    at_least "$sampler, $when: two" "$(own t.lprof 12 two.c)" 30000
    at_most "$sampler, $when: two" "$(own t.lprof 12 two.c)" 190000
  done
done
# The same for code that a program generates.
"$KERNPROF" cc -O2 "$KP_TESTS/../examples/generated/generated.c" -o generated -ldl
"$KERNPROF" -l -q -o g.lprof ./generated > /dev/null
at_least "generated" "$(own g.lprof 9 kernel.c)" 1000
# One copy for all loads and processes, and none afterwards.
cat > copies.c <<'C'
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void)
{
    char command[300];
    for (int i = 0; i < 4; i++)
        if (fork() == 0) {
            for (int n = 0; n < 50; n++)
                dlclose(dlopen("./one.so", RTLD_NOW));
            _exit(0);
        }
    while (wait(NULL) > 0)
        ;
    sprintf(command, "ls '%s' | grep -v kpc | grep -v json | wc -l", getenv("KERNPROF_COUNTERS"));
    return system(command);
}
C
gcc -O2 -w copies.c -o copies -ldl
"$KERNPROF" -l -q --force -o c.lprof ./copies > count
expect "copies" "$(cat count)" 1
expect "what is left" "$(ls "$TMPDIR")" ""
