// Loops that the optimiser turns into vectors, with counting in them: by 32 bits where that is enough, by 64 elsewhere.
#include <stdio.h>

enum { LENGTH = 1003 };

static int words(const char *text, int length) // = 4
{
    int count = 0, inside = 0; // = 4
    for (int i = 0; i < length; i++) { // = 4016
        if (text[i] == ' ') { // = 4012
            inside = 0; // = 1336
        } else if (!inside) { // = 2676
            inside = 1; // = 1332
            count++; // = 1332
        }
    }
    return count; // = 4
}

static long sum_if(const int *values, long length, int above) // = 4
{
    long sum = 0; // = 4
    for (long i = 0; i < length; i++) // = 4016
        if (values[i] > above) // = 4012
            sum += values[i]; // = 2004
    return sum; // = 4
}

static int ladder(const int *values, unsigned char length) // = 4
{
    int sum = 0; // = 4
    for (unsigned char i = 0; i < length; i++) { // = 804
        int value = values[i]; // = 800
        if (value % 2) { // = 800
            sum += value; // = 400
            if (value % 5 == 0) // = 400
                sum ^= 3; // = 80
        } else if (value % 3 == 0) { // = 400
            sum -= value; // = 136
        } else {
            sum += 7; // = 264
        }
    }
    return sum; // = 4
}

static int rows(const int *values, int height, int width) // = 4
{
    int sum = 0; // = 4
    for (int y = 0; y < height; y++) { // = 44
        for (int x = 0; x < width; x++) // = 4040
            sum += values[y * width + x] > 500 ? 2 : 1; // = 4000
        if (sum & 1) // = 40
            continue; // = 28
        sum += y; // = 12
    }
    return sum; // = 4
}

int main(void)
{
    static char text[LENGTH];
    static int values[LENGTH];
    for (int i = 0; i < LENGTH; i++) { // = 1004
        text[i] = i % 3 ? 'a' : ' '; // = 1003
        values[i] = i; // = 1003
    }
    text[3] = 'b';
    long all = 0;
    for (int round = 0; round < 4; round++) { // = 5
        all += words(text, LENGTH); // = 4
        all += sum_if(values, LENGTH, 501); // = 4
        all += ladder(values, 200); // = 4
        all += rows(values, 10, 100); // = 4
    }
    printf("%ld\n", all);
    return 0;
}
