# Recordings by number: list, peak, rm, clean; only recordings are removed.
set -eu
for i in 1 2 3; do memprof run -q true; done
touch other.mprof mprofile_2020.mprof
[ "$(memprof list | wc -l)" = 3 ] || { memprof list; exit 1; }
memprof list | head -1 | grep -Eq '^0 mprofile_[0-9]{14}(_1)?\.mprof [0-9:]{8} [0-9]{2}/[0-9]{2}/[0-9]{4}$' || { memprof list; exit 1; }
newest=$(memprof list | tail -1 | cut -d' ' -f2)
memprof peak | grep -q "^$newest	[0-9.]* MiB$" || { memprof peak; exit 1; }
memprof rm --dry-run 0 > out
[ "$(memprof list | wc -l)" = 3 ] && grep -q 'would be removed' out || exit 1
memprof rm -- -1 0
[ "$(memprof list | wc -l)" = 1 ] || { memprof list; exit 1; }
if memprof rm other.mprof 2> err; then echo 'removed what is no recording'; exit 1; fi
if memprof rm 7 2> err; then echo 'removed number 7'; exit 1; fi
memprof clean
[ "$(ls)" = "$(printf 'err\nmprofile_2020.mprof\nother.mprof\nout')" ] || { ls; exit 1; }
if memprof plot 2> err; then echo 'plotted nothing'; exit 1; fi
grep -q 'memprof run PROGRAM' err
