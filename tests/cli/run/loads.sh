# What is profiled may be loaded or started by something else: an extension of an interpreter, programs of a script; or be
# a source file.
set -eu
cat > t.c <<'C'
#include <kernprof.h>
KP_PROFILE int work(int n)
{
    int s = 0;
    for (int i = 0; i < n; i++)
        s += i % 3;
    return s;
}
int main(void)
{
    return work(100) == 99 ? 0 : 1;
}
C
hits() { "$KERNPROF" export --format csv "$1" | awk -F, '$2 == 6 { print $4 }'; }
"$KERNPROF" cc -O2 -shared -fPIC t.c -o lib.so
"$KERNPROF" -l -q -o p.lprof python3 -c 'import ctypes; ctypes.CDLL("./lib.so").work(500)'
[ "$(hits p.lprof)" = 500 ] || { echo "an extension: $(hits p.lprof)"; exit 1; }
"$KERNPROF" cc -O2 t.c -o t
printf '#!/bin/sh\n./t && ./t\n' > s.sh
chmod +x s.sh
"$KERNPROF" -l -q -o s.lprof ./s.sh
[ "$(hits s.lprof)" = 200 ] || { echo "a script: $(hits s.lprof)"; exit 1; }
"$KERNPROF" -l -q t.c
[ "$(hits t.c.lprof)" = 100 ] || { echo "a source file: $(hits t.c.lprof)"; exit 1; }
