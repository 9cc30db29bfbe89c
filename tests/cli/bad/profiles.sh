# Profiles that are none, not whole, or of another version are refused by every reader with one line that says which.
set -eu
printf '#include <kernprof.h>\nKP_PROFILE int main(void) { return 0; }\n' > t.c
"$KERNPROF" cc -O2 t.c -o t
"$KERNPROF" -l -q -o good.lprof ./t
expect() { # FILE TEXT
  for command in "view" "export --format csv" "export --format json" "info"; do
    local status=0
    "$KERNPROF" $command "$1" > out 2> err || status=$?
    [ $status = 125 ] && [ "$(wc -l < err)" = 1 ] && [ ! -s out ] && grep -q -- "kernprof: $1: $2" err || {
      echo "$command $1: exit status $status; expected '$2' in:"; cat out err; exit 1; }
  done
}
sql() { cp good.lprof "$1"; sqlite3 "$1" "$2"; }
version=$(sqlite3 good.lprof 'PRAGMA user_version')
sql newer.lprof "PRAGMA user_version = $((version + 1))"
expect newer.lprof "made by a newer kernprof (format $((version + 1)), this reads $version); update kernprof"
sql older.lprof "PRAGMA user_version = $((version - 1))"
expect older.lprof "made by an older kernprof (format $((version - 1)), this reads $version); profile the program again"
sql other.db 'PRAGMA application_id = 7'
expect other.db 'not a kernprof profile, but another SQLite database'
sql viewless.lprof 'DROP VIEW lines'
expect viewless.lprof 'damaged profile (a view is missing)'
for size in 1 15 50 99; do
  head -c $size good.lprof > cut.lprof
  expect cut.lprof 'truncated profile'
done
for size in 100 4096 8191 $(($(stat -c %s good.lprof) - 1)); do
  head -c $size good.lprof > cut.lprof
  expect cut.lprof 'truncated profile'
done
: > empty.lprof
expect empty.lprof 'empty file, not a profile'
expect t.c 'not a kernprof profile'
expect none.lprof 'no such file\|No such file'
mkdir folder
expect folder 'not a regular file'
{ head -c 4096 good.lprof; head -c $(($(stat -c %s good.lprof) - 4096)) /dev/zero; } > zeros.lprof
expect zeros.lprof 'damaged profile'
