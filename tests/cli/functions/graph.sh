#!/usr/bin/env bash
# The graph: labels and calls of a known profile, thresholds, roots and leaves; Graphviz reads it, and draws each format.
set -euo pipefail
cat > p.c <<'C'
int main(void) { return 0; }
C
"$KERNPROF" cc -fkernprof-all p.c -o p
"$KERNPROF" -q -o p.prof ./p
sqlite3 p.prof <<'SQL'
DELETE FROM arc; DELETE FROM function;
INSERT INTO function (id, module, source, line, last_line, name, linkage_name, calls, primitive_calls, total_ns, self_ns)
SELECT column1, 1, (SELECT MIN(id) FROM source), column1, column1, column2, column2, column3, column4, column5, column6 FROM (VALUES
 (1, 'main', 1, 1, 1000000, 100000), (2, 'a::hot<int>(int)', 7, 7, 800000, 700000), (3, 'warm', 3, 1, 197000, 197000),
 (4, 'cold', 9, 9, 3000, 3000), (5, 'never', 0, 0, 0, 0));
INSERT INTO arc (caller, caller_source, caller_line, callee, calls, primitive_calls, total_ns, self_ns)
SELECT column1, (SELECT MIN(id) FROM source), column2, column3, column4, column4, column5, 0 FROM (VALUES
 (1, 10, 2, 3, 300000), (1, 11, 2, 4, 500000), (2, 2, 3, 1, 97000), (3, 3, 3, 2, 50000), (1, 12, 4, 9, 3000));
SQL
graph() { "$KERNPROF" graph "$@" p.prof; }
plain() { graph "$@" | dot -Tplain | awk '$1 == "node" { print $7 } $1 == "edge" { print $2 "-" $3 }' | tr '\n' ' '; }
names() { graph "$@" | grep -o 'label="[a-z][^\\"]*' | sed 's/label="//' | tr '\n' ' '; }
same() { [ "$2" = "$3" ] || { printf '%s:\n  %s\n  %s\n' "$1" "$2" "$3"; exit 1; }; }
same all "main a::hot<int>(int) warm " "$(names)"
same "-n 0" "main a::hot<int>(int) warm cold " "$(names -n 0)"
same "-n 30" "main a::hot<int>(int) " "$(names -n 30)"
same strip "main a::hot warm " "$(names --strip)"
same root "warm " "$(names --root warm)"
same leaf "main a::hot<int>(int) " "$(names --leaf 'a::*')"
same depth "main a::hot<int>(int) " "$(names --depth 1)"
same "root, depth" "a::hot<int>(int) " "$(names --root 'a::*' --depth 0)"
same "root, depth 1" "a::hot<int>(int) warm " "$(names --root 'a::*' --depth 1)"
same "leaf, depth" "a::hot<int>(int) warm " "$(names --leaf warm --depth 1)"
same "leaf, no depth" "main a::hot<int>(int) warm " "$(names --leaf warm)"
same "root, leaf" "a::hot<int>(int) warm " "$(names --root 'a::*' --leaf warm)"
same "root, leaf, depth" "main a::hot<int>(int) " "$(names --root main --leaf warm --depth 1)"
same "-n 0, depth" "main a::hot<int>(int) cold " "$(names -n 0 --depth 1)"
same edges "n0-n1 n1-n2 n2-n2" "$(graph | dot -Tplain | awk '$1 == "edge" { print $2 "-" $3 }' | sort | xargs)"
same "-e 50" "n0-n1" "$(graph -e 50 | dot -Tplain | awk '$1 == "edge" { print $2 "-" $3 }' | sort | xargs)"
graph | grep -qF 'n1 [label="a::hot<int>(int)\n80.00%\n(70.00%)\n7×"' || { graph; exit 1; }
graph | grep -qF 'n0 -> n1 [label=" 80.00% \n 7× "' || { graph; exit 1; }
graph | grep -q 'n0 .*color="#ff0000"' || { echo "main is not red"; exit 1; }
graph --colour-by self | grep -q 'n1 .*color="#ff0000"' || { echo "the most own time is not red"; exit 1; }
for theme in color pink gray bw print; do graph --theme $theme | dot -Tplain > /dev/null; done
! graph --root nothing 2> said
grep -q "no function is named --root 'nothing'" said
! graph --root warm --leaf main 2> said
grep -q 'nothing is left to draw' said
! graph --depth -1 2> said
grep -q -- "--depth: '-1' is not a number" said
! graph -o g.xyz 2> said
grep -q 'end its name in .svg, .pdf, .png or .dot' said
graph -o g.dot
grep -q '^digraph' g.dot
graph -o g.svg || { [ "$(ldd "$KERNPROF" | grep -c gvc)" = 0 ] && exit 0; exit 1; }
graph -o g.pdf
graph -o g.png
grep -q '<svg' g.svg && head -c 4 g.pdf | grep -q %PDF && head -c 4 g.png | grep -qa PNG
