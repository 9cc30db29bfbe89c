// What each line allocates in C++: all forms of new and delete, containers, exceptions, destructors.
// allocations allocated_bytes frees freed_bytes live_bytes
#include <kernprof.h>
#include <cstddef>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

static void *volatile sink;

template <class T> static T *keep(T *block) {
  sink = block;
  return static_cast<T *>(sink);
}

struct alignas(128) Aligned {
  char bytes[256];
};

KP_PROFILE static void everyForm() {
  int *a = keep(new int(1));                                      // = 1 4 0 0 0
  int *b = keep(new int[10]);                                     // = 1 40 0 0 0
  int *c = keep(new (std::nothrow) int(1));                       // = 1 4 0 0 0
  int *d = keep(new (std::nothrow) int[20]);                      // = 1 80 0 0 0
  Aligned *e = keep(new Aligned);                                 // = 1 256 0 0 0
  Aligned *f = keep(new Aligned[2]);                              // = 1 512 0 0 0
  Aligned *g = keep(new (std::nothrow) Aligned);                  // = 1 256 0 0 0
  delete a;                                                       // = 0 0 1 4 0
  delete[] b;                                                     // = 0 0 1 40 0
  delete c;                                                       // = 0 0 1 4 0
  delete[] d;                                                     // = 0 0 1 80 0
  delete e;                                                       // = 0 0 1 256 0
  delete[] f;                                                     // = 0 0 1 512 0
  operator delete(g, std::align_val_t(128), std::nothrow);        // = 0 0 1 256 0
  keep(new char[13]);                                             // = 1 13 0 0 13
}

KP_PROFILE static void containers() {
  std::vector<int> numbers;
  numbers.reserve(100);                                           // = 1 400 0 0 0
  keep(numbers.data());
  std::string text(1000, 'x');                                    // = 1 1001 0 0 0
  keep(&text[0]);
  auto shared = std::make_unique<Aligned>();                      // = 1 256 0 0 0
  keep(shared.get());
  shared.reset();                                                 // = 0 0 1 256 0
}

struct Owner {
  char *block = keep(new char[64]);                               // = 3 192 0 0 0
  KP_PROFILE Owner() {}
  KP_PROFILE ~Owner() {
    delete[] block;                                               // = 0 0 3 192 0
  }
};

KP_PROFILE __attribute__((noinline)) static void throws(int depth) {
  Owner owner;                                                    // = 0 0 0 0 0
  if (depth == 0)
    throw std::runtime_error(std::string(100, 'e'));
  throws(depth - 1);
}

KP_PROFILE static void exceptions() {
  try {
    throws(2);
  } catch (const std::exception &) {
    keep(new char[9]);                                            // = 1 9 0 0 9
  }
  char *after = keep(new char[11]);                               // = 1 11 0 0 0
  delete[] after;                                                 // = 0 0 1 11 0
}

int main() {
  everyForm();
  containers();
  exceptions();
  auto lambda = [] { return keep(new char[1]); };
  delete[] lambda();
  return 0;
}
