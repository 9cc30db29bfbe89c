/* line_profiler: the pickle of a LineStats that kernprof of Python writes, read by every version of its viewer when the
 * class is named as versions 3 and 4 do.
 *
 * That viewer finds the end of a function with Python's tokenizer, which shows one line of C or dies of it. So the
 * sources are written beside OUT (OUT.sources/) with each function turned into one Python string: its first line begins
 * with `lambda:r"""` and its last ends with `"""`. All lines stay where they are. Functions inside of others (lambdas)
 * go to a further copy of the file. */
#include "viewer/export/export.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "util/output.h"

/* The lines of a function in one file: what the viewer shows as one listing. */
struct block {
    size_t function;
    size_t source;
    size_t first_row, end_row; /* of the model's lines */
    int64_t line, last_line;
    unsigned copy; /* number of the file's copy */
};

struct blocks {
    struct block *block;
    size_t count;
    const struct kp_call_graph *model;
    const char *path; /* OUT; NULL: no copies of sources */
};

static void put_little(uint64_t number, int bytes, FILE *out)
{
    for (int i = 0; i < bytes; i++)
        fputc((int)(number >> 8 * i & 0xff), out);
}

static void put_string(const char *text, size_t length, FILE *out)
{
    fputc('X', out);
    put_little(length, 4, out);
    fwrite(text, 1, length, out);
}

static void put_integer(int64_t number, FILE *out)
{
    if (number <= 0xff) {
        fputc('K', out);
        put_little((uint64_t)number, 1, out);
    } else if (number <= INT32_MAX) {
        fputc('J', out);
        put_little((uint64_t)number, 4, out);
    } else {
        fputs("\x8a\x08", out);
        put_little((uint64_t)number, 8, out);
    }
}

/* A double, the byte of its sign first. */
static void put_double(double number, FILE *out)
{
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    fputc('G', out);
    for (int shift = 56; shift >= 0; shift -= 8)
        fputc((int)(bits >> shift & 0xff), out);
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash && slash[1] ? slash + 1 : path;
}

/* OUT.sources/NUMBER[.COPY]/NAME, or the source's own path. To be freed. */
static char *shown_path(const struct blocks *blocks, size_t source, unsigned copy)
{
    const char *path = blocks->model->sources[source].path;
    char *shown = NULL;
    if (!blocks->path || !blocks->model->sources[source].text)
        return strdup(path);
    int length = copy ? asprintf(&shown, "%s.sources/%zu.%u/%s", blocks->path, source + 1, copy, base_name(path))
                      : asprintf(&shown, "%s.sources/%zu/%s", blocks->path, source + 1, base_name(path));
    return length < 0 ? NULL : shown;
}

static int by_place(const void *left, const void *right)
{
    const struct block *a = left;
    const struct block *b = right;
    if (a->source != b->source)
        return a->source < b->source ? -1 : 1;
    if (a->line != b->line)
        return a->line < b->line ? -1 : 1;
    return (a->last_line < b->last_line) - (a->last_line > b->last_line); /* the outer one first */
}

static void add_block(struct blocks *blocks, size_t number, size_t first, size_t end)
{
    const struct kp_call_graph *model = blocks->model;
    const struct kp_graph_function *function = &model->functions[number];
    struct block block = {.function = number,
                          .source = function->source,
                          .first_row = first,
                          .end_row = end,
                          .line = function->line,
                          .last_line = function->last_line};
    if (first < end) {
        int64_t low = model->lines[first].line;
        int64_t high = model->lines[end - 1].line;
        block.source = model->lines[first].source;
        if (block.source != function->source) { /* a body that was included */
            block.line = low;
            block.last_line = high;
        }
        block.last_line = high > block.last_line ? high : block.last_line;
        block.line = low < block.line ? low : block.line;
    }
    blocks->block[blocks->count++] = block;
}

/* A block for each function and file. */
static int find_blocks(struct blocks *blocks)
{
    const struct kp_call_graph *model = blocks->model;
    blocks->block = calloc(model->line_count + model->function_count + 1, sizeof *blocks->block);
    if (!blocks->block)
        return -1;
    for (size_t i = 0; i < model->function_count; i++) {
        const struct kp_graph_function *function = &model->functions[i];
        size_t first = function->first_row;
        for (size_t row = first; row < function->end_row; row++)
            if (row + 1 == function->end_row || model->lines[row + 1].source != model->lines[row].source) {
                add_block(blocks, i, first, row + 1);
                first = row + 1;
            }
        if (function->first_row == function->end_row)
            add_block(blocks, i, 0, 0);
    }
    if (blocks->count)
        qsort(blocks->block, blocks->count, sizeof *blocks->block, by_place);
    return 0;
}

/* Blocks that overlap go to different copies: each to the first one where it is alone. */
static void choose_copies(struct blocks *blocks)
{
    for (size_t i = 0; i < blocks->count; i++) {
        struct block *block = &blocks->block[i];
        for (size_t k = i; k-- > 0 && blocks->block[k].source == block->source;)
            if (blocks->block[k].last_line >= block->line && blocks->block[k].copy >= block->copy)
                block->copy = blocks->block[k].copy + 1;
    }
}

/* Text inside of r"""...""": no three quotes in a row. */
static void put_quoted(const char *text, size_t length, FILE *out)
{
    int quotes = 0;
    for (size_t i = 0; i < length; i++) {
        quotes = text[i] == '"' ? quotes + 1 : 0;
        fputc(quotes == 3 ? '\'' : text[i] == '\0' ? ' ' : text[i], out);
        quotes %= 3;
    }
}

/* The source with the blocks of this copy as strings, and nothing but line ends between them. */
static void put_copy(const struct blocks *blocks, size_t first, unsigned copy, FILE *out)
{
    size_t number = blocks->block[first].source;
    const struct kp_source *source = &blocks->model->sources[number];
    int64_t line = 1;
    for (size_t i = first; i < blocks->count && blocks->block[i].source == number; i++) {
        const struct block *block = &blocks->block[i];
        if (block->copy != copy)
            continue;
        for (; line < block->line && (uint64_t)line <= source->line_count; line++)
            fputc('\n', out);
        int64_t last = (uint64_t)block->last_line < source->line_count ? block->last_line : (int64_t)source->line_count;
        for (; line <= last; line++) {
            size_t length;
            const char *text = kp_source_line(source, line, &length);
            fputs(line == block->line ? "lambda:r\"\"\"" : "", out);
            put_quoted(text, length, out);
            fputs(line == last ? " \"\"\"\n" : "\n", out);
        }
    }
}

/* The two folders that a copy lies in: OUT.sources and its number. */
static int make_folders(const char *path, struct kp_error *error)
{
    char *folder = strdup(path);
    char *name = folder ? strrchr(folder, '/') : NULL;
    int status = name ? 0 : -1;
    if (status == 0) {
        *name = '\0';
        char *number = strrchr(folder, '/');
        *number = '\0';
        if (mkdir(folder, 0777) != 0 && errno != EEXIST)
            status = -1;
        *number = '/';
        if (status == 0 && mkdir(folder, 0777) != 0 && errno != EEXIST)
            status = -1;
    }
    if (status != 0)
        kp_fail(error, "%s: cannot be created: %s; choose another place with -o", path, strerror(errno));
    free(folder);
    return status;
}

static int write_copy(const struct blocks *blocks, size_t first, unsigned copy, struct kp_error *error)
{
    struct kp_output output;
    char *path = shown_path(blocks, blocks->block[first].source, copy);
    int status = path ? make_folders(path, error) : kp_fail(error, "line_profiler: out of memory");
    if (status == 0)
        status = kp_output_open(&output, path, error);
    if (status == 0) {
        put_copy(blocks, first, copy, output.stream);
        status = kp_output_close(&output, error);
    }
    free(path);
    return status;
}

static int write_copies(const struct blocks *blocks, struct kp_error *error)
{
    for (size_t i = 0; blocks->path && i < blocks->count; i++) {
        const struct block *block = &blocks->block[i];
        bool done = !blocks->model->sources[block->source].text;
        size_t first = i; /* of this source */
        for (size_t k = i; k-- > 0 && blocks->block[k].source == block->source; first = k)
            done = done || blocks->block[k].copy == block->copy;
        if (!done && write_copy(blocks, first, block->copy, error) != 0)
            return -1;
    }
    return 0;
}

/* Lines that were never executed are left out: the viewer divides by hits. */
static int put_block(const struct blocks *blocks, const struct block *block, FILE *out)
{
    const struct kp_call_graph *model = blocks->model;
    char *path = shown_path(blocks, block->source, block->copy);
    if (!path)
        return -1;
    put_string(path, strlen(path), out);
    free(path);
    put_integer(block->line, out);
    const char *name = model->functions[block->function].name;
    put_string(name, strlen(name), out);
    fputs("\x87](", out);
    for (size_t row = block->first_row; row < block->end_row; row++) {
        const struct kp_graph_line *line = &model->lines[row];
        if (line->hits == 0)
            continue;
        put_integer(line->line, out);
        put_integer(line->hits, out);
        put_integer(line->time_ns, out);
        fputc('\x87', out);
    }
    fputc('e', out);
    return 0;
}

int kp_export_line_profiler(const struct kp_export_job *job, struct kp_error *error)
{
    char *whole = job->path ? realpath(job->path, NULL) : NULL; /* where OUT exists already */
    struct blocks blocks = {.model = job->model};
    char *path = NULL;
    if (job->path && !whole && job->path[0] != '/') {
        char *folder = realpath(".", NULL);
        if (!folder || asprintf(&path, "%s/%s", folder, job->path) < 0)
            path = NULL;
        free(folder);
    }
    blocks.path = path ? path : whole ? whole : job->path;
    int status = kp_call_graph_read_sources(job->model, job->profile, error);
    if (status == 0 && find_blocks(&blocks) != 0)
        status = kp_fail(error, "line_profiler: out of memory");
    if (status == 0) {
        choose_copies(&blocks);
        status = write_copies(&blocks, error);
    }
    if (status == 0) {
        fputs("\x80\x02"
              "cline_profiler._line_profiler\nLineStats\n)\x81}(",
              job->out);
        put_string("timings", 7, job->out);
        fputs("}(", job->out);
        for (size_t i = 0; i < blocks.count && status == 0; i++)
            if (put_block(&blocks, &blocks.block[i], job->out) != 0)
                status = kp_fail(error, "line_profiler: out of memory");
        fputc('u', job->out);
        put_string("unit", 4, job->out);
        put_double(1e-9, job->out);
        fputs("ub.", job->out);
    }
    free(blocks.block);
    free(path);
    free(whole);
    return status;
}
