/* `kernprof export`: a profile in other programs' formats. */
#include "kernprof/command.h"

#include <getopt.h>
#include <stdio.h>

#include "util/output.h"
#include "viewer/viewer.h"

static void print_help(void)
{
    puts("usage: kernprof export --format FORMAT [--view VIEW] [-o OUT] FILE\n"
         "Writes the profile FILE for other programs.\n"
         "  -f, --format FORMAT  one of the formats below\n"
         "      --view VIEW      what to write (default: lines; functions for a profile without lines)\n"
         "  -o, --output OUT     write to OUT (default: standard output)\n"
         "  -h, --help           print this\n"
         "Formats:");
    for (const struct kp_export_format *format = kp_export_formats; format->name; format++)
        printf("  %-19s  %s\n", format->name, format->what);
    puts("Views and their columns:");
    for (const struct kp_export_view *view = kp_export_views; view->name; view++)
        printf("  %-19s  %s\n", view->name, view->columns);
}

static int export_profile(const char *path, const char *out, const struct kp_export_format *format,
                          const struct kp_export_view *view, struct kp_error *error)
{
    sqlite3 *profile = kp_profile_open(path, error);
    if (!profile)
        return -1;
    struct kp_output output;
    int status = kp_output_open(&output, out, error);
    if (status == 0) {
        status = kp_export_write(profile, format, view ? view : kp_export_default_view(profile), output.stream, error);
        if (status == 0)
            status = kp_output_close(&output, error);
        else
            kp_output_abandon(&output);
    }
    sqlite3_close(profile);
    return status;
}

int cmd_export(int argc, char **argv, struct kp_error *error)
{
    enum { OPTION_VIEW = 256 };
    static const struct option options[] = {
        {"format", required_argument, NULL, 'f'},
        {"view", required_argument, NULL, OPTION_VIEW},
        {"output", required_argument, NULL, 'o'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    const struct kp_export_format *format = NULL;
    const struct kp_export_view *view = NULL;
    const char *out = NULL;
    int option;
    optind = 0; /* start anew: main has parsed before */
    opterr = 0;
    while ((option = getopt_long(argc, argv, ":f:o:h", options, NULL)) != -1) {
        if (option == 'h') {
            print_help();
            return kp_output_flush(stdout, "standard output", error) ? KP_EXIT_FAILED : 0;
        }
        if (option == 'f' && !(format = kp_export_find_format(optarg, error)))
            return KP_EXIT_FAILED;
        if (option == OPTION_VIEW && !(view = kp_export_find_view(optarg, error)))
            return KP_EXIT_FAILED;
        if (option == 'o')
            out = optarg;
        if (option == '?' || option == ':') {
            kp_fail(error, "export: %s '%s'; see `kernprof export --help`",
                    option == ':' ? "a value is missing after" : "unknown option", argv[optind - 1]);
            return KP_EXIT_FAILED;
        }
    }
    if (!format || argc - optind != 1) {
        kp_fail(error, "export: %s; see `kernprof export --help`",
                !format          ? "no --format"
                : argc == optind ? "no FILE"
                                 : "more than one FILE; merge them first");
        return KP_EXIT_FAILED;
    }
    return export_profile(argv[optind], out, format, view, error) ? KP_EXIT_FAILED : 0;
}
