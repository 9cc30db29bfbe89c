/* See tui.h. The loop: draws the panel, reads a key, looks it up in a table. */
#include "viewer/terminal/tui.h"

#include <curses.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "viewer/terminal/tui_panels.h"

enum { HISTORY = 256, ROW_TEXT = 2048, HOT = 20, WARM = 5, PAIR_HOT = 1, PAIR_WARM };

struct place {
    const struct kp_tui_panel *panel;
    size_t source;
    size_t cursor;
};

struct screen {
    struct kp_tui tui;
    const struct kp_tui_panel *panel;
    size_t cursor;
    size_t top;
    struct place history[HISTORY]; /* the places before, the last one last */
    size_t history_count;
    char search[128];
    char message[256];
    bool leave;
};

static size_t body_rows(void)
{
    return LINES > 3 ? (size_t)LINES - 2 : 1; /* without heading and keys */
}

/* Text from a profile: nothing in it may drive the terminal, and no character may be cut in two. */
static void print_clipped(int y, const char *text, attr_t attributes)
{
    char shown[ROW_TEXT];
    size_t used = 0;
    int columns = 0;
    for (; *text && used + 1 < sizeof shown; text++) {
        unsigned char c = (unsigned char)*text;
        if ((c & 0xc0) != 0x80 && ++columns > COLS)
            break;
        shown[used++] = c < ' ' || c == 0x7f ? ' ' : (char)c;
    }
    shown[used] = '\0';
    attrset(attributes);
    mvhline(y, 0, ' ', COLS);
    mvaddstr(y, 0, shown);
    attrset(A_NORMAL);
}

static attr_t attributes_of(double heat)
{
    if (heat >= HOT)
        return A_BOLD | (has_colors() ? (attr_t)COLOR_PAIR(PAIR_HOT) : 0);
    return heat >= WARM && has_colors() ? (attr_t)COLOR_PAIR(PAIR_WARM) : A_NORMAL;
}

static void draw(struct screen *screen)
{
    char text[ROW_TEXT];
    size_t rows = screen->panel->rows(&screen->tui);
    if (screen->cursor >= rows)
        screen->cursor = rows ? rows - 1 : 0;
    if (screen->cursor < screen->top)
        screen->top = screen->cursor;
    if (screen->cursor >= screen->top + body_rows())
        screen->top = screen->cursor - body_rows() + 1;
    screen->panel->heading(&screen->tui, text, sizeof text);
    print_clipped(0, text, A_BOLD | A_UNDERLINE);
    for (size_t i = 0; i < body_rows(); i++) {
        size_t row = screen->top + i;
        text[0] = '\0';
        if (row < rows)
            screen->panel->row(&screen->tui, row, text, sizeof text);
        attr_t attributes = row < rows ? attributes_of(screen->panel->heat(&screen->tui, row)) : A_NORMAL;
        print_clipped((int)i + 1, text, row == screen->cursor && rows ? attributes | A_REVERSE : attributes);
    }
    print_clipped(LINES - 1, *screen->message ? screen->message : screen->panel->keys, A_DIM);
    screen->message[0] = '\0';
    refresh();
}

static void go(struct screen *screen, size_t source, int64_t line)
{
    if (screen->history_count == HISTORY)
        memmove(screen->history, screen->history + 1, --screen->history_count * sizeof *screen->history);
    struct place here = {screen->panel, screen->tui.source, screen->cursor};
    if (kp_tui_source_open(&screen->tui, source) != 0) {
        snprintf(screen->message, sizeof screen->message, "out of memory");
        return;
    }
    screen->history[screen->history_count++] = here;
    screen->panel = &kp_tui_source;
    screen->cursor = line > 0 ? (size_t)line - 1 : 0;
    screen->top = screen->cursor > body_rows() / 3 ? screen->cursor - body_rows() / 3 : 0;
}

static void back(struct screen *screen)
{
    if (screen->history_count == 0)
        return;
    struct place *place = &screen->history[screen->history_count - 1];
    if (place->panel == &kp_tui_source && kp_tui_source_open(&screen->tui, place->source) != 0)
        return;
    screen->history_count--;
    screen->panel = place->panel;
    screen->cursor = place->cursor;
    screen->top = screen->cursor > body_rows() / 3 ? screen->cursor - body_rows() / 3 : 0;
}

static void enter(struct screen *screen)
{
    if (screen->panel->rows(&screen->tui) == 0)
        return;
    if (screen->panel == &kp_tui_functions) {
        const struct kp_listing_function *function = kp_tui_function_at(&screen->tui, screen->cursor);
        go(screen, function->source, function->line);
        return;
    }
    for (size_t i = 0; i < screen->tui.call_count; i++) {
        const struct kp_tui_call *call = &screen->tui.calls[i];
        if (call->source == screen->tui.source && call->line == (int64_t)screen->cursor + 1) {
            go(screen, call->callee_source, call->callee_line);
            return;
        }
    }
    snprintf(screen->message, sizeof screen->message, "no profiled function is called on this line");
}

/* To the line that calls the function of this line; pressed again there, to its callers. */
static void to_caller(struct screen *screen)
{
    if (screen->panel != &kp_tui_source)
        return;
    for (size_t i = 0; i < screen->tui.listing->function_count; i++) {
        const struct kp_listing_function *function = &screen->tui.listing->functions[i];
        if (function->source != screen->tui.source || (int64_t)screen->cursor + 1 < function->line ||
            (int64_t)screen->cursor + 1 > function->last_line)
            continue;
        for (size_t c = 0; c < screen->tui.call_count; c++) {
            const struct kp_tui_call *call = &screen->tui.calls[c];
            if (call->callee_source != function->source || call->callee_line != function->line ||
                strcmp(call->callee, function->name) != 0)
                continue;
            go(screen, call->source, call->line);
            return;
        }
    }
    snprintf(screen->message, sizeof screen->message, "no profiled function calls this one");
}

static void find(struct screen *screen, size_t from, int step, bool (*wanted)(struct screen *, size_t))
{
    size_t rows = screen->panel->rows(&screen->tui);
    for (size_t i = 0; i < rows; i++) {
        size_t row = step > 0 ? (from + i) % rows : (from + rows - i) % rows;
        if (wanted(screen, row)) {
            screen->cursor = row;
            return;
        }
    }
    snprintf(screen->message, sizeof screen->message, "nothing found");
}

static bool is_hot(struct screen *screen, size_t row)
{
    return screen->panel->heat(&screen->tui, row) >= WARM;
}

static bool has_text(struct screen *screen, size_t row)
{
    char text[ROW_TEXT];
    screen->panel->row(&screen->tui, row, text, sizeof text);
    return strcasestr(text, screen->search) != NULL;
}

static void next_hot(struct screen *screen)
{
    find(screen, screen->cursor + 1, 1, is_hot);
}

static void previous_hot(struct screen *screen)
{
    size_t rows = screen->panel->rows(&screen->tui);
    find(screen, screen->cursor ? screen->cursor - 1 : rows ? rows - 1 : 0, -1, is_hot);
}

static void search(struct screen *screen)
{
    print_clipped(LINES - 1, "/", A_NORMAL);
    echo();
    curs_set(1);
    mvgetnstr(LINES - 1, 1, screen->search, sizeof screen->search - 1);
    noecho();
    curs_set(0);
    if (*screen->search)
        find(screen, screen->cursor + 1, 1, has_text);
}

static void search_again(struct screen *screen)
{
    if (*screen->search)
        find(screen, screen->cursor + 1, 1, has_text);
}

static void sort(struct screen *screen)
{
    static const char *const names[] = {
        [KP_ORDER_LINE] = "line", [KP_ORDER_TIME] = "time", [KP_ORDER_HITS] = "hits", [KP_ORDER_NAME] = "name"};
    if (screen->panel != &kp_tui_functions)
        return;
    screen->tui.order = (screen->tui.order + 1) % (KP_ORDER_NAME + 1);
    kp_listing_sort(screen->tui.listing, screen->tui.order);
    screen->cursor = 0;
    snprintf(screen->message, sizeof screen->message, "sorted by %s", names[screen->tui.order]);
}

/* One more column each time, and after the last the usual ones again. */
static void more_columns(struct screen *screen)
{
    struct kp_listing *listing = screen->tui.listing;
    struct kp_columns *columns = &listing->columns;
    size_t c = 0;
    while (c < columns->count && (columns->at[c].visible || columns->at[c].column->shown == KP_SHOWN_WITH_GROUP ||
                                  (columns->at[c].column->group == KP_GROUP_MEMORY && !listing->has_memory)))
        c++;
    if (c < columns->count)
        columns->at[c].visible = true;
    else
        kp_columns_show_usual_alone(columns);
    if (screen->panel == &kp_tui_source)
        kp_tui_source_fit(&screen->tui);
}

static void edit(struct screen *screen)
{
    if (screen->panel != &kp_tui_source)
        return;
    char line[32];
    snprintf(line, sizeof line, "+%zu", screen->cursor + 1);
    def_prog_mode();
    endwin();
    pid_t child = fork();
    if (child == 0) {
        execl("/bin/sh", "sh", "-c", "exec ${VISUAL:-${EDITOR:-vi}} \"$@\"", "sh", line,
              screen->tui.listing->sources[screen->tui.source].path, (char *)NULL);
        _exit(127);
    }
    if (child > 0)
        waitpid(child, NULL, 0);
    reset_prog_mode();
    clearok(stdscr, TRUE);
}

static void leave(struct screen *screen)
{
    screen->leave = true;
}

static void down(struct screen *screen)
{
    screen->cursor++; /* draw() keeps it within the rows */
}

static void up(struct screen *screen)
{
    screen->cursor -= screen->cursor > 0;
}

static void page_down(struct screen *screen)
{
    screen->cursor += body_rows();
}

static void page_up(struct screen *screen)
{
    screen->cursor -= screen->cursor < body_rows() ? screen->cursor : body_rows();
}

static void home(struct screen *screen)
{
    screen->cursor = 0;
}

static void end(struct screen *screen)
{
    size_t rows = screen->panel->rows(&screen->tui);
    screen->cursor = rows ? rows - 1 : 0;
}

static void mouse(struct screen *screen)
{
    MEVENT event;
    if (getmouse(&event) != OK)
        return;
    size_t row = screen->top + (size_t)(event.y > 0 ? event.y - 1 : 0);
    if (event.bstate & BUTTON4_PRESSED)
        up(screen);
    else if (event.bstate & BUTTON5_PRESSED)
        down(screen);
    else if (event.y > 0 && event.y < LINES - 1 && row < screen->panel->rows(&screen->tui)) {
        screen->cursor = row;
        if (event.bstate & BUTTON1_DOUBLE_CLICKED)
            enter(screen);
    }
}

static void help(struct screen *screen);

static const struct {
    int key;
    void (*act)(struct screen *);
    const char *name, *what; /* NULL: another key for what was before */
} keys[] = {
    {'j', down, "j, down", "next row"},
    {KEY_DOWN, down, NULL, NULL},
    {'k', up, "k, up", "previous row"},
    {KEY_UP, up, NULL, NULL},
    {KEY_NPAGE, page_down, "PgDn, blank", "a page on"},
    {' ', page_down, NULL, NULL},
    {KEY_PPAGE, page_up, "PgUp", "a page back"},
    {'g', home, "g, Home", "to the first row"},
    {KEY_HOME, home, NULL, NULL},
    {'G', end, "G, End", "to the last row"},
    {KEY_END, end, NULL, NULL},
    {'\n', enter, "Enter, double click", "source of the function; into the function that the line calls"},
    {KEY_ENTER, enter, NULL, NULL},
    {'u', to_caller, "u", "to the line that calls this function"},
    {KEY_BACKSPACE, back, "Backspace, b", "back to where you were"},
    {127, back, NULL, NULL},
    {'b', back, NULL, NULL},
    {'n', next_hot, "n", "next hot line"},
    {'N', previous_hot, "N", "previous hot line"},
    {'/', search, "/", "search"},
    {'.', search_again, ".", "search again"},
    {'s', sort, "s", "sort functions by line, time, hits, name"},
    {'c', more_columns, "c", "one more column"},
    {'e', edit, "e", "open $EDITOR at the line"},
    {'?', help, "?", "this"},
    {'q', leave, "q", "leave"},
    {KEY_MOUSE, mouse, NULL, NULL},
};

static void help(struct screen *screen)
{
    (void)screen;
    erase();
    print_clipped(0, "Keys", A_BOLD | A_UNDERLINE);
    int y = 1;
    for (size_t i = 0; i < sizeof keys / sizeof *keys && y < LINES; i++) {
        char text[160];
        if (!keys[i].name)
            continue;
        snprintf(text, sizeof text, "%-20s %s", keys[i].name, keys[i].what);
        print_clipped(y++, text, A_NORMAL);
    }
    refresh();
    getch();
    erase();
}

static void act(struct screen *screen, int key)
{
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (keys[i].key == key) {
            keys[i].act(screen);
            return;
        }
}

static size_t source_of(const struct kp_listing *listing, const char *path)
{
    for (size_t i = 0; path && i < listing->source_count; i++)
        if (strcmp(listing->sources[i].path, path) == 0)
            return i;
    return SIZE_MAX;
}

static char *copy(sqlite3_stmt *row, int column)
{
    const char *text = (const char *)sqlite3_column_text(row, column);
    return strdup(text ? text : "");
}

/* Calls that take longest come first: they are what Enter follows. */
static int read_calls(struct kp_tui *tui, sqlite3 *profile, struct kp_error *error)
{
    sqlite3_stmt *row = kp_profile_prepare(
        profile,
        "SELECT caller_file, caller_line, caller, callee_file, callee_line, callee FROM calls ORDER BY total_ns DESC",
        error);
    if (!row)
        return -1;
    int status;
    while ((status = sqlite3_step(row)) == SQLITE_ROW) {
        struct kp_tui_call call = {
            .source = source_of(tui->listing, (const char *)sqlite3_column_text(row, 0)),
            .line = sqlite3_column_int64(row, 1),
            .callee_source = source_of(tui->listing, (const char *)sqlite3_column_text(row, 3)),
            .callee_line = sqlite3_column_int64(row, 4),
        };
        if (call.source == SIZE_MAX || call.callee_source == SIZE_MAX)
            continue;
        struct kp_tui_call *calls = realloc(tui->calls, (tui->call_count + 1) * sizeof *calls);
        if (!calls)
            break;
        tui->calls = calls;
        call.caller = copy(row, 2);
        call.callee = copy(row, 5);
        calls[tui->call_count++] = call;
        if (!call.caller || !call.callee)
            break;
    }
    sqlite3_finalize(row);
    return status == SQLITE_DONE ? 0 : kp_fail(error, "profile: damaged, or out of memory; profile the program again");
}

static void free_all(struct kp_tui *tui)
{
    for (size_t i = 0; i < tui->call_count; i++) {
        free(tui->calls[i].caller);
        free(tui->calls[i].callee);
    }
    free(tui->calls);
    free(tui->entries);
}

static void set_up(void)
{
    cbreak();
    noecho();
    nonl();
    keypad(stdscr, TRUE);
    curs_set(0);
    mousemask(BUTTON1_CLICKED | BUTTON1_DOUBLE_CLICKED | BUTTON4_PRESSED | BUTTON5_PRESSED, NULL);
    if (has_colors()) {
        start_color();
        use_default_colors();
        init_pair(PAIR_HOT, COLOR_RED, -1);
        init_pair(PAIR_WARM, COLOR_YELLOW, -1);
    }
}

int kp_tui_run(struct kp_listing *listing, sqlite3 *profile, double unit_s, struct kp_error *error)
{
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        return kp_fail(error, "view: --tui needs a terminal; without it the listing is printed");
    struct screen screen = {
        .tui = {.listing = listing, .unit_s = unit_s, .order = KP_ORDER_TIME},
        .panel = &kp_tui_functions,
    };
    if (read_calls(&screen.tui, profile, error) != 0) {
        free_all(&screen.tui);
        return -1;
    }
    for (size_t i = 0; i < listing->function_count; i++)
        for (size_t l = 0; l < listing->functions[i].line_count; l++)
            screen.tui.own_ns += (double)kp_listing_number(&listing->functions[i].lines[l], KP_COLUMN_SELF);
    if (!listing->timed)
        screen.tui.order = KP_ORDER_HITS;
    kp_listing_sort(listing, screen.tui.order);
    setlocale(LC_CTYPE, "");
    SCREEN *terminal = newterm(NULL, stdout, stdin);
    if (!terminal) {
        free_all(&screen.tui);
        return kp_fail(error, "view: --tui: this terminal is not known; set TERM");
    }
    set_up();
    while (!screen.leave) {
        draw(&screen);
        int key = getch();
        if (key == ERR)
            break; /* the terminal is gone */
        act(&screen, key == '\r' ? '\n' : key);
    }
    endwin();
    delscreen(terminal);
    free_all(&screen.tui);
    return 0;
}
