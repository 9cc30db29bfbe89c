/* A program that generates code: it writes a C kernel into a temporary folder, compiles it to a shared object, loads
 * it, runs it, unloads it and deletes both files. The profile shows the kernel line by line all the same: kernprof
 * keeps its source and its counts when the files and the mapping are gone.
 *
 *     kernprof cc -O2 -o generated generated.c
 *     kernprof -l -v ./generated
 *
 * The compiler is $CC, else kernprof-cc, which has to be in PATH; with $CFLAGS.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { POINTS = 1000, STEPS = 20000 };

/* One step of heat conduction along a rod, its coefficient a constant of the code. */
static const char kernel_template[] =
    "#include <kernprof.h>\n"
    "\n"
    "KP_PROFILE\n"
    "void kernel(const double *old, double *new, int points)\n"
    "{\n"
    "    new[0] = old[0];\n"
    "    for (int i = 1; i < points - 1; i++) {\n"
    "        double curvature = old[i - 1] - 2 * old[i] + old[i + 1];\n"
    "        new[i] = old[i] + %.17g * curvature;\n"
    "    }\n"
    "    new[points - 1] = old[points - 1];\n"
    "}\n";

typedef void kernel_function(const double *old, double *new, int points);

static int write_kernel(const char *path, double coefficient)
{
    FILE *file = fopen(path, "w");
    if (!file)
        return -1;
    fprintf(file, kernel_template, coefficient);
    return fclose(file);
}

static int compile_kernel(const char *source, const char *object)
{
    char command[1024];
    snprintf(command, sizeof command, "${CC:-kernprof-cc} ${CFLAGS:-} -O2 -shared -fPIC -o '%s' '%s'", object, source);
    return system(command);
}

static double run(kernel_function *kernel)
{
    static double rod[2][POINTS];
    rod[0][0] = rod[1][0] = 1;
    for (int step = 0; step < STEPS; step++)
        kernel(rod[step % 2], rod[(step + 1) % 2], POINTS);
    double heat = 0;
    for (int i = 0; i < POINTS; i++)
        heat += rod[STEPS % 2][i] / POINTS;
    return heat;
}

/* Loads the object, runs its kernel and unloads it again. */
static int use_kernel(const char *object)
{
    void *library = dlopen(object, RTLD_NOW);
    if (!library) {
        fprintf(stderr, "generated: %s\n", dlerror());
        return -1;
    }
    kernel_function *kernel;
    *(void **)&kernel = dlsym(library, "kernel"); /* the way POSIX has it: C knows no such conversion */
    if (kernel)
        printf("mean temperature after %d steps: %.6f\n", STEPS, run(kernel));
    dlclose(library);
    return kernel ? 0 : -1;
}

int main(void)
{
    const char *temporary = getenv("TMPDIR");
    char folder[256], source[300], object[300];
    snprintf(folder, sizeof folder, "%s/generated-XXXXXX", temporary && *temporary ? temporary : "/tmp");
    if (!mkdtemp(folder)) {
        perror(folder);
        return 1;
    }
    snprintf(source, sizeof source, "%s/kernel.c", folder);
    snprintf(object, sizeof object, "%s/kernel.so", folder);

    int failed = write_kernel(source, 0.25) || compile_kernel(source, object) || use_kernel(object);
    if (failed)
        fprintf(stderr, "generated: the kernel could not be compiled or run\n");
    unlink(object);
    unlink(source);
    rmdir(folder);
    return failed ? 1 : 0;
}
