/* describe FOLDER: writes the man pages and completion scripts of all commands, as below PREFIX/share. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "kernprof/describe/describe.h"

/* FOLDER/PATH, its folders made, to be written. Ends the program where that fails: this is a step of the build. */
static FILE *create(const char *folder, const char *path)
{
    char whole[4096];
    snprintf(whole, sizeof whole, "%s/%s", folder, path);
    for (char *slash = whole + strlen(folder); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(whole, 0777); /* if it is not there already; if it cannot be made, fopen says so */
        *slash = '/';
    }
    FILE *out = fopen(whole, "w");
    if (!out) {
        fprintf(stderr, "describe: %s: %s\n", whole, strerror(errno));
        exit(1);
    }
    return out;
}

static void finish(FILE *out)
{
    if (fclose(out) == 0)
        return;
    fprintf(stderr, "describe: cannot be written: %s\n", strerror(errno));
    exit(1);
}

static void write_pages(const char *folder, const struct kp_front_end *f)
{
    char path[256];
    for (const struct kp_command *const *c = f->commands; *c; c++) {
        snprintf(path, sizeof path, "man/man1/%s-%s.1", f->name, (*c)->name);
        FILE *out = create(folder, path);
        if (c == f->commands)
            fprintf(out, ".so man1/%s.1\n", f->name);
        else
            kp_describe_man(f, *c, KP_VERSION, out);
        finish(out);
    }
    snprintf(path, sizeof path, "man/man1/%s.1", f->name);
    FILE *out = create(folder, path);
    kp_describe_man(f, f->commands[0], KP_VERSION, out);
    finish(out);
}

/* bash and fish look for a script of the command's own name: other names get one that reads the first. */
static void write_other_name(const char *folder, const char *name)
{
    static const struct {
        const char *path, *text;
    } scripts[] = {
        {"bash-completion/completions/%s", ". \"${BASH_SOURCE[0]%/*}/kernprof\"\n"},
        {"fish/vendor_completions.d/%s.fish", "source (status dirname)/kernprof.fish\n"},
    };
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        char path[256];
        snprintf(path, sizeof path, scripts[i].path, name);
        FILE *out = create(folder, path);
        fputs(scripts[i].text, out);
        finish(out);
    }
}

static void write_other_names(const char *folder, const struct kp_front_end *f)
{
    if (f != kp_front_ends)
        write_other_name(folder, f->name);
    for (const struct kp_command *const *c = f->commands; *c; c++) {
        char name[128];
        snprintf(name, sizeof name, "%s-%s", f->name, (*c)->name);
        if (kp_command_is_program(*c))
            write_other_name(folder, name);
    }
}

int main(int argc, char **argv)
{
    static const struct {
        const char *path;
        void (*write)(FILE *out);
    } scripts[] = {
        {"bash-completion/completions/kernprof", kp_describe_bash},
        {"zsh/site-functions/_kernprof", kp_describe_zsh},
        {"fish/vendor_completions.d/kernprof.fish", kp_describe_fish},
    };
    if (argc != 2) {
        fprintf(stderr, "usage: describe FOLDER\n");
        return 1;
    }
    for (const struct kp_front_end *f = kp_front_ends; f->name; f++) {
        write_pages(argv[1], f);
        write_other_names(argv[1], f);
    }
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        FILE *out = create(argv[1], scripts[i].path);
        scripts[i].write(out);
        finish(out);
    }
    return 0;
}
