/* See account.h.
 *
 * One lock for all of it: what was alive at the process's peak is only defined where events have an order. It is held
 * for some tens of nanoseconds, and not taken while the process has one thread.
 *
 * The peak, line by line, without looking at all lines at each of its (many) new peaks: peaks are numbered. A line that
 * is about to change for the first time after the latest peak notes what it had alive, which is what it had alive at
 * that peak; see kp_memory_at_peak for the lines that never changed again.
 *
 * A signal handler may allocate while its thread is in here. Its events then wait in the thread's queue, and the thread
 * does them before it leaves. */
#include "runtime/memory/account.h"

#include <pthread.h>
#include <stdlib.h>

#include "runtime/memory/hooks.h"
#include "runtime/memory/ranges.h"
#include "runtime/memory/raw.h"
#include "runtime/memory/table.h"

enum event_kind { ALLOCATED, FREED, CHARGE_FREED, PUT_BACK, MAPPED, UNMAPPED };

struct event {
    enum event_kind kind;
    struct kp_block block;
};

enum { QUEUE_SIZE = 64 };

struct thread {
    struct kp_memory_thread shared;
    uintptr_t newest; /* what it allocated last, if it did nothing since */
    volatile bool inside;
    bool holds_lock;
    bool inside_allocator;
    bool listening;
    bool heard;
    volatile unsigned queued;
    struct event queue[QUEUE_SIZE];
};

bool kp_account_active = true; /* until the environment can be read */

static __thread struct thread self __attribute__((tls_model("initial-exec")));
static struct kp_memory_totals own_totals;
static struct kp_memory_totals *totals = &own_totals;
static _Atomic uint32_t lock;
static unsigned generation = 1;

static void note_peak(struct kp_memory_line *line)
{
    if (line->peak_number == totals->peak_number)
        return;
    line->at_peak_bytes = line->live_bytes;
    line->peak_number = totals->peak_number;
}

static struct kp_memory_line *line_or_outside(struct kp_memory_line *line)
{
    return line ? line : &totals->outside;
}

static void change_in_use(struct thread *thread, int64_t bytes)
{
    thread->shared.balance += bytes;
    __atomic_store_n(&totals->in_use_bytes, totals->in_use_bytes + bytes, __ATOMIC_RELAXED);
    if (totals->in_use_bytes <= totals->peak_bytes)
        return;
    totals->peak_bytes = totals->in_use_bytes;
    totals->peak_number++;
}

static void charge_allocated(struct thread *thread, const struct kp_block *block)
{
    struct kp_memory_line *line = line_or_outside(block->line);
    note_peak(line);
    line->allocations++;
    line->allocated_bytes += block->size;
    line->live_blocks++;
    line->live_bytes += (int64_t)block->size;
    change_in_use(thread, (int64_t)block->size);
}

/* A block of before the last fork belongs to lines of the parent. `count`: 0 where a part of the block stays alive. */
static void charge_freed(struct thread *thread, const struct kp_block *block, struct kp_memory_line *by, bool temporary,
                         unsigned count)
{
    if (block->generation == generation) {
        struct kp_memory_line *owner = line_or_outside(block->line);
        note_peak(owner);
        owner->live_blocks -= count;
        owner->live_bytes -= (int64_t)block->size;
        owner->temporary += temporary;
    }
    struct kp_memory_line *line = line_or_outside(by);
    line->frees++;
    line->freed_bytes += block->size;
    change_in_use(thread, -(int64_t)block->size);
}

static void do_freed(struct thread *thread, const struct kp_block *block, struct kp_memory_line *by)
{
    bool temporary = thread->newest == block->address;
    thread->newest = 0;
    totals->frees++;
    totals->freed_bytes += block->size;
    totals->temporary += temporary;
    totals->live_blocks--;
    charge_freed(thread, block, by, temporary, 1);
}

static void do_allocated(struct thread *thread, const struct kp_block *block)
{
    struct kp_block stale;
    if (!kp_table_add(block, &stale)) {
        totals->lost++;
        return;
    }
    if (stale.address) /* its free was not seen */
        do_freed(thread, &stale, NULL);
    thread->newest = block->address;
    totals->allocations++;
    totals->allocated_bytes += block->size;
    totals->live_blocks++;
    charge_allocated(thread, block);
}

static void do_unmapped(struct thread *thread, const struct kp_block *range)
{
    for (;;) {
        struct kp_piece piece = kp_ranges_take(range->address, range->size);
        if (!piece.block.address)
            return;
        totals->unmapped_bytes += piece.block.size;
        charge_freed(thread, &piece.block, range->line, false, piece.is_last);
    }
}

static void do_mapped(struct thread *thread, const struct kp_block *range)
{
    do_unmapped(thread, range); /* MAP_FIXED replaces what is there */
    if (!kp_ranges_add(range)) {
        totals->lost++;
        return;
    }
    totals->mappings++;
    totals->mapped_bytes += range->size;
    charge_allocated(thread, range);
}

static void do_known_freed(struct thread *thread, uintptr_t address, struct kp_memory_line *by)
{
    struct kp_block block = kp_table_take(address);
    if (block.address)
        do_freed(thread, &block, by);
}

static void put_back(const struct kp_block *block)
{
    struct kp_block stale;
    if (!kp_table_add(block, &stale))
        totals->lost++;
}

static void do_event(struct thread *thread, const struct event *event)
{
    switch (event->kind) {
    case ALLOCATED: do_allocated(thread, &event->block); break;
    case FREED: do_known_freed(thread, event->block.address, event->block.line); break;
    case CHARGE_FREED: do_freed(thread, &event->block, thread->shared.line); break;
    case PUT_BACK: put_back(&event->block); break;
    case MAPPED: do_mapped(thread, &event->block); break;
    case UNMAPPED: do_unmapped(thread, &event->block); break;
    }
}

static void enter(struct thread *thread)
{
    thread->inside = true;
    atomic_signal_fence(memory_order_seq_cst);
    thread->holds_lock = !kp_raw_single_threaded();
    if (thread->holds_lock)
        kp_raw_lock(&lock);
}

static void leave(struct thread *thread)
{
    if (thread->holds_lock)
        kp_raw_unlock(&lock);
    atomic_signal_fence(memory_order_seq_cst);
    thread->inside = false;
}

__attribute__((cold, noinline)) static void do_queue(struct thread *thread)
{
    while (thread->queued) { /* a signal may come between the last look and the end */
        enter(thread);
        for (unsigned i = 0; i < thread->queued; i++)
            do_event(thread, &thread->queue[i]);
        thread->queued = 0;
        leave(thread);
    }
}

static void leave_all(struct thread *thread)
{
    leave(thread);
    if (thread->queued)
        do_queue(thread);
}

/* In a signal handler, while its thread is in here or has yet to do what an earlier one left. */
static bool must_wait(const struct thread *thread)
{
    return thread->inside || thread->queued;
}

__attribute__((cold, noinline)) static void wait_in_queue(struct thread *thread, enum event_kind kind,
                                                          const struct kp_block *block)
{
    if (thread->queued < QUEUE_SIZE)
        thread->queue[thread->queued++] = (struct event){kind, *block};
    else
        totals->lost++;
}

static void record(enum event_kind kind, const struct kp_block *block)
{
    struct thread *thread = &self;
    if (must_wait(thread)) {
        wait_in_queue(thread, kind, block);
        return;
    }
    struct event event = {kind, *block};
    enter(thread);
    do_event(thread, &event);
    leave_all(thread);
}

static struct kp_block block_of(const struct thread *thread, void *address, size_t size)
{
    return (struct kp_block){
        .address = (uintptr_t)address, .size = size, .generation = generation, .line = thread->shared.line};
}

/* The two that are called most do not go by way of `record`, which costs as much again. */
void kp_account_allocated(void *address, size_t size)
{
    struct thread *thread = &self;
    if (thread->listening) {
        thread->heard = true;
        return;
    }
    if (!address || !kp_account_active)
        return;
    struct kp_block block = block_of(thread, address, size);
    if (must_wait(thread)) {
        wait_in_queue(thread, ALLOCATED, &block);
        return;
    }
    enter(thread);
    do_allocated(thread, &block);
    leave_all(thread);
}

void kp_account_freed(void *address)
{
    struct thread *thread = &self;
    if (!address || !kp_account_active)
        return;
    if (must_wait(thread)) {
        struct kp_block block = block_of(thread, address, 0);
        wait_in_queue(thread, FREED, &block);
        return;
    }
    enter(thread);
    do_known_freed(thread, (uintptr_t)address, thread->shared.line);
    leave_all(thread);
}

bool kp_account_allocated_elsewhere(void *address, size_t size)
{
    if (!address || !kp_account_active || self.inside || self.newest == (uintptr_t)address)
        return false;
    kp_account_allocated(address, size);
    return true;
}

struct kp_block kp_account_take(void *address)
{
    struct thread *thread = &self;
    if (!address || !kp_account_active || must_wait(thread))
        return (struct kp_block){0};
    enter(thread);
    struct kp_block block = kp_table_take((uintptr_t)address);
    leave_all(thread);
    return block;
}

void kp_account_replace(struct kp_block old, void *address, size_t size)
{
    if (old.address)
        record(CHARGE_FREED, &old);
    kp_account_allocated(address, size);
}

void kp_account_put_back(struct kp_block old)
{
    if (old.address)
        record(PUT_BACK, &old);
}

static size_t whole_pages(size_t size)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    return (size + page - 1) / page * page;
}

void kp_account_mapped(void *address, size_t size)
{
    if (!kp_account_active)
        return;
    struct kp_block range = block_of(&self, address, whole_pages(size));
    record(MAPPED, &range);
}

bool kp_account_unmapped(void *address, size_t size)
{
    if (!kp_account_active)
        return false;
    int64_t before = self.shared.balance;
    struct kp_block range = block_of(&self, address, whole_pages(size));
    record(UNMAPPED, &range);
    return self.shared.balance != before;
}

void kp_account_listen(void)
{
    self.listening = true;
    self.heard = false;
}

bool kp_account_heard(void)
{
    self.listening = false;
    return self.heard;
}

void kp_account_own_allocator(void)
{
    totals->own_allocator = 1;
}

void kp_account_inside_allocator(bool inside)
{
    self.inside_allocator = inside;
}

bool kp_account_is_inside_allocator(void)
{
    return self.inside_allocator;
}

static struct kp_memory_thread *this_thread(void)
{
    return &self.shared;
}

static void start(void);

static void keep_totals(struct kp_memory_totals *place)
{
    struct thread *thread = &self;
    start();
    enter(thread);
    *place = *totals;
    totals = place;
    leave_all(thread);
}

__attribute__((visibility("hidden")))
const struct kp_memory_hooks kp_memory_hooks = {KP_MEMORY_HOOKS_VERSION, this_thread, keep_totals, &totals};

/* The note that leads to them (hooks.h). */
__asm__(".pushsection .note.kernprof,\"a\",@note\n"
        ".balign 4\n"
        ".long 9, 8, 1\n" /* sizes of owner and content, KP_MEMORY_NOTE_TYPE */
        ".asciz \"kernprof\"\n"
        ".balign 4\n"
#if defined(__x86_64__) || defined(__aarch64__)
        ".8byte kp_memory_hooks - .\n"
#else
#error "no place-relative 64-bit relocation known for this architecture"
#endif
        ".popsection\n");

static void before_fork(void)
{
    enter(&self);
}

static void after_fork_in_parent(void)
{
    leave_all(&self);
}

/* The child counts from zero; what it inherited is in use, but charged to no line of its own. The runtime gives totals
 * a place in the child's own counter file afterwards. */
static void after_fork_in_child(void)
{
    own_totals = (struct kp_memory_totals){.live_blocks = totals->live_blocks,
                                           .in_use_bytes = totals->in_use_bytes,
                                           .peak_bytes = totals->in_use_bytes,
                                           .peak_number = 1,
                                           .own_allocator = totals->own_allocator};
    totals = &own_totals;
    generation = generation % UINT16_MAX + 1; /* 0 is none */
    if (self.holds_lock)
        atomic_store(&lock, 1);
    leave_all(&self);
}

/* With the first priority that is free to use, so that these handlers stand around those of the runtime. */
__attribute__((constructor(101))) static void start(void)
{
    static bool started;
    if (started)
        return;
    started = true;
    const char *memory = secure_getenv(KP_ENV_MEMORY);
    kp_account_active = memory && *memory;
    if (kp_account_active)
        pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
}
