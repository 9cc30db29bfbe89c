// What a region costs, in nanoseconds, by the smallest of many short batches: other programs disturb some, not all.
#include <kernprof.h>

#include <ctime>
#include <mutex>
#include <string>
#include <unordered_map>

static double now_ns() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

template <class Body> static double cost_ns(Body body) {
  enum { BATCHES = 4000, BATCH = 500 };
  double least = 1e30;
  for (int batch = 0; batch < BATCHES; batch++) {
    double start = now_ns();
    for (int i = 0; i < BATCH; i++)
      body();
    double each = (now_ns() - start) / BATCH;
    least = each < least ? each : least;
  }
  return least;
}

static void work() { __asm__ volatile("" ::: "memory"); }

static void clock_pair() {
  timespec before, after;
  clock_gettime(CLOCK_MONOTONIC, &before);
  work();
  clock_gettime(CLOCK_MONOTONIC, &after);
}

static void region() {
  KP_REGION("region") { work(); }
}

static void object() {
  kp::region r("object");
  work();
}

static void begin_end() {
  kp_region_begin("begin and end");
  work();
  kp_region_end("begin and end");
}

static void nested() {
  KP_REGION("region") { work(); }
}

static const char *made_name() {
  static char names[16][16];
  static unsigned next;
  char *name = names[next++ % 16];
  if (!*name)
    snprintf(name, sizeof names[0], "made %u", next);
  return name;
}

static void run_time_name() {
  const char *name = made_name();
  kp_region_begin(name);
  work();
  kp_region_end(name);
}

#ifdef __KERNPROF__
KP_TIMED("function") __attribute__((noinline)) static void timed() { work(); }
#endif

// What programs write for themselves: a table of names behind a lock, and two readings of the clock.
static std::mutex table_lock;
static std::unordered_map<std::string, double> table;

static void map_and_lock() {
  double start = now_ns();
  work();
  double end = now_ns();
  std::lock_guard<std::mutex> guard(table_lock);
  table["map and lock"] += end - start;
}

int main() {
  std::printf("%-34s %6.1f ns\n", "two readings of clock_gettime", cost_ns(clock_pair));
  std::printf("%-34s %6.1f ns\n", "those, a hash table and a lock", cost_ns(map_and_lock));
  std::printf("%-34s %6.1f ns\n", "KP_REGION(\"literal\")", cost_ns(region));
  std::printf("%-34s %6.1f ns\n", "kp::region r(\"literal\")", cost_ns(object));
  std::printf("%-34s %6.1f ns\n", "kp_region_begin, kp_region_end", cost_ns(begin_end));
  std::printf("%-34s %6.1f ns\n", "the same, 16 names in turn", cost_ns(run_time_name));
  kp_region_begin("region");
  std::printf("%-34s %6.1f ns\n", "KP_REGION within one of its name", cost_ns(nested));
  kp_region_end("region");
#ifdef __KERNPROF__
  std::printf("%-34s %6.1f ns\n", "KP_TIMED(\"literal\")", cost_ns(timed));
#endif
}
