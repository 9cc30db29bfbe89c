#!/usr/bin/env python3
"""oracles.py LLVM.info GCC.json OURS.csv ALONE.csv ARGUED: our hits of every line against two oracles.

OURS counted the same run as LLVM, in one binary; GCC and ALONE are binaries of their own.
1. Where the oracles agree on a line, OURS must equal both; where they do not, one of them.
2. Of the lines that both list, OURS and ALONE must each list 99 %, files that they do not know at all included. With
   KP_LISTED=executed only of those that ran: compilers drop functions that nothing calls (random programs are full of them).
3. ALONE must equal OURS or obey rule 1 by itself.
A line in ARGUED (`file.c: text of the line`, a tab, the reason) may break 1 and 3."""
import csv
import json
import os
import sys

SHOWN = int(os.environ.get("KP_SHOW", "25"))


def read_llvm(path):
    lines, name = {}, None
    for record in open(path):
        record = record.strip()
        if record.startswith("SF:"):
            name = os.path.basename(record[3:])
        elif record.startswith("DA:"):
            number, count = record[3:].split(",")[:2]
            lines[name, int(number)] = int(count)
    return lines


def read_gcc(path):
    lines = {}
    for document in open(path):
        if not document.strip():
            continue
        for file in json.loads(document)["files"]:
            for line in file["lines"]:
                key = os.path.basename(file["file"]), line["line_number"]
                lines[key] = lines.get(key, 0) + line["count"]
    return lines


def read_ours(path):
    """A line in several functions: those that begin on the same line are instances of one source (a file included
    several times, a template), whose hits add up; others lie within each other (lambdas), and the largest counts."""
    start = {}
    for row in csv.DictReader(open(path.replace(".csv", ".functions.csv"))):
        start[row["file"], row["function"]] = int(row["line"])
    counts = {}
    for row in csv.DictReader(open(path)):
        key = os.path.basename(row["file"]), int(row["line"])
        begin = start.get((row["file"], row["function"]))
        instances = counts.setdefault(key, {})
        instances[begin] = instances.get(begin, 0) + int(row["hits"])
    return {key: max(instances.values()) for key, instances in counts.items()}


def read_argued(path):
    argued = {}
    for text in open(path):
        if text.strip() and not text.startswith("#"):
            where, _, reason = text.rstrip("\n").partition("\t")
            argued[where.strip()] = reason
    return argued


def read_sources(names):
    """The sources are in the current folder; headers of the system are not compared."""
    return {name: open(name, errors="replace").read().split("\n") for name in names if os.path.exists(name)}


def main():
    llvm, gcc = read_llvm(sys.argv[1]), read_gcc(sys.argv[2])
    ours, alone = read_ours(sys.argv[3]), read_ours(sys.argv[4])
    argued = read_argued(sys.argv[5])
    sources = read_sources({name for name, _ in llvm})
    both = sorted(key for key in llvm if key in gcc and key[0] in sources)
    if os.environ.get("KP_LISTED") == "executed":
        both = [key for key in both if key in ours or llvm[key] and gcc[key]]
    agree = [key for key in both if llvm[key] == gcc[key]]
    print(f"{len(both)} lines that both oracles list; they agree on {len(agree)} = {100 * len(agree) / len(both):.2f} %")

    failed, used = False, set()

    def text_of(key):
        return sources[key[0]][key[1] - 1].strip()

    def show(key):
        counts = f"ours {ours.get(key, '-')} alone {alone.get(key, '-')} llvm {llvm[key]} gcc {gcc[key]}"
        return f"  {key[0]}:{key[1]}: {counts}: {text_of(key)}"

    def alone_holds(key):
        return key not in ours or alone[key] in (ours[key], llvm[key], gcc[key])

    def ours_holds(key):
        return ours[key] in (llvm[key], gcc[key])

    for name, counts, holds in ("ours", ours, ours_holds), ("alone", alone, alone_holds):
        listed = [key for key in both if key in counts]
        missing = [key for key in both if key not in counts]
        wrong, excused = [], 0
        for key in listed:
            if holds(key):
                continue
            entry = f"{key[0]}: {text_of(key)}"
            if entry in argued:
                excused += 1
                used.add(entry)
            else:
                wrong.append(key)
        print(f"{name}: lists {len(listed)} = {100 * len(listed) / len(both):.2f} %; wrong {len(wrong)}; argued {excused}")
        for title, keys in ("not listed", missing[:SHOWN]), ("wrong", wrong):
            if keys:
                print(f" {title}:")
                print("\n".join(map(show, keys)))
        failed |= bool(wrong) or len(listed) < 0.99 * len(both)
    idle = [entry for entry in argued if entry.partition(":")[0] in sources and entry not in used]
    if idle:
        print(" argued, but not needed in this run:")
        print("\n".join(f"  {entry}" for entry in idle))
    sys.exit(failed)


main()
