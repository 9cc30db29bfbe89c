/* Helpers of the formats that are one JSON document. */
#ifndef KP_UTIL_JSON_H
#define KP_UTIL_JSON_H

#include <json-c/json.h>
#include <stdint.h>
#include <stdio.h>

/* Adders that take over nothing but what they make; a NULL object is passed over, and what json-c cannot allocate
 * becomes null. */
void kp_json_text(struct json_object *object, const char *key, const char *text);
void kp_json_integer(struct json_object *object, const char *key, int64_t number);
void kp_json_number(struct json_object *object, const char *key, double number);
void kp_json_flag(struct json_object *object, const char *key, int flag);
void kp_json_null(struct json_object *object, const char *key);
struct json_object *kp_json_object(struct json_object *object, const char *key);
struct json_object *kp_json_array(struct json_object *object, const char *key);

void kp_json_append_text(struct json_object *array, const char *text);
void kp_json_append_integer(struct json_object *array, int64_t number);
void kp_json_append_number(struct json_object *array, double number);
void kp_json_append_flag(struct json_object *array, int flag);
void kp_json_append_null(struct json_object *array);
struct json_object *kp_json_append_object(struct json_object *array);
struct json_object *kp_json_append_array(struct json_object *array);

/* Writes the document with a line end, and frees it. */
void kp_json_write(struct json_object *document, FILE *out);

#endif
