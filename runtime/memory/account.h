/* The books: which blocks are alive, and who is charged with what. Any thread, signal handlers, after fork. */
#ifndef KP_RUNTIME_MEMORY_ACCOUNT_H
#define KP_RUNTIME_MEMORY_ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/memory/block.h"

/* false: nothing is to be counted (the program does not run under memprof). */
extern bool kp_account_active;

/* Everything below keeps errno. */
void kp_account_allocated(void *address, size_t size);

/* To be called before the block is really freed: another thread may get the same address at once. */
void kp_account_freed(void *address);

/* A reallocation: the block is taken out before, and afterwards either replaced or put back as it was. */
struct kp_block kp_account_take(void *address);
void kp_account_replace(struct kp_block old, void *address, size_t size); /* NULL: freed */
void kp_account_put_back(struct kp_block old);

/* For an allocator's operator new that does not call malloc: counts the block unless it was just counted. */
bool kp_account_allocated_elsewhere(void *address, size_t size);

/* Anonymous memory that the program maps itself; unmapping may be of any part of it. true: some of it was known. */
void kp_account_mapped(void *address, size_t size);
bool kp_account_unmapped(void *address, size_t size);

/* Whether a call of the program's malloc arrives here: kp_account_listen, the call, kp_account_heard. */
void kp_account_listen(void);
bool kp_account_heard(void);

/* The program has an allocator that cannot be seen. */
void kp_account_own_allocator(void);

/* In a real allocator: what it maps is not the program's. */
void kp_account_inside_allocator(bool inside);
bool kp_account_is_inside_allocator(void);

#endif
