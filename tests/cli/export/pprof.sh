# pprof: go's reader shows own and cumulative time, lists sources with times and hits, and knows the callers.
. "$(dirname "$0")/common.sh"
command -v go > /dev/null || { echo 'golang-go is missing'; exit 77; }
export HOME=$PWD GOFLAGS=-mod=mod GOTOOLCHAIN=local PPROF_TMPDIR=$PWD
"$KERNPROF" export --format pprof -o t.pb.gz t.lprof
gzip -t t.pb.gz
go tool pprof -top t.pb.gz > out 2> err
expect out 'Type: wall' 'of 8500ms total' '6000ms 70.59% 70.59% 6000ms 70.59% leaf' '500ms 5.88% 100% 8500ms 100% main'
go tool pprof -list '^leaf$' t.pb.gz > out 2> err
expect out '4s 4s 5: if (n > 100)' '2s 2s 6: return leaf(n - 100) + 1;'
go tool pprof -sample_index=hits -list '^(outer|leaf)$' t.pb.gz > out 2> err
expect out '13 13 5: if (n > 100)' '6 50 14: s += leaf(n + i);'
go tool pprof -sample_index=hits -raw t.pb.gz > raw 2> err
expect raw 'hits/count wall/nanoseconds[dflt]'
go tool pprof -peek '^leaf$' t.pb.gz > out 2> err
expect out '5000ms 83.33% | outer' '1000ms 16.67% | main'
