#!/bin/bash
# Bad uses of --html get a message, and leave no file.
set -eu
: > not-a-profile
status=0
"$KERNPROF" view --html out.html not-a-profile 2> message || status=$?
[ $status = 125 ] && [ ! -e out.html ] && [ "$(wc -l < message)" = 1 ]
status=0
"$KERNPROF" view --html no/such/folder/out.html not-a-profile 2> message || status=$?
[ $status = 125 ] && grep -q 'no/such/folder' message
