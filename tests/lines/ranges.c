/* Cases that are ranges, and loops without a condition. */
static int sink;

static int kind(int value) // = 389
{
    switch (value) { // = 389
    case 1: // = 1
        return 1; // = 1
    case 2 ... 90: // = 89
        sink++; // = 89
        break; // = 89
    case 100 ... 190: // = 91
        sink--; // = 91
        break; // = 91
    case 191 ... 1000: // = 198
    case 2000 ... 3000: // = 198
        sink += 2; // = 198
        break; // = 198
    default: // = 10
        if ((unsigned)value - 91 <= 4) // = 10
            sink++; // = 5
    }
    return sink; // = 388
}

static void loop(int limit)
{
    int i;
    for (i = 0;;) // = 3
    {
        if (i++ == limit) // = 33
            break; // = 3
    }
    for (i = 0;; i++) // = 30
    {
        if (i == limit) // = 33
            break; // = 3
    }
    for (i = 0;; i++) { // = 33
        if (i == limit) // = 33
            break; // = 3
    }
    for (;; i--) { // = 30
        if (i == 0) // = 33
            return; // = 3
    }
}

enum { SAME = 3 };

static int is(int a, int b) // = 98
{
    return a == b; // = 98
}

static void compare(int value) // = 40
{
    if (is(value, // = 40
           SAME)) { // = 40
        sink++; // = 1
    }
    if (value > 20 && // = 40
        is(value, // = 40
           SAME)) { // = 19
        sink++; // = 0
    } else if (value == 3 || is(value, // = 40
                                4)) { // = 39
        sink++; // = 2
    }
}

int main(void)
{
    for (int value = 0; value < 389; value++) // = 390
        kind(value); // = 389
    for (int i = 0; i < 3; i++) // = 4
        loop(10); // = 3
    for (int value = 0; value < 40; value++) // = 41
        compare(value); // = 40
    for (int n = 7;;) // = 1
        if (--n == 0) // = 7
            return 0; // = 1
}
