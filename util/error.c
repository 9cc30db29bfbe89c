/* See error.h. */
#include "util/error.h"

#include <stdarg.h>
#include <stdio.h>

int kp_fail(struct kp_error *error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
    return -1;
}
