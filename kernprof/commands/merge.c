/* `kernprof merge`: profiles of several runs, ranks or builds as one. */
#include "kernprof/commands/command.h"

#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>

#include "kernprof/merge/merge.h"
#include "util/output.h"
#include "util/patterns.h"
#include "util/progress.h"

static const struct kp_option option_table[] = {
    {"output", 'o', "OUT", "the profile to write, whole or not at all", NULL, NULL},
    {"keep-going", 'k', NULL, "name profiles that cannot be read, and merge the others", NULL, NULL},
    {"quiet", 'q', NULL, "say nothing but errors", NULL, NULL},
    KP_OPTION_HELP,
    KP_OPTIONS_END,
};

struct merge_options {
    const char *output;
    bool keep_going;
    bool quiet;
};

/* 1: --help was asked for. */
static int parse(int argc, char **argv, struct merge_options *options, struct kp_error *error)
{
    struct kp_option_reader reader;
    kp_options_begin(&reader, "merge", option_table, argc, argv, 0);
    for (int option; (option = kp_options_next(&reader, error)) != -1;) {
        switch (option) {
        case 'o': options->output = optarg; break;
        case 'k': options->keep_going = true; break;
        case 'q': options->quiet = true; break;
        case 'h': return 1;
        default: return -1;
        }
    }
    if (!options->output)
        return kp_fail(error, "merge: no -o OUT; see `kernprof merge --help`");
    return optind < argc ? 0 : kp_fail(error, "merge: no FILE; see `kernprof merge --help`");
}

static int add_all(struct kp_merge *merge, const struct kp_words *files, const struct merge_options *options,
                   struct kp_error *error)
{
    struct kp_progress progress;
    kp_progress_start(&progress, "merging", files->count);
    progress.terminal = progress.terminal && !options->quiet;
    size_t added = 0;
    int status = 0;
    for (size_t i = 0; i < files->count && status == 0; i++) {
        kp_progress_step(&progress, i);
        status = kp_merge_add(merge, files->item[i], error);
        added += status == 0;
        if (status != 0 && options->keep_going) {
            kp_progress_clear(&progress);
            fprintf(stderr, "kernprof: left out: %s\n", error->text);
            error->text[0] = '\0';
            status = 0;
        }
    }
    kp_progress_clear(&progress);
    if (status == 0 && added == 0)
        return kp_fail(error, "merge: none of the profiles can be read; nothing was written");
    return status;
}

static int merge_files(const struct kp_words *files, const struct merge_options *options, struct kp_error *error)
{
    struct kp_merge *merge = kp_merge_new();
    if (!merge)
        return kp_fail(error, "merge: out of memory");
    int status = add_all(merge, files, options, error);
    if (status == 0)
        status = kp_merge_write(merge, options->output, error);
    char names[400];
    size_t apart = status == 0 && !options->quiet ? kp_merge_apart(merge, names, sizeof names) : 0;
    if (apart)
        fprintf(stderr, "kernprof: %zu function%s differ%s in source between builds and stay%s apart: %s%s\n", apart,
                apart == 1 ? "" : "s", apart == 1 ? "s" : "", apart == 1 ? "s" : "", names, apart > 5 ? ", ..." : "");
    kp_merge_free(merge);
    return status;
}

static int cmd_merge(int argc, char **argv, struct kp_error *error)
{
    struct merge_options options = {0};
    int status = parse(argc, argv, &options, error);
    if (status == 1) {
        kp_command_print_help(&kp_command_merge, stdout);
        return kp_output_flush(stdout, "standard output", error) ? KP_EXIT_FAILED : 0;
    }
    struct kp_words files = {0};
    for (int i = optind; status == 0 && i < argc; i++)
        status = kp_patterns_expand(&files, argv[i], error);
    if (status == 0 && files.out_of_memory)
        status = kp_fail(error, "merge: out of memory");
    if (status == 0)
        status = merge_files(&files, &options, error);
    kp_words_free(&files);
    return status == 0 ? 0 : KP_EXIT_FAILED;
}

const struct kp_command kp_command_merge = {
    .name = "merge",
    .run = cmd_merge,
    .purpose = "add up profiles of several runs or ranks",
    .synopsis = "kernprof merge -o OUT FILE|PATTERN ...",
    .description =
        "Adds up the profiles of several runs, ranks or builds. A quoted PATTERN ('jacobi.*.lprof') is expanded "
        "here, for more files than a command line holds.\n\n"
        "Functions of different builds are added up where their source text is the same, also where they "
        "moved; where it is not they stay apart, and it says which.\n\n"
        "Every run stays listed (`kernprof info OUT`), and `kernprof view --ranks OUT` shows the spread over "
        "them. In which order and in which groups profiles are merged makes no difference.",
    .options = option_table,
};
