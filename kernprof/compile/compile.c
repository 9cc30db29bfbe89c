/* What is added to clang's command line, and where, so that nothing of the user's is lost and the user's options win.
 *
 * The arguments are read once, as clang would read them, only to learn what decides about ours: whether this command
 * links, where its options end, which language and linker are in force. They are passed on as they are. */
#include "kernprof/compile/compile.h"

#include "kernprof/compile/link_interposer.h"
#include "kernprof/compile/toolchain.h"
#include "util/words.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Options after which nothing is linked. */
static const char *const stop_before_link[] = {
    "-c",
    "--compile",
    "-S",
    "--assemble",
    "-E",
    "--preprocess",
    "-M",
    "--dependencies",
    "-MM",
    "--user-dependencies",
    "-fsyntax-only",
    "--analyze",
    "-emit-ast",
    "-r",
    "--precompile",
    "--emit-static-lib",
    "-extract-api",
    "-verify-pch",
    "-emit-interface-stubs",
    "-module-file-info",
    "-rewrite-objc",
    "-rewrite-legacy-objc",
    "--migrate",
    NULL,
};

/* Options whose value may be the next argument (clang -cc1's are not here). Those that begin with -X: takes_value. */
static const char *const with_value[] = {
    "-o",
    "--output",
    "-x",
    "--language",
    "-I",
    "--include-directory",
    "-D",
    "--define-macro",
    "-U",
    "--undefine-macro",
    "-L",
    "--library-directory",
    "-l",
    "-T",
    "-Tbss",
    "-Tdata",
    "-Ttext",
    "--for-linker",
    "-u",
    "-z",
    "-e",
    "-F",
    "-A",
    "--assert",
    "-B",
    "--prefix",
    "-G",
    "-b",
    "-V",
    "-include",
    "--include",
    "-imacros",
    "--imacros",
    "-include-pch",
    "-isystem",
    "-isystem-after",
    "-idirafter",
    "--include-directory-after",
    "-iquote",
    "-iprefix",
    "--include-prefix",
    "-iwithprefix",
    "--include-with-prefix",
    "--include-with-prefix-after",
    "-iwithprefixbefore",
    "--include-with-prefix-before",
    "-iwithsysroot",
    "-isysroot",
    "-iframework",
    "-iframeworkwithsysroot",
    "-imultilib",
    "-ivfsoverlay",
    "-cxx-isystem",
    "-stdlib++-isystem",
    "-c-isystem",
    "-MF",
    "-MT",
    "-MQ",
    "-MJ",
    "--write-dependencies-to",
    "-mllvm",
    "-mmlir",
    "-target",
    "--param",
    "-param",
    "--sysroot",
    "--config",
    "-arch",
    "-gcc-toolchain",
    "-wrapper",
    "-aux-info",
    "-dumpbase",
    "-dumpdir",
    "-rpath",
    "--rpath",
    "-framework",
    "-working-directory",
    "--serialize-diagnostics",
    "-serialize-diagnostics",
    "-mthread-model",
    "-index-store-path",
    "-fmodules-cache-path",
    "-fmodules-user-build-path",
    "-meabi",
    "-dyld-prefix",
    "-ccc-gcc-name",
    "-ccc-install-dir",
    "-install_name",
    "-undefined",
    "-current_version",
    "-compatibility_version",
    NULL,
};

/* Options of -g that set the level; the others of -g leave it as it was. */
static const char *const debug_level[] = {
    "-g",
    "-g1",
    "-g2",
    "-g3",
    "-ggdb",
    "-ggdb1",
    "-ggdb2",
    "-ggdb3",
    "-glldb",
    "-gsce",
    "-gdbx",
    "--debug",
    "-gmlt",
    "-gline-tables-only",
    "-gline-directives-only",
    "-gdwarf",
    "-gdwarf-2",
    "-gdwarf-3",
    "-gdwarf-4",
    "-gdwarf-5",
    NULL,
};

static const char *const header_suffix[] = {".h", ".H", ".hh", ".hp", ".hpp", ".hxx", ".h++", NULL};

/* What reading the arguments found. */
struct command_line {
    struct kp_words words;  /* the arguments to pass on */
    struct kp_words plugin; /* our own options among them, as plugin arguments */
    size_t position;        /* in `words`: where the argument being read is, or the response file that holds it */
    size_t options_end;     /* in `words`: the place of "--", or the end */
    bool after_dashes;      /* "--" has been seen: only file names follow */
    const char *value_of;   /* the option (of with_value) that waits for its value, or NULL */
    char language[32];      /* of -x; "" when the suffix decides */
    bool stops_early;       /* an option of stop_before_link, or a relocatable link */
    bool has_link_input;    /* a file that is not a header, or a library */
    bool debug_is_off;      /* -g0 is the last word on it */
    bool cxx;               /* the compiler is that of C++ */
    bool links_memory;      /* -fkernprof-memory */
    bool uses_lld;
    bool has_linker_path;
    char architecture[32]; /* of --target; "" when clang decides */
};

static bool is_one_of(const char *word, const char *const *list)
{
    for (; *list; list++)
        if (strcmp(word, *list) == 0)
            return true;
    return false;
}

static bool begins_with(const char *word, const char *beginning)
{
    return strncmp(word, beginning, strlen(beginning)) == 0;
}

/* -Xlinker, -Xclang, -Xarch_host, -Xopenmp-target=TRIPLE and so on all take one; -Xclang=VALUE has it already. */
static bool takes_value(const char *option)
{
    if (begins_with(option, "-X") && option[2])
        return !strchr(option, '=') || begins_with(option, "-Xopenmp-target=");
    return is_one_of(option, with_value);
}

static void set_language(struct command_line *line, const char *language)
{
    line->language[0] = '\0';
    if (strcmp(language, "none") != 0)
        strncat(line->language, language, sizeof line->language - 1);
}

/* A header alone is precompiled, not linked. */
static bool is_header(const struct command_line *line, const char *path)
{
    const char *suffix = strrchr(path, '.');
    if (line->language[0])
        return strstr(line->language, "-header") != NULL;
    return suffix && is_one_of(suffix, header_suffix);
}

static void read_file_name(struct command_line *line, const char *path)
{
    if (!is_header(line, path))
        line->has_link_input = true;
}

static bool is_relocatable(const char *linker_option)
{
    static const char *const names[] = {"-r", "-i", "--relocatable", "-relocatable", NULL};
    return is_one_of(linker_option, names);
}

/* -Wl,A,B: is one of A and B a request for a relocatable object? */
static bool asks_relocatable(const char *list)
{
    char word[16];
    while (*list == ',') {
        size_t length = strcspn(++list, ",");
        if (length < sizeof word) {
            memcpy(word, list, length);
            word[length] = '\0';
            if (is_relocatable(word))
                return true;
        }
        list += length;
    }
    return false;
}

static void set_target(struct command_line *line, const char *triple)
{
    line->architecture[0] = '\0';
    size_t length = strcspn(triple, "-");
    strncat(line->architecture, triple, length < sizeof line->architecture ? length : sizeof line->architecture - 1);
}

static void read_value(struct command_line *line, const char *option, const char *value)
{
    if (strcmp(option, "-x") == 0 || strcmp(option, "--language") == 0)
        set_language(line, value);
    else if (strcmp(option, "-target") == 0)
        set_target(line, value);
    else if (strcmp(option, "-Xlinker") == 0 && is_relocatable(value))
        line->stops_early = true;
}

static void read_option(struct command_line *line, const char *option)
{
    if (takes_value(option))
        line->value_of = option;
    if (is_one_of(option, stop_before_link))
        line->stops_early = true;
    else if (is_one_of(option, debug_level))
        line->debug_is_off = false;
    else if (strcmp(option, "-g0") == 0 || strcmp(option, "-ggdb0") == 0)
        line->debug_is_off = true;
    else if (begins_with(option, "-fuse-ld="))
        line->uses_lld = strcmp(option, "-fuse-ld=lld") == 0;
    else if (begins_with(option, "--ld-path="))
        line->has_linker_path = true;
    else if (begins_with(option, "-Wl,"))
        line->stops_early |= asks_relocatable(option + strlen("-Wl"));
    else if (begins_with(option, "--target="))
        set_target(line, option + strlen("--target="));
    else if (begins_with(option, "--language="))
        set_language(line, option + strlen("--language="));
    else if (begins_with(option, "-x") && option[2])
        set_language(line, option + strlen("-x"));
    else if (begins_with(option, "-l"))
        line->has_link_input = true;
}

static bool is_own_option(const char *word)
{
    return begins_with(word, "-fkernprof-") || begins_with(word, "-fno-kernprof-");
}

static int read_own_option(struct command_line *line, const char *option, struct kp_error *error)
{
    if (strcmp(option, "-fno-kernprof-calls") == 0) {
        kp_words_add(&line->plugin, "-fplugin-arg-kernprof-no-calls");
        return 0;
    }
    const char *name = begins_with(option, "-fkernprof-") ? option + strlen("-fkernprof-") : "";
    bool has_globs = begins_with(name, "functions=") || begins_with(name, "files=");
    if (strcmp(name, "memory") == 0) {
        line->links_memory = true;
        return 0;
    }
    if (has_globs && !strchr(name, '=')[1])
        return kp_fail(error, "%s: no pattern after the equals sign; give GLOB[,GLOB]", option);
    if (!has_globs && strcmp(name, "all") != 0)
        return kp_fail(error,
                       "%s: no such option; there are -fkernprof-functions=GLOB[,GLOB], "
                       "-fkernprof-files=GLOB[,GLOB], -fkernprof-all, -fkernprof-memory and -fno-kernprof-calls",
                       option);
    kp_words_add_format(&line->plugin, "-fplugin-arg-kernprof-%s", name);
    return 0;
}

/* Reads one argument; `visible` ones are passed on, the others are inside of a response file that is. */
static int read_word(struct command_line *line, const char *word, bool visible, struct kp_error *error)
{
    const char *option = line->value_of;
    bool is_option = !option && !line->after_dashes && word[0] == '-' && word[1];
    line->value_of = NULL;
    if (is_option && is_own_option(word))
        return read_own_option(line, word, error);
    if (option) {
        read_value(line, option, word);
    } else if (!is_option) {
        read_file_name(line, word);
    } else if (strcmp(word, "--") == 0) {
        line->after_dashes = true;
        line->options_end = line->position;
    } else {
        read_option(line, word);
    }
    if (visible)
        kp_words_add(&line->words, word);
    return 0;
}

/* The names in with_value and stop_before_link outlive the word that was read, which may be freed with its file. */
static void keep_option_name(struct command_line *line)
{
    if (!line->value_of)
        return;
    for (const char *const *name = with_value; *name; name++)
        if (strcmp(*name, line->value_of) == 0) {
            line->value_of = *name;
            return;
        }
    line->value_of = strcmp(line->value_of, "-Xlinker") == 0 ? "-Xlinker" : "-X";
}

enum { MAX_NESTING = 20 }; /* of response files; a file that names itself ends here */

static bool open_response_file(const char *word, int depth, struct kp_words *content)
{
    return word[0] == '@' && word[1] && depth < MAX_NESTING && kp_words_split_response_file(content, word + 1) == 0;
}

/* Does the response file with `content`, or one that it names, hold an option of ours? */
static bool holds_own_option(const struct kp_words *content, int depth)
{
    for (size_t i = 0; i < content->count; i++) {
        struct kp_words nested = {0};
        bool holds = is_own_option(content->item[i]) ||
                     (open_response_file(content->item[i], depth, &nested) && holds_own_option(&nested, depth + 1));
        kp_words_free(&nested);
        if (holds)
            return true;
    }
    return false;
}

/* Reads one argument, looking into response files. Such a file is passed on by name, unless it holds an option of ours:
 * clang would refuse that, so then its content is passed on in its place. */
static int read_argument(struct command_line *line, const char *word, int depth, bool visible, struct kp_error *error)
{
    struct kp_words content = {0};
    if (visible)
        line->position = line->words.count;
    if (!open_response_file(word, depth, &content)) {
        int failed = read_word(line, word, visible, error);
        keep_option_name(line);
        return failed;
    }
    bool expand = visible && holds_own_option(&content, depth + 1);
    if (visible && !expand)
        kp_words_add(&line->words, word);
    int failed = 0;
    for (size_t i = 0; i < content.count && !failed; i++)
        failed = read_argument(line, content.item[i], depth + 1, expand, error);
    line->words.out_of_memory |= content.out_of_memory;
    kp_words_free(&content);
    return failed;
}

static int read_arguments(struct command_line *line, int argc, char **argv, struct kp_error *error)
{
    struct kp_words first = {0};
    const char *flags = getenv("KERNPROF_CFLAGS");
    int failed = 0;
    if (flags && kp_words_split_shell(&first, flags))
        failed = kp_fail(error, "KERNPROF_CFLAGS=%s: a quote is left open; close it", flags);
    for (size_t i = 0; i < first.count && !failed; i++)
        failed = read_argument(line, first.item[i], 0, true, error);
    line->words.out_of_memory |= first.out_of_memory;
    kp_words_free(&first);
    for (int i = 0; i < argc && !failed; i++)
        failed = read_argument(line, argv[i], 0, true, error);
    if (!line->after_dashes)
        line->options_end = line->words.count;
    return failed;
}

/* Before the user's options, so that a later one of theirs wins. Much of it is of no use to some commands (a link, a .s
 * file), about which clang must not warn. */
static void add_before(struct kp_words *command, const struct kp_toolchain *toolchain, const struct command_line *line)
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
static void add_linker(struct kp_words *command, const struct kp_toolchain *toolchain, const struct command_line *line)
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

static bool links(const struct command_line *line)
{
    return line->has_link_input && !line->stops_early;
}

/* An archive gives what the objects before it lack, so it goes last. After "--" no option can say that it is not C, so
 * there, with -x in force, it goes before the objects and is linked whole. */
static bool archive_goes_last(const struct command_line *line)
{
    return !line->after_dashes || !line->language[0];
}

static void add_after(struct kp_words *command, const struct kp_toolchain *toolchain, const struct command_line *line)
{
    kp_words_add(command, "--start-no-unused-arguments");
    if (line->debug_is_off)
        kp_words_add(command, "-gline-tables-only"); /* lines are what is measured */
    add_linker(command, toolchain, line);
    if (links(line) && !archive_goes_last(line)) {
        const char *const words[] = {"--whole-archive", toolchain->runtime, "--no-whole-archive"};
        for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
            kp_words_add(command, "-Xlinker");
            kp_words_add(command, words[i]);
        }
    }
    if (links(line) && !line->after_dashes && line->language[0]) {
        kp_words_add(command, "-x");
        kp_words_add(command, "none");
    }
    kp_words_add(command, "--end-no-unused-arguments");
}

static void compose(struct kp_words *command, const struct kp_toolchain *toolchain, const struct command_line *line)
{
    kp_words_add_range(command, &toolchain->compiler, 0, toolchain->compiler.count);
    add_before(command, toolchain, line);
    kp_words_add_range(command, &line->words, 0, line->options_end);
    if (!line->value_of) /* "-o" at the very end is for clang to complain about */
        add_after(command, toolchain, line);
    kp_words_add_range(command, &line->words, line->options_end, line->words.count);
    if (links(line) && !line->value_of && archive_goes_last(line))
        kp_words_add(command, toolchain->runtime);
    if (links(line) && !line->value_of && line->links_memory)
        kp_link_memory(command, toolchain->prefix, line->cxx);
}

/* clang -cc1 and -cc1as are other programs with options of their own. */
static bool is_other_program(int argc, char **argv)
{
    return argc > 0 && begins_with(argv[0], "-cc1");
}

static int check_runtime(const struct kp_toolchain *toolchain, const struct command_line *line, struct kp_error *error)
{
    if (!links(line) || access(toolchain->runtime, R_OK) == 0)
        return 0;
    const char *remedy =
        line->architecture[0] ? "build kernprof with -DKERNPROF_TARGETS=TRIPLE" : "install kernprof again";
    return kp_fail(error, "%s: cannot be read; %s", toolchain->runtime, remedy);
}

static int build(struct kp_words *command, struct command_line *line, struct kp_toolchain *toolchain, int argc,
                 char **argv, struct kp_error *error)
{
    if (is_other_program(argc, argv)) {
        kp_words_add_range(command, &toolchain->compiler, 0, toolchain->compiler.count);
        for (int i = 0; i < argc; i++)
            kp_words_add(command, argv[i]);
        return 0;
    }
    if (read_arguments(line, argc, argv, error) || kp_toolchain_choose_runtime(toolchain, line->architecture, error) ||
        check_runtime(toolchain, line, error))
        return -1;
    compose(command, toolchain, line);
    return 0;
}

char **kp_compile_arguments(int cxx, int argc, char **argv, struct kp_error *error)
{
    struct kp_toolchain toolchain;
    struct command_line line = {.cxx = cxx != 0};
    struct kp_words command = {0};
    char **arguments = NULL;
    if (kp_toolchain_find(&toolchain, cxx, error) == 0 && build(&command, &line, &toolchain, argc, argv, error) == 0) {
        arguments = kp_words_take(&command);
        if (!arguments)
            kp_fail(error, "out of memory");
    }
    kp_words_free(&command);
    kp_words_free(&line.words);
    kp_words_free(&line.plugin);
    kp_toolchain_free(&toolchain);
    return arguments;
}
