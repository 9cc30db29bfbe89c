/* See screen.h. The sequences are those of ECMA-48 and the VT100 that all terminals of today know
 * (https://invisible-island.net/xterm/ctlseqs/ctlseqs.html): a scrolling region (DECSTBM) keeps what others write out
 * of our lines, and save and restore (DECSC, DECRC) leave the cursor where they expect it. Each drawing is one write,
 * so that nothing comes between. */
#include "viewer/terminal/screen.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "util/now.h"
#include "viewer/terminal/terminal.h"

enum { ROWS_LEAST = 6, ROOM_MOST = 512 };

struct kp_screen {
    int fd;
    bool whole;
    int rows, columns; /* of the terminal */
    int first;         /* our first row, from 1 */
    int scroll;        /* lines that are above what is shown */
    char *text;        /* the last one drawn */
    struct kp_terminal *terminal;
};

/* true: the size is another one than before. */
static bool measure(struct kp_screen *s)
{
    struct winsize size;
    if (ioctl(s->fd, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0)
        return false;
    bool other = size.ws_row != s->rows || size.ws_col != s->columns;
    s->rows = size.ws_row;
    s->columns = size.ws_col;
    s->first = s->whole ? 1 : s->rows - s->rows / 2 + 1;
    return other;
}

/* Others scroll above our rows. `room` is made for these below the cursor, which stays at the line where it was. */
static void take_half(struct kp_screen *s, bool room)
{
    char set[ROOM_MOST + 64] = "", undo[KP_TERMINAL_UNDO];
    int rows = !room ? 0 : kp_screen_rows(s) < ROOM_MOST ? kp_screen_rows(s) : ROOM_MOST;
    memset(set, '\n', (size_t)rows);
    int used = rows + snprintf(set + rows, sizeof set - (size_t)rows, "\0337\033[1;%dr\0338", s->first - 1);
    if (room)
        snprintf(set + used, sizeof set - (size_t)used, "\033[%dA", rows);
    snprintf(undo, sizeof undo, "\0337\033[%d;1H\033[J\033[r\0338", s->first);
    kp_terminal_set(s->terminal, set, undo);
}

/* Sets what is not set any more: at first, after a stop, and where the size is another one. false: it is not ours to
 * draw on. */
static bool take(struct kp_screen *s)
{
    bool other = measure(s);
    if (!kp_terminal_may_draw(s->terminal))
        return false;
    bool anew = !kp_terminal_is_set(s->terminal);
    if (s->whole && anew)
        kp_terminal_set(s->terminal, "\033[?1049h\033[?25l", "\033[?25h\033[?1049l");
    else if (!s->whole && (anew || other))
        take_half(s, anew);
    return true;
}

struct kp_screen *kp_screen_open(int fd, bool whole)
{
    const char *terminal = getenv("TERM");
    struct kp_screen *s = isatty(fd) && terminal && strcmp(terminal, "dumb") != 0 ? calloc(1, sizeof *s) : NULL;
    if (!s)
        return NULL;
    s->fd = fd;
    s->whole = whole;
    if (measure(s) && s->rows >= ROWS_LEAST)
        s->terminal = kp_terminal_open(fd, whole);
    if (!s->terminal) {
        free(s);
        return NULL;
    }
    return s;
}

int kp_screen_rows(const struct kp_screen *s)
{
    return s->rows - s->first + 1;
}

/* As many characters as fit. */
static void print_cut(const char *text, size_t length, int columns, FILE *out)
{
    for (size_t i = 0; i < length; i++) {
        bool begins = ((unsigned char)text[i] & 0xc0) != 0x80; /* not the second and later bytes of a character */
        if (begins && columns-- == 0)
            return;
        fputc(text[i], out);
    }
}

static const char *next_line(const char *text)
{
    const char *end = strchr(text, '\n');
    return end ? end + 1 : text + strlen(text);
}

static int count_lines(const char *text)
{
    int count = 0;
    for (; *text; text = next_line(text))
        count++;
    return count;
}

static void draw_rows(struct kp_screen *s, FILE *out)
{
    const char *line = s->text;
    for (int row = s->first; row <= s->rows; row++) {
        bool title = row == s->first;
        fprintf(out, "\033[%d;1H\033[K%s", row, title ? "\033[7m" : "");
        print_cut(line, strcspn(line, "\n"), s->columns, out);
        if (title)
            fputs("\033[0m", out);
        line = next_line(line);
        for (int i = 0; title && i < s->scroll; i++)
            line = next_line(line);
    }
}

static void redraw(struct kp_screen *s)
{
    char *bytes = NULL;
    size_t size = 0;
    FILE *out = s->text && take(s) ? open_memstream(&bytes, &size) : NULL;
    if (!out)
        return;
    int most = count_lines(s->text) - kp_screen_rows(s);
    s->scroll = s->scroll > most ? most : s->scroll;
    s->scroll = s->scroll < 0 ? 0 : s->scroll;
    fputs("\0337\033[?7l", out); /* a character may be wider than we think: no line may wrap */
    draw_rows(s, out);
    fputs("\033[?7h\0338", out);
    if (fclose(out) == 0)
        kp_terminal_write(s->terminal, bytes, size);
    free(bytes);
}

void kp_screen_draw(struct kp_screen *s, const char *text)
{
    char *copy = strdup(text);
    if (!copy)
        return;
    free(s->text);
    s->text = copy;
    redraw(s);
}

/* What was typed since we looked last; an arrow sends three characters, whose last one tells which. true: that is
 * enough. */
static bool take_typed(struct kp_screen *s, const char *typed)
{
    for (; *typed; typed++) {
        bool arrow = typed[0] == '\033' && (typed[1] == '[' || typed[1] == 'O') && typed[2];
        typed += arrow ? 2 : 0;
        switch (*typed) {
        case 'q': return true;
        case 'j': s->scroll++; break;
        case 'k': s->scroll--; break;
        case 'B': s->scroll += arrow; break;
        case 'A': s->scroll -= arrow; break;
        case ' ': s->scroll += kp_screen_rows(s) - 1; break;
        case 'b': s->scroll -= kp_screen_rows(s) - 1; break;
        default: break;
        }
    }
    redraw(s);
    return false;
}

bool kp_screen_wait(struct kp_screen *s, double seconds)
{
    double end = kp_now_s(CLOCK_MONOTONIC) + seconds;
    for (double left; (left = end - kp_now_s(CLOCK_MONOTONIC)) > 0;) {
        struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
        struct timespec pause = kp_duration(left);
        int ready = ppoll(&input, kp_terminal_has_keys(s->terminal), &pause, NULL);
        if (ready < 0)
            return false;
        if (ready == 0)
            continue;
        char typed[16];
        ssize_t count = read(STDIN_FILENO, typed, sizeof typed - 1);
        if (count <= 0)
            return true; /* the terminal is gone */
        typed[count] = '\0';
        if (take_typed(s, typed))
            return true;
    }
    return false;
}

void kp_screen_close(struct kp_screen *s)
{
    kp_terminal_close(s->terminal);
    free(s->text);
    free(s);
}
