#!/usr/bin/env bash
# lua.sh LEVEL: hits of every line of Lua, running a script that uses all of its libraries.
set -euo pipefail
source "$KP_TESTS/real/sources.sh"
source "$KP_TESTS/real/compare.sh"
source "$KP_TESTS/real/pinned_lua.sh"
workload() { # [WRAPPER ...] PROGRAM
  cp "${@: -1}" lua
  "${@:1:$#-1}" ./lua workload.lua
}
compare "$1" "${options[*]}" ./*.c
