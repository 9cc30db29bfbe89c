/* The module's code as its file has it. What a debugger, the kernel (uprobes) or a library that hooks functions has
 * written at the entry of a function is not ours to replace: a jump over a breakpoint runs into a wrong instruction as
 * soon as the debugger puts the old byte back. */
#include "runtime/runtime.h"

#include <string.h>

#include "runtime/os.h"

#if defined(__aarch64__)
enum { JUMP_BYTES = 4 };
#else
enum { JUMP_BYTES = 5 };
#endif

enum { MARK_BYTES = 4, PAGE = 4096 };

void kp_code_file_open(struct kp_code_file *file, const char *path, uintptr_t code, uint64_t size, uint64_t offset)
{
    /* A segment begins at any byte of a page, in memory and in the file at the same. */
    uint64_t before = offset % PAGE;
    *file = (struct kp_code_file){code - before, size + before, kp_os_view(path, offset - before, size + before)};
}

void kp_code_file_close(struct kp_code_file *file)
{
    if (file->bytes)
        kp_os_unmap((void *)file->bytes, file->size);
    file->bytes = NULL;
}

int kp_code_is_changed(const struct kp_code_file *file, const char *entry)
{
    uintptr_t place = (uintptr_t)entry - file->code;
    if (!file->bytes || place < MARK_BYTES || place >= file->size || file->size - place < JUMP_BYTES)
        return 0;
    const char *in_file = file->bytes + place;
    /* Code that was unpacked into memory has nothing to do with its file: there is no mark at this place. */
    if (memcmp(in_file - MARK_BYTES, entry - MARK_BYTES, MARK_BYTES) != 0)
        return 0;
    return memcmp(in_file, entry, JUMP_BYTES) != 0;
}
