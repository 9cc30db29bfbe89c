/* flags: -std=c++20 */
#include <cstdio>
#include <exception>
#include "include/coroutine.h"

struct Generator {
    struct promise_type {
        int Value = 0;
        Generator get_return_object() { return {co::coroutine_handle<promise_type>::from_promise(*this)}; }
        co::suspend_always initial_suspend() { return {}; }
        co::suspend_always final_suspend() noexcept { return {}; }
        co::suspend_always yield_value(int V)
        {
            Value = V; // = 7
            return {};
        }
        void return_void() {}
        void unhandled_exception() { std::terminate(); }
    };
    co::coroutine_handle<promise_type> Handle;
};

static int sink;

static Generator count(int N) // = 2
{
    for (int I = 0; I < N; I++) { // = 7
        sink++; // = 6
        co_yield I * I; // = 6
        sink += 10; // = 5
    }
    sink += 100; // = 1
}

static Generator left() // = 1
{
    co_yield 1; // = 1
    sink = 0; // = 0
}

static int sum(Generator G, int Most) // = 3
{
    int S = 0; // = 3
    while (Most-- > 0) { // = 10
        G.Handle.resume(); // = 8
        if (G.Handle.done()) // = 8
            break; // = 1
        S += G.Handle.promise().Value; // = 7
    }
    G.Handle.destroy(); // = 3
    return S; // = 3
}

int main()
{
    int S = sum(count(4), 100) + sum(count(100), 2); // = 1
    S = S * 10 + sum(left(), 1); // = 1
    std::printf("%d %d\n", S, sink); // = 1
    return 0; // = 1
}
