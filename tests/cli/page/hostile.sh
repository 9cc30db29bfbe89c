#!/bin/bash
# Nothing in a profile runs in the page.
set -eu
. "$KP_TESTS/cli/page/common.sh"
cat > t.c <<'C'
#include <kernprof.h>
/* </script><script>ran=1</script> <!-- <script> */
KP_PROFILE static int inner(int i) { return i + 1; } /* </script><script>ran=1</script> */
KP_PROFILE static int outer(int n)
{
    int s = 0;
    for (int i = 0; i < n; i++)
        s += inner(i); // <img src=x onerror=ran=1>
    return s;
}
int main(void)
{
    KP_REGION("<img src=x onerror=ran=1>") return outer(100000) == 1;
}
C
"$KERNPROF" cc -O0 -o t t.c
"$KERNPROF" -l -q -o t.lprof ./t
sqlite3 t.lprof "UPDATE function SET name = name || '<img src=x onerror=ran=1>'; UPDATE run SET command = '<script>ran=1</script>', host = '<!--';
  UPDATE source SET path = '/p/\"><img src=x onerror=ran=1>.c'; INSERT INTO memory_sample (pid, time_ns, rss_bytes) VALUES (1, 0, 1), (1, 9, 2);"
"$KERNPROF" view --html t.html t.lprof
[ "$(grep -c '<script' t.html)" -le 2 ]
! sed -n '/id="profile"/,/<\/script>/p' t.html | sed 's/<script type="application\/json" id="profile">//; s/<\/script><\?.*//' | grep -q '<!--'
node "$KP_TESTS/page/hostile.mjs" t.html
sqlite3 t.lprof "UPDATE line SET time_ns = 0, self_ns = 0"
"$KERNPROF" -l -q -o new.lprof ./t
sqlite3 new.lprof "UPDATE function SET name = name || '<img src=x onerror=ran=1>'; UPDATE run SET host = '<!--'"
cp new.lprof '<img src=x onerror=ran=1>.lprof'
"$KERNPROF" diff --html diff.html t.lprof '<img src=x onerror=ran=1>.lprof'
[ "$(grep -c '<script' diff.html)" -le 2 ]
node "$KP_TESTS/page/hostile.mjs" diff.html
