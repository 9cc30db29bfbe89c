#!/usr/bin/env bash
# run.sh FUZZER: runs build/fuzz's FUZZER on seeds that are made here and on the files of tests/bad/FUZZER and
# tests/fuzz/corpus/FUZZER: once, or, with KP_FUZZ_SECONDS set, for so long on what it makes of them.
set -euo pipefail
fuzzer=$1
program=$KP_BUILD/fuzz/tests/fuzz_$fuzzer
[ -x "$program" ] || { echo "no $program"; exit 77; }
mkdir seeds counters
cat > t.c <<'C'
#include <pthread.h>
#include <stdlib.h>
struct tree { struct tree *left, *right; int key; };
static int depth(const struct tree *t) { return t ? 1 + (depth(t->left) > depth(t->right) ? depth(t->left) : depth(t->right)) : 0; }
static struct tree *add(struct tree *t, struct tree *one)
{
    if (!t)
        return one;
    switch (one->key % 4) {
    case 0: t->left = add(t->left, one); break;
    case 1: t->right = add(t->right, one); break;
    default: one->key /= 2; return add(t, one);
    }
    return t;
}
static int compare(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }
static void *work(void *unused)
{
    static struct tree nodes[100];
    int keys[100];
    struct tree *top = NULL;
    for (int i = 0; i < 100; i++)
        keys[i] = i * 7919 % 97;
    qsort(keys, 100, sizeof *keys, compare);
    (void)nodes;
    for (int i = 0; i < 20; i++) {
        struct tree *one = calloc(1, sizeof *one);
        one->key = keys[i];
        top = add(top, one);
    }
    return depth(top) ? unused : NULL;
}
int main(void)
{
    pthread_t id;
    pthread_create(&id, NULL, work, NULL);
    work(NULL);
    return pthread_join(id, NULL);
}
C
"$KERNPROF" cc -O1 -fkernprof-all t.c -o t
for timing in off exact adaptive; do
  rm -f counters/*
  KERNPROF_COUNTERS=$PWD/counters KERNPROF_TIMING=$timing KERNPROF_FUNCTIONS=1 ./t
  case $fuzzer in
    counters) mv counters/*.kpc seeds/$timing.kpc ;;
    profile)
      "$KERNPROF" -l -q --timing=$timing -o seeds/$timing.lprof ./t
      "$KERNPROF" -q --no-source --timing=$timing -o seeds/$timing.prof ./t ;;
    map)
      objcopy -O binary --only-section=kp_map --set-section-flags kp_map=alloc t map.bin
      { printf '\001'; cat map.bin; } > seeds/ones
      { printf '\377'; cat map.bin; } > seeds/minus-ones ;;
  esac
done
for kept in "$KP_TESTS/bad/$fuzzer" "$KP_TESTS/fuzz/corpus/$fuzzer"; do
  [ ! -d "$kept" ] || cp "$kept"/* seeds/
done
export ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1 UBSAN_OPTIONS=print_stacktrace=1
limits=(-timeout=20 -rss_limit_mb=4096 -malloc_limit_mb=4096)
if [ "${KP_FUZZ_SECONDS:-0}" = 0 ]; then
  "$program" "${limits[@]}" -runs=0 seeds 2> log || { cat log; exit 1; }
else
  "$program" "${limits[@]}" -max_len=262144 -max_total_time="$KP_FUZZ_SECONDS" -print_final_stats=1 seeds 2> log || {
    cat log
    mkdir -p "$KP_BUILD/fuzz/found"
    cp crash-* timeout-* oom-* leak-* "$KP_BUILD/fuzz/found/" 2> /dev/null || true
    echo "what found it is in $KP_BUILD/fuzz/found"
    exit 1
  }
fi
tail -3 log
