# calls.py [KNOWN ...]: calls of every function, ours (all .csv files) against what callgrind counted (all
# .callgrind files), function by function and file by file, both ways. The functions KNOWN may be unknown to callgrind.
import collections, csv, glob, os, re, sys

ours, theirs = collections.Counter(), collections.Counter()
for name in glob.glob("*.csv"):
    for row in csv.DictReader(open(name)):
        ours[os.path.basename(row["file"]), row["function"]] += int(row["calls"])


def expand(names, text):
    """A name of callgrind's: "(ID) NAME" the first time, "(ID)" afterwards."""
    key, name = re.fullmatch(r"\((\d+)\)(?: (.*))?", text).groups()
    if name is not None:
        names[key] = name
    return names[key]


def read(lines):
    files, functions = {}, {}
    file = callee_file = callee = None
    for line in lines:
        key, _, value = line.rstrip("\n").partition("=")
        if key in ("fl", "fi", "fe"):
            file = callee_file = os.path.basename(expand(files, value))
        elif key in ("cfi", "cfl"):
            callee_file = os.path.basename(expand(files, value))
        elif key in ("fn", "cfn"):
            # 'N is a level of recursion; the optimiser makes copies of functions for one value of an argument.
            callee = callee_file, re.sub(r"(\.specialized\.\d+)?('\d+)?$", "", expand(functions, value))
        elif key == "calls":
            theirs[callee] += int(value.split()[0])
            callee_file = file


for name in glob.glob("*.callgrind"):
    read(open(name))
known = sys.argv[1:]
sources = {file for file, _ in ours}
seen = set(ours) | {function for function in theirs if function[0] in sources}
wrong = [f for f in sorted(seen) if ours[f] != theirs[f] and not (f[1] in known and theirs[f] == 0)]
for f in wrong:
    print(f"{f[0]}: {f[1]}: {ours[f]} calls, callgrind counted {theirs[f]}")
equal = [name for name in known if not any(f[1] == name and ours[f] > theirs[f] for f in seen)]
for name in equal:
    print(f"{name} need not be excused")
called = sum(n > 0 for n in ours.values())
print(f"{len(ours)} functions, {called} of them called, {sum(ours.values())} calls, {len(wrong)} wrong")
sys.exit(bool(wrong or equal) or called < 40)
