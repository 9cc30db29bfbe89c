# An instrumented shared object in a host that is not: its lines are in the profile, the host's exit status is kept.
set -eu
printf '#include <kernprof.h>\nKP_PROFILE int work(int n) {\n  int s = 0;\n  for (int i = 0; i < n; i++)\n    s += i %% 3;\n  return s;\n}\n' > lib.c
cat > host.c <<'C'
#include <dlfcn.h>
int main(void)
{
    for (int i = 0; i < 3; i++) {
        void *library = dlopen("./lib.so", RTLD_NOW | RTLD_LOCAL);
        if (!library || ((int (*)(int))dlsym(library, "work"))(100) != 99)
            return 1;
        dlclose(library);
    }
    return 7;
}
C
"$KERNPROF" cc -O2 -shared -fPIC lib.c -o lib.so
gcc host.c -o host
status=0
"$KERNPROF" -l -q -o h.lprof ./host || status=$?
[ $status = 7 ] || { echo "exit status $status"; exit 1; }
"$KERNPROF" export --format csv h.lprof | grep -q ',5,work,300,' || { "$KERNPROF" export --format csv h.lprof; exit 1; }
