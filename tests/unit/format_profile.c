/* format/profile: what is written can be read, and every kind of wrong file is refused with a line of its own. */
#include "viewer_profile.h"

static void refused(const char *path, const char *why)
{
    struct kp_error error;
    assert_null(kp_profile_open(path, &error));
    if (!strstr(error.text, why))
        fail_msg("'%s' does not say '%s'", error.text, why);
    assert_null(strchr(error.text, '\n'));
}

static void overwrite(long offset, const void *bytes, size_t size)
{
    FILE *file = fopen(test_path, "r+");
    assert_non_null(file);
    fseek(file, offset, SEEK_SET);
    fwrite(bytes, 1, size, file);
    fclose(file);
}

static void source_comes_back(void **state)
{
    (void)state;
    struct kp_error error;
    size_t size;
    int whole;
    test_profile_make("");
    sqlite3 *profile = kp_profile_open(test_path, &error);
    assert_non_null(profile);
    char *text = kp_profile_source(profile, 1, &size, &whole);
    assert_string_equal(text, test_source);
    assert_int_equal(size, sizeof test_source - 1);
    assert_int_equal(whole, 1);
    free(text);
    assert_null(kp_profile_source(profile, 2, NULL, NULL));
    assert_null(kp_profile_source(profile, 99, NULL, NULL));
    sqlite3_close(profile);
    unlink(test_path);
}

static void wrong_files(void **state)
{
    (void)state;
    test_profile_make("");
    overwrite(60, "\0\0\0\3", 4);
    refused(test_path, ": made by a newer kernprof (format 3, this reads 2); update kernprof");
    overwrite(60, "\0\0\0\1", 4);
    overwrite(68, "abcd", 4);
    refused(test_path, "another SQLite database");
    overwrite(0, "abcd", 4);
    refused(test_path, "not a kernprof profile");
    assert_int_equal(truncate(test_path, 0), 0);
    refused(test_path, "empty file");
    unlink(test_path);
    refused(test_path, "no such file");
    refused("/tmp", "not a regular file");
}

static void every_truncation_and_damage(void **state)
{
    (void)state;
    test_profile_make("");
    char page[4096];
    memset(page, 0xa5, sizeof page);
    overwrite(4096, page, sizeof page);
    refused(test_path, "damaged profile");
    overwrite(100, page, 1000);
    refused(test_path, "damaged profile");
    for (long size = 4096; size > 0; size -= 511) {
        assert_int_equal(truncate(test_path, size), 0);
        refused(test_path, "truncated profile");
    }
    unlink(test_path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(source_comes_back),
        cmocka_unit_test(wrong_files),
        cmocka_unit_test(every_truncation_and_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
