#!/usr/bin/env bash
# CC="kernprof cc" ./configure && make: configure finds out what it finds out about clang itself, and what make builds is
# profiled. GNU hello, as small as an autoconf package gets.
set -euo pipefail
source "$KP_TESTS/real/sources.sh"
folder=$(fetch hello)
cp -a "$folder" ours
cp -a "$folder" plain
configure() { # FOLDER CC
  (cd "$1" && CC=$2 ./configure -q --disable-nls --disable-dependency-tracking) > log 2>&1 || { cat log; exit 1; }
}
configure plain clang-19
KERNPROF_CC=clang-19 KERNPROF_CFLAGS=-fkernprof-files=hello.c configure ours "kernprof cc"
cmp plain/config.h ours/config.h
(cd ours && KERNPROF_CC=clang-19 KERNPROF_CFLAGS=-fkernprof-files=hello.c make MAKEINFO=: HELP2MAN=:) > log 2>&1 || { cat log; exit 1; }
"$KERNPROF" -l -q -o hello.lprof ours/hello -g 'good day' > out
echo 'good day' | cmp - out
for expected in 'setlocale (LC_ALL, "");=1' 'greeting_msg = optarg;=1' 'print_version ();=0' 'const char \*greeting_msg;=-'; do
  line=$(grep -n "${expected%=*}" ours/src/hello.c | head -1 | cut -d: -f1)
  hits=$("$KERNPROF" export --format csv hello.lprof | awk -F, -v line="$line" '$1 ~ /\/hello.c$/ && $2 == line { print $4 }')
  [ "${hits:--}" = "${expected##*=}" ] || { echo "hello.c:$line: ${hits:--} hits, not ${expected##*=}"; exit 1; }
done
