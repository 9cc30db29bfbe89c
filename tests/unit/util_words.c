/* util/words: how text is split into words, and what the list hands over. */
#undef NDEBUG
#include "util/words.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Are the words `expected`, whose entries are parted by '|'? */
static bool are(struct kp_words *words, const char *expected)
{
    char joined[256] = "";
    for (size_t i = 0; i < words->count; i++) {
        strcat(joined, i ? "|" : "");
        strcat(joined, words->item[i]);
    }
    kp_words_free(words);
    return strcmp(joined, expected) == 0;
}

static void check_shell(const char *text, const char *expected)
{
    struct kp_words words = {0};
    assert(kp_words_split_shell(&words, text) == 0);
    assert(are(&words, expected));
}

static void check_open_quote(const char *text)
{
    struct kp_words words = {0};
    assert(kp_words_split_shell(&words, text) == -1);
    kp_words_free(&words);
}

static void check_response_file(const char *text, const char *expected)
{
    FILE *file = fopen("util_words.rsp", "w");
    assert(file && fputs(text, file) >= 0 && fclose(file) == 0);
    struct kp_words words = {0};
    assert(kp_words_split_response_file(&words, "util_words.rsp") == 0);
    assert(are(&words, expected));
    remove("util_words.rsp");
}

int main(void)
{
    check_shell("", "");
    check_shell("  -a\t-b\n", "-a|-b");
    check_shell("'a b' \"c d\" e' 'f", "a b|c d|e f");
    check_shell("'' x", "|x");
    check_shell("a\\ b \"\\$x \\y\" '\\'", "a b|$x \\y|\\");
    check_open_quote("'a");
    check_open_quote("b \"a");

    check_response_file("", "");
    check_response_file("-a 'b\\'c' \"d\\e\"", "-a|b'c|de");
    check_response_file("\xEF\xBB\xBFx\n\ny", "x|y");
    struct kp_words words = {0};
    assert(kp_words_split_response_file(&words, "util_words.none") == -1);
    assert(words.count == 0);

    for (int i = 0; i < 100; i++)
        kp_words_add_format(&words, "%d", i);
    struct kp_words part = {0};
    kp_words_add_range(&part, &words, 98, 200);
    assert(are(&part, "98|99"));
    char **array = kp_words_take(&words);
    assert(array && strcmp(array[99], "99") == 0 && !array[100] && words.count == 0);
    kp_words_free_array(array);
    array = kp_words_take(&words);
    assert(array && !array[0]);
    kp_words_free_array(array);
    return 0;
}
