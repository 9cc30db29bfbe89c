/* See row_charge.h. */
#include "kernprof/analyze/module/row_charge.h"

#include "format/map.h"
#include "util/search.h"

enum row_kind { ROW_ENDS, ROW_COUNTS, ROW_HAS_NO_LINE, ROW_HAS_LINE };

/* Behind the last row is one that ends. */
static enum row_kind row_kind(Dwarf_Lines *rows, size_t number)
{
    Dwarf_Line *row = dwarf_onesrcline(rows, number);
    bool ends = false;
    int line = 0;
    unsigned discriminator = 0;
    if (!row || dwarf_lineendsequence(row, &ends) != 0 || ends || dwarf_lineno(row, &line) != 0)
        return ROW_ENDS;
    if (line <= 0)
        return ROW_HAS_NO_LINE;
    int counts = dwarf_linediscriminator(row, &discriminator) == 0 && discriminator == KP_COUNTING_DISCRIMINATOR;
    return counts ? ROW_COUNTS : ROW_HAS_LINE;
}

static uint64_t row_start(Dwarf_Lines *rows, size_t number)
{
    Dwarf_Addr start = 0;
    dwarf_lineaddr(dwarf_onesrcline(rows, number), &start);
    return start;
}

struct wanted_row {
    Dwarf_Lines *rows;
    uint64_t address;
};

static int is_row_at_or_before(const void *what, size_t i)
{
    const struct wanted_row *wanted = what;
    return row_start(wanted->rows, i) <= wanted->address;
}

/* The number of the row that an address is in; `count` where it is in none. */
static size_t row_of(Dwarf_Lines *rows, size_t count, uint64_t address)
{
    size_t next = kp_search_first(count, is_row_at_or_before, &(struct wanted_row){rows, address});
    return next && row_kind(rows, next - 1) != ROW_ENDS ? next - 1 : count;
}

struct kp_row_charge kp_row_charge_find(Dwarf_Lines *rows, size_t count, uint64_t address)
{
    size_t row = row_of(rows, count, address), next = row;
    if (row == count)
        return (struct kp_row_charge){address, NULL};
    /* The row before may count as well, but is seldom what runs before: a block begins here, or there were not two
     * rows. */
    int is_counting = row_kind(rows, row) == ROW_COUNTS && row_start(rows, row) != address;
    while (row_kind(rows, next) == ROW_COUNTS || row_kind(rows, next) == ROW_HAS_NO_LINE)
        next++;
    if (next > row && row_kind(rows, next) == ROW_HAS_LINE) {
        row = next;
        address = row_start(rows, row);
    }
    while (row > 0 && row_kind(rows, row) == ROW_HAS_NO_LINE)
        row--; /* no code is behind it */
    int has_line = row_kind(rows, row) == ROW_HAS_LINE || row_kind(rows, row) == ROW_COUNTS;
    return (struct kp_row_charge){address, has_line && !is_counting ? dwarf_onesrcline(rows, row) : NULL};
}

struct kp_row_charge kp_row_charge_find_call(Dwarf_Lines *rows, size_t count, uint64_t address)
{
    size_t row = row_of(rows, count, address);
    while (row < count && row_kind(rows, row) == ROW_HAS_NO_LINE)
        row++;
    int has_line = row < count && row_kind(rows, row) == ROW_HAS_LINE;
    return (struct kp_row_charge){address, has_line ? dwarf_onesrcline(rows, row) : NULL};
}
