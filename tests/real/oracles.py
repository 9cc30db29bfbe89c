#!/usr/bin/env python3
"""oracles.py LLVM.info GCC.json OURS.csv ARGUED: compares our hits of every line with those of two oracles.

Where the oracles agree on a line, ours must equal both; where they do not, one of them; and of the lines that both list
we must list 99 %. A line in ARGUED (`file.c: text of the line` and a tab, then the reason) may differ."""
import csv
import json
import os
import sys


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
    lines, paths = {}, {}
    for row in csv.DictReader(open(path)):
        key = os.path.basename(row["file"]), int(row["line"])
        paths[key[0]] = row["file"]
        lines[key] = max(lines.get(key, 0), int(row["hits"]))
    return lines, paths


def main():
    llvm, gcc = read_llvm(sys.argv[1]), read_gcc(sys.argv[2])
    ours, paths = read_ours(sys.argv[3])
    argued = {}
    for text in open(sys.argv[4]):
        if text.strip() and not text.startswith("#"):
            where, _, reason = text.rstrip("\n").partition("\t")
            argued[where.strip()] = reason
    sources = {name: open(path, errors="replace").read().split("\n") for name, path in paths.items() if os.path.exists(path)}
    both = [key for key in llvm if key in gcc and key[0] in paths]
    listed = [key for key in both if key in ours]
    agree = sum(llvm[key] == gcc[key] for key in both)
    wrong, excused = [], 0
    for key in sorted(listed):
        if ours[key] in (llvm[key], gcc[key]):
            continue
        text = sources.get(key[0], [])[key[1] - 1].strip() if key[1] <= len(sources.get(key[0], [])) else "?"
        if f"{key[0]}: {text}" in argued:
            excused += 1
        else:
            wrong.append((key, text))
    print(f"{len(both)} lines that both oracles list; they agree on {100 * agree / len(both):.2f} %")
    print(f"listed by us: {len(listed)} = {100 * len(listed) / len(both):.2f} %; not listed by us:")
    missing = [key for key in sorted(both) if key not in ours]
    for key in missing[: int(os.environ.get("KP_SHOW", "25"))]:
        print(f"  {key[0]}:{key[1]}: llvm {llvm[key]} gcc {gcc[key]}: {sources[key[0]][key[1] - 1].strip() if key[0] in sources else ''}")
    print(f"differing from both oracles: {len(wrong)}; argued: {excused}")
    for key, text in wrong:
        print(f"  {key[0]}:{key[1]}: ours {ours[key]} llvm {llvm[key]} gcc {gcc[key]}: {text}")
    sys.exit(1 if wrong or len(listed) < 0.99 * len(both) else 0)


main()
