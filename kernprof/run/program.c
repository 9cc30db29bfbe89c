/* The program to profile (see program.h). */
#include "kernprof/run/program.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernprof/run/exit_status.h"
#include "kernprof/compile/compile.h"
#include "kernprof/compile/elf_image.h"
#include "kernprof/compile/globs.h"

static char *search_path(const char *name)
{
    if (strchr(name, '/'))
        return access(name, F_OK) == 0 ? strdup(name) : NULL;
    const char *path = getenv("PATH");
    for (const char *p = path ? path : "/usr/bin:/bin"; *p;) {
        size_t length = strcspn(p, ":");
        char *candidate;
        if (asprintf(&candidate, "%.*s/%s", (int)length, p, name) < 0)
            return NULL;
        struct stat status;
        if (access(candidate, X_OK) == 0 && stat(candidate, &status) == 0 && S_ISREG(status.st_mode))
            return candidate;
        free(candidate);
        p += length + (p[length] == ':');
    }
    /* A source file in this folder needs no "./", as with kernprof.py. */
    return access(name, F_OK) == 0 ? strdup(name) : NULL;
}

/* 0: C; 1: C++; -1: not a source file. */
static int source_language(const char *path)
{
    static const char *const cxx[] = {".cc", ".cpp", ".cxx", ".C", ".c++", NULL};
    const char *dot = strrchr(path, '.');
    if (!dot || strchr(dot, '/'))
        return -1;
    if (strcmp(dot, ".c") == 0)
        return 0;
    for (int i = 0; cxx[i]; i++)
        if (strcmp(dot, cxx[i]) == 0)
            return 1;
    return -1;
}

static int run_and_wait(char **arguments)
{
    pid_t child = fork();
    if (child == 0) {
        execv(arguments[0], arguments);
        _exit(127);
    }
    int status;
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    return child > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int compile_source(const char *source, int cxx, const char *folder, char **path, struct kp_error *error)
{
    const char *base = strrchr(source, '/') ? strrchr(source, '/') + 1 : source;
    if (asprintf(path, "%s/%.*s", folder, (int)(strrchr(base, '.') - base), base) < 0)
        return -1;
    char *user[] = {"-O2", (char *)source, "-o", *path, "-lm"};
    char **arguments = kp_compile_arguments(cxx, 5, user, error);
    if (!arguments)
        return -1;
    int status = run_and_wait(arguments);
    for (char **word = arguments; *word; word++)
        free(*word);
    free(arguments);
    if (status != 0)
        return kp_fail(error, "%s: does not compile: see the compiler's messages above", source);
    return 0;
}

/* Whether a shared object that the program needs is instrumented: the dynamic loader itself says which it would load.
 */
static int libraries_are_instrumented(const char *path, int by_function)
{
    int ends[2];
    if (pipe(ends) != 0)
        return 0;
    pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        setenv("LD_TRACE_LOADED_OBJECTS", "1", 1);
        execl(path, path, (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    FILE *lines = fdopen(ends[0], "r");
    char line[4096];
    int found = 0;
    while (lines && fgets(line, sizeof line, lines)) {
        char *library = strstr(line, "=> /");
        if (!library || found)
            continue;
        library += 3;
        library[strcspn(library, " \n")] = 0;
        struct kp_elf_image image;
        struct kp_error ignored;
        if (kp_elf_read(library, &image, &ignored) == 0) {
            found = kp_elf_is_instrumented(&image, by_function);
            kp_elf_free(&image);
        }
    }
    if (lines)
        fclose(lines);
    while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR)
        ;
    return found;
}

static int is_script(const char *path)
{
    char start[2] = {0};
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int script = fd >= 0 && read(fd, start, 2) == 2 && start[0] == '#' && start[1] == '!';
    if (fd >= 0)
        close(fd);
    return script;
}

/* Nothing in the program is instrumented: because an option matched nothing, or none was given. */
static void refuse(const char *path, const struct kp_elf_image *image, struct kp_error *error)
{
    struct kp_globs globs = {0};
    size_t index = 0;
    if (image->map)
        kp_globs_add(&globs, image->map, image->map_size);
    const char *option = kp_globs_next_unmatched(&globs, &index);
    if (option)
        kp_fail(error,
                "%s: nothing in it is instrumented: %s matches nothing; compile with another pattern (--force runs "
                "it all the same)",
                path, option);
    else
        kp_fail(error,
                "%s: nothing in it is instrumented: put KP_PROFILE on a function and compile with `kernprof cc`, or "
                "choose functions with -fkernprof-functions=GLOB (--force runs it all the same)",
                path);
    kp_globs_free(&globs);
}

static int check(const char *path, int by_function, int force, struct kp_error *error)
{
    struct stat status;
    if (stat(path, &status) != 0 || !S_ISREG(status.st_mode) || access(path, X_OK) != 0) {
        kp_fail(error, "%s: cannot be executed: %s", path,
                S_ISDIR(status.st_mode) ? "it is a folder" : "permission denied");
        return KP_EXIT_CANNOT_EXECUTE;
    }
    struct kp_elf_image image;
    int kind = kp_elf_read(path, &image, error);
    if (kind < 0)
        return KP_EXIT_CANNOT_EXECUTE;
    if (kind == 1) {
        if (is_script(path))
            return 0;
        kp_fail(error, "%s: cannot be executed: neither a program nor a script", path);
        return KP_EXIT_CANNOT_EXECUTE;
    }
    int useful = force || kp_elf_is_instrumented(&image, by_function) || image.loads_code ||
                 (image.dynamic && libraries_are_instrumented(path, by_function));
    if (!useful)
        refuse(path, &image, error);
    kp_elf_free(&image);
    return useful ? 0 : KP_EXIT_FAILED;
}

int kp_program_find(const char *name, const char *folder, int by_function, int force, struct kp_program *program,
                    struct kp_error *error)
{
    *program = (struct kp_program){0};
    char *path = search_path(name);
    if (!path) {
        kp_fail(error, "%s: no such program", name);
        return KP_EXIT_NOT_FOUND;
    }
    int cxx = source_language(path);
    if (cxx >= 0) {
        char *binary = NULL;
        int failed = compile_source(path, cxx, folder, &binary, error);
        free(path);
        path = binary;
        if (failed) {
            free(path);
            return KP_EXIT_FAILED;
        }
    }
    int status = check(path, by_function, force, error);
    if (status != 0)
        free(path);
    else
        program->path = path;
    return status;
}

void kp_program_free(struct kp_program *program)
{
    free(program->path);
}
