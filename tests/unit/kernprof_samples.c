/* Samples: added up by kind of cost and frames, and kept on disk. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernprof/sample/cost_kinds.h"
#include "kernprof/sample/process_maps.h"
#include "kernprof/sample/samples_file.h"

static struct kp_sample_place place_of(const char *kind, uint32_t file, uint64_t offset, uint64_t cost)
{
    return (struct kp_sample_place){.kind = (uint32_t)kp_cost_kind_find(kind),
                                    .frame_count = 1,
                                    .frames = {{file, offset}},
                                    .cost = cost,
                                    .samples = 1};
}

/* Two samples of one kind at one place are one row; another kind there is another row. */
static void costs_add_up_by_kind_and_place(void **state)
{
    (void)state;
    struct kp_samples samples = {0};
    uint32_t file = kp_samples_file(&samples, "/bin/a", "", 0);
    struct kp_sample_place time = place_of("time", file, 16, 1000), faults = place_of("page-faults", file, 16, 3);
    kp_samples_add(&samples, &time);
    kp_samples_add(&samples, &faults);
    kp_samples_add(&samples, &time);
    assert_int_equal(samples.count, 2);
    assert_int_equal(samples.places[0].cost, 2000);
    assert_int_equal(samples.places[0].samples, 2);
    assert_int_equal(samples.places[1].cost, 3);
    kp_samples_free(&samples);
}

/* The same code called from two lines is two places. */
static void callers_tell_places_apart(void **state)
{
    (void)state;
    struct kp_samples samples = {0};
    uint32_t file = kp_samples_file(&samples, "/bin/a", "", 0);
    struct kp_sample_place first = place_of("page-faults", file, 16, 1), second = first;
    first.frame_count = second.frame_count = 2;
    first.frames[1] = (struct kp_sample_frame){file, 32};
    second.frames[1] = (struct kp_sample_frame){file, 48};
    kp_samples_add(&samples, &first);
    kp_samples_add(&samples, &second);
    assert_int_equal(samples.count, 2);
    kp_samples_free(&samples);
}

static void a_place_in_no_file_is_lost(void **state)
{
    (void)state;
    struct kp_samples samples = {0};
    struct kp_sample_place place = place_of("time", KP_INDEX_NONE, 16, 1);
    kp_samples_add(&samples, &place);
    assert_int_equal(samples.count, 0);
    assert_int_equal(samples.lost, 1);
    kp_samples_free(&samples);
}

/* Numbers of files differ between two sets; their paths are what counts. */
static void sets_are_added_by_path(void **state)
{
    (void)state;
    struct kp_samples samples = {0}, other = {.events = 2, .lost = 5};
    kp_samples_file(&samples, "/bin/a", "", 0);
    struct kp_sample_place place = place_of("time", kp_samples_file(&other, "/bin/b", "", 0), 8, 7);
    kp_samples_add(&other, &place);
    kp_samples_add_all(&samples, &other);
    assert_int_equal(samples.file_count, 2);
    assert_int_equal(samples.places[0].frames[0].file, 1);
    assert_int_equal(samples.places[0].cost, 7);
    assert_int_equal(samples.events, 2);
    assert_int_equal(samples.lost, 5);
    kp_samples_free(&samples);
    kp_samples_free(&other);
}

/* As what samples_file.c writes, with a place in a callee of a library. */
static const char text[] = "{\"events\":[\"page-faults\"],\"files\":[[\"/bin/a\",\"ab12\",0],[\"/lib/b\",\"\",9]],"
                           "\"places\":[[\"time\",1000,2,0,0,16],[\"page-faults\",5,5,1,1,64,0,32]]}";

static int read_text(const char *contents, struct kp_samples *samples)
{
    char folder[] = "/tmp/kernprof_samples.XXXXXX", path[64];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/" KP_SAMPLES_FILE_NAME, folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(contents, file);
    fclose(file);
    int result = kp_samples_read(folder, samples);
    unlink(path);
    rmdir(folder);
    return result;
}

static void a_file_of_samples_is_read(void **state)
{
    (void)state;
    struct kp_samples samples = {0};
    assert_int_equal(read_text(text, &samples), 0);
    assert_int_equal(samples.count, 2);
    assert_int_equal(samples.events, 1u << kp_cost_kind_find("page-faults"));
    const struct kp_sample_place *faults = &samples.places[1];
    assert_int_equal(faults->is_exact, 1);
    assert_int_equal(faults->frame_count, 2);
    assert_string_equal(samples.files[faults->frames[0].file].path, "/lib/b");
    assert_int_equal(faults->frames[1].offset, 32);
    kp_samples_free(&samples);
}

static void damaged_files_add_nothing(void **state)
{
    (void)state;
    static const char *const damaged[] = {
        "",
        "[]",
        "{\"events\":[],\"files\":[],\"places\":[[\"time\",1,1,0,0,16]]}", /* of no file */
        "{\"events\":[],\"files\":[[\"/a\",\"\",0]],\"places\":[[\"light\",1,1,0,0,16]]}",
        "{\"events\":[],\"files\":[[\"/a\",\"\",0]],\"places\":[[\"time\",1,1,0]]}",
        "{\"events\":[],\"files\":[[\"/a\",\"\",0]],\"places\":[[\"time\",1,1,0,0]]}",
        "{\"events\":[],\"files\":[[\"/a\",\"\",0]],\"places\":[[\"time\",1,1,0,0,1,0,1,0,1,0,1,0,1]]}",
        "{\"events\":[\"light\"],\"files\":[],\"places\":[]}",
    };
    for (size_t i = 0; i < sizeof damaged / sizeof *damaged; i++) {
        struct kp_samples samples = {0};
        assert_int_equal(read_text(damaged[i], &samples), -1);
        assert_int_equal(samples.count, 0);
        kp_samples_free(&samples);
    }
}

/* A child begins with its parent's code, and loses it when it executes another program. */
static void processes_inherit_mappings(void **state)
{
    (void)state;
    struct kp_process_maps maps = {0};
    kp_process_maps_add(&maps, 1, &(struct kp_mapping){0x1000, 0x3000, 0, 7});
    kp_process_maps_add(&maps, 1, &(struct kp_mapping){0x2000, 0x3000, 0, 8}); /* over a part of the first one */
    kp_process_maps_fork(&maps, 1, 2);
    const struct kp_mapped_process *child = kp_process_maps_process(&maps, 2);
    assert_int_equal(kp_process_maps_find(child, 0x1fff)->file, 7);
    assert_int_equal(kp_process_maps_find(child, 0x2000)->file, 8);
    assert_null(kp_process_maps_find(child, 0x3000));
    kp_process_maps_exec(&maps, 2);
    assert_null(kp_process_maps_find(kp_process_maps_process(&maps, 2), 0x1fff));
    assert_non_null(kp_process_maps_find(kp_process_maps_process(&maps, 1), 0x1fff));
    assert_null(kp_process_maps_process(&maps, 3));
    kp_process_maps_free(&maps);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(costs_add_up_by_kind_and_place), cmocka_unit_test(callers_tell_places_apart),
        cmocka_unit_test(a_place_in_no_file_is_lost),     cmocka_unit_test(sets_are_added_by_path),
        cmocka_unit_test(a_file_of_samples_is_read),      cmocka_unit_test(damaged_files_add_nothing),
        cmocka_unit_test(processes_inherit_mappings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
