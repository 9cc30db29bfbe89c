/* See leftover_runs.h. */
#include "kernprof/run/leftover_runs.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "format/counters_reader.h"
#include "kernprof/run/run_record.h"
#include "kernprof/run/surviving_processes.h"
#include "util/folder.h"

static unsigned count_files(const char *folder)
{
    unsigned count = 0;
    DIR *directory = opendir(folder);
    for (struct dirent *entry; directory && (entry = readdir(directory)) != NULL;)
        count += (unsigned)kp_counters_is_name(entry->d_name);
    if (directory)
        closedir(directory);
    return count;
}

static void show(const char *folder, const struct kp_run_record *record, FILE *out)
{
    unsigned counting = kp_surviving_processes_count(folder, 0);
    fprintf(out, "%s: counters of %u processes of `%s`", folder, count_files(folder), record->command);
    if (counting)
        fprintf(out, ", %u of them still counting", counting);
    if (record->kernprof_lives)
        fprintf(out, "; kernprof is at work on it\n");
    else
        fprintf(out, "; `kernprof recover %s` writes %s\n", folder, record->output);
}

int kp_leftover_run_show(const char *folder, FILE *out, struct kp_error *error)
{
    struct kp_run_record record;
    char *whole = realpath(folder, NULL);
    int result = whole ? kp_run_record_read(whole, &record, error) : kp_fail(error, "%s: %s", folder, strerror(errno));
    if (result == 0) {
        show(whole, &record, out);
        kp_run_record_free(&record);
    }
    free(whole);
    return result;
}

int kp_leftover_runs_list(FILE *out, struct kp_error *error)
{
    char *parent = realpath(kp_folder_of_temporaries(), NULL);
    DIR *directory = parent ? opendir(parent) : NULL;
    if (!directory) {
        kp_fail(error, "%s: %s: set TMPDIR as it was for the run", kp_folder_of_temporaries(), strerror(errno));
        free(parent);
        return -1;
    }
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        char *folder;
        if (strncmp(entry->d_name, KP_FOLDER_PREFIX, strlen(KP_FOLDER_PREFIX)) != 0 ||
            asprintf(&folder, "%s/%s", parent, entry->d_name) < 0)
            continue;
        struct kp_run_record record;
        struct kp_error ignored; /* a folder of another user, or of something else */
        if (kp_run_record_exists(folder) && kp_run_record_read(folder, &record, &ignored) == 0) {
            if (!record.kernprof_lives)
                show(folder, &record, out);
            kp_run_record_free(&record);
        }
        free(folder);
    }
    closedir(directory);
    free(parent);
    return 0;
}
