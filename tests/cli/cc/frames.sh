#!/bin/bash
# Without optimisation, a body that counts and times its calls keeps little in its frame for them, however many there are:
# the address of each callee that is found through a pointer, and 160 bytes.
set -eu
. "$(dirname "$0")/common.sh"

{
    echo 'struct pair { long a; void *b; }; struct pair g(struct pair, int); int h(struct pair, struct pair); extern int (*p)(int, int);'
    echo 'int f(int n, struct pair x, struct pair y) { int s = 0;'
    for i in $(seq 40); do
        echo "  if (n & $i) s += h(g(x, n + $i), g(y, s)); else s -= p(n, s); h(x, y);"
    done
    echo '  return s; }'
} >calls.c
frame() { awk -F '\t' -v name="$1" '$1 ~ ":" name "$" { print $2 }' calls.su; }
for choice in -fkernprof-all -fkernprof-functions=f; do
    cc -O0 $choice -fstack-usage -c calls.c
    original=$(frame f) counting=$(frame f.kp_hits)
    [ "$((counting - original))" -le $((40 * 8 + 160)) ] || fail "$choice: $original bytes become $counting"
done
