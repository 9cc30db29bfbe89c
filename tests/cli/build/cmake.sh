# CMAKE_C_COMPILER=kernprof-cc: a project is configured and built as with clang, in C and C++, and profiled.
set -eu
cat > CMakeLists.txt <<'CMAKE'
cmake_minimum_required(VERSION 3.25)
project(tiny LANGUAGES C CXX)
include(CheckCCompilerFlag)
include(CheckIPOSupported)
check_c_compiler_flag(-fkernprof-nonsense nonsense)
check_c_compiler_flag(-fno-plt no_plt)
file(WRITE ${CMAKE_BINARY_DIR}/found "${CMAKE_C_COMPILER_ID} ${CMAKE_CXX_COMPILER_ID} nonsense:${nonsense} plt:${no_plt}")
add_library(part SHARED part.c)
add_executable(program main.cpp)
target_link_libraries(program PRIVATE part)
CMAKE
printf '#include <kernprof.h>\nKP_PROFILE int part(int n)\n{\n    return n + 1;\n}\n' > part.c
cat > main.cpp <<'CPP'
#include <kernprof.h>
extern "C" int part(int n);
KP_PROFILE int main()
{
    int sum = 0;
    for (int i = 0; i < 5; i++)
        sum += part(i);
    return sum - 15;
}
CPP
for generator in Ninja 'Unix Makefiles'; do
  rm -rf made
  cmake -G "$generator" -S . -B made -DCMAKE_C_COMPILER=kernprof-cc -DCMAKE_CXX_COMPILER=kernprof-c++ -DCMAKE_BUILD_TYPE=Release \
    > log 2>&1 && cmake --build made >> log 2>&1 || { cat log; exit 1; }
  [ "$(cat made/found)" = "Clang Clang nonsense: plt:1" ] || { cat made/found; exit 1; }
  "$KERNPROF" -l -q -o p.lprof made/program
  got=$("$KERNPROF" export --format csv p.lprof | awk -F, 'NR > 1 { n = split($1, path, "/"); print path[n] ":" $2 "=" $4 }' | sort | tr '\n' ' ')
  for line in main.cpp:6=6 main.cpp:7=5 main.cpp:8=1 part.c:4=5; do
    case " $got" in *" $line "*) ;; *) echo "$generator: no $line in $got"; exit 1 ;; esac
  done
done
