/* flags: -std=c++17 */
#include <cstdio>
#include <thread>

static int sink;

static int make(int N) // = 8
{
    return sink += N; // = 8
}

struct Local {
    int V;
    Local() // = 3
        : V(make(1)) // = 3
    {
        sink++; // = 3
    }
    ~Local()
    {
        sink--; // = 3
    }
};

static thread_local Local PerThread; // = 3
static thread_local int Number = make(2); // = 3
static int Early = make(3); // = 1
static int Constant = 4; // = -

namespace {
struct Guard {
    int V;
    explicit Guard(int N) // = 4
        : V(N) // = 4
    {
    }
    ~Guard() { sink--; } // = 4
};
Guard Outer(1), // = 1
    Inner(2); // = 1
Guard Many[] = {Guard(3), // = 1
                Guard(4)}; // = 1
int Sum = Outer.V > 5 || // = 1
          Inner.V > 1 // = 1
              ? Early // = 1
              : 0; // = 1
}

template <typename T> struct Counted {
    static int Instances;
};
template <typename T> int Counted<T>::Instances = (int)sizeof(T) + Sum; // = 2

static int once(int N) // = 5
{
    static int First = make(N); // = 5
    static const int Constant = 4;
    return First + Constant; // = 5
}

template <int N> static int scaled(int X)
{
    auto Inner = [X](int Y) { // = 2
        auto Innermost = [=] { return X * Y; }; // = 2
        return Innermost() * N; // = 2
    };
    return Inner(3); // = 2
}

[[noreturn]] static void leave(int N) // = 1
{
    std::printf("%d\n", N); // = 1
    throw N; // = 1
}

int main()
{
    int S = Counted<char>::Instances + Counted<int>::Instances + Constant; // = 1
    for (int I = 0; I < 2; I++) // = 3
        std::thread([&] { S += PerThread.V + Number; }).join(); // = 2
    S += PerThread.V + Number + Early; // = 1
    for (int I = 0; I < 5; I++) // = 6
        S += once(I); // = 5
    S += scaled<2>(1) + scaled<3>(1); // = 1
    try {
        leave(S); // = 1
        return 1;
    } catch (int) {
        return 0; // = 1
    }
}
