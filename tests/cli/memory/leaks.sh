# What was never freed is what valgrind's memcheck finds: number and bytes, for each line.
set -eu
command -v valgrind > /dev/null || exit 77
cat > t.cpp <<'C'
#include <kernprof.h>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>
struct Node {
  Node *next;
  char text[40];
};
static Node *list;
static void *volatile keep;
KP_PROFILE static void leak() {
  for (int i = 0; i < 10; i++) {
    Node *node = new Node;
    node->next = list;
    list = node;
  }
  keep = malloc(77);
  keep = strdup("lost");
  list = list->next->next;
  keep = realloc(nullptr, 33);
  keep = nullptr;
  auto *vector = new std::vector<std::string>;
  for (int i = 0; i < 50; i++)
    vector->push_back(std::string(30, 'x'));
  keep = vector;
}
int main() {
  leak();
  keep = calloc(3, 100);
  keep = aligned_alloc(64, 128);
  return 0;
}
C
"$KERNPROF" c++ -O1 -w -gdwarf-4 t.cpp -o t
memprof -q ./t
valgrind --leak-check=full --show-leak-kinds=all --run-libc-freeres=no --run-cxx-freeres=no ./t > out 2>&1
theirs=$(sed -n 's/.*total heap usage: \([0-9,]*\) allocs, \([0-9,]*\) frees, \([0-9,]*\) bytes.*/\1 \2 \3/p
  s/.*in use at exit: \([0-9,]*\) bytes in \([0-9,]*\) blocks/\1 \2/p' out | tr -d , | tr '\n' ' ')
ours=$(sqlite3 -separator ' ' t.mprof 'SELECT live_bytes, live_blocks, allocations, frees, allocated_bytes FROM memory_processes')
[ "$ours " = "$theirs" ] || { echo "$ours; memcheck: $theirs"; exit 1; }
lost=$(sed -n 's/.*\(definitely lost\|indirectly lost\|possibly lost\|still reachable\): \([0-9,]*\) bytes in \([0-9,]*\) blocks/\2 \3/p' out |
  tr -d , | awk '{ bytes += $1; blocks += $2 } END { print bytes, blocks }')
[ "$lost" = "${ours%% *} $(echo "$ours" | cut -d' ' -f2)" ] || { echo "sum of leak kinds: $lost; $ours"; exit 1; }
got=$(sqlite3 t.mprof 'SELECT line, live_blocks, live_bytes FROM memory_lines WHERE live_blocks' | tr '\n' ' ')
[ "$got" = '14|10|480 18|1|77 19|1|5 21|1|33 23|1|24 25|51|3598 ' ] || { echo "$got"; exit 1; }
