/* `kernprof doctor`: what is found, what is missing, what the system allows. A line per thing: "ok", "missing" or
 * "refused", the thing, and where it is or what to do. */
#include "kernprof/commands/command.h"

#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernprof/sample/perf_events.h"
#include "kernprof/sample/timer_sampler.h"
#include "kernprof/compile/toolchain.h"
#include "util/output.h"
#include "viewer/graph/layout.h"
#include "viewer/page/page.h"

static const struct kp_option option_table[] = {KP_OPTION_HELP, KP_OPTIONS_END};

/* Programs that some commands start. */
static const struct {
    const char *name, *purpose;
} programs[] = {
    {"gnuplot", "memprof plot: install gnuplot-nox"},
    {"less", "view, on a terminal: install less"},
    {"dot", "graphs: install graphviz"},
};

static void say(const char *state, const char *thing, const char *detail)
{
    printf("%-8s %-16s %s\n", state, thing, detail);
}

/* What `kernprof cc` and `c++` would use. false: they cannot compile. */
static bool check_compiler(int cxx, struct kp_error *error)
{
    struct kp_toolchain toolchain;
    bool found = kp_toolchain_find(&toolchain, cxx, error) == 0;
    char detail[sizeof error->text];
    if (found)
        snprintf(detail, sizeof detail, "%s, LLVM %d, %s", toolchain.compiler.item[0], toolchain.llvm,
                 toolchain.plugin);
    say(found ? "ok" : "missing", cxx ? "kernprof c++" : "kernprof cc", found ? detail : error->text);
    kp_toolchain_free(&toolchain);
    return found;
}

static char *own_prefix(void)
{
    char path[4096];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    if (length <= 0)
        return NULL;
    path[length] = '\0';
    for (int i = 0; i < 2; i++) { /* PREFIX/bin/kernprof */
        char *slash = strrchr(path, '/');
        if (slash)
            *slash = '\0';
    }
    return strdup(path);
}

/* A plugin for each LLVM, and whether there is a clang for it. */
static void check_plugins(void)
{
    char pattern[4200];
    char *prefix = own_prefix();
    glob_t found;
    snprintf(pattern, sizeof pattern, "%s/lib/kernprof/llvm-*/kernprof-plugin.so", prefix ? prefix : "");
    free(prefix);
    if (glob(pattern, 0, NULL, &found) != 0)
        return;
    for (size_t i = 0; i < found.gl_pathc; i++) {
        char thing[32], clang[32];
        int version = 0;
        sscanf(strstr(found.gl_pathv[i], "/llvm-"), "/llvm-%d", &version);
        snprintf(thing, sizeof thing, "plugin, LLVM %d", version);
        snprintf(clang, sizeof clang, "clang-%d", version);
        char *path = kp_find_in_path(clang);
        say("ok", thing, found.gl_pathv[i]);
        if (!path)
            say("missing", clang, "not in PATH: this plugin has no use without it");
        free(path);
    }
    globfree(&found);
}

static void check_samplers(void)
{
    static const char *const details[] = {
        "own time is sampled by CPU timers instead (kernel.perf_event_paranoid = 1 or less, or a container that may "
        "call "
        "perf_event_open, would allow them)",
        "they would not show what the kernel does for a line: own time is sampled by CPU timers instead "
        "(kernel.perf_event_paranoid = 1 or less would allow all)",
        "own time is sampled by them",
    };
    int allowed = kp_perf_time_is_available(1) ? 2 : kp_perf_time_is_available(0);
    int works = kp_timer_sampler_is_allowed();
    say(allowed == 2 ? "ok" : "refused", "perf events", details[allowed]);
    say(works ? "ok" : "refused", "CPU timers",
        works ? "own time can be sampled by them" : "no timers of threads' CPU time");
}

static void check_programs(void)
{
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
        char *path = kp_find_in_path(programs[i].name);
        say(path ? "ok" : "missing", programs[i].name, path ? path : programs[i].purpose);
        free(path);
    }
}

static int cmd_doctor(int argc, char **argv, struct kp_error *error)
{
    struct kp_option_reader reader;
    kp_options_begin(&reader, "doctor", option_table, argc, argv, 0);
    int option = kp_options_next(&reader, error);
    if (option == '?')
        return KP_EXIT_FAILED;
    if (option == 'h') {
        kp_command_print_help(&kp_command_doctor, stdout);
        return kp_output_flush(stdout, "standard output", error) ? KP_EXIT_FAILED : 0;
    }
    say("ok", "kernprof", KP_VERSION);
    struct kp_error trouble;
    bool compiles = check_compiler(0, &trouble);
    compiles = check_compiler(1, &trouble) && compiles;
    check_plugins();
    check_samplers();
    check_programs();
    say(kp_page_available() ? "ok" : "missing", "page",
        kp_page_available() ? "view --html has it built in"
                            : "view --html: build kernprof with nodejs and npm installed");
    say(kp_layout_available() ? "ok" : "missing", "graph layout",
        kp_layout_available() ? "graph has Graphviz built in"
                              : "graph, but as .dot: build kernprof with libgraphviz-dev installed");
    if (kp_output_flush(stdout, "standard output", error) != 0)
        return KP_EXIT_FAILED;
    if (compiles)
        return 0;
    kp_fail(error, "doctor: programs cannot be compiled; see `kernprof cc` and `kernprof c++` above");
    return KP_EXIT_FAILED;
}

const struct kp_command kp_command_doctor = {
    .name = "doctor",
    .run = cmd_doctor,
    .purpose = "say what is found, what is missing, what the system allows",
    .synopsis = "kernprof doctor",
    .description =
        "Looks at what kernprof needs: the compilers and a plugin for each LLVM, the sources of time, the programs "
        "that some commands start, what kernprof was built with. The exit status is 0 when programs can be "
        "compiled and profiled.",
    .options = option_table,
};
