/* Parses, prints, changes and compares the files that it is given, and cuts them short to see them refused. */
#include "cJSON.h"
#include "cJSON_Utils.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int example_main(void);

static char *read_file(const char *path)
{
    FILE *in = fopen(path, "rb");
    if (!in)
        return NULL;
    char *text = calloc(1, 1 << 20);
    size_t length = fread(text, 1, (1 << 20) - 1, in);
    text[length] = 0;
    fclose(in);
    return text;
}

static void patch(const cJSON *tests)
{
    const cJSON *test;
    cJSON_ArrayForEach(test, tests) {
        cJSON *document = cJSON_Duplicate(cJSON_GetObjectItem(test, "doc"), 1);
        const cJSON *patches = cJSON_GetObjectItemCaseSensitive(test, "patch");
        const cJSON *expected = cJSON_GetObjectItemCaseSensitive(test, "expected");
        if (document && patches) {
            int status = cJSONUtils_ApplyPatches(document, patches);
            printf("%d %d\n", status, cJSON_Compare(document, expected, 1));
            cJSON *back = cJSONUtils_GeneratePatches(document, (cJSON *)cJSON_GetObjectItem(test, "doc"));
            cJSON *merge = cJSONUtils_GenerateMergePatch(document, (cJSON *)cJSON_GetObjectItem(test, "doc"));
            document = cJSONUtils_MergePatch(document, merge);
            cJSON_Delete(merge);
            cJSON_Delete(back);
        }
        cJSON_Delete(document);
    }
}

static void work(const char *text)
{
    cJSON *value = cJSON_Parse(text);
    if (value) {
        char *printed = cJSON_Print(value), *plain = cJSON_PrintUnformatted(value);
        cJSON *again = cJSON_Parse(plain);
        printf("%zu %zu %d\n", strlen(printed), strlen(plain), cJSON_Compare(value, again, 0));
        cJSON_Minify(printed);
        printf("%d\n", strcmp(printed, plain) == 0);
        cJSONUtils_SortObjectCaseSensitive(again);
        patch(value);
        free(printed);
        free(plain);
        cJSON_Delete(again);
    } else {
        printf("refused\n");
    }
    cJSON_Delete(value);
}

int main(int argc, char **argv)
{
    example_main();
    for (int i = 1; i < argc; i++) {
        char *text = read_file(argv[i]);
        if (!text)
            return 1;
        work(text);
        for (size_t length = strlen(text); length > 3; length = length * 3 / 4) {
            text[length] = 0;
            work(text);
        }
        free(text);
    }
    return 0;
}
