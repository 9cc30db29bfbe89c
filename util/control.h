/* Characters that are not for showing. */
#ifndef KP_UTIL_CONTROL_H
#define KP_UTIL_CONTROL_H

#include <stdbool.h>

/* A control character of ASCII: printed, it could drive a terminal. */
static inline bool kp_is_control(char c)
{
    return (unsigned char)c < ' ' || c == 0x7f;
}

#endif
