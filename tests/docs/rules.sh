#!/bin/bash
# What run.py promises: a failing command fails and names its place; marks are known ones; no command hides elsewhere.
set -eu
check() { # STATUS TEXT: of running the document on standard input
  cat > t.md
  rm -rf t
  status=0
  /usr/bin/python3 "$KP_TESTS/docs/run.py" "$PWD/t.md" > out 2>&1 || status=$?
  [ $status = "$1" ] && grep -qF -- "$2" out || { echo "status $status, and not said: $2"; cat out; exit 1; }
}
check 0 't.md:4' <<'MD'
```console
$ cd examples
here is what it prints
$ test -d jacobi && \
  test -d generated
```
```console terminal
$ false
```
MD
check 1 't.md:5: this command failed' <<'MD'
```console
$ true
```
```sh
if true; then
  false
fi
```
MD
check 1 'outside of a fenced block' <<'MD'
    $ true
MD
check 1 "unknown mark 'later'" <<'MD'
```sh later
false
```
MD
check 1 'no command that can be run' <<'MD'
Words.
MD
