# What the tests of the wrapper share; to be sourced. Each test runs in a scratch folder, with the program in $KERNPROF.

fail() {
    echo "$*"
    exit 1
}

cc() {
    "$KERNPROF" cc "$@"
}

# What `kernprof cc ARG...` would run, one command a line.
commands() {
    "$KERNPROF" cc '-###' "$@" 2>&1 | grep '^ "'
}

links_runtime() {
    commands "$@" | grep -v -- '"-cc1' | grep -q '/libkernprof\.a"'
}

expect_runtime() {
    links_runtime "$@" || fail "kernprof cc $*: the runtime is not linked"
}

expect_no_runtime() {
    ! "$KERNPROF" cc '-###' "$@" 2>&1 | grep -q '/libkernprof\.a"' || fail "kernprof cc $*: the runtime is linked"
}
