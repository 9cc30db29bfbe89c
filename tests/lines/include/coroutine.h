/* The library's coroutines as `co`, or with an older compiler what it needs of their header. */
#if defined(__cpp_impl_coroutine) && __clang_major__ >= 15
#include <coroutine>
namespace co = std;
#else
namespace std::experimental {
template <typename R, typename... A> struct coroutine_traits { using promise_type = typename R::promise_type; };
template <typename P = void> struct coroutine_handle;
template <> struct coroutine_handle<void> {
    void *Address = nullptr;
    static coroutine_handle from_address(void *A) noexcept
    {
        coroutine_handle H;
        H.Address = A;
        return H;
    }
    void resume() const { __builtin_coro_resume(Address); }
    void *address() const { return Address; }
    void destroy() const { __builtin_coro_destroy(Address); }
    bool done() const { return __builtin_coro_done(Address); }
};
template <typename P> struct coroutine_handle : coroutine_handle<> {
    static coroutine_handle from_address(void *A) noexcept
    {
        coroutine_handle H;
        H.Address = A;
        return H;
    }
    static coroutine_handle from_promise(P &Promise)
    {
        return from_address(__builtin_coro_promise((char *)&Promise, alignof(P), true));
    }
    P &promise() const { return *(P *)__builtin_coro_promise(Address, alignof(P), false); }
};
struct suspend_always {
    bool await_ready() noexcept { return false; }
    void await_suspend(coroutine_handle<>) noexcept {}
    void await_resume() noexcept {}
};
} // namespace std::experimental
namespace co = std::experimental;
#endif
