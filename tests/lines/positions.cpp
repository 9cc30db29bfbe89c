#include "include/header.h"
#include <cstdio>

static int sink;

#define SWAP(A, B) \
    do {           \
        int T = A; \
        A = B;     \
        B = T;     \
    } while (0)
#define EACH(I, N) for (int I = 0; I < (N); I++)

static int weighted(int n) // = 1
{
#define WEIGHT 1
#include "include/body.inc"
#undef WEIGHT
}

static int heavier(int n) // = 1
{
#define WEIGHT 3
#include "include/body.inc"
#undef WEIGHT
}

static int a(int x) { return x + 1; } static int b(int x) { return a(x) * 2; } static int c(int x) { return x ? b(x) : 0; } // = 8

static int macros(int N) // = 1
{
    int X = 1, Y = 2; // = 1
    EACH(I, N) // = 6
        SWAP(X, Y); // = 5
    SWAP(X, // = 1
         Y);
    return X * 10 + Y; // = 1
}

static int called(int A, int B) // = 3
{
    return A + B; // = 3
}

static int statements(int N) // = 1
{
    int S = called(N, // = 1
                   called(1, // = 1
                          2)) +
            called(3, 4); // = 1
    if (S > 1 && // = 1
        S < 1000) // = 1
        S++; // = 1
    for (int I = 0, J = 10; // = 1
         I < J;             // = 6
         I++, J--)          // = 5
        S += J; // = 5
    return S // = 1
           + N; // = 1
}

struct Item {
    Item *Next;
};

static int headers(Item *First, int N) // = 1
{
    int S = 0; // = 1
    for (Item *I = First; // = 1
         I;               // = 4
         I = I->Next)     // = 3
        S++; // = 3
    for ( // = 1
        int I = 0; I < N; I++) // = 5
        S++; // = 4
    while ( // = 1
        N > 0) // = 5
        N--; // = 4
    if ( // = 1
        S) // = 1
        S++; // = 1
    if (S > 100 || // = 1
        (S > 5 && // = 1
         S < 50)) { // = 1
        S++; // = 1
    }
    return S > 0 // = 1
               ? S // = 1
               : 0; // = 1
}

/* Lines that say that they are others. */
static int elsewhere(int N) // = 1
{
    int S = 0; // = 1
#line 1000 "made_up.y"
    for (int I = 0; I < N; I++) // made_up.y:1000 = 4
        S += I; // made_up.y:1001 = 3
#line 100 "positions.cpp"
    return S; // = 1
}

int main()
{
    Box<int> I{1};
    Box<double> D{2};
    int S = weighted(4) + heavier(6); // = 1
    S += c(0) + c(1) + c(2) + c(0); // = 1
    S += macros(5) + statements(4) + elsewhere(3); // = 1
    S += I.get() + (int)D.get() + I.get() + half(3) + half(4); // = 1
    Item Items[3] = {{Items + 1}, {Items + 2}, {nullptr}}; // = 1
    S += headers(Items, 4); // = 1
    std::printf("%d %d\n", S, sink); // = 1
    return 0; // = 1
}
