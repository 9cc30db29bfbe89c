/* Reads clang's command line (see command_line.h). */
#include "kernprof/compile/command_line.h"

#include <stdlib.h>
#include <string.h>

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

static void set_language(struct kp_command_line *line, const char *language)
{
    line->language[0] = '\0';
    if (strcmp(language, "none") != 0)
        strncat(line->language, language, sizeof line->language - 1);
}

/* A header alone is precompiled, not linked. */
static bool is_header(const struct kp_command_line *line, const char *path)
{
    const char *suffix = strrchr(path, '.');
    if (line->language[0])
        return strstr(line->language, "-header") != NULL;
    return suffix && is_one_of(suffix, header_suffix);
}

static void read_file_name(struct kp_command_line *line, const char *path)
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

static void set_target(struct kp_command_line *line, const char *triple)
{
    line->architecture[0] = '\0';
    size_t length = strcspn(triple, "-");
    strncat(line->architecture, triple, length < sizeof line->architecture ? length : sizeof line->architecture - 1);
}

static void read_value(struct kp_command_line *line, const char *option, const char *value)
{
    if (strcmp(option, "-x") == 0 || strcmp(option, "--language") == 0)
        set_language(line, value);
    else if (strcmp(option, "-target") == 0)
        set_target(line, value);
    else if (strcmp(option, "-Xlinker") == 0 && is_relocatable(value))
        line->stops_early = true;
}

static void read_option(struct kp_command_line *line, const char *option)
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

static int read_own_option(struct kp_command_line *line, const char *option, struct kp_error *error)
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
static int read_word(struct kp_command_line *line, const char *word, bool visible, struct kp_error *error)
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
static void keep_option_name(struct kp_command_line *line)
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
static int read_argument(struct kp_command_line *line, const char *word, int depth, bool visible,
                         struct kp_error *error)
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

int kp_command_line_read(struct kp_command_line *line, int argc, char **argv, struct kp_error *error)
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

bool kp_command_line_links(const struct kp_command_line *line)
{
    return line->has_link_input && !line->stops_early;
}

void kp_command_line_free(struct kp_command_line *line)
{
    kp_words_free(&line->words);
    kp_words_free(&line->plugin);
}
