# Sourced by tests that count: what a profile says, in a word.

# hits PROFILE LINE: of a line of the only file.
hits() { "$KERNPROF" export --format csv "$1" | awk -F, -v line="$2" '$2 == line { print $4 }'; }

# runs PROFILE COLUMNS [CONDITION]: rows of the view `runs`, columns parted by blanks.
runs() { sqlite3 -separator ' ' "$1" "SELECT $2 FROM runs WHERE ${3:-1}"; }

fail() {
  echo "$*"
  exit 1
}

# expect WHAT GOT WANTED
expect() { [ "$2" = "$3" ] || fail "$1: $2, not $3"; }
