# calls.py [KNOWN ...]: 1.csv and 2.csv (our functions) against 1.callgrind and 2.callgrind. The functions KNOWN may be
# unknown to callgrind.
import collections, csv, re, sys
ours, theirs = collections.Counter(), collections.Counter()
for i in "12":
    for row in csv.DictReader(open(i + ".csv")):
        ours[row["function"]] += int(row["calls"])
    names, callee = {}, None
    for line in open(i + ".callgrind"):
        found = re.match(r"c?fn=\((\d+)\)(?: (.*))?", line)
        if found:
            if found[2]:
                names[found[1]] = re.sub(r"'\d+$", "", found[2])  # a level of recursion
            if line[0] == "c":
                callee = names[found[1]]
        elif line.startswith("calls="):
            theirs[callee] += int(line[6:].split()[0])
wrong = [f for f in ours if ours[f] != theirs[f] and not (f in sys.argv[1:] and theirs[f] == 0)]
for f in wrong:
    print(f"{f}: {ours[f]} calls, callgrind counted {theirs[f]}")
called = sum(n > 0 for n in ours.values())
print(f"{len(ours)} functions, {called} of them called, {sum(ours.values())} calls, {len(wrong)} wrong")
sys.exit(bool(wrong) or called < 40)
