/* CSV: quoted as RFC 4180 says, lines ended with a newline alone, as Unix tools expect. */
#include "viewer/export/export.h"

#include <string.h>

static void write_field(const char *text, FILE *out)
{
    if (!text[strcspn(text, "\",\r\n")]) {
        fputs(text, out);
        return;
    }
    fputc('"', out);
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', out);
        fputc(*text, out);
    }
    fputc('"', out);
}

int kp_export_csv(sqlite3_stmt *statement, FILE *out, struct kp_error *error)
{
    int columns = sqlite3_column_count(statement);
    for (int i = 0; i < columns; i++)
        fprintf(out, "%s%s", i ? "," : "", sqlite3_column_name(statement, i));
    fputc('\n', out);
    int status;
    while ((status = sqlite3_step(statement)) == SQLITE_ROW) {
        for (int i = 0; i < columns; i++) {
            const char *text = (const char *)sqlite3_column_text(statement, i);
            if (i)
                fputc(',', out);
            write_field(text ? text : "", out);
        }
        fputc('\n', out);
    }
    if (status == SQLITE_DONE)
        return 0;
    return kp_fail(error, "profile: damaged (%s); profile the program again",
                   sqlite3_errmsg(sqlite3_db_handle(statement)));
}
