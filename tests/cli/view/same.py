"""Compares what same.sh made: the raw values of CSV and JSON, and their texts, as columns.c and units.c promise them, with
those of the listing, of the terminal and of the page."""
import csv
import json
import sqlite3

COLUMNS = [("Hits", "hits"), ("Time", "time"), ("Per Hit", "perhit"), ("% Time", "percent"), ("Self", "self"), ("Error", "error"),
           ("Wait", "wait"), ("Min", "min"), ("Max", "max"), ("Threads", "threads"), ("Thread Hits", "threadhits"), ("Thread Min", "threadmin"),
           ("Thread Mean", "threadmean"), ("Thread Max", "threadmax"), ("Imbal. %", "threadimbalance"), ("Rank Min", "rankmin"),
           ("Rank Mean", "rankmean"), ("Rank Max", "rankmax"), ("Imbal. %", "imbalance"), ("Slowest", "slowest")]


def tables(path):
    """{line: {key: text}} of every row below a heading; a value stands right-aligned under its heading."""
    rows, edges = {}, None
    for text in open(path, encoding="utf-8"):
        if text.lstrip().startswith("Line #"):
            edges, at = [], text.index("Line #") + len("Line #")
            for heading, key in COLUMNS:
                start = text.index(heading, at)
                edges.append((key, at, start + len(heading)))
                at = start + len(heading)
        elif edges and text[:6].strip().isdigit():
            rows[text[:6].strip()] = {key: text[start:end].strip() for key, start, end in edges}
    return rows


def expected(rows):
    """The texts of all lines, by the rules of columns.c, of three merged profiles that all have the line."""
    whole = {}
    for row in rows:
        whole[row["function"]] = whole.get(row["function"], 0) + int(row["time_ns"])
    ranks, threads = {}, {}
    for rank in range(3):
        profile = sqlite3.connect(f"{rank}.lprof")
        for line, time_ns in profile.execute("SELECT line, time_ns FROM lines"):
            ranks.setdefault(str(line), []).append(time_ns)
        for line, *thread in profile.execute("SELECT line, thread, hits, time_ns FROM thread_lines"):
            number, thread_hits, thread_ns = thread
            sums = threads.setdefault(str(line), {}).setdefault(number, [0, 0])
            sums[0] += thread_hits
            sums[1] += thread_ns
    bounds = {str(line): bounds for line, *bounds in sqlite3.connect("t.lprof").execute("SELECT line, min_ns, max_ns FROM lines")}
    for row in rows:
        hits, time_ns = int(row["hits"]), int(row["time_ns"])
        micros = lambda ns: f"{ns * (1e-9 / 1e-6):.1f}"
        texts = dict.fromkeys((key for _, key in COLUMNS), "")
        texts["hits"] = str(hits)
        of_threads = threads.get(row["line"], {})
        texts.update(threads=str(len(of_threads)), threadhits=str(max((of for of, _ in of_threads.values()), default=0)))
        spread = ranks[row["line"]]
        if hits:
            texts.update(time=micros(time_ns), perhit=micros(time_ns / hits), percent=f"{100 * time_ns / whole[row['function']]:.1f}",
                         self=micros(int(row["self_ns"])), error=micros(int(row["error_ns"])), wait=micros(int(row["wait_ns"])),
                         rankmin=micros(min(spread)),
                         rankmean=micros(time_ns / 3), rankmax=micros(max(spread)))
            least, most = min(ns for _, ns in of_threads.values()), max(ns for _, ns in of_threads.values())
            texts.update(threadmin=micros(least), threadmean=micros(time_ns / 2), threadmax=micros(most))
        if time_ns:
            texts.update(threadimbalance=f"{100 * (most - time_ns / 2) / (time_ns / 2):.1f}")
            texts.update(imbalance=f"{100 * (max(spread) - time_ns / 3) / (time_ns / 3):.1f}", slowest=str(spread.index(max(spread))))
        for key, bound in zip(("min", "max"), bounds[row["line"]]):
            if bound:
                texts[key] = micros(bound)
        yield row["line"], texts


rows = list(csv.DictReader(open("lines.csv")))
exported = json.load(open("lines.json"))
assert len(rows) == len(exported) >= 9, (len(rows), len(exported))
for row, other in zip(rows, exported):
    assert row == {key: "" if value is None else str(value) for key, value in other.items()}, (row, other)
text, terminal, page = tables("text"), tables("screen"), json.load(open("page.json"))
ties = 0
for line, texts in expected(rows):
    for name, view in ("text", text), ("terminal", terminal), ("page", page):
        assert view[line] == texts, (name, line, view[line], texts)
    ties += any(value.endswith((".2", ".8")) for value in texts.values())
assert ties, "no value tells how ties are rounded"
for line in set(page) - {row["line"] for row in rows}:
    assert not any(page[line].values()) and not any(terminal[line].values()), line
