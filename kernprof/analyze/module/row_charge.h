/* Which row of a line table the time of a sample is charged to.
 *
 * Code that counts has no row, as its time is not the program's. But samples are one instruction late: where the
 * processor waited for an instruction to end, or for a branch, it is found at the next one. So a sample at the first
 * instruction that counts belongs to the program, and is charged where it would be if nothing were counted: to the
 * program's next instruction. Code that the compiler made without a line has that of the code behind it. */
#ifndef KP_KERNPROF_ANALYZE_MODULE_ROW_CHARGE_H
#define KP_KERNPROF_ANALYZE_MODULE_ROW_CHARGE_H

#include <elfutils/libdw.h>
#include <stddef.h>
#include <stdint.h>

/* What a sample is charged to: the calls that led to an address, which is in the same order as the samples' own, and a
 * row of the line table; or to nothing. */
struct kp_row_charge {
    uint64_t address;
    Dwarf_Line *row; /* of the table; NULL: to nothing */
};

/* `rows`: `count` rows, sorted by address, as dwarf_getsrclines gives them. */
struct kp_row_charge kp_row_charge_find(Dwarf_Lines *rows, size_t count, uint64_t address);

/* The same of an address that is not late: inside of an instruction that called. */
struct kp_row_charge kp_row_charge_find_call(Dwarf_Lines *rows, size_t count, uint64_t address);

#endif
