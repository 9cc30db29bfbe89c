/* See samples.h. */
#include "kernprof/sample/samples.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/array.h"

uint32_t kp_samples_file(struct kp_samples *s, const char *path, const char *build_id, uint64_t module_hash)
{
    char key[4096 + KP_SAMPLE_BUILD_ID + 32];
    int length = snprintf(key, sizeof key, "%016llx %s %s", (unsigned long long)module_hash, build_id, path);
    size_t size = length < (int)sizeof key ? (size_t)length : sizeof key - 1;
    uint32_t number = kp_index_find(&s->file_keys, key, size);
    if (number != KP_INDEX_NONE)
        return number;
    struct kp_sample_file *files = kp_array_grow(s->files, s->file_count, sizeof *files);
    char *copy = strdup(path);
    if (files)
        s->files = files;
    if (!files || !copy || (number = kp_index_add(&s->file_keys, key, size)) == KP_INDEX_NONE) {
        free(copy);
        return KP_INDEX_NONE;
    }
    struct kp_sample_file *file = &files[s->file_count++];
    *file = (struct kp_sample_file){.path = copy, .module_hash = module_hash};
    snprintf(file->build_id, sizeof file->build_id, "%s", build_id);
    return number;
}

void kp_samples_add(struct kp_samples *s, uint32_t file, uint64_t offset, uint64_t time_ns, uint64_t count)
{
    const uint64_t key[2] = {file, offset};
    uint32_t number = file == KP_INDEX_NONE ? KP_INDEX_NONE : kp_index_find(&s->place_keys, key, sizeof key);
    if (number == KP_INDEX_NONE && file != KP_INDEX_NONE) {
        struct kp_sample_place *places = kp_array_grow(s->places, s->count, sizeof *places);
        if (places) {
            s->places = places;
            number = kp_index_add(&s->place_keys, key, sizeof key);
        }
        if (number != KP_INDEX_NONE)
            places[s->count++] = (struct kp_sample_place){.file = file, .offset = offset};
    }
    if (number == KP_INDEX_NONE) {
        s->lost += count;
        return;
    }
    s->places[number].time_ns += time_ns;
    s->places[number].samples += count;
}

void kp_samples_add_all(struct kp_samples *s, const struct kp_samples *other)
{
    for (uint32_t i = 0; i < other->count; i++) {
        const struct kp_sample_place *place = &other->places[i];
        const struct kp_sample_file *file = &other->files[place->file];
        kp_samples_add(s, kp_samples_file(s, file->path, file->build_id, file->module_hash), place->offset,
                       place->time_ns, place->samples);
    }
    s->lost += other->lost;
    s->unsampled += other->unsampled;
}

void kp_samples_free(struct kp_samples *s)
{
    for (uint32_t i = 0; i < s->file_count; i++)
        free(s->files[i].path);
    free(s->files);
    free(s->places);
    kp_index_free(&s->file_keys);
    kp_index_free(&s->place_keys);
    *s = (struct kp_samples){0};
}
