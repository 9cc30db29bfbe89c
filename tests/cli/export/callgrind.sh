# callgrind: callgrind_annotate shows functions, calls and annotated source.
. "$(dirname "$0")/common.sh"
"$KERNPROF" export --format callgrind -o callgrind.out.1 t.lprof
callgrind_annotate --auto=yes --tree=both --inclusive=yes callgrind.out.1 > out 2> err
[ ! -s err ] || { cat err; exit 1; }
expect out '8,500,000,000 (100.0%)' 't.c:main' 't.c:outer (2x)' 't.c:leaf (6x)' 't.c:leaf (1x)' \
  '4,000,000,000 (47.06%) 13 (17.33%) if (n > 100)' '6,000,000,000 (70.59%) . * t.c:leaf' \
  '5,000,000,000 (58.82%) . => t.c:leaf (6x)'
callgrind_annotate --auto=no callgrind.out.1 > own
expect own '6,000,000,000 (70.59%)' '2,000,000,000 (23.53%)' '500,000,000 ( 5.88%)'
