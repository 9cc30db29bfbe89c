/* Instances of templates have the lines that hold no code of their own, and expressions over several lines, as others. */
static int sink;

template <class T> int jumps(T N)
{
    while (N--) // = 7
        if (N == 3) // = 7
            break; // = 1
    for (T I = 0; I < 5; I++) { // = 5
        if (I == 2) // = 5
            continue; // = 1
        if (I == 4) // = 4
            goto end; // = 1
        switch (I) { // = 3
        case 0: // = 1
            sink++; // = 1
            break; // = 1
        default: // = 2
            sink += 2; // = 2
        }
    }
end: // = 1
    return N; // = 1
}

template <class T> int continued(T N)
{
    int Sum = 0; // = 1
    for (T I = 0; I < N; I++) { // = 31
        Sum += I % 2 == 0 // = 30
               && I % 3 == 0 // = 30
               && I % 5 == 0; // = 30
        Sum += I > 3 // = 30
                   ? 2 // = 30
                   : 1; // = 30
    }
    return Sum; // = 1
}

template <class T> struct Stack {
    T Values[4];
    int Size = 0;

    bool push(T Value)
    {
        if (Size == 4) // = 6
            return false; // = 2
        Values[Size++] = Value; // = 4
        return true; // = 4
    }

    void clear()
    {
        if (!Size) // = 2
            return; // = 1
        Size = 0; // = 1
    }
};

int main()
{
    jumps(10); // = 1
    continued(30); // = 1
    Stack<int> S; // = 1
    for (int I = 0; I < 6; I++) // = 7
        S.push(I); // = 6
    S.clear(); // = 1
    S.clear(); // = 1
    auto Generic = [](auto N) {
        while (N > 0) // = 4
            N--; // = 3
        return N; // = 1
    };
    Generic(3); // = 1
    return 0; // = 1
}
