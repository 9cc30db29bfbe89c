/* What is added to clang's command line, and where, so that nothing of the user's is lost and the user's options win.
 * The user's arguments are passed on as they are. */
#include "kernprof/compile/compile.h"

#include "kernprof/compile/command_line.h"
#include "kernprof/compile/link_interposer.h"
#include "kernprof/compile/toolchain.h"
#include "util/words.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Before the user's options, so that a later one of theirs wins. Much of it is of no use to some commands (a link, a .s
 * file), about which clang must not warn. */
static void add_before(struct kp_words *command, const struct kp_toolchain *toolchain,
                       const struct kp_command_line *line)
{
    kp_words_add(command, "--start-no-unused-arguments");
    kp_words_add_format(command, "-fplugin=%s", toolchain->plugin);
    kp_words_add_format(command, "-fpass-plugin=%s", toolchain->plugin);
    kp_words_add_range(command, &line->plugin, 0, line->plugin.count);
    kp_words_add(command, "-D__KERNPROF__=1");
    kp_words_add(command, "-gline-tables-only");
    kp_words_add(command, "-idirafter");
    kp_words_add(command, toolchain->include);
    kp_words_add(command, "--end-no-unused-arguments");
}

/* -fuse-ld=lld takes the first ld.lld it meets, maybe one too old for this clang's bitcode: name the one that fits. */
static void add_linker(struct kp_words *command, const struct kp_toolchain *toolchain,
                       const struct kp_command_line *line)
{
    if (!line->uses_lld || line->has_linker_path)
        return;
    struct kp_words name = {0};
    kp_words_add_format(&name, "ld.lld-%d", toolchain->llvm);
    char *path = name.count ? kp_find_in_path(name.item[0]) : NULL;
    if (path)
        kp_words_add_format(command, "--ld-path=%s", path);
    free(path);
    kp_words_free(&name);
}

/* An archive gives what the objects before it lack, so it goes last. After "--" no option can say that it is not C, so
 * there, with -x in force, it goes before the objects and is linked whole. */
static bool archive_goes_last(const struct kp_command_line *line)
{
    return !line->after_dashes || !line->language[0];
}

static void add_after(struct kp_words *command, const struct kp_toolchain *toolchain,
                      const struct kp_command_line *line)
{
    kp_words_add(command, "--start-no-unused-arguments");
    if (line->debug_is_off)
        kp_words_add(command, "-gline-tables-only"); /* lines are what is measured */
    add_linker(command, toolchain, line);
    if (kp_command_line_links(line) && !archive_goes_last(line)) {
        const char *const words[] = {"--whole-archive", toolchain->runtime, "--no-whole-archive"};
        for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
            kp_words_add(command, "-Xlinker");
            kp_words_add(command, words[i]);
        }
    }
    if (kp_command_line_links(line) && !line->after_dashes && line->language[0]) {
        kp_words_add(command, "-x");
        kp_words_add(command, "none");
    }
    kp_words_add(command, "--end-no-unused-arguments");
}

static void compose(struct kp_words *command, const struct kp_toolchain *toolchain, const struct kp_command_line *line)
{
    kp_words_add_range(command, &toolchain->compiler, 0, toolchain->compiler.count);
    add_before(command, toolchain, line);
    kp_words_add_range(command, &line->words, 0, line->options_end);
    if (!line->value_of) /* "-o" at the very end is for clang to complain about */
        add_after(command, toolchain, line);
    kp_words_add_range(command, &line->words, line->options_end, line->words.count);
    if (kp_command_line_links(line) && !line->value_of && archive_goes_last(line))
        kp_words_add(command, toolchain->runtime);
    if (kp_command_line_links(line) && !line->value_of && line->links_memory)
        kp_link_memory(command, toolchain->prefix, line->cxx);
}

/* clang -cc1 and -cc1as are other programs with options of their own. */
static bool is_other_program(int argc, char **argv)
{
    return argc > 0 && strncmp(argv[0], "-cc1", strlen("-cc1")) == 0;
}

static int check_runtime(const struct kp_toolchain *toolchain, const struct kp_command_line *line,
                         struct kp_error *error)
{
    if (!kp_command_line_links(line) || access(toolchain->runtime, R_OK) == 0)
        return 0;
    const char *remedy =
        line->architecture[0] ? "build kernprof with -DKERNPROF_TARGETS=TRIPLE" : "install kernprof again";
    return kp_fail(error, "%s: cannot be read; %s", toolchain->runtime, remedy);
}

static int build(struct kp_words *command, struct kp_command_line *line, struct kp_toolchain *toolchain, int argc,
                 char **argv, struct kp_error *error)
{
    if (is_other_program(argc, argv)) {
        kp_words_add_range(command, &toolchain->compiler, 0, toolchain->compiler.count);
        for (int i = 0; i < argc; i++)
            kp_words_add(command, argv[i]);
        return 0;
    }
    if (kp_command_line_read(line, argc, argv, error) ||
        kp_toolchain_choose_runtime(toolchain, line->architecture, error) || check_runtime(toolchain, line, error))
        return -1;
    compose(command, toolchain, line);
    return 0;
}

char **kp_compile_arguments(int cxx, int argc, char **argv, struct kp_error *error)
{
    struct kp_toolchain toolchain;
    struct kp_command_line line = {.cxx = cxx != 0};
    struct kp_words command = {0};
    char **arguments = NULL;
    if (kp_toolchain_find(&toolchain, cxx, error) == 0 && build(&command, &line, &toolchain, argc, argv, error) == 0) {
        arguments = kp_words_take(&command);
        if (!arguments)
            kp_fail(error, "out of memory");
    }
    kp_words_free(&command);
    kp_command_line_free(&line);
    kp_toolchain_free(&toolchain);
    return arguments;
}
