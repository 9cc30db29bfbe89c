# A separate CMake project finds the package in a tree that was moved, and instruments targets in C and C++, whatever its own
# compiler is.
set -eu
. "$(dirname "$0")/common.sh"
mkdir project
cat > project/CMakeLists.txt <<'CMAKE'
cmake_minimum_required(VERSION 3.25)
project(user LANGUAGES C CXX)
find_package(kernprof 0.1 REQUIRED)
add_library(part STATIC part.c)
add_executable(c_program main.c)
target_link_libraries(c_program part m) # the plain signature: ours must not force the other one
add_executable(cxx_program main.cpp)
target_compile_features(cxx_program PRIVATE cxx_std_17)
add_executable(plain plain.c)
target_link_libraries(plain PRIVATE part)
add_executable(timers timers.c)
target_link_libraries(timers PRIVATE kernprof::kernprof)
add_library(loaded SHARED loaded.c)
kernprof_instrument(c_program part)
kernprof_instrument(cxx_program FUNCTIONS twice other* FILES none.cpp)
kernprof_instrument(TARGET loaded ALL)
CMAKE
cat > project/part.c <<'C'
#include <kernprof.h>
KP_PROFILE int part(int n)
{
    return n + 1;
}
C
cat > project/main.c <<'C'
#include <kernprof.h>
int part(int n);
KP_PROFILE int main(void)
{
    return part(1) - 2;
}
C
printf 'int part(int n);\nint main(void) { return part(1) - 2; }\n' > project/plain.c
printf 'int loaded(void) { return 0; }\n' > project/loaded.c
printf '#include <kernprof.h>\nKP_PROFILE int main(void) { return 0; }\n' > project/timers.c
cat > project/main.cpp <<'CPP'
template <class T> static T twice(T x)
{
    return x + x;
}
int main()
{
    return twice(1) + twice(2.0) == 6 ? 0 : 1;
}
CPP
check() { # PROGRAM LINE HITS
  "$KERNPROF" -l -q -o $1.lprof made/$1
  [ "$(hits $1.lprof "$2" | tr '\n' ' ')" = "$3 " ] || {
    echo "$1, line $2: hits $(hits $1.lprof "$2"), not $3"; "$KERNPROF" export --format csv $1.lprof; exit 1; }
}
build() { # ARG ...
  rm -rf made
  cmake -S project -B made -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_BUILD_TYPE=Release "$@" > log 2>&1 &&
    cmake --build made >> log 2>&1 || { echo "$*:"; tail -30 log; exit 1; }
  check c_program 4 1   # of part.c
  check c_program 5 1 # of main.c
  check plain 4 1
  check cxx_program 3 2
  made/timers
  "$KERNPROF" info made/cxx_program | grep -q -- '-fkernprof-files=none.cpp: matches nothing'
  "$KERNPROF" info made/libloaded.so | grep -q 'loaded.c:1: loaded'
}
build -G Ninja -DCMAKE_C_COMPILER=gcc -DCMAKE_CXX_COMPILER=g++
build -G 'Unix Makefiles' -DCMAKE_C_COMPILER=clang-19 -DCMAKE_CXX_COMPILER=clang++-19
build -G Ninja -DCMAKE_C_COMPILER="$prefix/bin/kernprof-cc" -DCMAKE_CXX_COMPILER="$prefix/bin/kernprof-c++"
# A mistake is said when the project is configured.
echo 'kernprof_instrument(nothing)' >> project/CMakeLists.txt
if cmake -S project -B wrong -G Ninja -DCMAKE_PREFIX_PATH="$prefix" > log 2>&1; then echo "no target, no error"; exit 1; fi
grep -q 'kernprof_instrument: nothing is no target' log
