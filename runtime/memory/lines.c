/* Memory by line (memprof), the runtime's half: which line runs. The bodies are those of mode exact, whose calls come
 * here instead (runtime/exact.c); the other half, the interposer, sees the allocations and charges them to the line
 * that is set here (runtime/memory/).
 *
 * A line's increment is to bytes what its time is to ticks: what the thread's balance of allocated and freed bytes (or
 * the process's resident memory) changed by between reaching the line and reaching the next, callees included, and in a
 * recursion only in the outermost activation. */
#include "runtime/runtime.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/memory/hooks.h"
#include "runtime/memory/raw.h"
#include "runtime/os.h"

uint8_t kp_memory_awake;

static struct {
    const struct kp_memory_hooks *hooks;
    struct kp_memory_lines_chunk *chunk;
    struct kp_memory_totals_chunk *totals;      /* if this module is the one that gave them a place */
    struct kp_memory_totals *const *totals_now; /* of the process, wherever they are kept */
    struct kp_memory_line *lines;
    int statm; /* open on /proc/self/statm to read resident memory; -1: heap in use is what counts */
} memory = {.statm = -1};

/* memprof run: no lines, but the calls that take long. */
static struct {
    struct kp_memory_calls_chunk *chunk; /* NULL: that is not asked for */
    int64_t shortest_ns;
} calls;

enum { CALLS_CAPACITY = 16384 };

static __thread uint32_t nesting;

/* In the words that the plugin reserves for struct kp_activation. */
struct call_activation {
    struct kp_memory_thread *none; /* NULL: no lines are charged */
    uint64_t *words;
    int64_t start_ns;
    uint64_t unused[5];
};

struct memory_activation {
    struct kp_memory_thread *thread; /* NULL: this thread is not counted */
    uint64_t *words;
    struct kp_memory_line *line;
    struct kp_memory_line *of_caller;
    int64_t at_line; /* balance or resident bytes when the line was reached */
    uint64_t outermost;
    uintptr_t records; /* see line_of */
    uint64_t unused;
};

_Static_assert(sizeof(struct memory_activation) == 8 * sizeof(uint64_t) &&
                   sizeof(struct call_activation) == sizeof(struct memory_activation),
               "as the plugin reserves it");

/* A function's records stand behind one another as its lines' words do, so that the address of one is a linear function
 * of the address of the other, whose constant term is found at entry: this is the hottest of all places. */
enum { RECORD_PER_WORDS = sizeof(struct kp_memory_line) / (KP_LINE_WORDS * sizeof(uint64_t)) };

_Static_assert(sizeof(struct kp_memory_line) == RECORD_PER_WORDS * KP_LINE_WORDS * sizeof(uint64_t),
               "a whole multiple");

static struct kp_memory_line *line_of(const struct memory_activation *a, const uint64_t *line_words)
{
    return (struct kp_memory_line *)(a->records + RECORD_PER_WORDS * (uintptr_t)line_words);
}

static uintptr_t records_of(const uint64_t *first_line)
{
    uint64_t bytes = (uint64_t)((const char *)first_line - kp_bias - __start_kp_cnts);
    const struct kp_memory_line *record = &memory.lines[kp_memory_index(bytes / sizeof(uint64_t))];
    return (uintptr_t)record - RECORD_PER_WORDS * (uintptr_t)first_line;
}

/* The second number of statm, in pages. */
static int64_t resident_bytes(void)
{
    char text[128];
    int saved = errno;
    ssize_t length = pread(memory.statm, text, sizeof text - 1, 0);
    errno = saved;
    text[length > 0 ? length : 0] = 0;
    const char *second = strchr(text, ' ');
    int64_t pages = 0;
    for (const char *p = second ? second + 1 : ""; *p >= '0' && *p <= '9'; p++)
        pages = 10 * pages + (*p - '0');
    return pages * sysconf(_SC_PAGESIZE);
}

__attribute__((cold, noinline)) static void raise_usage(struct kp_memory_line *line, int64_t usage)
{
    int64_t most = __atomic_load_n(&line->usage_bytes, __ATOMIC_RELAXED);
    while (usage > most &&
           !__atomic_compare_exchange_n(&line->usage_bytes, &most, usage, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
        ;
}

/* One instruction, as a signal handler may run the same line; the bus need not be locked for that. */
static void add_increment(struct kp_memory_line *line, int64_t bytes)
{
#ifdef __x86_64__
    if (kp_raw_single_threaded()) {
        __asm__ volatile("addq %1, %0" : "+m"(line->increment_bytes) : "r"(bytes) : "cc");
        return;
    }
#endif
    __atomic_fetch_add(&line->increment_bytes, bytes, __ATOMIC_RELAXED);
}

/* `now`: what increments are differences of. */
static inline void end_line(const struct memory_activation *a, int64_t now, int64_t usage)
{
    struct kp_memory_line *line = a->line;
    if (usage > __atomic_load_n(&line->usage_bytes, __ATOMIC_RELAXED))
        raise_usage(line, usage);
    if (now != a->at_line && a->outermost)
        add_increment(line, now - a->at_line);
}

static inline void change_line(struct memory_activation *a, const uint64_t *line_words, int64_t now, int64_t usage)
{
    if (a->line)
        end_line(a, now, usage);
    a->line = a->thread->line = line_of(a, line_words);
    a->at_line = now;
}

static int64_t in_use(void)
{
    return __atomic_load_n(&(*memory.totals_now)->in_use_bytes, __ATOMIC_RELAXED);
}

__attribute__((cold, noinline)) static void change_line_resident(struct memory_activation *a,
                                                                 const uint64_t *line_words)
{
    int64_t now = resident_bytes();
    change_line(a, line_words, now, now);
}

__attribute__((cold, noinline)) static void end_line_resident(const struct memory_activation *a)
{
    int64_t now = resident_bytes();
    end_line(a, now, now);
}

static void call_begins(struct call_activation *a, uint64_t *words)
{
    a->none = NULL;
    a->words = kp_thread_segment ? words : NULL;
    a->start_ns = (int64_t)kp_os_realtime_ns();
    nesting++;
}

static void call_ends(const struct call_activation *a)
{
    nesting--;
    int64_t end_ns = (int64_t)kp_os_realtime_ns();
    if (!a->words || end_ns - a->start_ns < calls.shortest_ns)
        return;
    uint64_t place = __atomic_fetch_add(&calls.chunk->used, 1, __ATOMIC_RELAXED);
    if (place >= calls.chunk->capacity)
        return;
    struct kp_memory_call *call = &calls.chunk->call[place];
    call->words = (uint64_t)((const char *)a->words - kp_bias - __start_kp_cnts) / sizeof(uint64_t);
    call->start_ns = a->start_ns;
    call->level = nesting;
    call->thread = kp_os_thread();
    __atomic_store_n(&call->end_ns, end_ns, __ATOMIC_RELEASE);
}

/* For `outermost` see kp_exact_enter. */
void kp_memory_enter(struct kp_activation *activation, uint64_t *words)
{
    if (calls.chunk) {
        call_begins((void *)activation, words);
        return;
    }
    struct memory_activation *a = (void *)activation;
    a->thread = NULL;
    if (!kp_thread_segment)
        return;
    a->records = records_of(words + KP_ACTIVATION_WORDS);
    if (line_of(a, words + KP_ACTIVATION_WORDS)->left_out)
        return;
    a->thread = memory.hooks->thread();
    a->words = words;
    a->line = NULL;
    a->of_caller = a->thread->line;
    a->outermost = words[KP_OUTERMOST_FRAME] == 0 || words[KP_OUTERMOST_FRAME] <= (uintptr_t)a;
    if (a->outermost)
        words[KP_OUTERMOST_FRAME] = (uintptr_t)a;
}

void kp_memory_line(struct kp_activation *activation, uint64_t *line_words)
{
    struct memory_activation *a = (void *)activation;
    if (!a->thread)
        return;
    if (memory.statm >= 0)
        change_line_resident(a, line_words);
    else
        change_line(a, line_words, a->thread->balance, in_use());
}

void kp_memory_leave(struct kp_activation *activation)
{
    if (calls.chunk) {
        call_ends((void *)activation);
        return;
    }
    struct memory_activation *a = (void *)activation;
    if (!a->thread)
        return;
    if (a->line && memory.statm >= 0)
        end_line_resident(a);
    else if (a->line)
        end_line(a, a->thread->balance, in_use());
    a->thread->line = a->of_caller;
    if (a->outermost)
        a->words[KP_OUTERMOST_FRAME] = 0;
}

static const struct kp_memory_hooks *hooks_in_notes(const char *notes, size_t size)
{
    while (size >= sizeof(ElfW(Nhdr))) {
        const ElfW(Nhdr) *note = (const void *)notes;
        size_t name_size = (note->n_namesz + 3u) & ~3u;
        size_t whole = sizeof *note + name_size + ((note->n_descsz + 3u) & ~3u);
        if (whole > size)
            break;
        if (note->n_type == KP_MEMORY_NOTE_TYPE && note->n_namesz == sizeof KP_MEMORY_NOTE_OWNER &&
            note->n_descsz == sizeof(int64_t) && memcmp(note + 1, KP_MEMORY_NOTE_OWNER, note->n_namesz) == 0) {
            const char *content = (const char *)(note + 1) + name_size;
            int64_t distance;
            memcpy(&distance, content, sizeof distance);
            return (const void *)(content + distance);
        }
        notes += whole;
        size -= whole;
    }
    return NULL;
}

static int look_for_hooks(struct dl_phdr_info *info, size_t size, void *data)
{
    (void)size;
    const struct kp_memory_hooks **hooks = data;
    for (int i = 0; i < info->dlpi_phnum && !*hooks; i++) {
        const ElfW(Phdr) *p = &info->dlpi_phdr[i];
        if (p->p_type == PT_NOTE)
            *hooks = hooks_in_notes((const char *)(info->dlpi_addr + p->p_vaddr), p->p_memsz);
    }
    return *hooks != NULL;
}

/* Functions that are for lines alone are transparent: what they allocate is their caller's. */
static void leave_out(struct kp_memory_line *lines)
{
    for (const char *p = __start_kp_map; p < __stop_kp_map;) {
        const struct kp_map_record *record = (const void *)p;
        p += record->size_bytes;
        if (record->magic != KP_MAP_MAGIC || !(record->flags & KP_FUNCTION_NOT_MEMORY))
            continue;
        const char *counters = (const char *)&record->counters_offset + record->counters_offset;
        uint64_t word =
            (uint64_t)(counters - __start_kp_cnts) / sizeof(uint64_t) + record->counter_count + KP_ACTIVATION_WORDS;
        for (uint32_t i = 0; i < record->line_count; i++)
            lines[kp_memory_index(word + (uint64_t)KP_LINE_WORDS * i)].left_out = 1;
    }
}

/* Maps this module's records, at `address` unless that is NULL. */
static struct kp_memory_lines_chunk *map_lines(void *address)
{
    uint64_t count = kp_memory_count((uint64_t)(__stop_kp_cnts - __start_kp_cnts));
    struct kp_chunk *chunk = kp_file_add((enum kp_chunk_kind)KP_CHUNK_MEMORY_LINES,
                                         KP_COUNTERS_PAGE + count * sizeof(struct kp_memory_line), address);
    if (!chunk)
        return NULL;
    struct kp_memory_lines_chunk *lines = (struct kp_memory_lines_chunk *)chunk;
    lines->module = kp_runtime.module;
    lines->count = count;
    leave_out((struct kp_memory_line *)((char *)chunk + KP_COUNTERS_PAGE));
    kp_file_publish(chunk);
    return lines;
}

static struct kp_memory_totals_chunk *map_totals(void)
{
    struct kp_chunk *chunk =
        kp_file_add((enum kp_chunk_kind)KP_CHUNK_MEMORY_TOTALS, sizeof(struct kp_memory_totals_chunk), NULL);
    if (!chunk)
        return NULL;
    struct kp_memory_totals_chunk *totals = (struct kp_memory_totals_chunk *)chunk;
    memory.hooks->keep_totals(&totals->totals);
    kp_file_publish(chunk);
    return totals;
}

static struct kp_memory_calls_chunk *map_calls(void *address)
{
    struct kp_chunk *chunk =
        kp_file_add((enum kp_chunk_kind)KP_CHUNK_MEMORY_CALLS,
                    sizeof(struct kp_memory_calls_chunk) + CALLS_CAPACITY * sizeof(struct kp_memory_call), address);
    if (!chunk)
        return NULL;
    struct kp_memory_calls_chunk *mapped = (struct kp_memory_calls_chunk *)chunk;
    mapped->module = kp_runtime.module;
    mapped->capacity = CALLS_CAPACITY;
    kp_file_publish(chunk);
    return mapped;
}

static int start_calls(const char *shortest)
{
    for (; *shortest >= '0' && *shortest <= '9'; shortest++)
        calls.shortest_ns = 10 * calls.shortest_ns + (*shortest - '0');
    calls.chunk = map_calls(NULL);
    if (!calls.chunk) {
        kp_say("calls of functions are not recorded: disk full", kp_runtime.path);
        return -1;
    }
    kp_memory_awake = 1;
    return 0;
}

int kp_memory_start(const char *what)
{
    if (strncmp(what, KP_MEMORY_CALLS, strlen(KP_MEMORY_CALLS)) == 0)
        return start_calls(what + strlen(KP_MEMORY_CALLS));
    dl_iterate_phdr(look_for_hooks, &memory.hooks);
    if (!memory.hooks || memory.hooks->version != KP_MEMORY_HOOKS_VERSION) {
        kp_say("memory is not measured: the program is static; link it with `kernprof cc -fkernprof-memory`", NULL);
        return -1;
    }
    if (strcmp(what, KP_MEMORY_RESIDENT) == 0)
        memory.statm = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    memory.chunk = map_lines(NULL);
    if (kp_runtime.module == 1)
        memory.totals = map_totals();
    if (!memory.chunk || (kp_runtime.module == 1 && !memory.totals)) {
        kp_say("memory is not measured: disk full", kp_runtime.path);
        return -1;
    }
    memory.lines = (struct kp_memory_line *)((char *)memory.chunk + KP_COUNTERS_PAGE);
    memory.totals_now = memory.hooks->totals;
    kp_memory_awake = 1;
    kp_exact_passes = UINT64_MAX;
    return 0;
}

/* Blocks and frames hold addresses of records, so the child's, all zeros, take the places of the parent's. */
void kp_memory_fork_child(void)
{
    if (!kp_memory_awake)
        return;
    if (calls.chunk) {
        uint64_t whole = calls.chunk->chunk.size;
        if (!map_calls(calls.chunk))
            kp_os_detach(calls.chunk, whole);
        return;
    }
    uint64_t size = memory.chunk->chunk.size;
    if (memory.totals)
        kp_os_unmap(memory.totals, memory.totals->chunk.size);
    if (!map_lines(memory.chunk) || (memory.totals && !(memory.totals = map_totals()))) {
        kp_say("memory of a forked child is not measured: disk full", kp_runtime.path);
        kp_os_detach(memory.chunk, size);
    }
    if (memory.statm >= 0) {
        kp_os_close(memory.statm);
        memory.statm = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    }
}
