#!/bin/bash
# run.sh DOCUMENT COMMAND ...: the commands of a document's blocks work. Skips where a COMMAND is not installed.
set -eu
document=$1
shift
for command; do
  command -v "$command" > /dev/null || { echo "no $command"; exit 77; }
done
exec /usr/bin/python3 "$KP_TESTS/docs/run.py" "$document"
