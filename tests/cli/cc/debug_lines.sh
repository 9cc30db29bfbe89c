#!/bin/bash
# There are line tables whatever the user says of -g, and no less than the user asked for.
set -eu
. "$(dirname "$0")/common.sh"

echo 'int main(void) { return 0; }' >main.c

kind() {
    commands "$@" -c main.c | grep -o -- '-debug-info-kind=[a-z-]*' | cut -d= -f2
}

expect() { # KIND ARG...
    local wanted=$1
    shift
    [ "$(kind "$@")" = "$wanted" ] || fail "kernprof cc $*: debug information is '$(kind "$@")', not '$wanted'"
}

expect line-tables-only
expect line-tables-only -O2
expect line-tables-only -g0
expect line-tables-only -g -g0
expect constructor -g
expect constructor -g0 -g
expect constructor -g2
expect constructor -ggdb -gz
