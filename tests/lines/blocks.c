/* flags: -fblocks -lBlocksRuntime needs: /usr/include/Block.h */
#include <Block.h>
#include <stdio.h>

static int apply(int (^f)(int), int n) // = 2
{
    int s = 0; // = 2
    for (int i = 0; i < n; i++) // = 9
        s += f(i); // = 7
    return s; // = 2
}

int main(void)
{
    __block int calls = 0; // = 1
    int (^counts)(int) = ^(int x) {
        calls++; // = 7
        for (int i = 0; i < 3; i++) { // = 28
            switch (x) { // = 21
            case 0: // = 6
                break; // = 6
            case 1: // = 6
            case 2: // = 12
                continue; // = 12
            default: // = 3
                calls += 0; // = 3
            }
        }
        if (x > 2) // = 7
            return x; // = 1
        return 0; // = 6
    };
    int (^copy)(int) = Block_copy(counts); // = 1
    int s = apply(counts, 3) + apply(copy, 4); // = 1
    Block_release(copy); // = 1
    printf("%d %d\n", s, calls); // = 1
    return 0; // = 1
}
