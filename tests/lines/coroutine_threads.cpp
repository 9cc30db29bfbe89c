/* flags: -std=c++20 -pthread */
/* Coroutines that begin on one thread and go on on others, all at once; some of these have run nothing of ours before. */
#include <exception>
#include <thread>
#include <vector>
#include "include/coroutine.h"

struct Task {
    struct promise_type {
        Task get_return_object() { return {co::coroutine_handle<promise_type>::from_promise(*this)}; }
        co::suspend_always initial_suspend() { return {}; }
        co::suspend_always final_suspend() noexcept { return {}; }
        void return_void() {}
        void unhandled_exception() { std::terminate(); }
    };
    co::coroutine_handle<promise_type> Handle;
};

static volatile int sink;

static int next(int I) { return I + 1; } // = 2000000

static Task run(int N) // = 4
{
    co_await co::suspend_always{}; // = 4
    for (int I = 0; I < N; I = next(I)) // = 2000004
        sink = I; // = 2000000
    co_await co::suspend_always{}; // = 4
    sink = 0; // = 4
}

[[gnu::no_instrument_function]] static void resume(void *Address) { co::coroutine_handle<>::from_address(Address).resume(); }

int main()
{
    std::vector<Task> Tasks;
    for (int I = 0; I < 4; I++) { // = 5
        Tasks.push_back(run(500000)); // = 4
        Tasks.back().Handle.resume(); // = 4
    }
    for (int Round = 0; Round < 2; Round++) { // = 3
        std::vector<std::thread> Threads;
        for (Task &T : Tasks)
            Threads.emplace_back(resume, T.Handle.address()); // = 8
        for (std::thread &Thread : Threads)
            Thread.join(); // = 8
    }
    for (Task &T : Tasks)
        T.Handle.destroy(); // = 4
    return 0; // = 1
}
