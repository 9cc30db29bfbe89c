/* One error: the line that main prints, which says what, where and what to do about it. */
#ifndef KP_UTIL_ERROR_H
#define KP_UTIL_ERROR_H

struct kp_error {
    char text[1024];
};

/* Fills `error` and returns -1, so that a function can end with `return kp_fail(error, ...)`. */
int kp_fail(struct kp_error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
