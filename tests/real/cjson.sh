#!/usr/bin/env bash
# cjson.sh LEVEL: hits of every line of cJSON and its utilities, on the inputs of its own tests, good and bad ones.
set -euo pipefail
source "$KP_TESTS/real/sources.sh"
source "$KP_TESTS/real/compare.sh"
folder=$(fetch cjson)
cp "$folder"/cJSON.[ch] "$folder"/cJSON_Utils.[ch] "$folder"/test.c .
cp -r "$folder"/tests/inputs "$folder"/tests/json-patch-tests .
sed -i 's/^int CJSON_CDECL main(void)/int example_main(void)/' test.c
cp "$KP_TESTS/real/cjson_driver.c" driver.c
workload() { "$@" inputs/test* json-patch-tests/*.json > messages 2>&1 || { cat messages; exit 1; }; }
compare "$1" "" ./*.c
