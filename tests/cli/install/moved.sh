# An installed tree works from wherever it is moved to: programs, plugin, runtime, header, man pages, completion.
set -eu
. "$(dirname "$0")/common.sh"
printf '#include <kernprof.h>\nKP_PROFILE int main(void)\n{\n  return 0;\n}\n' > t.c
PATH="$prefix/bin:/usr/bin:/bin"
for compiler in "kernprof cc" kernprof-cc "kernprof c++ -x c++"; do
  $compiler -O2 t.c -o t
  kernprof -l -q -o t.lprof ./t
  [ "$(hits t.lprof 4)" = 1 ] || { echo "$compiler: no hits"; exit 1; }
done
"$KERNPROF" cc '-###' t.c 2>&1 | grep -q "$KP_BUILD" && { echo "the build folder is used"; exit 1; }
for file in share/man/man1/kernprof-view.1 share/bash-completion/completions/kernprof share/zsh/site-functions/_kernprof \
  share/fish/vendor_completions.d/kernprof.fish include/kernprof.h lib/libkernprof.a; do
  [ -s "$prefix/$file" ] || { echo "$file is not installed"; exit 1; }
done
[ "$(find "$prefix" -name '*.c' -o -name '*.o' | wc -l)" = 0 ]
