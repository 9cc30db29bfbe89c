/* Completion scripts. The command that is meant when none is named starts a program: behind the program's name, words
 * are that program's and are completed as files. */
#include "kernprof/describe/describe.h"

#include <stdbool.h>
#include <string.h>

/* Visits everything that may be typed for the option: "-o", "--output"; of a literal one what stands before its value.
 */
static void print_forms(const struct kp_option *o, const char *separator, FILE *out)
{
    if (o->letter == 0)
        fprintf(out, "%.*s", (int)strcspn(o->name, "= ") + (strchr(o->name, '=') != NULL), o->name);
    if (o->letter > 0 && o->letter < KP_OPTION_LONG)
        fprintf(out, "-%c%s", o->letter, o->name ? separator : "");
    if (o->letter && o->name)
        fprintf(out, "--%s", o->name);
}

static bool has_choices(const struct kp_option *o)
{
    char choice[128];
    return kp_option_choice(o, 0, choice, sizeof choice);
}

static void print_choices(const struct kp_option *o, FILE *out)
{
    char choice[128];
    for (size_t i = 0; kp_option_choice(o, i, choice, sizeof choice); i++)
        fprintf(out, "%s%s", i ? " " : "", choice);
}

/* A value in a word of its own. */
static bool takes_word(const struct kp_option *o)
{
    return o->letter && o->argument && o->argument[0] != '[';
}

static void bash_command(const struct kp_command *c, FILE *out)
{
    size_t count = kp_options_count(c->options);
    fprintf(out, "        %s)\n            options='", c->name);
    for (size_t i = 0; i < count; i++) {
        fputs(i ? " " : "", out);
        print_forms(&c->options[i], " ", out);
    }
    fputs("' takes='", out);
    for (size_t i = 0; i < count; i++)
        if (takes_word(&c->options[i])) {
            putc(' ', out);
            print_forms(&c->options[i], " ", out);
        }
    fputs(" '\n            case $previous in\n", out);
    for (size_t i = 0; i < count; i++)
        if (has_choices(&c->options[i])) {
            fputs("                ", out);
            print_forms(&c->options[i], "|", out);
            fputs(") choices='", out);
            print_choices(&c->options[i], out);
            fputs("' ;;\n", out);
        }
    fputs("            esac\n            ;;\n", out);
}

static const char bash_tail[] =
    "    esac\n"
    "    COMPREPLY=()\n"
    "    if [ -n \"$choices\" ]; then\n"
    "        COMPREPLY=($(compgen -W \"$choices\" -- \"$current\"))\n"
    "        return\n"
    "    fi\n"
    "    # The first word that is no option is the program to run: what follows belongs to it.\n"
    "    if [ \"$command\" = \"$first\" ]; then\n"
    "        for ((i = start; i < COMP_CWORD; i++)); do\n"
    "            case \"${COMP_WORDS[i]}\" in\n"
    "                -*) case \"$takes\" in *\" ${COMP_WORDS[i]} \"*) ((i++)) ;; esac ;;\n"
    "                =) ((i++)) ;;\n"
    "                *) COMPREPLY=($(compgen -f -- \"$current\")); return ;;\n"
    "            esac\n"
    "        done\n"
    "    fi\n"
    "    case $current in\n"
    "        -*) COMPREPLY=($(compgen -W \"$options\" -- \"$current\")); return ;;\n"
    "    esac\n"
    "    [ \"$COMP_CWORD\" != 1 ] || [ \"$start\" != 1 ] || COMPREPLY=($(compgen -W \"$commands\" -- \"$current\"))\n"
    "    COMPREPLY+=($(compgen -f -- \"$current\"))\n"
    "}\n";

static void bash_front_end(const struct kp_front_end *f, FILE *out)
{
    fprintf(out,
            "_%s() {\n"
            "    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}\n"
            "    local first=%s command=%s commands='",
            f->name, f->commands[0]->name, f->commands[0]->name);
    for (const struct kp_command *const *c = f->commands; *c; c++)
        fprintf(out, "%s%s", c == f->commands ? "" : " ", (*c)->name);
    fprintf(out,
            "' options= takes= choices= start=1 i\n"
            "    # bash parts --option=value into three words.\n"
            "    [ \"$current\" != = ] || current=\n"
            "    [ \"$previous\" != = ] || previous=${COMP_WORDS[COMP_CWORD - 2]}\n"
            "    case ${COMP_WORDS[0]##*/} in\n"
            "        %s-*) command=${COMP_WORDS[0]##*/%s-} command=${command#%s-} ;;\n"
            "        *) [ \"$COMP_CWORD\" -lt 2 ] || case \" $commands \" in\n"
            "            *\" ${COMP_WORDS[1]} \"*) command=${COMP_WORDS[1]} start=2 ;;\n"
            "        esac ;;\n"
            "    esac\n"
            "    case $command in\n",
            f->name, f->name, f->name);
    for (const struct kp_command *const *c = f->commands; *c; c++)
        bash_command(*c, out);
    fputs(bash_tail, out);
    fprintf(out, "complete -o filenames -F _%s %s", f->name, f->name);
    for (const struct kp_command *const *c = f->commands; *c; c++)
        if (kp_command_is_program(*c))
            fprintf(out, " %s-%s", f->name, (*c)->name);
    fputs("\n\n", out);
}

void kp_describe_bash(FILE *out)
{
    fputs("# bash completion, made from kernprof's tables of options.\n", out);
    for (const struct kp_front_end *f = kp_front_ends; f->name; f++)
        bash_front_end(f, out);
}

/* Inside of single quotes, with what _arguments reads itself protected. */
static void zsh_text(const char *text, FILE *out)
{
    for (; *text; text++) {
        if (*text == '\'')
            fputs("'\\'", out);
        else if (strchr("[]:\\", *text))
            putc('\\', out);
        putc(*text, out);
    }
}

static void zsh_form(const struct kp_option *o, bool is_long, FILE *out)
{
    fputs("            '*", out);
    if (o->letter == 0)
        print_forms(o, "", out);
    else if (is_long)
        fprintf(out, "--%s", o->name);
    else
        fprintf(out, "-%c", o->letter);
    if (o->letter == 0)
        fputs(strchr(o->name, '=') ? "-" : "", out);
    else if (o->argument)
        fputs(is_long ? (o->argument[0] == '[' ? "=-" : "=") : "+", out);
    putc('[', out);
    zsh_text(o->help, out);
    putc(']', out);
    if (o->argument) {
        fputs(o->argument[0] == '[' ? "::" : ":", out);
        zsh_text(o->argument, out);
        putc(':', out);
        if (has_choices(o)) {
            putc('(', out);
            print_choices(o, out);
            putc(')', out);
        } else {
            fputs("_files", out);
        }
    }
    fputs("' \\\n", out);
}

static void zsh_command(const struct kp_command *c, bool first, FILE *out)
{
    fprintf(out, "        (%s) _arguments -s%s \\\n", c->name, first ? " -A \"-*\"" : "");
    for (size_t i = 0; i < kp_options_count(c->options); i++) {
        const struct kp_option *o = &c->options[i];
        if (o->letter == 0 || o->letter < KP_OPTION_LONG)
            zsh_form(o, false, out);
        if (o->letter && o->name)
            zsh_form(o, true, out);
    }
    fprintf(out, "            %s ;;\n", first ? "'*::program:_normal'" : "'*:file:_files'");
}

static void zsh_front_end(const struct kp_front_end *f, FILE *out)
{
    fprintf(out, "_%s_commands() {\n    local -a commands=(\n", f->name);
    for (const struct kp_command *const *c = f->commands; *c; c++) {
        fprintf(out, "        '%s:", (*c)->name);
        zsh_text((*c)->purpose, out);
        fputs("'\n", out);
    }
    fprintf(out,
            "    )\n    _describe command commands\n}\n\n"
            "_%s() {\n"
            "    local command=%s\n"
            "    case ${words[1]:t} in\n"
            "        (%s-*) command=${${words[1]:t}#%s-} ;;\n"
            "        (*) if (( CURRENT == 2 )); then\n"
            "                [[ $PREFIX == -* ]] || _%s_commands\n"
            "            else\n"
            "                case ${words[2]} in\n"
            "                    (",
            f->name, f->commands[0]->name, f->name, f->name, f->name);
    for (const struct kp_command *const *c = f->commands; *c; c++)
        fprintf(out, "%s%s", c == f->commands ? "" : "|", (*c)->name);
    fputs(") command=${words[2]}; shift words; (( CURRENT-- )) ;;\n"
          "                esac\n"
          "            fi ;;\n"
          "    esac\n"
          "    case $command in\n",
          out);
    for (const struct kp_command *const *c = f->commands; *c; c++)
        zsh_command(*c, c == f->commands, out);
    fputs("    esac\n}\n\n", out);
}

void kp_describe_zsh(FILE *out)
{
    fputs("#compdef", out);
    for (const struct kp_front_end *f = kp_front_ends; f->name; f++) {
        fprintf(out, " %s", f->name);
        for (const struct kp_command *const *c = f->commands; *c; c++)
            if (kp_command_is_program(*c))
                fprintf(out, " %s-%s", f->name, (*c)->name);
    }
    fputs("\n# zsh completion, made from kernprof's tables of options.\n\n", out);
    for (const struct kp_front_end *f = kp_front_ends; f->name; f++)
        zsh_front_end(f, out);
    for (const struct kp_front_end *f = kp_front_ends; f->name; f++)
        fprintf(out, "[[ $service != %s(|-*) ]] || _%s \"$@\"\n", f->name, f->name);
}

static void fish_text(const char *text, FILE *out)
{
    for (putc('\'', out); *text; text++) {
        if (*text == '\'' || *text == '\\')
            putc('\\', out);
        putc(*text, out);
    }
    putc('\'', out);
}

static void fish_option(const char *program, const char *condition, const struct kp_option *o, FILE *out)
{
    fprintf(out, "complete -c %s%s", program, condition);
    if (o->letter == 0) {
        fputs(" -a '", out); /* a word, as fish joins nothing to an old-style option */
        print_forms(o, "", out);
        putc('\'', out);
    }
    if (o->letter > 0 && o->letter < KP_OPTION_LONG)
        fprintf(out, " -s %c", o->letter);
    if (o->letter && o->name)
        fprintf(out, " -l %s", o->name);
    if (takes_word(o))
        fputs(has_choices(o) ? " -x" : " -r", out);
    if (has_choices(o)) {
        fputs(" -a '", out);
        print_choices(o, out);
        putc('\'', out);
    }
    fputs(" -d ", out);
    fish_text(o->help, out);
    putc('\n', out);
}

static void fish_front_end(const struct kp_front_end *f, FILE *out)
{
    char others[512] = "", condition[640];
    for (const struct kp_command *const *c = f->commands + 1; *c; c++)
        snprintf(others + strlen(others), sizeof others - strlen(others), " %s", (*c)->name);
    for (const struct kp_command *const *c = f->commands; *c; c++) {
        fprintf(out, "complete -c %s -n __fish_use_subcommand -a %s -d ", f->name, (*c)->name);
        fish_text((*c)->purpose, out);
        putc('\n', out);
        if (c == f->commands)
            snprintf(condition, sizeof condition, " -n 'not __fish_seen_subcommand_from%s'", others);
        else
            snprintf(condition, sizeof condition, " -n '__fish_seen_subcommand_from %s'", (*c)->name);
        for (size_t i = 0; i < kp_options_count((*c)->options); i++) {
            fish_option(f->name, condition, &(*c)->options[i], out);
            if (kp_command_is_program(*c)) {
                char alone[128];
                snprintf(alone, sizeof alone, "%s-%s", f->name, (*c)->name);
                fish_option(alone, "", &(*c)->options[i], out);
            }
        }
    }
}

void kp_describe_fish(FILE *out)
{
    fputs("# fish completion, made from kernprof's tables of options.\n", out);
    for (const struct kp_front_end *f = kp_front_ends; f->name; f++)
        fish_front_end(f, out);
}
