# diff --fail-above: 1 where something became slower beyond noise or is not measured any more; 0; 125.
. "$(dirname "$0")/common.sh"
make old
scaled old 1.5 slower.lprof
scaled old 1.02 little.lprof
[ "$(status old.lprof slower.lprof)" = 0 ] || fail 'failed without --fail-above'
[ "$(status --fail-above 5 old.lprof old.lprof)" = 0 ] || { cat err; exit 1; }
[ "$(status --fail-above 5 old.lprof little.lprof)" = 0 ] || { cat err; exit 1; }
[ "$(status --fail-above 5 slower.lprof old.lprof)" = 0 ] || { cat err; exit 1; }
[ "$(status --fail-above 5 old.lprof slower.lprof)" = 1 ] || fail 'not seen'
[ "$(grep -c . err)" = 1 ] && grep -q 'became slower by 50.0 %' err || { cat err; exit 1; }
[ "$(status --fail-above 60 old.lprof slower.lprof)" = 0 ] || { cat err; exit 1; }
# One line alone, the whole hardly slower; and a line too small to matter.
cp old.lprof line.lprof
sqlite3 line.lprof "UPDATE line SET time_ns = 20000000 WHERE line = 6"
[ "$(status --fail-above 50 old.lprof line.lprof)" = 1 ] || fail 'a line was not seen'
grep -q 'old.c:6 (moved) became slower by 100.0 %' err || { cat err; exit 1; }
cp old.lprof small.lprof
sqlite3 small.lprof "UPDATE line SET time_ns = 2000000 WHERE line = 5"
[ "$(status --fail-above 50 old.lprof small.lprof)" = 0 ] || { cat err; exit 1; }
[ "$(status --fail-above 50 --least 0.1 old.lprof small.lprof)" = 1 ] || fail 'least'
# The error of sampled times is noise.
sqlite3 line.lprof "UPDATE line SET error_ns = 9000000 WHERE line = 6"
[ "$(status --fail-above 50 old.lprof line.lprof)" = 0 ] || { cat err; exit 1; }
# Missing measurements.
make new
sed -i 's/ 80$/ 40/; s/ 20$/ 0/' new.c
set_times new.lprof new.c
[ "$(status --fail-above 500 old.lprof new.lprof)" = 1 ] || fail 'a function that is gone'
grep -q 'gone (.*old.c:19) is not measured any more' err || { cat err; exit 1; }
cp old.lprof off.lprof
sqlite3 off.lprof "UPDATE run SET timing = 'off'; UPDATE line SET time_ns = 0, self_ns = 0"
[ "$(status --fail-above 500 old.lprof off.lprof)" = 1 ] || fail 'no times'
grep -q 'no times were taken in the new profile' err || { cat err; exit 1; }
sqlite3 off.lprof "UPDATE run SET timing = 'adaptive'"
[ "$(status --fail-above 500 old.lprof off.lprof)" = 1 ] || fail 'no time'
grep -q 'no time was measured in the new profile' err || { cat err; exit 1; }
cp old.lprof never.lprof
sqlite3 never.lprof "UPDATE function SET calls = 0 WHERE name = 'gone'; UPDATE line SET hits = 0, time_ns = 0 WHERE line IN (19, 21)"
[ "$(status --fail-above 500 old.lprof never.lprof)" = 1 ] || fail 'a function that never ran'
for arguments in 'old.lprof' 'old.lprof none.lprof' 'old.lprof old.c' '--fail-above x old.lprof old.lprof' \
  '--fail-above -1 old.lprof old.lprof' '--format xml old.lprof old.lprof' 'a b c' '-o /no/such/out old.lprof old.lprof'; do
  [ "$(status $arguments)" = 125 ] || fail "$arguments: $(cat err)"
  [ "$(grep -c . err)" = 1 ] || { cat err; exit 1; }
done
