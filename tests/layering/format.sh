# All C and C++ of the tree is as clang-format 14 (Debian 12) lays it out by .clang-format; other versions differ. Apart from
# programs whose lines a test counts, and the shown examples.
set -euo pipefail
clang-format --version | grep -q 'version 14\.' || exit 77
cd "$KP_TESTS/.."
files=(format/*.[ch] util/*.[ch] include/*.h plugin/*.cpp plugin/*.h plugin/compat/*.h runtime/*.[ch] runtime/*/*.[ch]
  kernprof/*.c kernprof/*/*.[ch] kernprof/*/*/*.[ch] viewer/*/*.[ch] tests/unit/*.[ch] tests/fuzz/*.c)
[ ${#files[@]} -gt 200 ] || { echo "only ${#files[@]} files were found"; exit 1; }
clang-format --dry-run -Werror "${files[@]}"
