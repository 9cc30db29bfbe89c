# In a container that forbids perf events, timers are used without being asked for; where these are forbidden too, mode exact.
set -eu
. "$KP_TESTS/cli/times/common.sh"
spin_header
echo '#include "spin.h"
int main(void) { spin(150); return 0; }' > t.c
"$KERNPROF" cc -O2 t.c -o t
cat > forbid.c <<'C'
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
/* forbid N PROGRAM ARG ...: without perf events, and for N = 2 without timers. */
int main(int argc, char **argv)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_perf_event_open, 2, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, atoi(argv[1]) > 1 ? SYS_timer_create : SYS_perf_event_open, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
    };
    struct sock_fprog program = {sizeof code / sizeof *code, code};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        return 77;
    execv(argv[2], argv + 2);
    return 1;
}
C
gcc -w forbid.c -o forbid
status=0
./forbid 1 "$KERNPROF" -l -o t.lprof ./t 2> said || status=$?
[ $status != 77 ] || exit 77
expect "status" $status 0
expect "what is said" "$(cat said)" ""
expect "sampler" "$(runs t.lprof timing,sampler)" "adaptive timer"
at_least "time" "$(own t.lprof 12)" 60000
./forbid 1 "$KERNPROF" doctor > doctor
grep -q '^refused *perf events' doctor || fail "$(cat doctor)"
./forbid 2 "$KERNPROF" -l -o t.lprof ./t 2> said
grep -q 'timing=exact is used' said || fail "not said: $(cat said)"
expect "timing" "$(runs t.lprof timing,sampler)" "exact "
at_least "time" "$(total t.lprof 12)" 80000
status=0
KERNPROF_SAMPLER=magic "$KERNPROF" -l -o t.lprof ./t 2> said || status=$?
expect "status" $status 125
grep -q 'there are perf, timer and none' said || fail "$(cat said)"
