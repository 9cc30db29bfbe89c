# Samples that kernprof did not come to collect are reported, on the terminal and in the profile. It is stopped for that.
set -eu
. "$KP_TESTS/cli/times/common.sh"
spin_header
cat > t.c <<'C'
#include "spin.h"
#include "format/samples.h"
#include <glob.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
/* Whether the ring of samples has overflowed; where there is none, nobody knows. */
static int overflowed(void)
{
    struct kp_counters_header header;
    struct kp_samples_chunk samples;
    char pattern[4096];
    glob_t found;
    snprintf(pattern, sizeof pattern, "%s/*" KP_COUNTERS_SUFFIX, getenv(KP_ENV_DIRECTORY));
    FILE *file = glob(pattern, 0, NULL, &found) == 0 ? fopen(found.gl_pathv[0], "r") : NULL;
    if (!file || fread(&header, sizeof header, 1, file) != 1)
        abort();
    samples.lost = header.samples_offset == 0;
    if (header.samples_offset && (fseek(file, (long)header.samples_offset, SEEK_SET) != 0 || fread(&samples, sizeof samples, 1, file) != 1))
        abort();
    fclose(file);
    globfree(&found);
    return samples.lost > 0;
}
static void *thread(void *unused)
{
    spin(2000);
    while (!overflowed())
        spin(20);
    return unused;
}
int main(void)
{
    pthread_t ids[3];
    kill(getppid(), SIGSTOP);
    for (int i = 0; i < 3; i++)
        pthread_create(&ids[i], NULL, thread, NULL);
    for (int i = 0; i < 3; i++)
        pthread_join(ids[i], NULL);
    return kill(getppid(), SIGCONT);
}
C
"$KERNPROF" cc -O2 -I "$KP_TESTS/.." t.c -o t -lpthread
for sampler in perf timer; do
  if [ $sampler = perf ] && ! "$KERNPROF" doctor | grep -q '^ok *perf events'; then continue; fi
  KERNPROF_SAMPLER=$sampler "$KERNPROF" -l -o t.lprof ./t 2> said
  grep -qE '[1-9][0-9]* samples were lost' said || fail "$sampler: not said: $(cat said)"
  at_least "$sampler: lost_samples" "$(runs t.lprof lost_samples)" 1
  at_least "$sampler: time of the others" "$(own t.lprof 12)" 200000
done
