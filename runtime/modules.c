/* This module: its map into the counter file, and its functions' entries redirected to the bodies that count. */
#include "runtime/runtime.h"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "runtime/os.h"
#include "runtime/samples.h"

struct build_id {
    const uint8_t *bytes;
    uint32_t size;
};

struct module_search {
    uintptr_t address;
    uintptr_t code, code_end; /* from the first executable byte to behind the last */
    uint64_t code_offset;     /* of `code` in the file */
    int is_relocated;         /* the loader has changed code */
    struct build_id id;
    char path[1024];
};

static struct build_id find_build_id(const char *notes, size_t size)
{
    while (size >= sizeof(ElfW(Nhdr))) {
        const ElfW(Nhdr) *note = (const void *)notes;
        size_t name_size = (note->n_namesz + 3u) & ~3u;
        size_t whole = sizeof *note + name_size + ((note->n_descsz + 3u) & ~3u);
        if (whole > size)
            break;
        if (note->n_type == NT_GNU_BUILD_ID && note->n_namesz == 4 && memcmp(note + 1, "GNU", 4) == 0)
            return (struct build_id){(const uint8_t *)(note + 1) + name_size, note->n_descsz};
        notes += whole;
        size -= whole;
    }
    return (struct build_id){NULL, 0};
}

static int has_code_relocations(const ElfW(Dyn) * entry)
{
    for (; entry->d_tag != DT_NULL; entry++)
        if (entry->d_tag == DT_TEXTREL || (entry->d_tag == DT_FLAGS && (entry->d_un.d_val & DF_TEXTREL)))
            return 1;
    return 0;
}

static void look_at_segment(struct module_search *search, const ElfW(Phdr) * p, uintptr_t start)
{
    if (p->p_type == PT_LOAD && (p->p_flags & PF_X)) {
        if (!search->code || start < search->code) {
            search->code = start;
            search->code_offset = p->p_offset;
        }
        search->code_end = search->code_end > start + p->p_memsz ? search->code_end : start + p->p_memsz;
    }
    if (p->p_type == PT_NOTE && !search->id.bytes)
        search->id = find_build_id((const char *)start, p->p_memsz);
    if (p->p_type == PT_DYNAMIC)
        search->is_relocated = has_code_relocations((const void *)start);
}

/* dl_iterate_phdr's callback: is this object the one that holds the address? */
static int is_this_module(struct dl_phdr_info *info, size_t size, void *data)
{
    (void)size;
    struct module_search *search = data;
    int found = 0;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *p = &info->dlpi_phdr[i];
        uintptr_t start = info->dlpi_addr + p->p_vaddr;
        if (p->p_type == PT_LOAD && search->address - start < p->p_memsz)
            found = 1;
    }
    if (!found)
        return 0;
    for (int i = 0; i < info->dlpi_phnum; i++)
        look_at_segment(search, &info->dlpi_phdr[i], info->dlpi_addr + info->dlpi_phdr[i].p_vaddr);
    if (info->dlpi_name && *info->dlpi_name)
        strncpy(search->path, info->dlpi_name, sizeof search->path - 1);
    return 1;
}

/* What this module is; searched for once, as a child of a fork must not ask the loader (its lock may be held). */
static struct module_search self;
static uint64_t map_hash;
static uint64_t file_copy;

static void search_self(void)
{
    self.address = (uintptr_t)__start_kp_map;
    dl_iterate_phdr(is_this_module, &self);
    if (!self.path[0]) {
        kp_runtime.is_executable = 1;
        ssize_t length = readlink("/proc/self/exe", self.path, sizeof self.path - 1);
        self.path[length > 0 ? length : 0] = 0;
    }
    if (self.id.size > sizeof((struct kp_module_chunk *)0)->build_id)
        self.id = (struct build_id){NULL, 0};
    map_hash = kp_hash(__start_kp_map, (uint64_t)(__stop_kp_map - __start_kp_map));
}

static uint64_t counters_size(void)
{
    return (uint64_t)(__stop_kp_cnts - __start_kp_cnts);
}

/* Is it a chunk of this very module: of the same path and content, and at the same place, which targets of calls refer
 * to? */
static int is_same(const struct kp_module_chunk *chunk)
{
    return chunk->map_address == (uintptr_t)__start_kp_map && chunk->counters_address == (uintptr_t)__start_kp_cnts &&
           chunk->map_hash == map_hash && chunk->map_size == (uint64_t)(__stop_kp_map - __start_kp_map) &&
           chunk->counters_size == counters_size() && chunk->build_id_size == self.id.size &&
           memcmp(chunk->build_id, self.id.bytes ? self.id.bytes : chunk->build_id, self.id.size) == 0 &&
           chunk->path_offset == sizeof *chunk && chunk->path_offset + strlen(self.path) < KP_COUNTERS_PAGE &&
           strcmp((const char *)chunk + chunk->path_offset, self.path) == 0;
}

/* The chunk that an earlier load of this module has left, its first page mapped. */
static struct kp_module_chunk *find_chunk(const uint64_t *bucket)
{
    uint64_t offset = __atomic_load_n(bucket, __ATOMIC_ACQUIRE);
    while (offset) {
        struct kp_module_chunk *chunk = (struct kp_module_chunk *)kp_file_find(offset, KP_COUNTERS_PAGE);
        if (!chunk || is_same(chunk))
            return chunk;
        offset = chunk->next;
        kp_os_unmap(chunk, KP_COUNTERS_PAGE);
    }
    return NULL;
}

/* `search`: not in the child of a fork, whose parent has copied the file. */
static struct kp_module_chunk *write_chunk(uint64_t *bucket, int search)
{
    struct kp_runtime *r = &kp_runtime;
    if (search)
        file_copy = kp_module_copy(self.path);
    uint64_t map_size = (uint64_t)(__stop_kp_map - __start_kp_map);
    uint64_t path_size = KP_ALIGN8(strlen(self.path) + 1);
    struct kp_chunk *chunk = kp_file_add(KP_CHUNK_MODULE, sizeof(struct kp_module_chunk) + path_size + map_size, NULL);
    if (!chunk)
        return NULL;
    struct kp_module_chunk *module = (struct kp_module_chunk *)chunk;
    module->module = __atomic_add_fetch(&r->header->module_count, 1, __ATOMIC_RELAXED);
    module->build_id_size = self.id.size;
    if (self.id.bytes)
        memcpy(module->build_id, self.id.bytes, self.id.size);
    module->map_address = (uintptr_t)__start_kp_map;
    module->counters_address = (uintptr_t)__start_kp_cnts;
    module->counters_size = counters_size();
    module->path_offset = sizeof *module;
    module->map_offset = module->path_offset + path_size;
    module->map_size = map_size;
    module->map_hash = map_hash;
    module->copy = file_copy;
    strcpy((char *)module + module->path_offset, self.path);
    memcpy((char *)module + module->map_offset, __start_kp_map, map_size);
    uint64_t size = chunk->size;
    module->next = __atomic_load_n(bucket, __ATOMIC_RELAXED);
    kp_file_publish(chunk);
    while (!__atomic_compare_exchange_n(bucket, &module->next, chunk->offset, 1, __ATOMIC_RELEASE, __ATOMIC_RELAXED))
        ;
    if (size > KP_COUNTERS_PAGE)
        kp_os_unmap((char *)chunk + KP_COUNTERS_PAGE, size - KP_COUNTERS_PAGE);
    return module;
}

int kp_module_register(int search)
{
    struct kp_runtime *r = &kp_runtime;
    if (search)
        search_self();
    uint64_t *bucket = &r->header->buckets[map_hash % KP_COUNTERS_BUCKETS];
    struct kp_module_chunk *of_parent = r->chunk;
    r->chunk = find_chunk(bucket);
    if (!r->chunk)
        r->chunk = write_chunk(bucket, search);
    if (of_parent)
        kp_os_unmap(of_parent, KP_COUNTERS_PAGE);
    if (!r->chunk) {
        if (search)
            kp_say_why("a module is not counted: the counter file cannot grow", kp_file_trouble(), r->path);
        return -1;
    }
    r->module = r->chunk->module;
    kp_samples_open_module(self.code, self.code_end - self.code);
    r->adopt_next = __atomic_load_n(&r->chunk->first_segment, __ATOMIC_ACQUIRE);
    __atomic_add_fetch(&r->header->open_modules, 1, __ATOMIC_RELAXED);
    __atomic_store_n(&r->header->clean, 0, __ATOMIC_RELAXED);
    return 0;
}

void kp_module_release(void)
{
    struct kp_runtime *r = &kp_runtime;
    kp_samples_close_module();
    kp_os_unmap(r->chunk, KP_COUNTERS_PAGE);
    kp_os_unmap(r->header, KP_COUNTERS_PAGE);
    r->chunk = NULL;
    r->header = NULL;
}

static const char *target_of(const int32_t *offset)
{
    return (const char *)offset + *offset;
}

/* Writes a jump over a function's first bytes. ThreadSanitizer knows of no data there. */
__attribute__((no_sanitize("thread"))) static int redirect(char *entry, const char *target)
{
#if defined(__x86_64__) || defined(__i386__)
    int64_t distance = target - (entry + 5);
    if (distance != (int32_t)distance)
        return -1;
    volatile char *code = entry;
    code[0] = (char)0xe9; /* jmp rel32 */
    for (int i = 0; i < 4; i++)
        code[1 + i] = (char)((uint64_t)distance >> 8 * i);
#elif defined(__aarch64__)
    int64_t distance = target - entry;
    if (distance < -(1 << 27) || distance >= (1 << 27))
        return -1;
    uint32_t branch = 0x14000000u | ((uint32_t)(distance >> 2) & 0x3ffffffu); /* b imm26 */
    *(volatile uint32_t *)(void *)entry = branch;
#endif
    return 0;
}

/* The compiler puts more between our mark and the function, as options ask: a hash of its type (-fsanitize=function,
 * -fsanitize=kcfi), room for patches (-fpatchable-function-entry, at most 65,535 instructions of up to four bytes), and
 * what aligns it. So the mark is looked for up to there. It says no more than that the entry is in code of ours: which
 * function it is of, the map says. Code is aligned to four bytes where the mark stands. */
#define MARK_REACH (4u * 65536u)

__attribute__((no_sanitize("address", "thread"))) static int is_marked(const char *entry)
{
    uintptr_t at = (uintptr_t)entry, first = self.code;
    if (at < first || at >= self.code_end)
        return 0;
    if (at - first > MARK_REACH)
        first = at - MARK_REACH;
    for (at = (at & ~(uintptr_t)3) - 4; at >= first; at -= 4)
        if (*(const uint32_t *)at == KP_ENTRY_MAGIC)
            return 1;
    return 0;
}

/* How the module is woken. */
struct wake {
    enum kp_timing timing;
    int functions;
    unsigned skipped; /* entries without the mark */
    const char *name; /* of the first of them */
};

/* The name of a record's function. Strings are the last table. */
static const char *name_of(const struct kp_map_record *record)
{
    const char *strings = (const char *)record + record->size_bytes - KP_ALIGN8(record->string_bytes);
    return strings + record->name;
}

/* Calls `visit` for each function whose entry is to be redirected. A function that only forwards calls to chosen ones
 * (it has no lines) has another body where functions are profiled. */
static void for_each_entry(struct wake *wake, void (*visit)(char *entry, const char *target, void *data), void *data)
{
    for (const char *p = __start_kp_map; p < __stop_kp_map;) {
        const struct kp_map_record *record = (const void *)p;
        if (record->size_bytes < 8)
            return;
        p += record->size_bytes;
        if (record->magic != KP_MAP_MAGIC || record->entry_offset == 0)
            continue;
        int calls_only = (record->flags & KP_FUNCTION_CALLS_ONLY) != 0;
        int forwards = record->line_count == 0 && !(record->flags & KP_FUNCTION_ENTRY);
        if (wake->functions ? forwards : calls_only)
            continue;
        char *entry = (char *)target_of(&record->entry_offset);
        int exact = wake->timing == KP_TIMING_EXACT && !calls_only;
        if (is_marked(entry))
            visit(entry, target_of(exact ? &record->exact_offset : &record->hits_offset), data);
        else if (wake->skipped++ == 0)
            wake->name = name_of(record);
    }
}

struct range {
    char *first;
    char *last;
    struct kp_code_file file;
    int failed, changed;
};

static void widen(char *entry, const char *target, void *data)
{
    (void)target;
    struct range *range = data;
    if (!range->first || entry < range->first)
        range->first = entry;
    if (entry > range->last)
        range->last = entry;
}

static void redirect_one(char *entry, const char *target, void *data)
{
    struct range *range = data;
    if (kp_code_is_changed(&range->file, entry))
        range->changed = 1;
    else if (redirect(entry, target) != 0)
        range->failed = 1;
}

static void say_skipped(const struct wake *wake)
{
    char text[160];
    snprintf(text, sizeof text,
             "functions that are not counted, as their code is not as it was compiled: %u, the first", wake->skipped);
    kp_say(text, wake->name);
}

void kp_module_redirect(enum kp_timing timing, int functions)
{
    struct wake wake = {timing, functions, 0, NULL};
    struct range range = {0};
    for_each_entry(&wake, widen, &range);
    if (wake.skipped)
        say_skipped(&wake);
    if (!range.first)
        return;
    size_t size = (size_t)(range.last - range.first) + 16;
    if (kp_os_code_writable(range.first, size) != 0) {
        kp_say("functions are not counted: the system forbids changing the program's code", NULL);
        return;
    }
    if (!self.is_relocated)
        kp_code_file_open(&range.file, kp_runtime.is_executable ? "/proc/self/exe" : self.path, self.code,
                          self.code_end - self.code, self.code_offset);
    for_each_entry(&wake, redirect_one, &range);
    kp_code_file_close(&range.file);
    if (range.changed)
        kp_say("functions whose first instruction was changed (by a breakpoint?) are not counted", self.path);
    if (kp_os_code_executable(range.first, size) != 0 || range.failed)
        kp_say("some functions are not counted: their code cannot be redirected", NULL);
}
