"""killed_often.py KERNPROF TIMES: kills ./t (killed_often.c) at random moments and checks what its profiles say.

The bound: lines of a loop without calls are off by what the loop in flight has counted and not yet added up, at most its
length; every other line by one, for the activation in flight."""
import mmap, os, random, signal, sqlite3, struct, subprocess, sys, time

kernprof, times = sys.argv[1], int(sys.argv[2])
LENGTH = 1000
lines = {}
for number, text in enumerate(open("t.c"), 1):
    for mark in ("in flight", "begun", "ended", "never"):
        if f"/* {mark} */" in text:
            lines[mark] = number

def run(timing, delay):
    with open("progress", "wb") as file:
        file.truncate(24)
    with open("progress", "r+b") as file:
        progress = mmap.mmap(file.fileno(), 24)
    child = subprocess.Popen([kernprof, "-l", "-q", "--timing=" + timing, "-o", "t.lprof", "./t"])
    while struct.unpack("lll", progress[:])[1] == 0:
        if child.poll() is not None:
            sys.exit("the program ended by itself")
    time.sleep(delay)
    os.kill(struct.unpack("lll", progress[:])[0], signal.SIGKILL)
    status = child.wait()
    return status, struct.unpack("lll", progress[:])

def check(timing, delay):
    status, (pid, begun, ended) = run(timing, delay)
    assert status == 137, f"exit status {status}"
    profile = sqlite3.connect("file:t.lprof?mode=ro", uri=True)
    assert profile.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert profile.execute("SELECT pid, clean, exit_status, threads FROM runs").fetchall() == [(pid, 0, 137, 1)]
    hits = dict(profile.execute("SELECT line, hits FROM lines"))
    bounds = {
        "in flight": (ended * LENGTH - 1, begun * LENGTH + 1),
        "begun": (begun - 1, begun + 1),
        "ended": (ended - 1, ended + 1),
        "never": (0, 0),
    }
    for mark, (low, high) in bounds.items():
        got = hits[lines[mark]]
        assert low <= got <= high, f"{mark}: {got} hits, not {low} to {high} (timing {timing}, {begun} begun, {ended} ended)"
    subprocess.run([kernprof, "view", "t.lprof"], check=True, stdout=subprocess.DEVNULL)
    return begun - ended

random.seed(int(os.environ.get("KP_SEED", "1")))
inside = 0
for i in range(times):
    inside += check(("off", "exact", "adaptive")[i % 3], random.uniform(0, 0.02))
print(f"{times} times killed, {inside} of them within the loop")
