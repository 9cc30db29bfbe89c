# make NAME: compiles NAME.c, runs it, and gives its lines times: the comment at a line's end is its time in ms, as
# `// 40`. `again NAME FACTOR OUT`: the same with all times multiplied.
set -eu
fail() { echo "$*"; exit 1; }
expect() {
  local file=$1 text
  shift
  tr -s ' ' < "$file" > .squeezed
  for text; do
    grep -qF -- "$text" .squeezed || { echo "no '$text' in $file:"; cat "$file"; exit 1; }
  done
}
set_times() {
  grep -n '// [0-9]*$' "$2" | sed "s/^\([0-9]*\):.*\/\/ \([0-9]*\)$/UPDATE line SET time_ns = \2000000, self_ns = \2000000 \
WHERE line = \1;/" > times.sql
  { echo "UPDATE line SET time_ns = 0, self_ns = 0, error_ns = 0, min_ns = 0, max_ns = 0;"; cat times.sql
    echo "UPDATE function SET total_ns = (SELECT SUM(time_ns) FROM line WHERE function = id), self_ns = total_ns;"; } |
    sqlite3 "$1"
}
make() {
  "$KERNPROF" cc -O1 -fno-inline "$1.c" -o "$1"
  "$KERNPROF" -l -q -o "$1.lprof" "./$1"
  set_times "$1.lprof" "$1.c"
}
scaled() {
  cp "$1.lprof" "$3"
  sqlite3 "$3" "UPDATE line SET time_ns = time_ns * $2, self_ns = self_ns * $2; UPDATE function SET
    total_ns = total_ns * $2, self_ns = self_ns * $2"
}
status() {
  local status=0
  "$KERNPROF" diff "$@" > out 2> err || status=$?
  echo $status
}
cat > old.c <<'C'
#include <kernprof.h>
#include <string.h>
KP_PROFILE static int moved(int n)
{
    int s = 0; // 1
    for (int i = 0; i < n; i++) // 10
        s += i; // 40
    return s;
}
KP_PROFILE static int named(int n)
{
    int product = 1;
    for (int i = 1; i < n; i++) // 5
        product *= i;  // 44
    if (product < 0)
        product = 0;
    return product;
}
KP_PROFILE static int gone(int n)
{
    return n + 1; // 100
}
int main(void) { return moved(5) + named(3) + gone(3) == 0; }
C
cat > new.c <<'C'
#include <kernprof.h>
#include <string.h>
/* in front of everything now */
KP_PROFILE static int renamed(int n)
{
    int product = 1;
    for (int i = 1; i < n; i++) // 5
        product *= i;  // 22
    if (product < 0)
        product = 0;
    return product;
}

KP_PROFILE static int moved(int n)
{
    int s = 0; // 1
    n += 1; // 20
    for (int i = 0; i < n; i++) // 10
        s += i * i; // 80
    return s;
}
int main(void) { return moved(5) + renamed(3) == 0; }
C
