#!/bin/bash
# What configure scripts and build tools ask of a compiler is answered as clang does.
set -eu
. "$(dirname "$0")/common.sh"

echo 'int main(void) { return 0; }' >conftest.c
clang=$("$KERNPROF" cc '-###' -c conftest.c 2>&1 | grep '^ "' | head -1 | cut -d'"' -f2)

for question in --version -dumpversion -dumpmachine -print-prog-name=ld -print-resource-dir \
    -print-file-name=libc.so; do
    [ "$(cc $question 2>&1)" = "$("$clang" $question 2>&1)" ] || [ $question = --version ] ||
        fail "$question is answered differently"
done
cc --version | grep -q 'clang version' || fail "--version does not name clang"
cc -v >messages 2>&1 || fail "-v fails: $(cat messages)"
if cc -V >messages 2>&1; then fail "-V succeeds"; fi
if cc -qversion >messages 2>&1; then fail "-qversion succeeds"; fi
cc 2>messages && fail "no argument: succeeds"
grep -q 'no input files' messages || fail "no argument: $(cat messages)"

# The default output, the object suffix, a cross check, and -o that is not touched when compilation fails.
cc conftest.c && [ -x a.out ] && ./a.out || fail "no a.out"
cc -c conftest.c && [ -f conftest.o ] || fail "no conftest.o"
cc -E - </dev/null >/dev/null || fail "-E - fails"
cc -E -dM - </dev/null | grep -q '__KERNPROF__ 1' || fail "__KERNPROF__ is not defined"
cc -U__KERNPROF__ -E -dM - </dev/null | grep -q __KERNPROF__ && fail "-U__KERNPROF__ has no effect"
cc -Werror -Wunused-command-line-argument -c conftest.c || fail "an added argument is warned about"
cc -Werror -Wno-everything conftest.o -o linked || fail "linking warns"
[ -z "$(cc -Werror conftest.o -o linked 2>&1)" ] || fail "linking warns"
if cc -Werror -fno-such-option -c conftest.c 2>/dev/null; then fail "an unknown option is accepted"; fi

# Tools that want one word.
if [ -x "$KERNPROF-cc" ]; then "$KERNPROF-cc" conftest.c -o one_word && ./one_word || fail "kernprof-cc fails"; fi
if [ -x "$KERNPROF-c++" ]; then
    printf '#include <string>\nint main() { return std::string("x").size() - 1; }\n' >conftest.cpp
    "$KERNPROF-c++" conftest.cpp -o one_word && ./one_word || fail "kernprof-c++ fails"
fi
cc --help | grep -q fkernprof-functions || fail "--help does not show kernprof's options"
