#!/bin/bash
# Options of kernprof's own become arguments of the plugin, wherever they stand; unknown ones are refused.
set -eu
. "$(dirname "$0")/common.sh"

echo 'int main(void) { return 0; }' >main.c

expect() { # TEXT ARG...
    local wanted=$1
    shift
    commands "$@" -c main.c | grep -q -F -- "\"-plugin-arg-kernprof\" \"$wanted\"" || fail "kernprof cc $*: no $wanted"
}

expect 'functions=f*,g' '-fkernprof-functions=f*,g'
expect 'files=main.c' -fkernprof-files=main.c
expect all -fkernprof-all
echo "-O2 '-fkernprof-functions=in file'" >arguments
expect 'functions=in file' @arguments
KERNPROF_CFLAGS="-fkernprof-all '-DNAME=\"a b\"'" expect all
KERNPROF_CFLAGS="-fkernprof-all '-DNAME=\"a b\"'" commands -c main.c | grep -q -F 'NAME=\"a b\"' ||
    fail "KERNPROF_CFLAGS: the quotes are not read as a shell reads them"
cc -o -fkernprof-name main.c && [ -f ./-fkernprof-name ] || fail "the value of -o was taken for an option"

refused() { # ARG...
    local status=0
    cc "$@" -c main.c 2>messages || status=$?
    [ "$status" = 125 ] || fail "kernprof cc $*: status $status, not 125"
    [ "$(wc -l <messages)" = 1 ] || fail "kernprof cc $*: not one line: $(cat messages)"
}

refused -fkernprof-function=f
grep -q -- '-fkernprof-functions=' messages || fail "the message does not name the options there are"
refused -fkernprof-files=
KERNPROF_CFLAGS="'open" refused
