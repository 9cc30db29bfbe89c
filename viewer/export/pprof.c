/* pprof: profile.proto, packed with gzip (https://github.com/google/pprof/blob/main/proto/profile.proto; field numbers
 * below are its own). Protocol buffers are few enough rules to write by hand: a field is its number and type, then a
 * varint or a length and bytes.
 *
 * Traps: `pprof -list` shows a function from its start_line on and hides lines above it; without has_line_numbers and
 * its like, pprof tries to find symbols itself; an address of 0 for all would make all locations one. */
#include "viewer/export/export.h"
#include "viewer/model/stacks.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum profile_field {
    PROFILE_SAMPLE_TYPE = 1,
    PROFILE_SAMPLE = 2,
    PROFILE_MAPPING = 3,
    PROFILE_LOCATION = 4,
    PROFILE_FUNCTION = 5,
    PROFILE_STRING = 6,
    PROFILE_TIME_NANOS = 9,
    PROFILE_DURATION_NANOS = 10,
    PROFILE_PERIOD_TYPE = 11,
    PROFILE_PERIOD = 12,
    PROFILE_DEFAULT_SAMPLE_TYPE = 14
};
enum { VALUE_TYPE_TYPE = 1, VALUE_TYPE_UNIT = 2 };
enum { SAMPLE_LOCATION = 1, SAMPLE_VALUE = 2 };
enum { MAPPING_ID = 1, MAPPING_FILENAME = 5, MAPPING_HAS_FUNCTIONS = 7, MAPPING_HAS_INLINE_FRAMES = 10 };
enum { LOCATION_ID = 1, LOCATION_MAPPING = 2, LOCATION_ADDRESS = 3, LOCATION_LINE = 4 };
enum { LINE_FUNCTION = 1, LINE_LINE = 2 };
enum { FUNCTION_ID = 1, FUNCTION_NAME = 2, FUNCTION_SYSTEM_NAME = 3, FUNCTION_FILENAME = 4, FUNCTION_START_LINE = 5 };

/* Indexes of strings; those of sources and functions follow. */
enum { STRING_EMPTY, STRING_HITS, STRING_COUNT, STRING_WALL, STRING_NANOSECONDS, STRING_COMMAND, STRING_FIRST };
static const char *const fixed_strings[] = {"", "hits", "count", "wall", "nanoseconds"};

static void put_varint(uint64_t number, FILE *out)
{
    for (; number >= 0x80; number >>= 7)
        fputc((int)(number & 0x7f) | 0x80, out);
    fputc((int)number, out);
}

static void put_number(int field, uint64_t number, FILE *out)
{
    put_varint((uint64_t)field << 3, out);
    put_varint(number, out);
}

static void put_bytes(int field, const char *bytes, size_t size, FILE *out)
{
    put_varint((uint64_t)field << 3 | 2, out);
    put_varint(size, out);
    fwrite(bytes, 1, size, out);
}

/* A message inside of another needs its length first: it is put together here. */
struct message {
    FILE *out;
    char *bytes;
    size_t size;
};

static int message_start(struct message *message)
{
    *message = (struct message){0};
    message->out = open_memstream(&message->bytes, &message->size);
    return message->out ? 0 : -1;
}

static int message_end(struct message *message, int field, FILE *out)
{
    int status = fclose(message->out) == 0 ? 0 : -1;
    if (status == 0)
        put_bytes(field, message->bytes, message->size, out);
    free(message->bytes);
    return status;
}

static int put_value_type(int field, uint64_t type, uint64_t unit, FILE *out)
{
    struct message message;
    if (message_start(&message) != 0)
        return -1;
    put_number(VALUE_TYPE_TYPE, type, message.out);
    put_number(VALUE_TYPE_UNIT, unit, message.out);
    return message_end(&message, field, out);
}

/* Innermost frame first; location i + 1 is frame i. */
static int put_sample(const struct kp_stacks *stacks, const struct kp_stack_sample *sample, FILE *out)
{
    struct message message;
    if (message_start(&message) != 0)
        return -1;
    for (size_t node = sample->node; node != KP_STACK_ROOT; node = stacks->nodes[node].parent)
        put_number(SAMPLE_LOCATION, stacks->nodes[node].frame + 1, message.out);
    put_number(SAMPLE_VALUE, (uint64_t)sample->hits, message.out);
    put_number(SAMPLE_VALUE, (uint64_t)sample->self_ns, message.out);
    return message_end(&message, PROFILE_SAMPLE, out);
}

static int put_mapping(FILE *out)
{
    struct message message;
    if (message_start(&message) != 0)
        return -1;
    put_number(MAPPING_ID, 1, message.out);
    put_number(MAPPING_FILENAME, STRING_COMMAND, message.out);
    for (int field = MAPPING_HAS_FUNCTIONS; field <= MAPPING_HAS_INLINE_FRAMES; field++)
        put_number(field, 1, message.out);
    return message_end(&message, PROFILE_MAPPING, out);
}

static int put_location(uint64_t id, uint64_t function, int64_t number, FILE *out)
{
    struct message message;
    struct message line;
    if (message_start(&message) != 0)
        return -1;
    put_number(LOCATION_ID, id, message.out);
    put_number(LOCATION_MAPPING, 1, message.out);
    put_number(LOCATION_ADDRESS, id, message.out);
    int status = message_start(&line);
    if (status == 0) {
        put_number(LINE_FUNCTION, function, line.out);
        put_number(LINE_LINE, (uint64_t)number, line.out);
        status = message_end(&line, LOCATION_LINE, message.out);
    }
    return message_end(&message, PROFILE_LOCATION, out) == 0 ? status : -1;
}

/* A function of pprof has one file: a body that was included is another function of the same name. */
static int put_function(const struct kp_call_graph *model, uint64_t id, const struct kp_frame *frame,
                        int64_t start_line, FILE *out)
{
    struct message message;
    if (message_start(&message) != 0)
        return -1;
    uint64_t name = STRING_FIRST + model->source_count + frame->function;
    put_number(FUNCTION_ID, id, message.out);
    put_number(FUNCTION_NAME, name, message.out);
    put_number(FUNCTION_SYSTEM_NAME, name, message.out);
    put_number(FUNCTION_FILENAME, STRING_FIRST + frame->source, message.out);
    put_number(FUNCTION_START_LINE, (uint64_t)start_line, message.out);
    return message_end(&message, PROFILE_FUNCTION, out);
}

/* The function's first line, or the first of what it has in another file; never below a line that has samples. */
static int64_t start_line(const struct kp_call_graph *model, const struct kp_stacks *stacks, size_t number)
{
    const struct kp_frame *frame = &stacks->frames[number];
    const struct kp_graph_function *function = &model->functions[frame->function];
    int64_t line = frame->source == function->source ? function->line : frame->line;
    for (size_t row = function->first_row; row < function->end_row; row++)
        if (model->lines[row].source == frame->source && model->lines[row].line < line)
            line = model->lines[row].line;
    return line;
}

static int put_locations(const struct kp_call_graph *model, const struct kp_stacks *stacks, FILE *out)
{
    struct kp_index functions = {0};
    int status = 0;
    for (size_t i = 0; i < stacks->frame_count && status == 0; i++) {
        const struct kp_frame *frame = &stacks->frames[i];
        size_t key[] = {frame->function, frame->source};
        uint32_t before = functions.count;
        uint32_t number = kp_index_add(&functions, key, sizeof key);
        status = number == KP_INDEX_NONE ? -1 : put_location(i + 1, (uint64_t)number + 1, frame->line, out);
        if (status == 0 && number == before)
            status = put_function(model, (uint64_t)number + 1, frame, start_line(model, stacks, i), out);
    }
    kp_index_free(&functions);
    return status;
}

static void put_strings(const struct kp_call_graph *model, FILE *out)
{
    for (size_t i = 0; i < sizeof fixed_strings / sizeof *fixed_strings; i++)
        put_bytes(PROFILE_STRING, fixed_strings[i], strlen(fixed_strings[i]), out);
    put_bytes(PROFILE_STRING, model->command, strlen(model->command), out);
    for (size_t i = 0; i < model->source_count; i++)
        put_bytes(PROFILE_STRING, model->sources[i].path, strlen(model->sources[i].path), out);
    for (size_t i = 0; i < model->function_count; i++)
        put_bytes(PROFILE_STRING, model->functions[i].name, strlen(model->functions[i].name), out);
}

static int put_profile(const struct kp_call_graph *model, const struct kp_stacks *stacks, FILE *out)
{
    if (put_value_type(PROFILE_SAMPLE_TYPE, STRING_HITS, STRING_COUNT, out) != 0 ||
        put_value_type(PROFILE_SAMPLE_TYPE, STRING_WALL, STRING_NANOSECONDS, out) != 0)
        return -1;
    for (size_t i = 0; i < stacks->sample_count; i++)
        if (put_sample(stacks, &stacks->samples[i], out) != 0)
            return -1;
    if (put_mapping(out) != 0 || put_locations(model, stacks, out) != 0)
        return -1;
    put_strings(model, out);
    put_number(PROFILE_TIME_NANOS, (uint64_t)(model->start_s > 0 ? model->start_s * 1e9 : 0), out);
    put_number(PROFILE_DURATION_NANOS, (uint64_t)model->duration_ns, out);
    if (put_value_type(PROFILE_PERIOD_TYPE, STRING_WALL, STRING_NANOSECONDS, out) != 0)
        return -1;
    put_number(PROFILE_PERIOD, 1, out);
    put_number(PROFILE_DEFAULT_SAMPLE_TYPE, model->timed ? STRING_WALL : STRING_HITS, out);
    return 0;
}

static int put_packed(const char *bytes, size_t size, FILE *out)
{
    enum { GZIP = 16 };
    z_stream stream = {0};
    if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, MAX_WBITS + GZIP, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return -1;
    unsigned char packed[65536];
    int status = Z_OK;
    while (status != Z_STREAM_END) {
        if (stream.avail_in == 0) { /* its sizes have 32 bits */
            uInt part = size > (1u << 30) ? 1u << 30 : (uInt)size;
            stream.next_in = (unsigned char *)(uintptr_t)bytes;
            stream.avail_in = part;
            bytes += part;
            size -= part;
        }
        stream.next_out = packed;
        stream.avail_out = sizeof packed;
        status = deflate(&stream, size ? Z_NO_FLUSH : Z_FINISH);
        if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
            break;
        fwrite(packed, 1, sizeof packed - stream.avail_out, out);
    }
    deflateEnd(&stream);
    return status == Z_STREAM_END ? 0 : -1;
}

int kp_export_pprof(const struct kp_export_job *job, struct kp_error *error)
{
    struct kp_stacks stacks;
    if (kp_stacks_build(&stacks, job->model, error) != 0)
        return -1;
    char *bytes = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&bytes, &size);
    int status = out ? put_profile(job->model, &stacks, out) : -1;
    if (out && fclose(out) != 0)
        status = -1;
    if (status == 0)
        status = put_packed(bytes, size, job->out);
    free(bytes);
    kp_stacks_free(&stacks);
    return status == 0 ? 0 : kp_fail(error, "pprof: out of memory");
}
