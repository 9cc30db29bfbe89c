# Branches within a line need no counters: the line's hits are those of the code before them. Nor do they in a function whose
# blocks each have a counter (computed goto).
set -eu
counters() { # CODE: bytes of counters of a function with it
  printf '#include <kernprof.h>\nKP_PROFILE int f(int x, int y)\n{\n%s\n}\n' "$1" > t.c
  "$KERNPROF" cc -O0 -c t.c
  objdump -h t.o | awk '$2 == "kp_cnts" { print $3 }'
}
same() { [ "$(counters "$1")" = "$(counters "$2")" ] || { echo "not as many counters: $1 / $2"; exit 1; }; }
same 'return x % 2 ? 3 * x + 1 : x / 2;' 'return 3 * x + 1;'
same 'return x && y || x > 3;' 'return x;'
same 'if (x) y = 1; else y = 2; return y;' 'y = 1; return y;'
same 'static void *l[] = {&&a, &&b}; goto *l[x]; a: b: return x ? 1 : 2;' 'static void *l[] = {&&a, &&b}; goto *l[x]; a: b: return 1;'
[ "$(counters 'if (x)
  y = 1;
return y;')" != "$(counters 'x = 2;
  y = 1;
return y;')" ] || { echo "a line of its own has no counter"; exit 1; }
