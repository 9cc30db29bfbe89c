/* See words.h. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* vasprintf, strdup */
#endif
#include "util/words.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Takes `word`, from malloc or NULL, over. */
static void adopt(struct kp_words *words, char *word)
{
    if (word && words->count + 1 >= words->room) {
        size_t room = words->room ? 2 * words->room : 16;
        char **item = realloc(words->item, room * sizeof *item);
        if (item) {
            words->item = item;
            words->room = room;
        }
    }
    if (!word || words->count + 1 >= words->room) {
        free(word);
        words->out_of_memory = true;
        return;
    }
    words->item[words->count++] = word;
    words->item[words->count] = NULL;
}

void kp_words_add(struct kp_words *words, const char *word)
{
    adopt(words, strdup(word));
}

void kp_words_add_range(struct kp_words *words, const struct kp_words *other, size_t first, size_t end)
{
    for (size_t i = first; i < end && i < other->count; i++)
        kp_words_add(words, other->item[i]);
    words->out_of_memory |= other->out_of_memory;
}

void kp_words_add_format(struct kp_words *words, const char *format, ...)
{
    char *word = NULL;
    va_list arguments;
    va_start(arguments, format);
    if (vasprintf(&word, format, arguments) < 0)
        word = NULL;
    va_end(arguments);
    adopt(words, word);
}

/* How a backslash inside of quotes is read: a shell keeps it where it has nothing to protect, LLVM's tokenizer of
 * response files (llvm/lib/Support/CommandLine.cpp, TokenizeGNUCommandLine) always drops it. */
enum quoting { SHELL, RESPONSE_FILE };

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

static bool escapes(const char *backslash, char quote, enum quoting quoting)
{
    if (backslash[1] == '\0')
        return false;
    if (!quote || quoting == RESPONSE_FILE)
        return true;
    return quote == '"' && strchr("\"\\$`\n", backslash[1]);
}

/* Copies the word at `text` without its quotes to `word`, which has room for it; gives where it ended, or NULL when a
 * quote is left open. */
static const char *copy_word(const char *text, enum quoting quoting, char *word)
{
    char quote = '\0';
    for (; *text && (quote || !is_blank(*text)); text++) {
        if (*text == '\\' && escapes(text, quote, quoting))
            *word++ = *++text;
        else if (quote && *text == quote)
            quote = '\0';
        else if (!quote && (*text == '"' || *text == '\''))
            quote = *text;
        else
            *word++ = *text;
    }
    *word = '\0';
    return quote && quoting == SHELL ? NULL : text;
}

static int split(struct kp_words *words, const char *text, enum quoting quoting)
{
    char *word = malloc(strlen(text) + 1);
    if (!word) {
        words->out_of_memory = true;
        return 0;
    }
    for (;;) {
        while (is_blank(*text))
            text++;
        if (!*text)
            break;
        text = copy_word(text, quoting, word);
        if (!text) {
            free(word);
            return -1;
        }
        kp_words_add(words, word);
    }
    free(word);
    return 0;
}

int kp_words_split_shell(struct kp_words *words, const char *text)
{
    return split(words, text, SHELL);
}

/* The whole of `path`, NUL-terminated, from malloc; NULL when it cannot be read. */
static char *read_text(const char *path)
{
    FILE *file = fopen(path, "r");
    if (!file)
        return NULL;
    char *text = NULL;
    size_t length = 0;
    ssize_t got = getdelim(&text, &length, '\0', file);
    bool failed = ferror(file);
    fclose(file);
    if (got < 0 && !failed) {
        free(text);
        return strdup("");
    }
    if (failed) {
        free(text);
        return NULL;
    }
    return text;
}

int kp_words_split_response_file(struct kp_words *words, const char *path)
{
    char *text = read_text(path);
    if (!text)
        return -1;
    static const char mark[] = "\xEF\xBB\xBF"; /* editors on Windows begin UTF-8 with it; clang skips it */
    bool marked = strncmp(text, mark, sizeof mark - 1) == 0;
    split(words, marked ? text + sizeof mark - 1 : text, RESPONSE_FILE);
    free(text);
    return 0;
}

char **kp_words_take(struct kp_words *words)
{
    char **array = words->item;
    if (!array && !words->out_of_memory)
        array = calloc(1, sizeof *array);
    if (words->out_of_memory) {
        kp_words_free(words);
        return NULL;
    }
    *words = (struct kp_words){0};
    return array;
}

void kp_words_free(struct kp_words *words)
{
    kp_words_free_array(words->item);
    *words = (struct kp_words){0};
}

void kp_words_free_array(char **array)
{
    for (char **word = array; word && *word; word++)
        free(*word);
    free(array);
}
