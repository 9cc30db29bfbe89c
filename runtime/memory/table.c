/* A tree by the bits of the address, as a processor's page table is. What an event costs is the cache lines it misses,
 * so that cells are small and neighbours in memory are neighbours here: a cell of 8 bytes for each 32 bytes of address
 * space, which is where nearly all blocks begin and what nearly all blocks fit into. The rest goes into a hash table:
 * an allocator's blocks of 8 or 16 bytes, two to a cell; sizes of 16 MB and more; children of 255 forks, one in the
 * other.
 *
 * Nodes are made when first needed and stay, as the allocator will use the addresses again. A leaf is small, so that a
 * large block costs little: 256 bytes, and 8 for the way to it. */
#include "runtime/memory/table.h"

#include <stddef.h>

#include "runtime/memory/hash.h"
#include "runtime/memory/raw.h"

/* Of an address, from its high end. */
enum { ROOT_BITS = 14, BRANCH_BITS = 12, TWIG_BITS = 12, LEAF_BITS = 5, CELL_BITS = 5 };
enum {
    BELOW_TWIG = LEAF_BITS + CELL_BITS,
    BELOW_BRANCH = TWIG_BITS + BELOW_TWIG,
    BELOW_ROOT = BRANCH_BITS + BELOW_BRANCH
};
enum { ADDRESS_BITS = ROOT_BITS + BELOW_ROOT, POOL_BYTES = 1 << 21 };

/* A cell, from its low end: the block's generation (0: the cell is empty), the low bits of its address, its size, and
 * its line as a distance from `lines_from`, in LINE_UNIT; 0 for none. */
enum {
    GENERATION_BITS = 8,
    SIZE_BITS = 24,
    LINE_BITS = 64 - GENERATION_BITS - CELL_BITS - SIZE_BITS,
    LINE_UNIT_BITS = 5
};
enum { SIZE_SHIFT = GENERATION_BITS + CELL_BITS, LINE_SHIFT = SIZE_SHIFT + SIZE_BITS };

struct leaf {
    uint64_t cell[1 << LEAF_BITS];
};

struct twig {
    struct leaf *leaf[1 << TWIG_BITS];
};

struct branch {
    struct twig *twig[1 << BRANCH_BITS];
};

_Static_assert(ADDRESS_BITS == 48 && sizeof(struct leaf) == 256, "as above");
_Static_assert(sizeof(struct kp_memory_line) % (1 << LINE_UNIT_BITS) == 0, "distances of lines are whole units");

static struct branch *root[1 << ROOT_BITS];
static uintptr_t lines_from; /* so far below the first line that was seen that as many are before it as behind */

static struct {
    char *next;
    size_t left;
} pool;

/* Zeros; NULL: out of memory. */
static void *new_node(size_t size)
{
    if (pool.left < size) {
        char *more = kp_raw_map(POOL_BYTES);
        if (!more)
            return NULL;
        pool.next = more;
        pool.left = POOL_BYTES;
    }
    void *node = pool.next;
    pool.next += size;
    pool.left -= size;
    return node;
}

static unsigned bits_of(uintptr_t address, unsigned from, unsigned count)
{
    return (unsigned)(address >> from) & ((1u << count) - 1);
}

/* NULL: there is none, or `make` and none can be made. */
static inline uint64_t *find_cell(uintptr_t address, bool make)
{
    if (address >> ADDRESS_BITS)
        return NULL;
    struct branch **branch = &root[address >> BELOW_ROOT];
    if (!*branch && (!make || !(*branch = new_node(sizeof **branch))))
        return NULL;
    struct twig **twig = &(*branch)->twig[bits_of(address, BELOW_BRANCH, BRANCH_BITS)];
    if (!*twig && (!make || !(*twig = new_node(sizeof **twig))))
        return NULL;
    struct leaf **leaf = &(*twig)->leaf[bits_of(address, BELOW_TWIG, TWIG_BITS)];
    if (!*leaf && (!make || !(*leaf = new_node(sizeof **leaf))))
        return NULL;
    return &(*leaf)->cell[bits_of(address, CELL_BITS, LEAF_BITS)];
}

static bool fits(const struct kp_block *block, uint64_t distance)
{
    bool line_fits = !block->line || (distance && distance >> (LINE_UNIT_BITS + LINE_BITS) == 0 &&
                                      bits_of(distance, 0, LINE_UNIT_BITS) == 0);
    return line_fits && block->size >> SIZE_BITS == 0 && block->generation >> GENERATION_BITS == 0;
}

/* 0: it does not fit. */
static uint64_t pack(const struct kp_block *block)
{
    if (!lines_from && block->line)
        lines_from = (uintptr_t)block->line - ((uint64_t)1 << (LINE_UNIT_BITS + LINE_BITS - 1));
    uint64_t distance = block->line ? (uintptr_t)block->line - lines_from : 0;
    if (__builtin_expect(!fits(block, distance), 0))
        return 0;
    return block->generation | (uint64_t)bits_of(block->address, 0, CELL_BITS) << GENERATION_BITS |
           (uint64_t)block->size << SIZE_SHIFT | distance << (LINE_SHIFT - LINE_UNIT_BITS);
}

static struct kp_block unpack(uint64_t cell, uintptr_t address)
{
    uintptr_t distance = cell >> LINE_SHIFT << LINE_UNIT_BITS;
    return (struct kp_block){.address = address,
                             .size = cell >> SIZE_SHIFT & ((1u << SIZE_BITS) - 1),
                             .generation = cell & ((1u << GENERATION_BITS) - 1),
                             .line = distance ? (struct kp_memory_line *)(lines_from + distance) : NULL};
}

static inline struct kp_block take(uint64_t *cell, uintptr_t address)
{
    if (cell && *cell && bits_of(*cell, GENERATION_BITS, CELL_BITS) == bits_of(address, 0, CELL_BITS)) {
        struct kp_block found = unpack(*cell, address);
        *cell = 0;
        return found;
    }
    return kp_hash_used ? kp_hash_take(address) : (struct kp_block){0};
}

bool kp_table_add(const struct kp_block *block, struct kp_block *stale)
{
    uint64_t *cell = find_cell(block->address, true);
    *stale = take(cell, block->address);
    uint64_t packed = pack(block);
    if (!cell || *cell || !packed)
        return kp_hash_add(block);
    *cell = packed;
    return true;
}

struct kp_block kp_table_take(uintptr_t address)
{
    return take(find_cell(address, false), address);
}
