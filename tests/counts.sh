# Sourced by tests that count: what a profile says, in a word.

# hits PROFILE LINE: of a line of the only file.
hits() { "$KERNPROF" export --format csv "$1" | awk -F, -v line="$2" '$2 == line { print $4 }'; }

# runs PROFILE COLUMNS [CONDITION]: rows of the view `runs`, columns parted by blanks.
runs() { sqlite3 -separator ' ' "$1" "SELECT $2 FROM runs WHERE ${3:-1}"; }

# llvm_versions: those that a plugin was built for and whose clang++ is installed.
llvm_versions() {
  local plugin version
  for plugin in "$KP_BUILD"/lib/kernprof/llvm-*; do
    version=${plugin##*-}
    command -v "clang++-$version" > /dev/null && echo "$version"
  done
  return 0
}

fail() {
  echo "$*"
  exit 1
}

# expect WHAT GOT WANTED
expect() { [ "$2" = "$3" ] || fail "$1: $2, not $3"; }
