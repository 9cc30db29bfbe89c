/* kernprof recover: the profile of a run whose kernprof was killed, from the counter folder that it left. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernprof/commands/command.h"
#include "kernprof/run/leftover_runs.h"
#include "kernprof/run/profile_file.h"
#include "kernprof/run/run_record.h"
#include "kernprof/sample/samples_file.h"
#include "kernprof/run/surviving_processes.h"
#include "util/folder.h"

enum { KEEP = KP_OPTION_LONG };

static const struct kp_option option_table[] = {
    {"outfile", 'o', "FILE", "output file; default: where the run was to write it", NULL, NULL},
    {"keep", KEEP, NULL, "do not remove DIR afterwards", NULL, NULL},
    KP_OPTION_HELP,
    KP_OPTIONS_END,
};

static int write_profile(const char *folder, const struct kp_run_record *record, const char *output,
                         struct kp_error *error)
{
    struct kp_join *join = kp_join_new(strcmp(record->kind, "functions") == 0);
    if (!join)
        return kp_fail(error, "out of memory");
    struct kp_run run = {.command = record->command,
                         .kind = record->kind,
                         .timing = record->timing,
                         .embed_sources = record->embed_sources};
    int result = kp_join_add_folder(join, folder, error);
    if (result == 0 && kp_join_functions(join) == 0)
        result = kp_fail(error, "%s: holds no counters: nothing that ran was instrumented; remove it", folder);
    struct kp_samples samples = {0};
    if (result == 0 && kp_samples_read(folder, &samples) == 0)
        kp_join_add_samples(join, &samples, "perf");
    if (result == 0)
        result = kp_profile_file_write(join, &run, output, error);
    kp_join_free(join);
    kp_samples_free(&samples);
    return result;
}

static int recover(const char *name, const char *output, int keep, struct kp_error *error)
{
    struct kp_run_record record;
    char *folder = realpath(name, NULL);
    if (!folder)
        return kp_fail(error, "%s: %s; `kernprof recover` lists what is left", name, strerror(errno));
    int result = kp_run_record_read(folder, &record, error);
    if (result == 0 && record.kernprof_lives)
        result = kp_fail(error, "%s: its kernprof is still at work and will write %s", name, record.output);
    if (result == 0) {
        unsigned counting = kp_surviving_processes_count(folder, 0);
        result = write_profile(folder, &record, output ? output : record.output, error);
        if (result == 0 && counting)
            fprintf(stderr, "kernprof: %s: %u processes still count; recover it again when they have ended\n", name,
                    counting);
        else if (result == 0 && !keep)
            kp_folder_remove(folder);
        if (result == 0)
            printf("%s\n", output ? output : record.output);
    }
    kp_run_record_free(&record);
    free(folder);
    return result;
}

static int cmd_recover(int argc, char **argv, struct kp_error *error)
{
    const char *output = NULL;
    int keep = 0;
    struct kp_option_reader reader;
    kp_options_begin(&reader, "recover", option_table, argc, argv, 0);
    for (int letter; (letter = kp_options_next(&reader, error)) != -1;) {
        switch (letter) {
        case 'o': output = optarg; break;
        case KEEP: keep = 1; break;
        case 'h': kp_command_print_help(&kp_command_recover, stdout); return 0;
        default: return KP_EXIT_FAILED;
        }
    }
    if (output && argc - optind != 1) {
        kp_fail(error, "recover: -o needs exactly one DIR");
        return KP_EXIT_FAILED;
    }
    if (optind == argc)
        return kp_leftover_runs_list(stdout, error) == 0 ? 0 : KP_EXIT_FAILED;
    for (int i = optind; i < argc; i++)
        if (recover(argv[i], output, keep, error) != 0)
            return KP_EXIT_FAILED;
    return 0;
}

const struct kp_command kp_command_recover = {
    .name = "recover",
    .run = cmd_recover,
    .purpose = "write the profile of a run whose kernprof was killed",
    .synopsis = "kernprof recover [-o FILE] [DIR ...]",
    .description =
        "Writes the profile of a run whose kernprof was killed, or could not write it, from the counter folder "
        "DIR that it left in $TMPDIR or /tmp, prints the profile's name and removes DIR. Without DIR it lists "
        "such folders, as `kernprof info DIR` does for one.\n\nThe program itself may still be running: "
        "then the profile is of what it counted so far, and DIR stays.",
    .options = option_table,
};
