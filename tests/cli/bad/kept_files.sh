# The files of tests/bad are refused, each with one line, by every command that may get them.
set -eu
for kind in profile counters; do
  [ "$(ls "$KP_TESTS/bad/$kind" | wc -l)" -ge 9 ] || { echo "files of tests/bad/$kind are missing"; exit 1; }
done
for file in "$KP_TESTS"/bad/profile/*; do
  for command in "view" "export --format csv" "export --format json" "info"; do
    if "$KERNPROF" $command "$file" > out 2> err; then echo "$command $file succeeded"; exit 1; fi
    [ "$(wc -l < err)" = 1 ] && grep -q "$(basename "$file")" err || { echo "$command $file:"; cat err; exit 1; }
    ! grep -q 'an older kernprof' err || { echo "$file is of an older format, which hides its fault"; exit 1; }
  done
done
for file in "$KP_TESTS"/bad/counters/*; do
  mkdir folder
  printf '{"command": "t", "kind": "lines", "timing": "exact", "output": "%s/t.lprof"}' "$PWD" > folder/run.json
  cp "$file" folder/
  if "$KERNPROF" recover folder > out 2> err; then echo "recovered from $file"; exit 1; fi
  [ "$(wc -l < err)" = 1 ] && [ ! -e t.lprof ] || { echo "$file:"; cat err; exit 1; }
  rm -r folder
done
for text in '' '{' '[]' '{"command": 1}' '{"command": "t", "kind": "lines", "timing": "exact"}'; do
  mkdir folder
  echo "$text" > folder/run.json
  if "$KERNPROF" recover folder > out 2> err; then echo "recovered by $text"; exit 1; fi
  [ "$(wc -l < err)" = 1 ] || { cat err; exit 1; }
  rm -r folder
done
