#include <stdarg.h>
#include <stdio.h>

/* An interpreter with a table of labels, as lua and quickjs have. */
static int interpret(const char *code) // = 2
{
    static const void *const table[] = {&&inc, &&dec, &&dbl, &&end};
    int value = 1; // = 2
    const char *pc = code; // = 2
    goto *table[*pc++ - 'a']; // = 2
inc:
    value++; // = 4
    goto *table[*pc++ - 'a']; // = 4
dec:
    value--; // = 1
    goto *table[*pc++ - 'a']; // = 1
dbl:
    value *= 2; // = 3
    goto *table[*pc++ - 'a']; // = 3
end:
    return value; // = 2
}

static int backwards(int n) // = 1
{
    int s = 0; // = 1
again:
    s += n; // = 4
    if (--n > 0) // = 4
        goto again; // = 3
    return s; // = 1
}

static int add(int count, ...) // = 2
{
    va_list arguments;
    int s = 0; // = 2
    va_start(arguments, count); // = 2
    for (int i = 0; i < count; i++) // = 7
        s += va_arg(arguments, int); // = 5
    va_end(arguments); // = 2
    return s; // = 2
}

int main(void)
{
    int (*through_pointer)(int, ...) = add; // = 1
    printf("%d %d %d\n", interpret("aacbcd"), interpret("aacd"), backwards(4)); // = 1
    printf("%d %d\n", add(2, 1, 2), through_pointer(3, 1, 2, 3)); // = 1
    return 0; // = 1
}
