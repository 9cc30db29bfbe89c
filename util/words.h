/* A growing list of words: how the tools put command lines together and take them apart. */
#ifndef KP_UTIL_WORDS_H
#define KP_UTIL_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/* Start with `struct kp_words words = {0}`; end with kp_words_free or kp_words_take. When memory runs out the list
 * stops growing and says so in `out_of_memory`, which is to be looked at once, at the end (kp_words_take does). */
struct kp_words {
    char **item;
    size_t count;
    size_t room;
    bool out_of_memory;
};

/* Appends a copy of `word`. */
void kp_words_add(struct kp_words *words, const char *word);

/* Appends copies of the words of `other` from index `first` up to, not including, `end`. */
void kp_words_add_range(struct kp_words *words, const struct kp_words *other, size_t first, size_t end);

/* Appends what `format` gives as one word. */
void kp_words_add_format(struct kp_words *words, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Splits `text` at blanks as a POSIX shell would: quotes and backslashes, no expansion. -1: a quote without an end. */
int kp_words_split_shell(struct kp_words *words, const char *text);

/* Splits the file `path` as gcc and clang split a response file (@path). -1: it cannot be read. */
int kp_words_split_response_file(struct kp_words *words, const char *path);

/* Hands over the NULL-terminated array, each word of it and the array from malloc; the list is empty afterwards.
 * NULL: out of memory, everything has been freed. */
char **kp_words_take(struct kp_words *words);

void kp_words_free(struct kp_words *words);

/* Frees what kp_words_take gave; NULL is allowed. */
void kp_words_free_array(char **array);

#endif
