# Autoconf and Automake: CC and CXX given to configure, in the source folder's sibling, with dependency tracking; functions chosen
# by KERNPROF_CFLAGS when make runs.
set -eu
command -v autoreconf > /dev/null && command -v automake > /dev/null || exit 77
. "$(dirname "$0")/common.sh"
cat > src/configure.ac <<'AC'
AC_INIT([tiny], [1.0])
AC_CONFIG_SRCDIR([part.c])
AM_INIT_AUTOMAKE([foreign])
AC_PROG_CC
AC_PROG_CXX
AC_PROG_RANLIB
AM_PROG_AR
AC_CHECK_HEADERS([unistd.h])
AC_CHECK_FUNCS([getpid no_such_function])
AC_SEARCH_LIBS([cos], [m])
AC_CONFIG_FILES([Makefile])
AC_OUTPUT
AC
cat > src/Makefile.am <<'AM'
bin_PROGRAMS = program
noinst_LIBRARIES = libpart.a
libpart_a_SOURCES = part.c
program_SOURCES = main.cpp
program_LDADD = libpart.a
AM
(cd src && autoreconf -i > log 2>&1) || { cat src/log; exit 1; }
mkdir made
cd made
quietly ../src/configure CC="kernprof cc" CXX="kernprof c++"
grep -q 'checking for getpid... yes' log && grep -q 'checking for no_such_function... no' log || fail "$(cat log)"
quietly make
check "configure, make" ./program
[ -s .deps/part.Po ] || fail "no dependencies were noted"
touch ../src/part.c
quietly make
grep -q 'part\.c' log || fail "not compiled again: $(cat log)"

sed -i 's/KP_PROFILE //; s/#include <kernprof.h>//' ../src/part.c ../src/main.cpp
quietly make clean
KERNPROF_CFLAGS=-fkernprof-all quietly make
check "KERNPROF_CFLAGS" ./program
