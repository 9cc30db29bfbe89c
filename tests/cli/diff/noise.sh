# diff of several runs: their spread is noise, and times are those of one run.
. "$(dirname "$0")/common.sh"
make old
i=0
for factor in 1.0 1.1 1.05 0.95 1.02; do i=$((i + 1)); scaled old $factor "a.$i.lprof"; done
i=0
for factor in 1.08 1.0 1.12 1.15 1.03; do i=$((i + 1)); scaled old $factor "b.$i.lprof"; done
i=0
for factor in 1.52 1.45 1.5 1.48 1.55; do i=$((i + 1)); scaled old $factor "c.$i.lprof"; done
"$KERNPROF" merge -o a.lprof 'a.*.lprof'
"$KERNPROF" merge -o b.lprof 'b.*.lprof'
[ "$(status --fail-above 3 a.lprof b.lprof)" = 0 ] || { cat out err; exit 1; }
expect out 'Old: 0.20' ' a run, mean of 5' ': same'
[ "$(status --fail-above 3 a.lprof 'c.*.lprof')" = 1 ] || { cat out err; exit 1; }
expect out '(+46.5 %, noise ' ': slower'
# Different numbers of runs on the two sides; one run beside several has their noise.
[ "$(status --fail-above 3 a.lprof b.4.lprof)" = 0 ] || { cat out err; exit 1; }
[ "$(status --fail-above 3 a.lprof c.1.lprof)" = 1 ] || { cat out err; exit 1; }
