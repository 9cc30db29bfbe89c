# A pattern that chooses nothing is reported by info and at run time, and only then; whatever linker, LLVM and level.
set -eu
cat > a.c <<'C'
int b(int n);
int work(int n) { return b(n) + 1; }
int main(void) { return work(1) - 3; }
C
echo 'int b(int n) { return n + 1; }' > b.c
check() { # FLAGS ... : among three patterns one matches nothing, one matches in one file only
  "$KERNPROF" cc "$@" '-fkernprof-functions=wor*,nothing*' -fkernprof-files=b.c,c.c a.c b.c -o t
  "$KERNPROF" info t > info
  [ "$(grep 'matches nothing' info | sort | tr -d '\n')" = "  -fkernprof-files=c.c: matches nothing  -fkernprof-functions=nothing*: matches nothing" ] ||
    { echo "$*"; cat info; exit 1; }
  "$KERNPROF" -l ./t 2> said
  [ "$(sort said)" = "kernprof: -fkernprof-files=c.c: matches nothing that was compiled
kernprof: -fkernprof-functions=nothing*: matches nothing that was compiled" ] || { echo "$*"; cat said; exit 1; }
  "$KERNPROF" -l -q ./t 2> said
  [ ! -s said ] || { echo "$* -q:"; cat said; exit 1; }
}
for level in -O0 -O1 -Os; do check $level; done
check -O2 -ffunction-sections -fdata-sections -Wl,--gc-sections
check -O2 -ffunction-sections -fdata-sections -Wl,--gc-sections -fuse-ld=lld
check -O2 -ffunction-sections -fdata-sections -Wl,--gc-sections -fuse-ld=gold
check -O2 -flto -fuse-ld=lld
check -O2 -flto=thin -fuse-ld=lld -Wl,--gc-sections
check -static
if command -v clang-14 > /dev/null; then KERNPROF_CC=clang-14 check -O2; fi
if command -v clang-14 > /dev/null; then KERNPROF_CC=clang-14 check -O2 -fuse-ld=lld -Wl,--gc-sections; fi
# All of them match: nothing is said.
"$KERNPROF" cc -fkernprof-all -fkernprof-functions=work a.c b.c -o t
"$KERNPROF" -l ./t 2> said
[ ! -s said ] || { cat said; exit 1; }
# None matches: nothing to run.
KERNPROF_CFLAGS=-fkernprof-functions=none "$KERNPROF" cc -O2 -Wl,--gc-sections a.c b.c -o t
status=0
"$KERNPROF" -l ./t 2> said || status=$?
[ $status = 125 ] && grep -q 'nothing in it is instrumented: -fkernprof-functions=none matches nothing' said || { cat said; exit 1; }
"$KERNPROF" info t | grep -q -- '-fkernprof-functions=none: matches nothing' || { "$KERNPROF" info t; exit 1; }
# The runtime without anything that counts does no harm.
mv a.c a.txt
KERNPROF_CFLAGS=-fkernprof-functions=none "$KERNPROF" cc -x c -o t -- a.txt b.c
"$KERNPROF" -l -q --force ./t
./t
