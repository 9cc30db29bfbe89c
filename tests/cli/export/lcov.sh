# lcov: genhtml makes its pages of it, and lcov adds it to itself.
. "$(dirname "$0")/common.sh"
command -v genhtml > /dev/null || { echo 'lcov is missing'; exit 77; }
"$KERNPROF" export --format lcov -o t.info t.lprof
genhtml -q -o html t.info > out 2>&1 || { cat out; exit 1; }
page=$(find html -name 't.c.gcov.html')
sed 's/<[^>]*>//g' "$page" > text
expect text '13 : if (n &gt; 100)' '6 : s += leaf(n + i);'
lcov -q -a t.info -a t.info -o sum.info > out 2>&1 || { cat out; exit 1; }
grep -qx 'DA:5,26' sum.info && grep -qx 'FNDA:26,leaf' sum.info || { cat sum.info; exit 1; }
