#!/bin/bash
# run.sh DOCUMENT COMMAND ...: the commands of a document's blocks work. Skips where a COMMAND is not installed, or kernprof was built
# without what they need.
set -eu
document=$1
shift
for command; do
  command -v "$command" > /dev/null || { echo "no $command"; exit 77; }
done
if grep -q -- --html "$KP_TESTS/../$document" && [ ! -s "$KP_BUILD/web/page.html" ]; then
  echo "built without the page"
  exit 77
fi
if grep -q 'kernprof graph' "$KP_TESTS/../$document" && "$KERNPROF" doctor | grep -q '^missing *graph layout'; then
  echo "built without Graphviz"
  exit 77
fi
exec /usr/bin/python3 "$KP_TESTS/docs/run.py" "$document"
