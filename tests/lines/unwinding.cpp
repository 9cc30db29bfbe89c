/* flags: -std=c++17 -Wno-exceptions */
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <pthread.h>
#include <stdexcept>
#include <unwind.h>

static int sink;

struct Guard {
    ~Guard()
    {
        sink++; // = 9
    }
};

struct Throwing {
    ~Throwing() noexcept(false)
    {
        throw 7; // = 2
        sink++;
    }
};

static void raise(int N) // = 5
{
    if (N < 3) // = 5
        throw N; // = 4
    sink++; // = 1
}

static void between(int N) // = 4
{
    Guard G;
    raise(N); // = 4
    sink += 2; // = 1
}

static void again(int N) // = 4
{
    try {
        between(N); // = 4
        sink++; // = 1
    } catch (int) {
        sink += 10; // = 3
        throw; // = 3
    }
    sink++; // = 1
}

static int nested(int N) // = 4
{
    try {
        try {
            again(N); // = 4
            return 0; // = 1
        } catch (const char *) {
            sink = 0; // = 0
        }
        sink++; // = 0
    } catch (int V) {
        if (V == 2) // = 3
            return 2; // = 1
        sink++; // = 2
    } catch (...) {
        sink = 0; // = 0
    }
    return 1; // = 2
}

static int fromDestructor() // = 1
{
    int S = 0; // = 1
    for (int I = 0; I < 2; I++) // = 3
        try {
            Throwing T;
            S++; // = 2
        } catch (int V) {
            S += V; // = 2
        }
    return S; // = 1
}

static int wholeBody(int N) try { // = 2
    if (N) // = 2
        throw std::runtime_error("x"); // = 1
    return 3; // = 1
} catch (const std::exception &) {
    return 4; // = 1
}

static std::exception_ptr kept;

static int later() // = 1
{
    try {
        raise(0); // = 1
    } catch (...) {
        kept = std::current_exception(); // = 1
    }
    try {
        std::rethrow_exception(kept); // = 1
        return 1;
    } catch (int) {
        return 2; // = 1
    }
}

/* An exception that no C++ runtime has made. */
static _Unwind_Exception foreign;

static void raiseForeign() // = 2
{
    Guard G;
    foreign.exception_class = 0x1234; // = 2
    _Unwind_RaiseException(&foreign); // = 2
    sink++; // = 0
}

static int catchForeign() // = 2
{
    try {
        raiseForeign(); // = 2
        return 0; // = 0
    } catch (int) {
        return 1; // = 0
    } catch (...) {
        return 2; // = 2
    }
}

static void cancelled() // = 1
{
    Guard G;
    pthread_exit(nullptr); // = 1
    sink = 0;
}

static void *thread(void *) // = 1
{
    Guard G;
    cancelled(); // = 1
    return nullptr;
}

static int never() noexcept // = 1
{
    Guard G;
    return sink > 0; // = 1
}

int main()
{
    int S = 0; // = 1
    try {
        for (int I = 0; I < 4; I++) // = 5
            S += nested(I); // = 4
    } catch (...) {
        return 1; // = 0
    }
    S = S * 10 + fromDestructor(); // = 1
    S = S * 10 + wholeBody(0) + wholeBody(1); // = 1
    S = S * 10 + later() + catchForeign() + catchForeign() + never(); // = 1
    pthread_t T;
    pthread_create(&T, nullptr, thread, nullptr); // = 1
    pthread_join(T, nullptr); // = 1
    std::printf("%d %d\n", S, sink); // = 1
    return S == 5677 && sink == 46 ? 0 : 1; // = 1
}
