# kernprof itself is killed: its folder is listed, the program goes on, `kernprof recover` writes the profile.
set -eu
. "$KP_TESTS/counts.sh"
export TMPDIR=$PWD/tmp
mkdir tmp
cat > t.c <<'C'
#include <kernprof.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
KP_PROFILE static void work(int n)
{
    for (int i = 0; i < n; i++)
        getppid();
}
static void wait_for(const char *name)
{
    while (access(name, F_OK) != 0)
        usleep(1000);
}
int main(void)
{
    work(10);
    fclose(fopen("ready", "w"));
    wait_for("go");
    work(100);
    return 0;
}
C
"$KERNPROF" cc -O2 t.c -o t
"$KERNPROF" -l -o t.lprof ./t 2> err &
kernprof=$!
until [ -e ready ]; do :; done
folder=$(echo tmp/kernprof-*)
"$KERNPROF" info "$folder" | grep -q 'kernprof is at work on it' || fail "$("$KERNPROF" info "$folder")"
if "$KERNPROF" recover "$folder" 2> err; then fail "recovered from under a kernprof at work"; fi
grep -q 'still at work' err || fail "$(cat err)"
expect "folders left behind" "$("$KERNPROF" recover)" ""
expect "mode of the folder" "$(stat -c %a "$folder")" 700
expect "modes of the files" "$(stat -c %a "$folder"/* | sort -u)" 600
kill -KILL $kernprof
wait $kernprof 2> /dev/null || true
"$KERNPROF" recover | grep -q "counters of 1 processes of \`./t\`, 1 of them still counting" || fail "$("$KERNPROF" recover)"
"$KERNPROF" recover -o early.lprof "$folder" > out 2> err
grep -q 'still count' err || fail "$(cat err)"
expect "hits so far" "$(hits early.lprof 8)" 10
touch go
while "$KERNPROF" recover | grep -q 'still counting'; do :; done
expect "profile" "$("$KERNPROF" recover "$folder")" "$PWD/t.lprof"
expect hits "$(hits t.lprof 8)" 110
expect "command, clean" "$(runs t.lprof command,clean)" "./t 1"
[ ! -e "$folder" ] || fail "$folder is still there"
if "$KERNPROF" recover "$folder" 2> err; then fail "recovered twice"; fi
mkdir other
if "$KERNPROF" recover other 2> err; then fail "recovered a folder of something else"; fi
grep -q 'not a folder of counters' err || fail "$(cat err)"
