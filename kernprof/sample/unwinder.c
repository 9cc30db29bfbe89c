/* See unwinder.h. libdwfl does it; what it asks for is answered from the sample. What it knows of a process's files is
 * kept until the mappings of the process change. */
#include "kernprof/sample/unwinder.h"

#include <elfutils/libdwfl.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>

#include "util/array.h"
#include "util/index.h"

/* What libdwfl knows of a process. */
struct state {
    Dwfl *dwfl; /* NULL: its files could not be read */
    unsigned changes;
};

struct kp_unwinder {
    struct kp_index pids;
    struct state *states;
    unsigned count;
    const struct kp_perf_sample *sample; /* of the running request, as are the following ones */
    uint64_t *callers;
    unsigned most, found;
};

/* The registers by their numbers in DWARF (System V ABI), as bits of <asm/perf_regs.h>. */
#if defined(__x86_64__)
static const unsigned char registers[] = {0,  3,  2,  1,  4,  5,  6,  7, 16,
                                          17, 18, 19, 20, 21, 22, 23, 8 /* the program counter */};
enum { STACK_POINTER = 7 };
#elif defined(__aarch64__)
static const unsigned char registers[] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,
                                          16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31};
enum { STACK_POINTER = 31 };
#endif
enum { REGISTERS = sizeof registers };

static uint64_t register_of(const struct kp_perf_sample *sample, unsigned number)
{
    uint64_t below = KP_PERF_REGISTERS & ((UINT64_C(1) << registers[number]) - 1);
    return sample->registers[__builtin_popcountll(below)];
}

/* No separate debug information is searched: the files themselves describe their frames. */
static int find_nothing(Dwfl_Module *module, void **data, const char *name, Dwarf_Addr base, const char *file,
                        const char *link, GElf_Word checksum, char **path)
{
    (void)module, (void)data, (void)name, (void)base, (void)file, (void)link, (void)checksum, (void)path;
    return -1;
}

static int find_no_elf(Dwfl_Module *module, void **data, const char *name, Dwarf_Addr base, char **path, Elf **elf)
{
    (void)module, (void)data, (void)name, (void)base, (void)path, (void)elf;
    return -1;
}

static const Dwfl_Callbacks callbacks = {.find_elf = find_no_elf, .find_debuginfo = find_nothing};

static pid_t next_thread(Dwfl *dwfl, void *data, void **thread)
{
    (void)dwfl;
    if (*thread)
        return 0;
    *thread = data;
    return 1;
}

static bool read_memory(Dwfl *dwfl, Dwarf_Addr address, Dwarf_Word *result, void *data)
{
    (void)dwfl;
    const struct kp_unwinder *u = data;
    uint64_t offset = address - register_of(u->sample, STACK_POINTER);
    if (!u->sample->stack || offset >= u->sample->stack_size || u->sample->stack_size - offset < sizeof *result)
        return false;
    memcpy(result, u->sample->stack + offset, sizeof *result);
    return true;
}

static bool set_registers(Dwfl_Thread *thread, void *data)
{
    const struct kp_unwinder *u = data;
    Dwarf_Word values[REGISTERS];
    for (unsigned i = 0; i < REGISTERS; i++)
        values[i] = register_of(u->sample, i);
    dwfl_thread_state_register_pc(thread, u->sample->ip);
    return dwfl_thread_state_registers(thread, 0, REGISTERS, values);
}

static const Dwfl_Thread_Callbacks thread_callbacks = {
    .next_thread = next_thread, .memory_read = read_memory, .set_initial_registers = set_registers};

static int take_frame(Dwfl_Frame *frame, void *data)
{
    struct kp_unwinder *u = data;
    Dwarf_Addr pc;
    bool is_activation;
    if (!dwfl_frame_pc(frame, &pc, &is_activation))
        return DWARF_CB_ABORT;
    if (pc == u->sample->ip && is_activation && u->found == 0)
        return DWARF_CB_OK; /* the sampled place itself */
    u->callers[u->found++] = is_activation ? pc : pc - 1;
    return u->found < u->most ? DWARF_CB_OK : DWARF_CB_ABORT;
}

/* The difference between where the file's code is mapped and where its own headers have it. 0 in `ok`: it cannot be
 * read. */
static uint64_t bias_of(const char *path, const struct kp_mapping *mapping, int *ok)
{
    Elf *elf = NULL;
    uint64_t bias = 0;
    size_t count = 0;
    FILE *file = fopen(path, "re");
    *ok = 0;
    if (file && (elf = elf_begin(fileno(file), ELF_C_READ, NULL)))
        elf_getphdrnum(elf, &count);
    for (size_t i = 0; i < count && !*ok; i++) {
        GElf_Phdr header;
        if (gelf_getphdr(elf, (int)i, &header) && header.p_type == PT_LOAD && header.p_flags & PF_X &&
            mapping->file_offset - (header.p_offset & ~UINT64_C(4095)) < header.p_filesz + 4096) {
            bias = mapping->start - (header.p_vaddr + (mapping->file_offset - header.p_offset));
            *ok = 1;
        }
    }
    elf_end(elf);
    if (file)
        fclose(file);
    return bias;
}

static Dwfl *open_files(struct kp_unwinder *u, const struct kp_mapped_process *process,
                        const struct kp_sample_file *files)
{
    Dwfl *dwfl = dwfl_begin(&callbacks);
    if (!dwfl)
        return NULL;
    dwfl_report_begin(dwfl);
    for (unsigned i = 0; i < process->count; i++) {
        const struct kp_mapping *mapping = &process->mappings[i];
        const char *path = files[mapping->file].path;
        int ok;
        uint64_t bias = bias_of(path, mapping, &ok);
        if (ok && !dwfl_addrmodule(dwfl, mapping->start))
            dwfl_report_elf(dwfl, path, path, -1, bias, true);
    }
    dwfl_report_end(dwfl, NULL, NULL);
    if (dwfl_attach_state(dwfl, NULL, process->pid, &thread_callbacks, u))
        return dwfl;
    dwfl_end(dwfl);
    return NULL;
}

static struct state *find_state(struct kp_unwinder *u, int pid)
{
    uint32_t number = kp_index_find(&u->pids, &pid, sizeof pid);
    if (number != KP_INDEX_NONE)
        return &u->states[number];
    struct state *states = kp_array_grow(u->states, u->count, sizeof *states);
    if (!states)
        return NULL;
    u->states = states;
    if (kp_index_add(&u->pids, &pid, sizeof pid) == KP_INDEX_NONE)
        return NULL;
    states[u->count] = (struct state){NULL, UINT32_MAX};
    return &states[u->count++];
}

struct kp_unwinder *kp_unwinder_new(void)
{
    elf_version(EV_CURRENT);
    return calloc(1, sizeof(struct kp_unwinder));
}

void kp_unwinder_free(struct kp_unwinder *u)
{
    if (!u)
        return;
    for (unsigned i = 0; i < u->count; i++)
        dwfl_end(u->states[i].dwfl);
    free(u->states);
    kp_index_free(&u->pids);
    free(u);
}

unsigned kp_unwinder_callers(struct kp_unwinder *u, const struct kp_mapped_process *process,
                             const struct kp_sample_file *files, const struct kp_perf_sample *sample, uint64_t *callers,
                             unsigned most)
{
    struct state *state = sample->registers && most ? find_state(u, process->pid) : NULL;
    if (!state)
        return 0;
    if (state->changes != process->changes) {
        dwfl_end(state->dwfl);
        state->dwfl = open_files(u, process, files);
        state->changes = process->changes;
    }
    u->sample = sample;
    u->callers = callers;
    u->most = most;
    u->found = 0;
    if (state->dwfl)
        dwfl_getthread_frames(state->dwfl, 1, take_frame, u);
    return u->found;
}
