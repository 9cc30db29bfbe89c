# Every command has a man page that lists each option of its --help, and so does every name it goes by.
set -eu
pages=$KP_BUILD/share/man/man1
commands=$("$KERNPROF" --help | sed -n '/^Commands/,/^$/s/^  \([^ ]*\) .*/\1/p')
[ "$(echo "$commands" | wc -l)" -ge 6 ] || { echo "commands: $commands"; exit 1; }
for command in $commands; do
  page=$pages/kernprof-$command.1
  [ "$(head -c 4 "$page")" != ".so " ] || page=$pages/$(basename "$(cut -d' ' -f2 "$page")")
  { "$KERNPROF" $command --help 2>&1 || true; } | sed '/^What follows/,$d' > help
  grep -q '^usage: ' help || { echo "$command: no usage"; exit 1; }
  sed 's/\\-/-/g; s/\\e/\\/g' "$page" > page
  options=$(sed -n 's/^  *\(-[^ ,]*\).*/\1/p; s/^  *-., \(--[^ ]*\).*/\1/p' help)
  [ -n "$options" ] || { echo "$command: no options in its --help"; exit 1; }
  for option in $options; do
    grep -q -F -- "$option" page || { echo "$page: no $option"; exit 1; }
  done
  if command -v man > /dev/null && command -v groff > /dev/null; then
    man --warnings -l "$page" > text 2> warnings
    [ ! -s warnings ] || { echo "$page:"; cat warnings; exit 1; }
    grep -q "^SYNOPSIS" text || { cat text; exit 1; }
  fi
done
