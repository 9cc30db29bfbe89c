// A failed new allocates nothing but its exception, which passes through the interposer.
// allocations allocated_bytes frees freed_bytes live_bytes
#include <kernprof.h>
#include <cstddef>
#include <new>

static void *volatile sink;

template <class T> static T *keep(T *block) {
  sink = block;
  return static_cast<T *>(sink);
}

static volatile std::size_t tooLarge = static_cast<std::size_t>(-1) / 4;

KP_PROFILE static void impossible() {
  try {
    keep(new char[tooLarge]);                                       // only the exception is allocated
  } catch (const std::bad_alloc &) {
    keep(new char[3]);                                            // = 1 3 0 0 3
  }
}

int main() {
  impossible();
  return 0;
}
