# Meson: CC and CXX, or a native file; and a compiler of its own with the annotations asleep, through pkg-config.
set -eu
command -v meson > /dev/null && command -v ninja > /dev/null || exit 77
. "$(dirname "$0")/common.sh"
cat > src/meson.build <<'MESON'
project('tiny', 'c', 'cpp', default_options: ['buildtype=release', 'werror=true', 'warning_level=3'])
kernprof = dependency('kernprof', required: get_option('asleep'))
part = shared_library('part', 'part.c', dependencies: kernprof)
executable('program', 'main.cpp', link_with: part, dependencies: kernprof)
MESON
echo "option('asleep', type: 'feature', value: 'disabled')" > src/meson_options.txt

CC="kernprof cc" CXX="kernprof c++" quietly meson setup environment src
quietly ninja -C environment
check "CC and CXX" environment/program

printf "[binaries]\nc = ['kernprof', 'cc']\ncpp = ['kernprof', 'c++']\n" > kernprof.ini
quietly meson setup --native-file kernprof.ini native src
quietly ninja -C native
check "native file" native/program
quietly touch src/part.c
quietly ninja -C native
grep -q 'part.c' log || fail "not compiled again: $(cat log)"

quietly env PKG_CONFIG_PATH="$KP_BUILD/lib/pkgconfig" CC=gcc CXX=g++ meson setup -Dasleep=enabled gcc src
quietly ninja -C gcc
gcc/program
