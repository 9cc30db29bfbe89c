/* A whole file in memory. */
#ifndef KP_UTIL_TEXT_FILE_H
#define KP_UTIL_TEXT_FILE_H

#include <stddef.h>

/* The file's bytes and a NUL behind them, to be freed; NULL if it cannot be read (errno says why). */
char *kp_read_text_file(const char *path, size_t *size);

#endif
