/* The runtime's files: made for one user, links not followed, nothing that is not ours opened; no signal at a limit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/os.h"
#include "runtime/os_linux.c"

static char folder[] = "/tmp/kp-unit-XXXXXX";
static char path[64];

static int make_folder(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof path, "%s/file", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder);
}

static int remove_file(void **state)
{
    (void)state;
    return unlink(path);
}

static void creates_for_this_user_alone(void **state)
{
    (void)state;
    int created = 0;
    umask(0);
    int fd = kp_os_open_file(path, 1, &created);
    assert_true(fd >= 0);
    assert_int_equal(created, 1);
    struct stat status;
    assert_int_equal(fstat(fd, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
    close(fd);
}

static void copies_a_file(void **state)
{
    (void)state;
    char partial[80], bytes[8] = "";
    snprintf(partial, sizeof partial, "%s.part", path);
    struct kp_os_file file;
    assert_int_equal(kp_os_look_at("/proc/self/exe", &file), 0);
    assert_int_equal(kp_os_copy("/proc/self/exe", file.size, partial, path), 0);
    assert_int_equal(kp_os_look_at(path, &file), 0);
    assert_int_equal(kp_os_read(path, bytes, 4), 4);
    assert_memory_equal(bytes, "\177ELF", 4);
    struct stat first;
    assert_int_equal(stat("/proc/self/exe", &first), 0);
    assert_int_equal(file.size, (uint64_t)first.st_size);
    /* Neither what is not there nor what leaves no room. */
    assert_int_equal(kp_os_copy("/nonexistent", 4, partial, path), -1);
    assert_int_equal(kp_os_copy("/proc/self/exe", UINT64_C(1) << 60, partial, path), -1);
    assert_int_equal(kp_os_look_at(partial, &file), -1);
}

static void opens_its_own_again_unless_it_is_too_short(void **state)
{
    (void)state;
    int created = 0;
    close(kp_os_open_file(path, 1, &created));
    errno = 0;
    assert_int_equal(kp_os_open_file(path, 4096, &created), -1);
    assert_int_equal(errno, 0);
    assert_int_equal(truncate(path, 4096), 0);
    int fd = kp_os_open_file(path, 4096, &created);
    assert_true(fd >= 0);
    assert_int_equal(created, 0);
    close(fd);
}

static void follows_no_link(void **state)
{
    (void)state;
    int created = 0;
    assert_int_equal(symlink("/etc/passwd", path), 0);
    assert_int_equal(kp_os_open_file(path, 1, &created), -1);
    assert_int_equal(kp_os_open_file(path, 1, NULL), -1);
}

static void opens_nothing_of_another_user(void **state)
{
    (void)state;
    if (geteuid() != 0)
        skip();
    int created = 0;
    close(kp_os_open_file(path, 1, &created));
    assert_int_equal(truncate(path, 4096), 0);
    assert_int_equal(chown(path, 12345, 12345), 0);
    assert_int_equal(kp_os_open_file(path, 1, &created), -1);
}

static void reserves_within_the_limit_and_sends_no_signal_beyond(void **state)
{
    (void)state;
    int created = 0;
    int fd = kp_os_open_file(path, 1, &created);
    struct rlimit limit = {8192, RLIM_INFINITY}, unlimited = {RLIM_INFINITY, RLIM_INFINITY};
    getrlimit(RLIMIT_FSIZE, &unlimited);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    assert_int_equal(kp_os_reserve(fd, 4096, 4096), 0);
    assert_int_equal(kp_os_reserve(fd, 8192, 1), EFBIG); /* SIGXFSZ would end this test */
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &unlimited), 0);
    struct stat status;
    assert_int_equal(fstat(fd, &status), 0);
    assert_true(status.st_blocks > 0);
    close(fd);
}

static void tells_threads_that_ended(void **state)
{
    (void)state;
    assert_false(kp_os_thread_has_ended(kp_os_thread()));
    assert_true(kp_os_thread_has_ended(kp_os_thread() + 1000000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(copies_a_file, remove_file),
        cmocka_unit_test_teardown(creates_for_this_user_alone, remove_file),
        cmocka_unit_test_teardown(opens_its_own_again_unless_it_is_too_short, remove_file),
        cmocka_unit_test_teardown(follows_no_link, remove_file),
        cmocka_unit_test_teardown(opens_nothing_of_another_user, remove_file),
        cmocka_unit_test_teardown(reserves_within_the_limit_and_sends_no_signal_beyond, remove_file),
        cmocka_unit_test(tells_threads_that_ended),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
