/* See toolchain.h. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* vasprintf */
#endif
#include "kernprof/compile/toolchain.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* The versions the plugin is written for; newest first is the order of preference. */
enum { NEWEST_LLVM = 99, OLDEST_LLVM = 14, SUGGESTED_LLVM = 19 };

static char *print(const char *format, ...) __attribute__((format(printf, 1, 2)));

static char *print(const char *format, ...)
{
    char *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) < 0)
        text = NULL;
    va_end(arguments);
    return text;
}

static bool is_program(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISREG(status.st_mode) && access(path, X_OK) == 0;
}

char *kp_find_in_path(const char *name)
{
    if (strchr(name, '/'))
        return is_program(name) ? strdup(name) : NULL;
    const char *folder = getenv("PATH");
    if (!folder)
        folder = "/usr/local/bin:/usr/bin:/bin";
    for (;;) {
        int length = (int)strcspn(folder, ":");
        char *path = length ? print("%.*s/%s", length, folder, name) : print("./%s", name);
        if (!path || is_program(path))
            return path;
        free(path);
        if (!folder[length])
            return NULL;
        folder += length + 1;
    }
}

char *kp_toolchain_prefix(struct kp_error *error)
{
    char path[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    if (length < 0) {
        kp_fail(error, "/proc/self/exe: %s; kernprof finds its files there, so mount /proc", strerror(errno));
        return NULL;
    }
    path[length] = '\0';
    for (int up = 0; up < 2; up++) {
        char *slash = strrchr(path, '/');
        if (slash)
            *slash = '\0';
    }
    char *prefix = strdup(path);
    if (!prefix)
        kp_fail(error, "out of memory");
    return prefix;
}

static int find_own_files(struct kp_toolchain *toolchain, struct kp_error *error)
{
    toolchain->prefix = kp_toolchain_prefix(error);
    if (!toolchain->prefix)
        return -1;
    toolchain->include = print("%s/include", toolchain->prefix);
    toolchain->runtime = print("%s/lib/libkernprof.a", toolchain->prefix);
    if (!toolchain->include || !toolchain->runtime)
        return kp_fail(error, "out of memory");
    return 0;
}

#if defined(__x86_64__)
#define OWN_ARCHITECTURE "x86_64"
#elif defined(__aarch64__)
#define OWN_ARCHITECTURE "aarch64"
#else
#define OWN_ARCHITECTURE ""
#endif

/* One architecture has several names. */
static const char *usual_name(const char *architecture)
{
    if (strcmp(architecture, "arm64") == 0)
        return "aarch64";
    return strcmp(architecture, "amd64") == 0 ? "x86_64" : architecture;
}

int kp_toolchain_choose_runtime(struct kp_toolchain *toolchain, const char *architecture, struct kp_error *error)
{
    architecture = usual_name(architecture);
    if (!architecture[0] || strcmp(architecture, OWN_ARCHITECTURE) == 0)
        return 0;
    free(toolchain->runtime);
    toolchain->runtime = print("%s/lib/kernprof/%s/libkernprof.a", toolchain->prefix, architecture);
    return toolchain->runtime ? 0 : kp_fail(error, "out of memory");
}

/* The plugin for LLVM `version`, from malloc, or NULL when there is none. */
static char *find_plugin(const struct kp_toolchain *toolchain, int version)
{
    char *path = print("%s/lib/kernprof/llvm-%d/kernprof-plugin.so", toolchain->prefix, version);
    if (path && access(path, R_OK) == 0)
        return path;
    free(path);
    return NULL;
}

/* In the child of read_first_lines: `command` with its output in `output` and its messages dropped. Does not return. */
static void run_version(char **command, int output)
{
    dup2(output, STDOUT_FILENO);
    if (!freopen("/dev/null", "w", stderr))
        _exit(127);
    execv(command[0], command);
    _exit(127);
}

/* The beginning of what `command` prints. 0, or -1 when it cannot be run or fails. */
static int read_first_lines(char **command, char *text, size_t size)
{
    int ends[2];
    if (pipe(ends) != 0)
        return -1;
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        run_version(command, ends[1]);
    }
    close(ends[1]);
    FILE *output = fdopen(ends[0], "r");
    size_t length = output ? fread(text, 1, size - 1, output) : 0;
    text[length] = '\0';
    if (output)
        fclose(output);
    int status = -1;
    if (child < 0 || waitpid(child, &status, 0) < 0)
        return -1;
    return status == 0 ? 0 : -1;
}

/* The major version of the clang that `compiler` starts; 0 when it is not a clang. */
static int clang_version(const struct kp_words *compiler)
{
    struct kp_words asked = {0};
    kp_words_add_range(&asked, compiler, 0, compiler->count);
    kp_words_add(&asked, "--version");
    char **command = kp_words_take(&asked);
    char text[4096];
    int failed = !command || read_first_lines(command, text, sizeof text);
    kp_words_free_array(command);
    if (failed)
        return 0;
    const char *name = strstr(text, "clang version ");
    return name ? atoi(name + strlen("clang version ")) : 0;
}

static void adopt_string(char **place, char *text)
{
    free(*place);
    *place = text;
}

static bool is_kernprof_itself(const char *path)
{
    struct stat self, other;
    return stat("/proc/self/exe", &self) == 0 && stat(path, &other) == 0 && self.st_dev == other.st_dev &&
           self.st_ino == other.st_ino;
}

/* The compiler of the environment variable `name`, whose text is `value`. */
static int use_named(struct kp_toolchain *toolchain, const char *name, const char *value, struct kp_error *error)
{
    struct kp_words *compiler = &toolchain->compiler;
    if (kp_words_split_shell(compiler, value) || compiler->count == 0 || compiler->out_of_memory)
        return kp_fail(error, "%s=%s: not a command; set it to a clang, such as clang-%d", name, value, SUGGESTED_LLVM);
    char *path = kp_find_in_path(compiler->item[0]);
    if (!path)
        return kp_fail(error, "%s=%s: no such program; set it to an installed clang, such as clang-%d, or unset it",
                       name, value, SUGGESTED_LLVM);
    adopt_string(&compiler->item[0], path);
    if (is_kernprof_itself(path))
        return kp_fail(error, "%s=%s: that is kernprof itself; set it to a clang, such as clang-%d, or unset it", name,
                       value, SUGGESTED_LLVM);
    toolchain->llvm = clang_version(compiler);
    if (toolchain->llvm == 0)
        return kp_fail(error, "%s=%s: not a clang; set it to one, such as clang-%d, or unset it", name, value,
                       SUGGESTED_LLVM);
    toolchain->plugin = find_plugin(toolchain, toolchain->llvm);
    if (!toolchain->plugin)
        return kp_fail(error,
                       "%s=%s: clang %d, for which there is no plugin in %s/lib/kernprof; unset it, or build "
                       "kernprof with llvm-%d-dev and libclang-%d-dev installed",
                       name, value, toolchain->llvm, toolchain->prefix, toolchain->llvm, toolchain->llvm);
    return 0;
}

/* The clang of `version` in PATH becomes the compiler. False: there is none. */
static bool use_version(struct kp_toolchain *toolchain, int version, int cxx)
{
    static const char *const stems[] = {"clang", "clang++"};
    for (int stem = cxx ? 1 : 0; stem >= 0; stem--) {
        char name[32];
        snprintf(name, sizeof name, "%s-%d", stems[stem], version);
        char *path = kp_find_in_path(name);
        if (!path)
            continue;
        kp_words_add(&toolchain->compiler, path);
        free(path);
        if (cxx && stem == 0)
            kp_words_add(&toolchain->compiler, "--driver-mode=g++");
        toolchain->llvm = version;
        return true;
    }
    return false;
}

/* "clang" without a number, as LLVM's own packages install it. False: there is none, or it has no plugin. */
static bool use_unnumbered(struct kp_toolchain *toolchain, int cxx)
{
    char *path = kp_find_in_path(cxx ? "clang++" : "clang");
    if (!path)
        return false;
    kp_words_add(&toolchain->compiler, path);
    free(path);
    toolchain->llvm = clang_version(&toolchain->compiler);
    toolchain->plugin = find_plugin(toolchain, toolchain->llvm);
    if (toolchain->plugin)
        return true;
    kp_words_free(&toolchain->compiler);
    return false;
}

static int find_newest(struct kp_toolchain *toolchain, int cxx, struct kp_error *error)
{
    int newest_plugin = 0;
    for (int version = NEWEST_LLVM; version >= OLDEST_LLVM; version--) {
        char *plugin = find_plugin(toolchain, version);
        if (plugin && use_version(toolchain, version, cxx)) {
            toolchain->plugin = plugin;
            return 0;
        }
        if (plugin && !newest_plugin)
            newest_plugin = version;
        free(plugin);
    }
    if (!newest_plugin)
        return kp_fail(error,
                       "%s/lib/kernprof: no plugin for any clang there; install kernprof again, or build it "
                       "with clang-%d, llvm-%d-dev and libclang-%d-dev installed",
                       toolchain->prefix, SUGGESTED_LLVM, SUGGESTED_LLVM, SUGGESTED_LLVM);
    if (use_unnumbered(toolchain, cxx))
        return 0;
    return kp_fail(error, "no clang that fits a plugin of %s/lib/kernprof in PATH; install clang-%d, or set %s",
                   toolchain->prefix, newest_plugin, cxx ? "KERNPROF_CXX" : "KERNPROF_CC");
}

static const char *environment(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

int kp_toolchain_find(struct kp_toolchain *toolchain, int cxx, struct kp_error *error)
{
    *toolchain = (struct kp_toolchain){0};
    if (find_own_files(toolchain, error))
        return -1;
    const char *c = environment("KERNPROF_CC"), *cplusplus = environment("KERNPROF_CXX");
    int result;
    if (cxx && cplusplus) {
        result = use_named(toolchain, "KERNPROF_CXX", cplusplus, error);
    } else if (c) {
        result = use_named(toolchain, "KERNPROF_CC", c, error);
        if (cxx)
            kp_words_add(&toolchain->compiler, "--driver-mode=g++");
    } else {
        result = find_newest(toolchain, cxx, error);
    }
    if (result == 0 && toolchain->compiler.out_of_memory)
        return kp_fail(error, "out of memory");
    return result;
}

void kp_toolchain_free(struct kp_toolchain *toolchain)
{
    free(toolchain->prefix);
    free(toolchain->include);
    free(toolchain->runtime);
    free(toolchain->plugin);
    kp_words_free(&toolchain->compiler);
    *toolchain = (struct kp_toolchain){0};
}
