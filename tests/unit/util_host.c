/* Ranks of launchers, and names of files of ranks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "util/host.h"

/* "NAME=VALUE ...", all other variables of launchers being unset. */
static void is_launched_with(const char *settings)
{
    static const char *const known[] = {
        "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "PMI_RANK", "PMI_SIZE", "PMIX_RANK",
        "SLURM_PROCID",         "SLURM_STEP_NUM_TASKS"};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        unsetenv(known[i]);
    char *copy = strdup(settings), *rest = copy;
    for (char *word; (word = strsep(&rest, " ")) != NULL;) {
        char *value = strchr(word, '=');
        if (value) {
            *value = 0;
            setenv(word, value + 1, 1);
        }
    }
    free(copy);
}

static void check_launch(const char *settings, int rank, bool others)
{
    is_launched_with(settings);
    assert_int_equal(kp_host_rank(), rank);
    assert_int_equal(kp_host_has_other_ranks(), others);
}

static void launchers_tell_rank_and_count(void **state)
{
    (void)state;
    check_launch("", -1, false);
    check_launch("OMPI_COMM_WORLD_RANK=2 OMPI_COMM_WORLD_SIZE=3 PMIX_RANK=2", 2, true);
    check_launch("OMPI_COMM_WORLD_RANK=0 OMPI_COMM_WORLD_SIZE=1 PMIX_RANK=0", 0, false);
    check_launch("PMI_RANK=1 PMI_SIZE=2", 1, true);
    check_launch("PMI_RANK=0 PMI_SIZE=1", 0, false);
    check_launch("PMI_RANK=5", 5, false);
    check_launch("PMIX_RANK=0", 0, true);
    check_launch("PMIX_RANK=0 SLURM_PROCID=0 SLURM_STEP_NUM_TASKS=1", 0, false);
    check_launch("SLURM_PROCID=3 SLURM_STEP_NUM_TASKS=4", 3, true);
    check_launch("SLURM_PROCID=0", 0, false); /* a batch script */
    /* mpirun in one task of Slurm's */
    check_launch("SLURM_PROCID=0 SLURM_STEP_NUM_TASKS=1 OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_SIZE=4", 1, true);
}

static void check_added(const char *path, const char *expected)
{
    char *got = kp_host_add_rank(path);
    assert_string_equal(got, expected);
    free(got);
}

static void rank_goes_before_the_suffix(void **state)
{
    (void)state;
    is_launched_with("PMI_RANK=12 PMI_SIZE=20");
    check_added("x.lprof", "x.12.lprof");
    check_added("x", "x.12");
    check_added("a.b/x", "a.b/x.12");
    check_added("/a.b/solver-1.2.prof", "/a.b/solver-1.2.12.prof");
    check_added("a/.hidden", "a/.hidden.12");
}

static void check_expanded(const char *pattern, const char *expected, bool parts_ranks)
{
    bool got_parts;
    char *got = kp_host_expand(pattern, &got_parts);
    if (expected)
        assert_string_equal(got, expected);
    else
        assert_null(got);
    assert_int_equal(got_parts, parts_ranks);
    free(got);
}

static void patterns_name_rank_and_host(void **state)
{
    (void)state;
    is_launched_with("PMI_RANK=7 PMI_SIZE=8");
    check_expanded("x.%r.lprof", "x.7.lprof", true);
    check_expanded("100%%r", "100%r", false);
    check_expanded("x", "x", false);
    check_expanded("%x", NULL, false);
    bool parts_ranks;
    char *host = kp_host_expand("%h", &parts_ranks), *process = kp_host_expand("%p", &parts_ranks);
    assert_true(parts_ranks && atoi(process) > 0 && *host && !strchr(host, '%'));
    free(host);
    free(process);
    is_launched_with("");
    check_expanded("x.%r", "x.0", true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(launchers_tell_rank_and_count),
        cmocka_unit_test(rank_goes_before_the_suffix),
        cmocka_unit_test(patterns_name_rank_and_host),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
