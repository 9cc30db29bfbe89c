# A Python interpreter that is not instrumented loads an instrumented extension, in threads and in forked processes.
set -eu
. "$KP_TESTS/cli/module/common.sh"
command -v python3 > /dev/null || exit 77
library work 1
cat > t.py <<'P'
import ctypes, os, threading
work = ctypes.CDLL("./work.so").work
threads = [threading.Thread(target=work, args=(100,)) for _ in range(20)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
for _ in range(3):
    child = os.fork()
    if child == 0:
        work(1000)
        os._exit(0)
    os.waitpid(child, 0)
work(1)
raise SystemExit(4)
P
status=0
"$KERNPROF" -l -q -o t.lprof python3 t.py || status=$?
expect "exit status" $status 4
expect "hits" "$(hits t.lprof 5)" 5001
expect "processes" "$(runs t.lprof 'COUNT(*)')" 4
