# KP_PROFILE is in both listings, KP_LINEPROF in that of lines alone, KP_MEMPROF in that of memory alone, both are both.
set -eu
cat > t.cpp <<'C'
#include <kernprof.h>
#define BODY { static volatile int x; x = x + 1; }
KP_PROFILE void both() BODY
KP_LINEPROF void lines() BODY
KP_MEMPROF void memory() BODY
KP_LINEPROF KP_MEMPROF void each() BODY
[[kernprof::memprof]] void spelled() BODY
KP_MEMPROF void declared();
void declared() BODY
void behind();
int main() { both(); lines(); memory(); each(); spelled(); declared(); behind(); }
KP_MEMPROF void behind() BODY
C
for compiler in clang++-19 clang++-14; do
  command -v $compiler > /dev/null || continue
  KERNPROF_CXX=$compiler "$KERNPROF" c++ -O1 t.cpp -o t
  "$KERNPROF" -l -q -o l.lprof ./t
  memprof -q -o m.mprof ./t
  l=$("$KERNPROF" export --format csv l.lprof | awk -F, 'NR > 1 { print $3 }' | sort -u | tr '\n' ' ')
  m=$("$KERNPROF" export --format csv --view memory_lines m.mprof | awk -F, 'NR > 1 { print $3 }' | sort -u | tr '\n' ' ')
  [ "$l" = 'both each lines ' ] || { echo "$compiler, lines: $l"; exit 1; }
  [ "$m" = 'behind both declared each memory spelled ' ] || { echo "$compiler, memory: $m"; exit 1; }
done
