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

/* The number of the place with the same kind and frames; KP_INDEX_NONE: out of memory, or of no file. */
static uint32_t find_place(struct kp_samples *s, const struct kp_sample_place *place)
{
    uint64_t key[1 + 2 * KP_SAMPLE_FRAMES] = {(uint64_t)place->kind << 1 | place->is_exact};
    for (uint32_t i = 0; i < place->frame_count; i++) {
        if (place->frames[i].file == KP_INDEX_NONE)
            return KP_INDEX_NONE;
        key[1 + 2 * i] = place->frames[i].file;
        key[2 + 2 * i] = place->frames[i].offset;
    }
    size_t size = (1 + 2 * place->frame_count) * sizeof *key;
    uint32_t number = kp_index_find(&s->place_keys, key, size);
    if (number != KP_INDEX_NONE)
        return number;
    struct kp_sample_place *places = kp_array_grow(s->places, s->count, sizeof *places);
    if (!places)
        return KP_INDEX_NONE;
    s->places = places;
    number = kp_index_add(&s->place_keys, key, size);
    if (number == KP_INDEX_NONE)
        return KP_INDEX_NONE;
    places[s->count] = *place;
    places[s->count].cost = places[s->count].samples = 0;
    s->count++;
    return number;
}

void kp_samples_add(struct kp_samples *s, const struct kp_sample_place *place)
{
    uint32_t number = find_place(s, place);
    if (number == KP_INDEX_NONE) {
        s->lost += place->samples;
        return;
    }
    s->places[number].cost += place->cost;
    s->places[number].samples += place->samples;
}

void kp_samples_add_all(struct kp_samples *s, const struct kp_samples *other)
{
    for (uint32_t i = 0; i < other->count; i++) {
        struct kp_sample_place place = other->places[i];
        for (uint32_t f = 0; f < place.frame_count; f++) {
            const struct kp_sample_file *file = &other->files[place.frames[f].file];
            place.frames[f].file = kp_samples_file(s, file->path, file->build_id, file->module_hash);
        }
        kp_samples_add(s, &place);
    }
    s->lost += other->lost;
    s->unsampled += other->unsampled;
    s->events |= other->events;
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
