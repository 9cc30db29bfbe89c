/* flags: -std=c++17 */
#include <kernprof.h>

[[kernprof::profile]] int work(int N) // = 1
{
    auto Inner = [](int X) {
        return X + 1; // = 3
    };
    int S = 0; // = 1
    for (int I = 0; I < N; I++) // = 4
        S += Inner(I); // = 3
    return S; // = 1
}

int late(int N);

int main()
{
    auto Own = [](int X) KP_PROFILE {
        return X * 2; // = 1
    };
    return work(3) + Own(2) + late(1) == 12 ? 0 : 1; // = 1
}

/* Chosen behind its first use. */
KP_PROFILE int late(int N) // = 1
{
    return N + 1; // = 1
}
