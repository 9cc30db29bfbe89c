/* See tree.h. */
#include "util/json.h"

static struct json_object *text_object(const char *text)
{
    return text ? json_object_new_string(text) : NULL;
}

/* %.17g would show 0.1 as 0.10000000000000001; what these formats hold is exact with far fewer digits. */
static struct json_object *number_object(double number)
{
    char text[64];
    snprintf(text, sizeof text, "%.15g", number);
    return json_object_new_double_s(number, text);
}

void kp_json_text(struct json_object *object, const char *key, const char *text)
{
    json_object_object_add(object, key, text_object(text));
}

void kp_json_integer(struct json_object *object, const char *key, int64_t number)
{
    json_object_object_add(object, key, json_object_new_int64(number));
}

void kp_json_number(struct json_object *object, const char *key, double number)
{
    json_object_object_add(object, key, number_object(number));
}

void kp_json_flag(struct json_object *object, const char *key, int flag)
{
    json_object_object_add(object, key, json_object_new_boolean(flag));
}

void kp_json_null(struct json_object *object, const char *key)
{
    json_object_object_add(object, key, NULL);
}

struct json_object *kp_json_object(struct json_object *object, const char *key)
{
    struct json_object *made = json_object_new_object();
    json_object_object_add(object, key, made);
    return made;
}

struct json_object *kp_json_array(struct json_object *object, const char *key)
{
    struct json_object *made = json_object_new_array();
    json_object_object_add(object, key, made);
    return made;
}

void kp_json_append_text(struct json_object *array, const char *text)
{
    json_object_array_add(array, text_object(text));
}

void kp_json_append_integer(struct json_object *array, int64_t number)
{
    json_object_array_add(array, json_object_new_int64(number));
}

void kp_json_append_number(struct json_object *array, double number)
{
    json_object_array_add(array, number_object(number));
}

void kp_json_append_flag(struct json_object *array, int flag)
{
    json_object_array_add(array, json_object_new_boolean(flag));
}

void kp_json_append_null(struct json_object *array)
{
    json_object_array_add(array, NULL);
}

struct json_object *kp_json_append_object(struct json_object *array)
{
    struct json_object *made = json_object_new_object();
    json_object_array_add(array, made);
    return made;
}

struct json_object *kp_json_append_array(struct json_object *array)
{
    struct json_object *made = json_object_new_array();
    json_object_array_add(array, made);
    return made;
}

void kp_json_write(struct json_object *document, FILE *out)
{
    fputs(json_object_to_json_string_ext(document, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE), out);
    fputc('\n', out);
    json_object_put(document);
}
