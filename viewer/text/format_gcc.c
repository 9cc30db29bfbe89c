/* Messages in the form of compilers, which vim's quickfix, Emacs' compile and most editors step through. */
#include "viewer/text/format.h"

#include <stdlib.h>

#include "util/control.h"
#include "viewer/model/hot_lines.h"

/* A control character could drive a terminal, and a line end would make up a message of its own. */
static void print_plain(const char *text, FILE *out)
{
    for (; *text; text++)
        fputc(kp_is_control(*text) ? '?' : *text, out);
}

int kp_format_gcc(const struct kp_listing *listing, FILE *out, struct kp_error *error)
{
    size_t count;
    struct kp_hot_line *lines = kp_hot_lines(listing, 0, &count, error);
    if (!lines)
        return -1;
    for (size_t i = 0; i < count; i++) {
        print_plain(listing->sources[lines[i].line->source].shown, out);
        fprintf(out, ":%lld: ", (long long)lines[i].line->line);
        kp_format_figures(listing, lines[i].function, lines[i].line, out);
        fputs(" in ", out);
        print_plain(lines[i].function->name, out);
        fputc('\n', out);
    }
    free(lines);
    return 0;
}
