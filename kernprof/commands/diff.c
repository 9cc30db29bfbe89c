/* `kernprof diff`: what became slower and what faster between two profiles. */
#include "kernprof/commands/command.h"

#include <getopt.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernprof/merge/merge.h"
#include "util/output.h"
#include "util/patterns.h"
#include "viewer/export/compare_json.h"
#include "viewer/model/compare.h"
#include "viewer/model/listing_load.h"
#include "viewer/model/units.h"
#include "viewer/page/page.h"
#include "viewer/text/compare_text.h"

/* Status when something became slower, as diff(1) has it for a difference. */
enum { EXIT_SLOWER = 1 };
enum { OPTION_FAIL_ABOVE = KP_OPTION_LONG, OPTION_LEAST, OPTION_ALL, OPTION_HTML };

static const struct kp_option option_table[] = {
    {"fail-above", OPTION_FAIL_ABOVE, "PCT",
     "end with status 1 where the whole, a function or a line became slower by more than PCT percent beyond noise, or "
     "is "
     "not measured any more",
     NULL, NULL},
    {"least", OPTION_LEAST, "PCT", "leave out changes of less than PCT percent of the total (default: 1)", NULL, NULL},
    {"all", OPTION_ALL, NULL, "show what did not change, too", NULL, NULL},
    {"format", 'f', "FORMAT", "text (default), or json, which has everything", "text json", NULL},
    {"html", OPTION_HTML, "OUT.html",
     "write a page for a web browser, which needs no network: both sources side by side, line by line", NULL, NULL},
    {"unit", 'u', "UNIT", "unit of times: seconds (1e-3) or s, ms, us, ns (default: 1e-6)", "s ms us ns", NULL},
    {"output", 'o', "OUT", "write to OUT (default: standard output)", NULL, NULL},
    KP_OPTION_HELP,
    KP_OPTIONS_END,
};

struct diff_options {
    double fail_above; /* negative: do not fail */
    double least;
    bool all;
    bool json;
    bool html;
    double unit_s;
    const char *output;
};

static int parse_percent(const char *option, double *percent, struct kp_error *error)
{
    char *end;
    *percent = strtod(optarg, &end);
    if (end != optarg && *end == '%')
        end++;
    if (end == optarg || *end || !isfinite(*percent) || *percent < 0)
        return kp_fail(error, "--%s: '%s' is no percentage; give a number, 5 for one", option, optarg);
    return 0;
}

static int take_option(int option, struct diff_options *options, struct kp_error *error)
{
    switch (option) {
    case OPTION_FAIL_ABOVE: return parse_percent("fail-above", &options->fail_above, error);
    case OPTION_LEAST: return parse_percent("least", &options->least, error);
    case OPTION_ALL: options->all = true; return 0;
    case 'f':
        if (strcmp(optarg, "text") != 0 && strcmp(optarg, "json") != 0)
            return kp_fail(error, "--format: unknown format '%s'; there are: text, json", optarg);
        options->json = optarg[0] == 'j';
        return 0;
    case 'u':
        return kp_units_parse(optarg, &options->unit_s) == 0
                   ? 0
                   : kp_fail(error, "--unit: '%s' is no unit; give seconds (1e-3) or s, ms, us, ns", optarg);
    case OPTION_HTML:
        options->html = true;
        options->output = optarg;
        return 0;
    case 'o': options->output = optarg; return 0;
    default: return -1;
    }
}

/* 1: --help was asked for. */
static int parse(int argc, char **argv, struct diff_options *options, struct kp_error *error)
{
    struct kp_option_reader reader;
    kp_options_begin(&reader, "diff", option_table, argc, argv, 0);
    for (int option; (option = kp_options_next(&reader, error)) != -1;) {
        if (option == 'h')
            return 1;
        if (take_option(option, options, error) != 0)
            return -1;
    }
    if (argc - optind == 2)
        return 0;
    return kp_fail(error, "diff: %s; see `kernprof diff --help`",
                   argc - optind < 2 ? "OLD and NEW are needed" : "more than OLD and NEW; merge several runs first");
}

/* One side: a profile, or the profiles of a pattern, merged. */
struct side {
    const char *name;
    sqlite3 *profile;
    struct kp_listing listing;
};

static int load(struct side *side, const char *name, struct kp_error *error)
{
    struct kp_words files = {0};
    int status = kp_patterns_expand(&files, name, error);
    char **paths = status == 0 ? kp_words_take(&files) : NULL;
    *side = (struct side){.name = name};
    if (paths)
        side->profile = kp_merge_open(paths, error);
    else if (status == 0)
        kp_fail(error, "diff: out of memory");
    kp_words_free_array(paths);
    kp_words_free(&files);
    if (side->profile && kp_listing_load(&side->listing, side->profile, NULL, error) == 0)
        return 0;
    sqlite3_close(side->profile);
    return -1;
}

static void unload(struct side *side)
{
    kp_listing_free(&side->listing);
    sqlite3_close(side->profile);
}

static int print(const struct kp_compare *compare, const struct diff_options *options, const struct side *old,
                 const struct side *new, struct kp_error *error)
{
    struct kp_output output;
    int status = 0;
    if (kp_output_open(&output, options->output, error) != 0)
        return -1;
    if (options->html)
        status = kp_page_compare(compare, options->least, &(struct kp_page_side){old->name, old->profile},
                                 &(struct kp_page_side){new->name, new->profile}, output.stream, error);
    else if (options->json)
        kp_compare_json(compare, options->least, output.stream);
    else
        kp_compare_text(compare, options->least, options->all, options->unit_s, output.stream);
    if (status == 0)
        return kp_output_close(&output, error);
    kp_output_abandon(&output);
    return -1;
}

/* What there is to fail for goes to `error`, as any reason for a status. */
static int judge(const struct kp_compare *compare, const struct diff_options *options, struct kp_error *error)
{
    char worst[600];
    if (options->fail_above < 0)
        return 0;
    size_t failures = kp_compare_failures(compare, options->fail_above, options->least, worst, sizeof worst);
    if (failures > 1)
        kp_fail(error, "diff: %s, and %zu more beyond the %g %% of --fail-above", worst, failures - 1,
                options->fail_above);
    else if (failures)
        kp_fail(error, "diff: %s; --fail-above is %g %%", worst, options->fail_above);
    return failures ? EXIT_SLOWER : 0;
}

static int compare_profiles(char **names, const struct diff_options *options, struct kp_error *error)
{
    struct side old;
    struct side new;
    struct kp_compare compare;
    if (load(&old, names[0], error) != 0)
        return KP_EXIT_FAILED;
    int status = KP_EXIT_FAILED;
    if (load(&new, names[1], error) == 0) {
        if (kp_compare_build(&compare, &old.listing, &new.listing, error) == 0) {
            if (print(&compare, options, &old, &new, error) == 0)
                status = judge(&compare, options, error);
            kp_compare_free(&compare);
        }
        unload(&new);
    }
    unload(&old);
    return status;
}

static int cmd_diff(int argc, char **argv, struct kp_error *error)
{
    struct diff_options options = {.fail_above = -1, .least = 1, .unit_s = KP_UNIT_DEFAULT};
    int status = parse(argc, argv, &options, error);
    if (status == 1) {
        kp_command_print_help(&kp_command_diff, stdout);
        return kp_output_flush(stdout, "standard output", error) ? KP_EXIT_FAILED : 0;
    }
    return status == 0 ? compare_profiles(argv + optind, &options, error) : KP_EXIT_FAILED;
}

const struct kp_command kp_command_diff = {
    .name = "diff",
    .run = cmd_diff,
    .purpose = "say what became slower or faster between two profiles",
    .synopsis = "kernprof diff [--fail-above PCT] [--html OUT.html] OLD NEW",
    .description =
        "Compares two profiles line by line. Lines are matched by their text, so that a line that moved is still "
        "itself; "
        "functions also where they were renamed or moved to another file. Lines are marked + (slower), - (faster), "
        "> (new), < (gone) and ~ (edited).\n\n"
        "OLD and NEW can be merged profiles of several runs, or quoted patterns of them ('old.*.lprof'): times are "
        "then "
        "those of one run, and their spread says how much of a difference is noise. With one run on each side only the "
        "error of sampled times is known.",
    .options = option_table,
    .notes =
        "The exit status is 0, 1 where --fail-above found something, and 125 where the profiles cannot be compared.",
};
