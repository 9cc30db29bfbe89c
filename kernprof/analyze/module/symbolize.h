/* What the debug information and the symbols of an ELF file say of addresses: the place in the source, and through
 * which inlined calls the compiler brought it there. */
#ifndef KP_KERNPROF_ANALYZE_MODULE_SYMBOLIZE_H
#define KP_KERNPROF_ANALYZE_MODULE_SYMBOLIZE_H

#include <stddef.h>
#include <stdint.h>

struct kp_symbolizer;

/* Opens an ELF file. `build_id` (hexadecimal; empty: any) must be its own. NULL if it cannot be read or is another one.
 */
struct kp_symbolizer *kp_symbolizer_open(const char *path, const char *build_id);
void kp_symbolizer_close(struct kp_symbolizer *file);

/* The address that the ELF file gives to the byte at `offset`; 0 where none is loaded. */
uint64_t kp_symbolizer_address(const struct kp_symbolizer *file, uint64_t offset);

/* The address of the section `name`; 0: there is none. */
uint64_t kp_symbolizer_section(const struct kp_symbolizer *file, const char *name);

/* The function symbol that covers the address; NULL: none. Lives as long as the file. */
const char *kp_symbolizer_symbol(const struct kp_symbolizer *file, uint64_t address);

/* One frame, innermost first. `function` is the inlined function's name; NULL in the outermost frame, whose name is the
 * symbol's. */
struct kp_code_frame {
    const char *path; /* absolute, without dots; NULL: not known */
    unsigned line;
    const char *function;
};

struct kp_code_place {
    uint64_t address;
    struct kp_code_frame *frames; /* of the file; live as long as it */
    unsigned frame_count;         /* 0: nothing is known of the address */
};

/* Fills the frames of places that are sorted by address. 0, or -1 out of memory. */
int kp_symbolizer_resolve(struct kp_symbolizer *file, struct kp_code_place *places, size_t count);

/* The same of addresses that are inside of instructions that called, and not of samples, which are late. */
int kp_symbolizer_resolve_calls(struct kp_symbolizer *file, struct kp_code_place *places, size_t count);

#endif
