/* `kernprof export`: a profile in other programs' formats. */
#include "kernprof/commands/command.h"

#include <getopt.h>
#include <stdio.h>

#include "util/output.h"
#include "viewer/export/export.h"

enum { OPTION_VIEW = KP_OPTION_LONG };

static const char *format_name(size_t index)
{
    return kp_export_formats[index].name;
}

static const char *view_name(size_t index)
{
    return kp_export_views[index].name;
}

static const struct kp_option option_table[] = {
    {"format", 'f', "FORMAT", "one of the formats below", NULL, format_name},
    {"view", OPTION_VIEW, "VIEW", "what csv and json write (default: lines; of a profile of functions: functions)",
     NULL, view_name},
    {"output", 'o', "OUT", "write to OUT (default: standard output)", NULL, NULL},
    KP_OPTION_HELP,
    KP_OPTIONS_END,
};

static void print_tables(FILE *out)
{
    fputs("Formats:\n", out);
    for (const struct kp_export_format *format = kp_export_formats; format->name; format++)
        fprintf(out, "  %-14s  %s\n", format->name, format->what);
    fputs("\nViews and their columns:\n", out);
    for (const struct kp_export_view *view = kp_export_views; view->name; view++) {
        fprintf(out, "  %-14s  ", view->name);
        kp_export_print_columns(view, out);
        fputc('\n', out);
    }
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
        status = kp_export_write(profile, format, view, output.stream, output.path, error);
        if (status == 0)
            status = kp_output_close(&output, error);
        else
            kp_output_abandon(&output);
    }
    sqlite3_close(profile);
    return status;
}

static int cmd_export(int argc, char **argv, struct kp_error *error)
{
    const struct kp_export_format *format = NULL;
    const struct kp_export_view *view = NULL;
    const char *out = NULL;
    struct kp_option_reader reader;
    kp_options_begin(&reader, "export", option_table, argc, argv, 0);
    for (int option; (option = kp_options_next(&reader, error)) != -1;) {
        if (option == 'h') {
            kp_command_print_help(&kp_command_export, stdout);
            return kp_output_flush(stdout, "standard output", error) ? KP_EXIT_FAILED : 0;
        }
        if (option == 'f' && !(format = kp_export_find_format(optarg, error)))
            return KP_EXIT_FAILED;
        if (option == OPTION_VIEW && !(view = kp_export_find_view(optarg, error)))
            return KP_EXIT_FAILED;
        if (option == 'o')
            out = optarg;
        if (option == '?')
            return KP_EXIT_FAILED;
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

const struct kp_command kp_command_export = {
    .name = "export",
    .run = cmd_export,
    .purpose = "write a profile in another format",
    .synopsis = "kernprof export --format FORMAT [--view VIEW] [-o OUT] FILE",
    .description =
        "Writes the profile FILE for other programs. Formats of stacks put them together from calls: what each "
        "line cost is exact, and which caller it was for is an estimate where a function has several.",
    .options = option_table,
    .print_more = print_tables,
};
