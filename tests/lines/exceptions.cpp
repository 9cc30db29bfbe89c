#include <cstdio>
#include <stdexcept>
#include <vector>

static int sink;

struct Guard {
    int Value;
    explicit Guard(int Value) // = 5
        : Value(Value)
    {
        sink += Value; // = 5
    }
    ~Guard()
    {
        sink -= Value; // = 5
    }
};

template <typename T> static T twice(T Value)
{
    return Value + Value; // = 3
}

static void mayThrow(int N) // = 5
{
    Guard G(N); // = 5
    if (N % 2) // = 5
        throw std::runtime_error("odd"); // = 2
    sink += 10; // = 3
}

static void passOn(int N) // = 5
{
    mayThrow(N); // = 5
    sink++; // = 3
}

static int catching() // = 1
{
    int Caught = 0; // = 1
    for (int I = 0; I < 5; I++) { // = 6
        try {
            passOn(I); // = 5
            sink += 100; // = 3
        } catch (const std::exception &) {
            Caught++; // = 2
        }
    }
    return Caught; // = 1
}

int main()
{
    auto Add = [](int A) {
        return A + 1; // = 4
    };
    std::vector<int> V{1, 2, 3, 4};
    int S = 0; // = 1
    for (int X : V) // = 5
        S += Add(X); // = 4
    S += twice(1) + twice(2) + (int)twice(0.5); // = 1
    std::printf("%d %d %d\n", S, catching(), sink); // = 1
    return 0; // = 1
}
