/* Memory that goes up in steps and down again, to be looked at with memprof:
 *
 *     kernprof cc -O2 -o steps steps.c
 *     memprof ./steps                                          by line
 *     memprof run ./steps && memprof plot -o steps.svg         over time
 */
#include <kernprof.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK = 4 << 20, BLOCKS = 6, PAUSE_US = 30000 };

KP_PROFILE static void fill(char **blocks)
{
    for (int i = 0; i < BLOCKS; i++) {
        blocks[i] = malloc(BLOCK);
        if (blocks[i])
            memset(blocks[i], i, BLOCK);
        usleep(PAUSE_US);
    }
}

KP_PROFILE static void drop(char **blocks)
{
    for (int i = 0; i < BLOCKS; i++) {
        free(blocks[i]);
        usleep(PAUSE_US);
    }
}

int main(void)
{
    char *blocks[BLOCKS];
    for (int round = 0; round < 2; round++) {
        fill(blocks);
        drop(blocks);
    }
    return 0;
}
