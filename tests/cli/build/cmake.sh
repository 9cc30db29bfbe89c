# CMAKE_C_COMPILER=kernprof-cc: a project is configured and built as with clang, in C and C++, and profiled.
set -eu
. "$(dirname "$0")/common.sh"
cat > src/CMakeLists.txt <<'CMAKE'
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
for generator in Ninja 'Unix Makefiles'; do
  rm -rf made
  quietly cmake -G "$generator" -S src -B made -DCMAKE_C_COMPILER=kernprof-cc -DCMAKE_CXX_COMPILER=kernprof-c++ -DCMAKE_BUILD_TYPE=Release
  quietly cmake --build made
  expect found "$(cat made/found)" "Clang Clang nonsense: plt:1"
  check "$generator" made/program
done
