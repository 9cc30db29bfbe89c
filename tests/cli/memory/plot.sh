# memprof plot in every format; what it says when it cannot.
set -eu
command -v gnuplot > /dev/null || exit 77
cat > t.c <<'C'
#include <kernprof.h>
#include <unistd.h>
KP_PROFILE static void it_s(void) { usleep(100000); }
int main(void) { it_s(); it_s(); return 0; }
C
"$KERNPROF" cc -O2 t.c -o "it's"
memprof run -q -T 0.01 -o m.mprof "./it's"
memprof run -q -T 0.01 -o n.mprof sleep 0.1
memprof plot -o p.png m.mprof && [ "$(head -c 4 p.png | tail -c 3)" = PNG ]
memprof plot -o p.pdf --flame --slope m.mprof && [ "$(head -c 4 p.pdf)" = %PDF ]
memprof plot -o p.svg --slope -w 0,1 --title 'A $title' m.mprof
for text in 'A $title' "it's" 'it_s 0.2..s (2 calls)' 'slope' 'peak' 'memory used (in MiB)' 'time (in seconds)'; do
  grep -q -- "$text" p.svg || { echo "no '$text' in the plot"; exit 1; }
done
memprof plot -o o.svg m.mprof n.mprof && grep -q 'm.mprof' o.svg && grep -q 'n.mprof' o.svg
memprof plot -n -o f.svg m.mprof && ! grep -q 'it_s' f.svg
memprof plot -o p.html m.mprof && grep -q '<svg' p.html && [ "$(tail -1 p.html)" = '</body></html>' ]
memprof plot --html m.mprof 2> err && cmp p.html m.html && grep -q '^kernprof: m.html: ' err
memprof plot --html -o page m.mprof n.mprof && grep -q 'n.mprof' page && [ "$(tail -1 page)" = '</body></html>' ]
memprof plot --html -o - m.mprof > out && cmp p.html out
mkdir newest && mv n.mprof newest/mprofile_20200102030405.mprof
(cd newest && memprof plot --html 2> err && [ "$(tail -1 mprofile_20200102030405.html)" = '</body></html>' ])
# Of many children the ten with the largest peaks are named; the peak that is marked is the largest of all.
memprof run -q -M -T 0.02 -o many.mprof -- sh -c 'for i in 1 2 3 4 5 6 7 8 9 10 11 12; do sleep 0.6 & done
  python3 -c "import time; block = bytearray(50 << 20); time.sleep(0.5)"; wait'
memprof plot -o many.svg many.mprof
children=$(sqlite3 many.mprof "SELECT COUNT(DISTINCT pid) - 1 FROM memory_samples")
[ "$children" -ge 13 ]
grep -q "<text>$((children - 10)) smaller child" many.svg && [ "$(grep -c '<text>child [0-9]' many.svg)" = 10 ] ||
  { echo "names of $children children:"; grep -E 'child' many.svg; exit 1; }
peak=$(sqlite3 many.mprof "SELECT printf('%.1f', MAX(rss_bytes) / 1048576.0) FROM memory_samples")
grep -q "peak $peak MiB" many.svg || { echo "not peak $peak"; grep peak many.svg; exit 1; }
memprof plot m.mprof > out && grep -q 'time (in seconds)' out
refuse() {
  local text=$1
  shift
  if "$@" > out 2> err; then echo "$* succeeded"; exit 1; fi
  [ "$(wc -l < err)" = 1 ] && grep -q -- "$text" err || { cat err; exit 1; }
}
refuse 'its end must be' memprof plot -o p.gif m.mprof
refuse 'apt-get install gnuplot' env PATH=/nowhere "${KERNPROF%/*}/memprof" plot -o q.png m.mprof
refuse 'no memory over time' memprof plot -o q.png lines.mprof $(memprof -q -o lines.mprof "./it's")
refuse 'not a kernprof profile' memprof plot t.c
refuse 'two numbers of seconds' memprof plot -w 5 m.mprof
[ ! -e q.png ] || exit 1
