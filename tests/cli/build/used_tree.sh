# scripts/test does on a tree that is built already what it does on a new one: CMake looks again for what was installed since,
# and a plugin that is asked for and missing is an error. CMake and CTest are stand-ins that write down how they are called.
set -eu
. "$KP_TESTS/counts.sh"
mkdir -p bin tree/scripts
cp "$KP_TESTS/../scripts/build" "$KP_TESTS/../scripts/test" tree/scripts/
printf '#!/bin/sh\n' > tree/scripts/install-deps
cat > bin/cmake <<'SH'
#!/bin/sh
echo "cmake $*" >> "$CALLS"
case $1 in
  --build)
    for version in $(cat build/found); do mkdir -p "build/lib/kernprof/llvm-$version"; done ;;
  *)
    mkdir -p build
    touch build/build.ninja
    echo "$INSTALLED" > build/found ;;
esac
SH
cat > bin/ctest <<'SH'
#!/bin/sh
echo "ctest $*" >> "$CALLS"
SH
chmod +x bin/* tree/scripts/*
export PATH="$PWD/bin:$PATH" CALLS="$PWD/calls" INSTALLED="14 19"
check() { # WHAT ARG ...: the calls that were made
  what=$1
  shift
  : > calls
  tree/scripts/test "$@" > out 2>&1 || fail "$what: $(cat out calls)"
  grep -q '^ctest --test-dir build ' calls || fail "$what: no test was run: $(cat calls)"
}
check "a new tree"
grep -q '^cmake --preset release' calls || fail "$(cat calls)"
check "the same again"
grep -q '^cmake build' calls || fail "$(cat calls)"
check "other machines" --cross
grep -q '^cmake -DKERNPROF_TARGETS=aarch64-linux-gnu build' calls || fail "$(cat calls)"
if tree/scripts/test --all-llvm > out 2>&1; then fail "LLVM 15 and 16 are not there: $(cat out)"; fi
grep -q 'no plugin was built for LLVM 15' out || fail "$(cat out)"
INSTALLED="14 15 16 19"
check "all versions" --all-llvm
rm -rf tree/build
check "all versions, a new tree" --all-llvm
check "other machines, a new tree" --cross
