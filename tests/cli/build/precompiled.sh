# -fkernprof-all chooses functions of the user's headers, and none of the system's, also in a project that precompiles
# headers: CMake includes these from a file that says of itself that it is of the system.
set -eu
. "$KP_TESTS/counts.sh"
mkdir src
cat > src/mine.h <<'C'
#pragma once
#include <vector>
inline int twice(int n)
{
    return 2 * n;
}
C
cat > src/main.cpp <<'C'
int main()
{
    std::vector<int> all;
    for (int i = 0; i < 5; i++)
        all.push_back(twice(i));
    return all.size() - 5;
}
C
cat > src/CMakeLists.txt <<'CMAKE'
cmake_minimum_required(VERSION 3.25)
project(tiny LANGUAGES CXX)
add_executable(program main.cpp)
target_precompile_headers(program PRIVATE mine.h)
target_compile_options(program PRIVATE -fkernprof-all)
CMAKE
for version in $(llvm_versions); do
  export KERNPROF_CXX=clang++-$version
  rm -rf made
  { cmake -S src -B made -DCMAKE_CXX_COMPILER=kernprof-c++ && cmake --build made; } > log 2>&1 || { cat log; fail "build"; }
  "$KERNPROF" -l -q -o p.lprof made/program
  "$KERNPROF" export --format csv p.lprof > lines.csv
  grep -q 'mine.h"*,5,[^,]*,5,' lines.csv || { cat lines.csv; fail "clang-$version: the header's function is not counted"; }
  ! grep -q '^"*/usr' lines.csv || fail "clang-$version: the system's headers are chosen"
done
