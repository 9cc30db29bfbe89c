/* A body whose assembly defines a label by name exists once: it is counted in place. */
static int once(int n)
{
    int s = 0;                       // = 1
    for (int i = 0; i < n; i++)      // = 11
        s += i;                      // = 10
    __asm__ volatile("kp_test_named_label: nop" : "+r"(s)); // = 1
    return s;                        // = 1
}

static int twice(int n)
{
    __asm__ volatile("1: nop\n\tnop" : "+r"(n) : : "memory"); // = 2
    return n != 0;                   // = 2
}

int main(void)
{
    return once(10) == 45 && twice(1) && twice(2) ? 0 : 1; // = 1
}
