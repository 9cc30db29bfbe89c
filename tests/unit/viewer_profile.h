/* A small profile, as the viewer's tests want it: two instances of `hot`, an included line, a function that never ran.
 */
#ifndef KP_TESTS_VIEWER_PROFILE_H
#define KP_TESTS_VIEWER_PROFILE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <zstd.h>

#include "format/profile.h"

static const char test_source[] = "int hot(int n)\n{\n\tint s = 0; /* \xc3\xbc */\n    for (int i = 0; i < n; i++)\n"
                                  "        s += i;\n    if (n < 0)\n        return -1;\n    return s;\n}\n"
                                  "int cold(void)\n{\n    return 0;\n}\n";

static const char test_rows[] =
    "INSERT INTO run (id, command, start, duration_ns, host, pid, rank, exit_status, timing, clean) VALUES"
    " (1, 'hot', 0, 1000, 'h', 1, NULL, 0, 'adaptive', 1);"
    "INSERT INTO module VALUES (1, '/p/hot', 'x', 1);"
    "INSERT INTO source VALUES (2, '/p/body.inc', 0, 0, 0, 0, NULL);"
    "INSERT INTO function (id, module, source, line, last_line, name, linkage_name, calls, total_ns, self_ns) VALUES"
    "  (1, 1, 1, 1, 9, 'hot', '_Z1', 1, 400000, 400000),"
    "  (2, 1, 1, 1, 9, 'hot', '_Z2', 1, 100000, 100000), (3, 1, 1, 10, 13, 'cold', 'cold', 0, 0, 0);"
    "INSERT INTO line (function, source, line, hits, time_ns, self_ns, error_ns, min_ns, max_ns, wait_ns) VALUES"
    "  (1, 1, 3, 1, 100000, 100000, 0, 100000, 100000, 40000),"
    "  (1, 1, 4, 11, 100000, 100000, 10, 5, 9, 0), (1, 1, 5, 1234567890123, 200000, 200000, 0, 0, 0, 1500),"
    "  (2, 1, 5, 10, 100000, 50000, 0, 0, 0, NULL), (1, 1, 7, 0, 0, 0, 0, 0, 0, 0), (1, 2, 40, 2, 0, 0, 0, 0, 0, 0),"
    "  (3, 1, 12, 0, 0, 0, 0, 0, 0, 0);";

static char test_path[64];

static void test_profile_make(const char *more_sql)
{
    struct kp_error error;
    strcpy(test_path, "/tmp/kernprof-test-XXXXXX");
    close(mkstemp(test_path));
    unlink(test_path);
    sqlite3 *profile = kp_profile_create(test_path, &error);
    assert_non_null(profile);
    char packed[1024];
    size_t size = ZSTD_compress(packed, sizeof packed, test_source, sizeof test_source - 1, 3);
    sqlite3_stmt *insert =
        kp_profile_prepare(profile, "INSERT INTO source VALUES (1, '/p/hot.c', 0, 1, 0, ?, ?)", &error);
    sqlite3_bind_int64(insert, 1, sizeof test_source - 1);
    sqlite3_bind_blob(insert, 2, packed, (int)size, SQLITE_TRANSIENT);
    assert_int_equal(sqlite3_step(insert), SQLITE_DONE);
    sqlite3_finalize(insert);
    assert_int_equal(sqlite3_exec(profile, test_rows, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_exec(profile, more_sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(kp_profile_commit(profile, test_path, &error), 0);
}

#endif
