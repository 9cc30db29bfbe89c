# A counting program is killed at random moments: every profile is readable and marked, and lines are off by no more than
# what the innermost loop without calls had counted and not yet added up. The program says how far it is in a shared mapping.
# KP_KILLS: how often (40).
set -eu
. "$KP_TESTS/counts.sh"
cp "$KP_TESTS/cli/end/killed_often.c" t.c
"$KERNPROF" cc -O2 t.c -o t
python3 "$KP_TESTS/cli/end/killed_often.py" "$KERNPROF" "${KP_KILLS:-40}"
