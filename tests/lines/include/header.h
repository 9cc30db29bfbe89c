template <typename T> struct Box {
    T Value;
    T get() const
    {
        return Value; // = 3
    }
};
static inline int half(int N)
{
    if (N % 2) // = 2
        return 0; // = 1
    return N / 2; // = 1
}
