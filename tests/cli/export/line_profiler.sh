# line_profiler: its own viewer prints our listing, with the C source of whole functions, whatever stands in them.
. "$(dirname "$0")/common.sh"
/usr/bin/python3 -c 'import line_profiler' 2> /dev/null || { echo 'python3-line-profiler is missing'; exit 77; }
"$KERNPROF" export --format line_profiler -o out.lprof t.lprof
mkdir elsewhere
(cd elsewhere && /usr/bin/python3 -m line_profiler ../out.lprof) > out
expect out 'Timer unit: 1e-06 s' 'Total time: 8 s' 'Function: leaf at line 2' 'Function: main at line 18' \
  '5 13 4000000.0 307692.3 50.0 if (n > 100)' '14 6 7000000.0 1166666.7 100.0 s += leaf(n + i);' \
  "4 /* it's { a comment that no tokenizer of Python likes \"\"' */" '8 13 0.0 0.0 0.0 } """' 'return s;' 'return leaf(s) == 0;'
# Without a folder of its own for the sources (standard output) the numbers are still there.
"$KERNPROF" export --format line_profiler t.lprof > bare.lprof
/usr/bin/python3 -c "
import pickle
stats = pickle.load(open('bare.lprof', 'rb'))
assert stats.unit == 1e-9
key = next(k for k in stats.timings if k[2] == 'leaf')
assert key[0].endswith('/t.c') and key[1] == 2 and (5, 13, 4000000000) in stats.timings[key], stats.timings"
# Functions inside of others, and a body that is included.
cat > body.inc <<'C'
for (int i = 0; i < 4; i++)
    sum += i;
C
cat > n.cpp <<'C'
#include <kernprof.h>
KP_PROFILE static int work(int n)
{
    int sum = n;
#include "body.inc"
    auto twice = [](int x) __attribute__((noinline)) {
        return 2 * x;
    };
    return twice(sum);
}
int main() { return work(1) == 0; }
C
"$KERNPROF" c++ -O0 -fkernprof-all n.cpp -o n
"$KERNPROF" -l -q -o n.lprof ./n
"$KERNPROF" export --format line_profiler -o n.out n.lprof
/usr/bin/python3 -m line_profiler n.out > out
expect out 'sum += i;' 'return twice(sum);' '#include "body.inc"' 'return 2 * x;'
