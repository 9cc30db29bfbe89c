#!/usr/bin/env bash
# Variants of a destructor are one function: a destruction is one call of it, whether it frees the object, ends at a
# virtual base, or begins in a thunk. No variant calls another.
set -euo pipefail
cat > p.cpp <<'C'
#include <string>
struct Plain {
  int *P;
  Plain() : P(new int(1)) {}
  virtual ~Plain() {
    delete P;
  }
};
struct Left : virtual Plain {
  std::string S;
  ~Left() {
    S.clear();
  }
};
struct Base { virtual ~Base() {} };
struct Two : Base, Plain {
  std::string S;
  ~Two() override {
    S = "a";
  }
};
__attribute__((noinline)) static void end(Plain *P) {
  delete P;
}
int main() {
  for (int I = 0; I < 20; I++)
    end(new Plain);
  for (int I = 0; I < 7; I++) {
    end(new Left);
    Left L;
  }
  for (int I = 0; I < 4; I++)
    end(new Two);
  return 0;
}
C
same() { [ "$2" = "$3" ] || { printf '%s:\n%s\n  instead of\n%s\n' "$1" "$2" "$3"; exit 1; }; }
calls="SELECT name, SUM(calls) FROM function WHERE name LIKE '%~%' GROUP BY name ORDER BY name"
arcs="SELECT a.name, b.name, SUM(arc.calls) FROM arc JOIN function a ON a.id = caller JOIN function b ON b.id = callee
      WHERE b.name LIKE '%~%' GROUP BY 1, 2 ORDER BY 1, 2"
expected_calls=$'Base::~Base|4\nLeft::~Left|14\nPlain::~Plain|38\nTwo::~Two|4'
expected_arcs=$'Left::~Left|Plain::~Plain|14\nTwo::~Two|Base::~Base|4\nTwo::~Two|Plain::~Plain|4\nend|Left::~Left|7\nend|Plain::~Plain|20\nend|Two::~Two|4\nmain|Left::~Left|7'
for level in O0 O2; do
  "$KERNPROF" c++ -$level -fkernprof-all -o p p.cpp
  for timing in off adaptive; do
    "$KERNPROF" -l -q --timing=$timing -o p.lprof ./p
    same "calls, $level, $timing" "$(sqlite3 p.lprof "$calls")" "$expected_calls"
    same "arcs, $level, $timing" "$(sqlite3 p.lprof "$arcs")" "$expected_arcs"
  done
  "$KERNPROF" -q -o p.prof ./p
  same "functions, $level" "$(sqlite3 p.prof "$calls")" "$expected_calls"
done
"$KERNPROF" c++ -O0 -o p p.cpp
"$KERNPROF" -q -o p.prof ./p
same "calls alone" "$(sqlite3 p.prof "$calls")" "$expected_calls"
same "arcs alone" "$(sqlite3 p.prof "$arcs")" "$expected_arcs"
