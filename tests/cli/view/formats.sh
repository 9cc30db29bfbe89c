#!/bin/bash
# What editors and continuous integration read: messages that have the numbers of the CSV, Markdown in which names are text, valid SARIF.
set -eu
cat > t.c <<'C'
#include <kernprof.h>
KP_PROFILE static int count(int n)
{
    int s = 0;
    for (int i = 0; i < n; i++)
        s += i | 1; /* @all */
    return s;
}
int main(void) { return count(1000) == 1; }
C
"$KERNPROF" cc -O0 -o t t.c
"$KERNPROF" -l -q -o t.lprof ./t
"$KERNPROF" export --format csv t.lprof > t.csv
"$KERNPROF" view --format=gcc t.lprof > gcc.txt
grep -qE '^t\.c:6: [0-9.]+ % [0-9.e-]+ s 1000 hits in count$' gcc.txt
grep -qE '^t\.c:7: [0-9.]+ % [0-9.e-]+ s 1 hit in count$' gcc.txt
[ "$(wc -l < gcc.txt)" = "$(awk -F, 'NR > 1 && $4 > 0' t.csv | wc -l)" ]
"$KERNPROF" view --format=markdown t.lprof > t.md
grep -q '^| count | t.c:2 | ' t.md
grep -q '1000 hits | <code>s &#43;&#61; i &#124; 1&#59; /&#42; &#64;all' t.md
! grep -q '@' t.md
"$KERNPROF" view --format=sarif -o t.sarif t.lprof
python3 - <<'P'
import json
log = json.load(open("t.sarif"))
assert log["version"] == "2.1.0"
run = log["runs"][0]
rules = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
for result in run["results"]:
    assert result["ruleId"] in rules and result["message"]["text"]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "t.c" and 2 <= place["region"]["startLine"] <= 8
assert run["results"]
P
"$KERNPROF" -l -q --timing=off -o off.lprof ./t
"$KERNPROF" view --format=gcc off.lprof | grep -q '^t\.c:5: 1001 hits in count$'
status=0
"$KERNPROF" view --format=none t.lprof 2> message || status=$?
[ $status = 125 ] && grep -q 'gcc, markdown, sarif' message
