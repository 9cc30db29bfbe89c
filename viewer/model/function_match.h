/* Which function of one listing is which of another: the one of the same name and file, then of the same name, then the
 * one whose text is most alike (renamed or moved to another file). */
#ifndef KP_VIEWER_MODEL_FUNCTION_MATCH_H
#define KP_VIEWER_MODEL_FUNCTION_MATCH_H

#include "util/index.h"
#include "viewer/model/listing.h"

struct kp_matching {
    const struct kp_listing *old;
    const struct kp_listing *new;
    struct kp_index texts; /* of lines, by which bodies are compared */
    size_t *new_of_old;    /* functions; SIZE_MAX: none */
    size_t *old_of_new;
};

/* Both listings must stay until kp_matching_free. -1: out of memory, nothing then to free. */
int kp_match_functions(struct kp_matching *matching, const struct kp_listing *old, const struct kp_listing *new);
void kp_matching_free(struct kp_matching *matching);

/* A line of a function as a text diff sees it. */
struct kp_body_row {
    const struct kp_listing_line *line; /* NULL: no code */
    int64_t number;
};

/* One side of a function: its lines, with or without code, then its code elsewhere. */
struct kp_body {
    struct kp_body_row *rows;
    uint32_t *tokens; /* equal where the texts are */
    size_t count;
};

/* Is the text known as it was compiled? What lies on the disk now may be the other version. */
bool kp_body_has_text(const struct kp_listing *listing, const struct kp_listing_function *function);

/* `by_place`: lines are equal that have the same place in their function, as one of two bodies has no text. -1: out of
 * memory; `body` is to be freed in any case. */
int kp_body_make(struct kp_matching *matching, const struct kp_listing *listing,
                 const struct kp_listing_function *function, bool by_place, struct kp_body *body);
void kp_body_free(struct kp_body *body);

#endif
