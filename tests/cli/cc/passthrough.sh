#!/bin/bash
# `kernprof cc` is clang's own command line: every way to compile works, and nothing is said of the wrapper's own.
set -eu
. "$(dirname "$0")/common.sh"

runs() { # PROGRAM
    [ "$("./$1")" = 42 ] || fail "$1 does not print 42"
}

quiet() { # ARG...
    cc "$@" >messages 2>&1 || fail "kernprof cc $*: $(cat messages)"
    [ ! -s messages ] || fail "kernprof cc $* says: $(cat messages)"
}

cat >main.c <<'END'
#include <stdio.h>
int other(void);
int main(void) { printf("%d\n", other()); return 0; }
END
echo 'int other(void) { return 42; }' >other.c
echo 'int other(void) { return VALUE; }' >value.c
cc -S other.c -o plain.s
sed 's/42/ANSWER/' plain.s >pre.S
sed -i '1i #define ANSWER 42' pre.S

quiet -Wall -Werror main.c other.c -o two && runs two
quiet -Werror -c main.c && quiet -Werror -c other.c -o other.o
quiet -Werror main.o other.o -o objects && runs objects
quiet -Werror -E main.c -o main.i && grep -q 'int main' main.i || fail "-E gives no source"
quiet -Werror -S other.c -o other.s && grep -q '^other:' other.s || fail "-S gives no assembly"
quiet -Werror main.c other.s -o from_s && runs from_s
quiet -Werror main.c plain.s -o plain_s && runs plain_s
quiet -Werror main.c pre.S -o pre_s && runs pre_s
cc -M main.c | grep -q stdio.h || fail "-M gives no dependencies"
[ "$(cc -MM main.c)" = "main.o: main.c" ] || fail "-MM gives something else"
quiet -MD -MF main.d main.c other.c -o with_md && runs with_md
quiet -fsyntax-only main.c
quiet -O2 -pie -fPIE main.c other.c -o pie && runs pie
quiet -static main.c other.c -o static && runs static
quiet -shared -fPIC other.c -o libother.so
quiet main.c -L. -lother '-Wl,-rpath,$ORIGIN' -o shared && runs shared
quiet -c main.c other.c && quiet -r -nostdlib main.o other.o -o both.o && quiet both.o -o from_r && runs from_r

# -x stays in force to the end of the line: the runtime must not be taken for C.
cp main.c main.txt; cp other.c other.txt
quiet -x c main.txt other.txt -o by_language && runs by_language
quiet -xc main.txt other.txt -o by_language2 && runs by_language2
quiet -x c - -c -o from_stdin.o <main.c && quiet from_stdin.o other.c -o from_stdin && runs from_stdin

# Only file names follow "--".
quiet -o dashes -- main.c other.c && runs dashes
quiet -x c -o dashes2 -- main.txt other.txt && runs dashes2

# Response files: read to see what the command does, passed on as they are.
printf '%s\n' '-DVALUE=42 "-DTEXT=\"a b\"" value.c' "-o 'in file'" >arguments
quiet main.c @arguments && runs 'in file'
echo '-c other.c -o responded.o' >compile_only
quiet @compile_only && [ -f responded.o ] || fail "@file: no object"
echo '@arguments' >nested
rm 'in file'; quiet @nested main.c && runs 'in file'
commands @compile_only >/dev/null || fail "@file and -###: nothing shown"

# A header alone is precompiled.
echo 'int other(void);' >some.h
quiet some.h -o some.h.pch && [ -s some.h.pch ] || fail "no precompiled header"

# The status is clang's.
echo 'int broken(' >broken.c
if cc -c broken.c 2>/dev/null; then fail "a broken source compiles"; fi
if cc missing.c 2>messages; then fail "a missing source compiles"; fi
grep -q 'no such file.*missing.c' messages || fail "a missing source: $(cat messages)"
