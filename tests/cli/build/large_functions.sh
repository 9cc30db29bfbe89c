#!/bin/bash
# A function of twice as many lines takes the compiler about twice as long (three times where clang itself is linear, else in
# proportion to what it takes without us), and hits of 40,000 lines are right.
set -eu
. "$(dirname "$0")/../cc/common.sh"

# Four lines a step: a condition, its two arms, a call.
write() { # LINES
    awk -v steps=$(($1 / 4)) 'BEGIN {
        print "int step(int);\nint large(int n)\n{\n    int s = 0;"
        for (i = 0; i < steps; i++)
            printf "    if ((n + %d) %% 3)\n        s += %d;\n    else\n        s = step(s);\n", i, i
        print "    return s;\n}\nint step(int s)\n{\n    return s - 1;\n}\nint main(void)\n{\n    return large(1) == large(2);\n}"
    }' >"large_$1.c"
}
user_ms() { # COMMAND...: the least of two runs
    local TIMEFORMAT=%U
    for run in 1 2; do
        { time "$@" >/dev/null 2>&1; } 2>&1
    done | sort -n | awk 'NR == 1 { print int($1 * 1000) + 1 }'
}
hold() { # LEVEL LINES
    local clang=${KERNPROF_CC:-clang-19} plain=() ours=()
    for lines in "$2" $((2 * $2)); do
        write "$lines"
        plain+=("$(user_ms "$clang" "$1" -g -c "large_$lines.c")")
        ours+=("$(user_ms "$KERNPROF" cc "$1" -fkernprof-all -c "large_$lines.c")")
    done
    echo "$1: $2 and $((2 * $2)) lines: ${ours[*]} ms, without us ${plain[*]} ms"
    [ "${ours[1]}" -le $((3 * ours[0])) ] || [ $((ours[1] * plain[0] * 2)) -le $((ours[0] * plain[1] * 3)) ] || fail "not in proportion"
}
hold -O0 20000
hold -O1 6000

"$KERNPROF" cc -O0 -fkernprof-all -o large large_40000.c
"$KERNPROF" -l -q --timing=off -o large.lprof ./large
"$KERNPROF" export --format csv large.lprof | awk -F, '$3 == "large" { print $2, $4 }' | sort -n >hits
awk 'BEGIN {
    print 2, 2; print 4, 2
    for (i = 0; i < 10000; i++) {
        added = ((1 + i) % 3 != 0) + ((2 + i) % 3 != 0)
        print 5 + 4 * i, 2; print 6 + 4 * i, added; print 8 + 4 * i, 2 - added
    }
    print 40005, 2
}' >expected
cmp hits expected || { diff hits expected | head; exit 1; }
