/* For kernprof_symbolize.c, which knows these lines. */
static inline __attribute__((always_inline)) void innermost(void)
{
    __asm__ volatile(".balign 16; nop");
}

static inline __attribute__((always_inline)) void middle(void)
{
    innermost();
}

void outermost(void)
{
    middle();
}
