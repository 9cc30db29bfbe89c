# A program that any compiler builds finds header and library through pkg-config, in a tree that was moved.
set -eu
. "$(dirname "$0")/common.sh"
export PKG_CONFIG_PATH=$prefix/lib/pkgconfig
printf '#include <kernprof.h>\nKP_PROFILE int main(void)\n{\n  return 0;\n}\n' > t.c
for compiler in gcc clang-19; do
  eval "$compiler -Wall -Werror t.c -o t $(pkg-config --cflags --libs kernprof)"
  ./t
done
# The instrumented object of another command, linked by the compiler itself.
"$KERNPROF" cc -O2 -c t.c
eval "gcc t.o -o t $(pkg-config --libs kernprof)"
"$KERNPROF" -l -q -o t.lprof ./t
[ "$(hits t.lprof 4)" = 1 ] || { echo "no hits"; exit 1; }
