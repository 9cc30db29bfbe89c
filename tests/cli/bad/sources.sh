# A source that changed or vanished since it was compiled: the listing shows what was compiled, and says what it cannot know.
set -eu
cat > good.c <<'C'
#include <kernprof.h>
KP_PROFILE int work(int n)
{
    return n + 1; /* as compiled */
}
int main(void) { return work(1) - 2; }
C
listing() { "$KERNPROF" -l -v -q "$@" -o s.lprof ./s > out; }
expect() { # WHAT TEXT ...
  local what=$1 text
  shift
  for text; do grep -q -- "$text" out || { echo "$what: no '$text' in:"; cat out; exit 1; }; done
}
silent() { ! grep -q 'Note:\|Could not' out || { echo "$1:"; cat out; exit 1; }; }
build() { cp good.c s.c; "$KERNPROF" cc -O2 s.c -o s; }
build
listing
silent unchanged
expect unchanged 'as compiled'
# What is embedded stays, whatever becomes of the file.
echo changed > s.c
"$KERNPROF" view s.lprof > out
silent 'changed after the run'
expect 'changed after the run' 'as compiled'
build
sed -i 's/as compiled/as changed/' s.c
listing
expect 'changed before the run' '^Note: s.c changed since it was compiled; the lines shown are those that were compiled' 'as compiled'
rm s.c
listing
silent vanished
expect vanished 'as compiled'
# Without embedded sources only a file can be shown.
listing --no-source
expect 'vanished, not embedded' '^Could not find file s.c' '     4         1 '
cp good.c s.c
"$KERNPROF" view s.lprof > out
silent 'the file is back'
expect 'the file is back' 'as compiled'
sed -i 's/as compiled/as changed/' s.c
"$KERNPROF" view s.lprof > out
expect 'changed, not embedded' '^Note: the profile holds no source text; s.c is shown as it is now, and may have changed' 'as changed'
