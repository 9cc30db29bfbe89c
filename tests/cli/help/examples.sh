# What --help and the man page show as examples can be typed, and makes the files that it says.
set -eu
[ -s "$KP_BUILD/web/page.html" ] && command -v gnuplot > /dev/null || { echo "no page, or no gnuplot"; exit 77; }
cat > prog.c <<'C'
#include <kernprof.h>
#include <stdlib.h>
KP_PROFILE int main(void)
{
    free(malloc(1000));
    return 0;
}
C
for name in kernprof memprof; do
  "$(dirname "$KERNPROF")/$name" --help | sed -n '/^Examples:$/,/^$/s/^  //p' > examples
  [ "$(wc -l < examples)" -ge 3 ] || { echo "$name: no examples"; exit 1; }
  bash -eux examples > out 2>&1 || { cat out; exit 1; }
  sed 's/\\-/-/g' "$KP_BUILD/share/man/man1/$name.1" > page
  while read -r line; do
    grep -qxF -- "$line" page || { echo "$name.1: no $line"; exit 1; }
  done < examples
  for file in $(grep -o 'in prog\.[a-z]*\|[a-z]*\.html' examples | sed 's/^in //'); do
    [ -s "$file" ] || { echo "$name: no $file"; exit 1; }
  done
done
