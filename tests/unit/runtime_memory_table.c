/* The interposer's blocks by address: whatever allocators do, each is found once and as it was put in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "runtime/memory/hash.c"
#include "runtime/memory/table.c"

enum { PLACES = 5000 };

static struct kp_block block_at(uintptr_t address, uint64_t size)
{
    static struct kp_memory_line lines[100];
    return (struct kp_block){
        .address = address, .size = size, .generation = size % 10 + 1, .line = size % 5 ? &lines[size % 100] : NULL};
}

static void assert_same(struct kp_block found, struct kp_block expected)
{
    assert_int_equal(found.address, expected.address);
    if (!expected.address)
        return;
    assert_int_equal(found.size, expected.size);
    assert_int_equal(found.generation, expected.generation);
    assert_ptr_equal(found.line, expected.line);
}

static void add(struct kp_block block, struct kp_block expected_stale)
{
    struct kp_block stale;
    assert_true(kp_table_add(&block, &stale));
    assert_same(stale, expected_stale);
}

static const struct kp_block none;

static void a_block_is_found_once(void **state)
{
    (void)state;
    add(block_at(0x7f0000001000, (1ull << 48) - 1), none);
    assert_same(kp_table_take(0x7f0000001008), none);
    assert_same(kp_table_take(0x7f0000001010), none);
    assert_same(kp_table_take(0x7f0000001000), block_at(0x7f0000001000, (1ull << 48) - 1));
    assert_same(kp_table_take(0x7f0000001000), none);
    assert_same(kp_table_take(0), none);
    assert_same(kp_table_take(UINTPTR_MAX), none);
}

/* An allocator that aligns to 8 has two blocks where one cell is. */
static void neighbours_of_one_cell_are_kept_apart(void **state)
{
    (void)state;
    add(block_at(0x5000, 1), none);
    add(block_at(0x5008, 2), none);
    assert_int_equal(kp_hash_used, 1);
    assert_same(kp_table_take(0x5000), block_at(0x5000, 1));
    add(block_at(0x5008, 3), block_at(0x5008, 2)); /* its free was not seen, and now there is a cell for it */
    assert_same(kp_table_take(0x5008), block_at(0x5008, 3));
    assert_same(kp_table_take(0x5008), none);
    assert_int_equal(kp_hash_used, 0);
}

static void addresses_may_be_of_any_length(void **state)
{
    (void)state;
    add(block_at(0xfffffffffff0, 1), none);
    add(block_at(0x1000000000000, 2), none);
    add(block_at(0xfffffffffffffff0, 3), none);
    assert_same(kp_table_take(0xfffffffffffffff0), block_at(0xfffffffffffffff0, 3));
    assert_same(kp_table_take(0x1000000000000), block_at(0x1000000000000, 2));
    assert_same(kp_table_take(0xfffffffffff0), block_at(0xfffffffffff0, 1));
}

static void what_does_not_fit_into_a_cell_is_found_too(void **state)
{
    (void)state;
    struct kp_block large = block_at(0x6000, 1 << 24), late = block_at(0x6100, 1), far = block_at(0x6200, 1);
    struct kp_block odd = block_at(0x6300, 1);
    late.generation = UINT16_MAX;
    far.line = (struct kp_memory_line *)((uintptr_t)far.line + ((uintptr_t)1 << 32));
    odd.line = (struct kp_memory_line *)((uintptr_t)odd.line + 1);
    add(block_at(0x6000, 1), none);
    add(large, block_at(0x6000, 1));
    add(late, none);
    add(far, none);
    add(odd, none);
    assert_int_equal(kp_hash_used, 4);
    assert_same(kp_table_take(0x6300), odd);
    assert_same(kp_table_take(0x6200), far);
    assert_same(kp_table_take(0x6100), late);
    add(block_at(0x6000, 2), large);
    assert_same(kp_table_take(0x6000), block_at(0x6000, 2));
    assert_int_equal(kp_hash_used, 0);
}

static uint64_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 33;
}

/* Against an array with one place for each address. */
static void it_agrees_with_an_array(void **state)
{
    (void)state;
    static const uintptr_t bases[] = {0x10000, 0x55aa00000000, 0x7ffff7000000, 0x2000000000000};
    static const unsigned steps[] = {8, 16, 24, 4096};
    static struct kp_block model[PLACES];
    uint64_t random = 1;
    for (int i = 0; i < 400000; i++) {
        uint64_t place = next_random(&random) % PLACES;
        uintptr_t address = bases[place % 4] + place / 16 * steps[place / 4 % 4] + place / 4 % 4 * 0x4000000;
        if (next_random(&random) % 3) {
            struct kp_block block = block_at(address, next_random(&random));
            add(block, model[place]);
            model[place] = block;
        } else {
            assert_same(kp_table_take(address), model[place]);
            model[place] = none;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_block_is_found_once),          cmocka_unit_test(neighbours_of_one_cell_are_kept_apart),
        cmocka_unit_test(addresses_may_be_of_any_length), cmocka_unit_test(what_does_not_fit_into_a_cell_is_found_too),
        cmocka_unit_test(it_agrees_with_an_array),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
