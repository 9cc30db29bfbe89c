# kernprof_instrument in a project whose compiler is gcc: options that only gcc knows, also with -Werror, and link-time
# optimisation, by property or by option.
set -eu
. "$(dirname "$0")/common.sh"
command -v gcc > /dev/null && command -v g++ > /dev/null || exit 77
cat > src/CMakeLists.txt <<'CMAKE'
cmake_minimum_required(VERSION 3.25)
project(tiny LANGUAGES C CXX)
find_package(kernprof REQUIRED)
add_executable(program main.cpp part.c)
target_compile_options(program PRIVATE -Wall -Werror -Wlogical-op -fno-ipa-cp
  $<$<COMPILE_LANGUAGE:CXX>:-fno-gnu-unique> $<$<COMPILE_LANGUAGE:CXX>:-fconcepts> ${more})
target_link_options(program PRIVATE ${more})
kernprof_instrument(program)
set_target_properties(program PROPERTIES INTERPROCEDURAL_OPTIMIZATION ${ipo})
CMAKE
while read -r ipo more; do
  rm -rf made
  quietly cmake -S src -B made -DCMAKE_C_COMPILER=gcc -DCMAKE_CXX_COMPILER=g++ -DCMAKE_PREFIX_PATH="$KP_BUILD" \
    -DCMAKE_BUILD_TYPE=Release -Dipo="$ipo" -Dmore="$more"
  quietly cmake --build made
  check "IPO $ipo $more" made/program
done <<'CASES'
OFF
ON
OFF -flto=auto
CASES
# What neither knows is an error still.
! "$KERNPROF" cc --instead-of clang -fno-such-option -c src/part.c > log 2>&1 || fail "an unknown option is accepted"
