# To be sourced: installs into a folder, moves that elsewhere, and makes it the kernprof of this test.
cmake --install "$KP_BUILD" --prefix "$PWD/first" > install.log 2>&1 || { cat install.log; exit 1; }
mkdir 'another place'
mv first 'another place/moved'
prefix="$PWD/another place/moved"
KERNPROF=$prefix/bin/kernprof
hits() { # PROFILE LINE
  "$KERNPROF" export --format csv "$1" | awk -F, -v line="$2" '$2 == line { print $4 }'
}
