#include <cstdarg>
#include <cstdio>

struct Big {
    int A[20];
};

inline Big make(int N) // = 1
{
    Big B{}; // = 1
    for (int I = 0; I < 20; I++) // = 21
        B.A[I] = N + I; // = 20
    return B; // = 1
}

inline int sum(Big B, int K) // = 1
{
    int S = 0; // = 1
    for (int I = 0; I < K; I++) // = 11
        S += B.A[I]; // = 10
    return S; // = 1
}

inline int add(int N, ...) // = 1
{
    va_list L;
    va_start(L, N); // = 1
    int S = 0; // = 1
    for (int I = 0; I < N; I++) // = 4
        S += va_arg(L, int); // = 3
    va_end(L); // = 1
    return S; // = 1
}

struct Counted {
    int V;
    explicit Counted(int X) // = 2
        : V(X) // = 2
    {
        V++; // = 2
    }
    virtual ~Counted()
    {
        V--; // = 2
    }
    virtual int get() const // = 1
    {
        return V; // = 1
    }
    int operator+(const Counted &Other) const // = 1
    {
        return V + Other.V; // = 1
    }
};

int main()
{
    Counted A(1), B(2);
    Counted *P = &A; // = 1
    std::printf("%d %d %d %d\n", sum(make(3), 10), add(3, 1, 2, 3), A + B, P->get()); // = 1
    return 0; // = 1
}
