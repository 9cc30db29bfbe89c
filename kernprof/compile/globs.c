/* See globs.h. */
#include "kernprof/compile/globs.h"

#include <stdbool.h>
#include <string.h>

#include "format/map_reader.h"

static bool contains(const struct kp_words *words, const char *word)
{
    for (size_t i = 0; i < words->count; i++)
        if (strcmp(words->item[i], word) == 0)
            return true;
    return false;
}

static void add(struct kp_words *words, const struct kp_map_view *view)
{
    struct kp_words option = {0};
    bool files = view->record->flags & KP_GLOB_OF_FILES;
    kp_words_add_format(&option, "-fkernprof-%s=%s", files ? "files" : "functions", view->strings + view->record->name);
    if (option.count && !contains(words, option.item[0]))
        kp_words_add(words, option.item[0]);
    kp_words_free(&option);
}

void kp_globs_add(struct kp_globs *globs, const void *map, uint64_t size)
{
    struct kp_map_view view;
    for (uint64_t offset = 0; kp_map_next(map, size, &offset, &view) == 1;)
        if (view.record->flags & KP_GLOB)
            add(view.record->flags & KP_GLOB_MATCHED ? &globs->matched : &globs->unmatched, &view);
}

const char *kp_globs_next_unmatched(const struct kp_globs *globs, size_t *index)
{
    while (*index < globs->unmatched.count) {
        const char *option = globs->unmatched.item[(*index)++];
        if (!contains(&globs->matched, option))
            return option;
    }
    return NULL;
}

void kp_globs_free(struct kp_globs *globs)
{
    kp_words_free(&globs->matched);
    kp_words_free(&globs->unmatched);
}
