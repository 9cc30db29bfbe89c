/* kernprof: line-by-line timing and memory of compiled code. All that a profiled program sees.
 *
 *     #include <kernprof.h>
 *
 *     KP_PROFILE
 *     static void jacobi(const double *a, double *x, int n)
 *     {
 *         ...
 *     }
 *
 *     $ kernprof cc -O2 -o solver solver.c
 *     $ kernprof -l -v ./solver
 *
 * The header is for every compiler and language level: C89 to C23, C++98 to C++23. What it declares costs nothing
 * unless it is used.
 */
#ifndef KERNPROF_H
#define KERNPROF_H

/* Marking functions
 * -----------------
 *
 *   KP_PROFILE    profile this function: its lines under `kernprof -l`, its memory under `memprof`
 *   KP_LINEPROF   its lines only
 *   KP_MEMPROF    its memory only
 *
 * Write one of them at the very beginning of a function's definition or declaration, before `static`, `inline` or
 * `extern`; in C++ also on members, constructors and destructors, on operators, and on templates, whose every
 * instance is then profiled:
 *
 *     KP_PROFILE void solve(void);
 *     KP_PROFILE static inline double dot(const double *x, const double *y, int n) { ... }
 *     template <class T> KP_PROFILE T norm(const T *x, int n) { ... }
 *     struct Mesh { KP_PROFILE Mesh(); KP_PROFILE void refine(); };
 *
 * A lambda inside of a profiled function is profiled with it.
 *
 * What they become:
 *
 *   1. Compiled by anything but `kernprof cc` and `kernprof c++`: nothing. The object file is, byte for byte, that of
 *      the source without them.
 *   2. Compiled by `kernprof cc`, but not run under kernprof: the original code behind one predictable test per call.
 *      No file is written, nothing is printed.
 *   3. Compiled by `kernprof cc` and run under `kernprof -l`, `kernprof` or `memprof`: it measures.
 *
 * The wrapper defines __KERNPROF__; -U__KERNPROF__ after it turns the macros off for one file.
 *
 * Sources that are never compiled without the wrapper need no header: the attributes can be written out,
 *
 *     [[kernprof::profile]]  [[kernprof::lineprof]]  [[kernprof::memprof]]                      C++11 and C23
 *     __attribute__((kernprof_profile))   ... ((kernprof_lineprof))   ... ((kernprof_memprof))  every language level
 *
 * Another compiler ignores those with a warning (-Wno-attributes, -Wno-unknown-attributes), which the macros avoid.
 *
 * To choose functions without touching the source, see -fkernprof-functions=, -fkernprof-files= and -fkernprof-all
 * in `kernprof cc --help`.
 */
#ifdef __KERNPROF__
#define KP_PROFILE __attribute__((kernprof_profile))
#define KP_LINEPROF __attribute__((kernprof_lineprof))
#define KP_MEMPROF __attribute__((kernprof_memprof))
#else
#define KP_PROFILE
#define KP_LINEPROF
#define KP_MEMPROF
#endif

/* Timing regions
 * --------------
 *
 *   KP_REGION("assembly") { ... }    time of a block, added up under its name
 *   kp::region r("assembly");        the same until the end of the scope (C++)
 *   KP_TIMED("assembly")             time of a function, written where KP_PROFILE is
 *   kp_region_begin("assembly");     the same for code that no block encloses
 *   kp_region_end("assembly");
 *
 *   kp_timing("assembly", KP_TOTAL)  seconds so far
 *   kp_summary(stdout)               a table of all of them; KERNPROF_PRINT_SUMMARY=1 prints it at exit, to stderr
 *   kp_reset_timers()                back to nothing
 *
 * They need no wrapper and no kernprof, only the library: `cc x.c -lkernprof` (kernprof cc links it by itself). Run
 * under kernprof, the timers are also in the profile: `kernprof view --timers`. With -DKP_NO_TIMERS all of them vanish.
 *
 * A name within itself counts once: a region that is entered while one of the same name is open on the same thread adds
 * neither call nor time. Threads are timed each for itself and added up. docs/timers.md has the rest: signals, fork,
 * shared objects, cost.
 *
 * KP_REGION is a `for` statement that runs its block once: `break` and `continue` in it leave the region, not a loop
 * around it. It is closed however it is left: at its end, by break, continue, goto, return, in C++ by an exception, too
 * (and in C where the code is compiled with -fexceptions). longjmp and exit do not close it: left by longjmp it is not
 * counted, left open by exit it is counted until there.
 *
 *   - The compiler does not know that the block runs: a function that ends with a region that returns draws a warning
 *     about a missing return.
 *   - In C89 as gcc has it (-std=c89, -std=gnu89), which can close nothing at a return: leave the block at its end, by
 *     break or by continue. A region left by return or goto is not counted. clang closes it in C89, too.
 *   - -DKP_NO_TIMERS leaves the bare block, in which break and continue belong to the loop around it. So code that is
 *     compiled both ways must not leave a region by them.
 *
 * A literal name is looked up once per place. Names may be made at run time; they are copied.
 *
 * KP_TIMED takes a literal name. It measures when compiled by `kernprof cc` and `kernprof c++`, whether run under
 * kernprof or not; exceptions end it, too. Other compilers can add no code to a function from outside of it: there, gcc
 * and g++ included, it is nothing. What measures with every compiler is a region around the body: KP_REGION in C,
 * `kp::region` as the first line of the body in C++. Coroutines and naked functions are not timed by it.
 *
 * -DKP_NO_TIMERS leaves no code of any of them. Only `kp::region r(...)` needs the optimiser (-O1) for that.
 */
#include <stdio.h>

enum kp_timing_value { KP_TOTAL, KP_AVERAGE }; /* of all calls; of one call */

#if defined(__KERNPROF__) && !defined(KP_NO_TIMERS)
#define KP_TIMED(name) __attribute__((kernprof_timed(name)))
#else
#define KP_TIMED(name)
#endif

#define KP_INLINE_ __attribute__((__always_inline__))

#ifndef KP_NO_TIMERS

#define KP_API __attribute__((__visibility__("default"), __nothrow__))

#ifdef __cplusplus
extern "C" {
#endif

/* Opens and closes a region on the running thread, anywhere, not necessarily nested. An end without a beginning is
 * ignored. */
KP_API void kp_region_begin(const char *name);
KP_API void kp_region_end(const char *name);

/* Seconds of all threads, regions that are open left out; NaN for a name that was never timed. */
KP_API double kp_timing(const char *name, enum kp_timing_value value);

/* Prints all timers by name; nothing if there are none. */
KP_API void kp_summary(FILE *out);

/* Forgets what was measured. Regions that are open on the calling thread are timed from here on, those open on other
 * threads are not counted. */
KP_API void kp_reset_timers(void);

/* What the macros are made of. */
struct kp_region {
    void *kp_cell; /* NULL: not timed */
};
struct kp_timer_site {
    const char *kp_name; /* NULL: not looked up yet */
    unsigned long kp_timer;
};
KP_API struct kp_region *kp_region_enter(struct kp_region *region, struct kp_timer_site *site, const char *name)
    __attribute__((__returns_nonnull__));
KP_API void kp_region_leave(struct kp_region *region);
KP_API int kp_region_enter_c89(const void *frame, int place, struct kp_timer_site *site, const char *name);
KP_API int kp_region_step_c89(const void *frame, int place, int inner);

#ifdef __cplusplus
}
#endif

/* The place's memory of its timer, for a literal name. */
#define KP_SITE_(name)                                                                                                 \
    __extension__({                                                                                                    \
        static struct kp_timer_site kp_site;                                                                           \
        __builtin_constant_p(name) ? &kp_site : (struct kp_timer_site *)0;                                             \
    })
#define KP_PASTE2_(a, b) a##b
#define KP_PASTE_(a, b) KP_PASTE2_(a, b)

#ifdef __cplusplus

namespace kp
{

/* A region until the end of its scope. */
class region
{
  public:
    KP_INLINE_ explicit region(const char *name)
    {
        kp_region_enter(&state, (struct kp_timer_site *)0, name);
    }
    KP_INLINE_ region(struct kp_timer_site *site, const char *name)
    {
        kp_region_enter(&state, site, name);
    }
    KP_INLINE_ ~region()
    {
        kp_region_leave(&state);
    }

  private:
    region(const region &);
    region &operator=(const region &);
    struct kp_region state;
};

} /* namespace kp */

#define KP_REGION_(name, id)                                                                                           \
    for (::kp::region KP_PASTE_(kp_region_, id)(KP_SITE_(name), (name)),                                               \
         *KP_PASTE_(kp_once_, id) = &KP_PASTE_(kp_region_, id);                                                        \
         KP_PASTE_(kp_once_, id); KP_PASTE_(kp_once_, id) = 0)
#define KP_REGION(name) KP_REGION_(name, __COUNTER__)

#elif (defined(__STDC_VERSION__) && __STDC_VERSION__ >= 199901L) || defined(__clang__)

#define KP_REGION_(name, id)                                                                                           \
    for (struct kp_region KP_PASTE_(kp_region_, id) __attribute__((__cleanup__(kp_region_leave))),                     \
         *KP_PASTE_(kp_once_, id) = kp_region_enter(&KP_PASTE_(kp_region_, id), KP_SITE_(name), (name));               \
         KP_PASTE_(kp_once_, id); KP_PASTE_(kp_once_, id) = 0)

#if defined(__STDC_VERSION__) && __STDC_VERSION__ >= 199901L
#define KP_REGION(name) KP_REGION_(name, __COUNTER__)
#else
#define KP_REGION(name)                                                                                                \
    _Pragma("clang diagnostic push") _Pragma("clang diagnostic ignored \"-Wc99-extensions\"")                          \
        _Pragma("clang diagnostic ignored \"-Wgcc-compat\"") KP_REGION_(name, __COUNTER__)                             \
            _Pragma("clang diagnostic pop")
#endif

#else

/* C89 has no variable for a statement, so the library keeps the state. The inner loop is there for break. */
#define KP_REGION_(name, id)                                                                                           \
    for (kp_region_enter_c89(__builtin_frame_address(0), id, KP_SITE_(name), (name));                                  \
         kp_region_step_c89(__builtin_frame_address(0), id, 0);)                                                       \
        for (; kp_region_step_c89(__builtin_frame_address(0), id, 1);)
#define KP_REGION(name) KP_REGION_(name, __COUNTER__)

#endif

#else /* KP_NO_TIMERS */

#define KP_REGION(name)
#define kp_region_begin(name) ((void)sizeof(name))
#define kp_region_end(name) ((void)sizeof(name))
#define kp_timing(name, value) ((void)sizeof(name), (void)(value), __builtin_nan(""))
#define kp_summary(out) ((void)sizeof(out))
#define kp_reset_timers() ((void)0)

#ifdef __cplusplus
namespace kp
{
class region
{
  public:
    KP_INLINE_ explicit region(const char *)
    {
    }
    KP_INLINE_ ~region()
    {
    }

  private:
    region(const region &);
    region &operator=(const region &);
};
} /* namespace kp */
#endif

#endif

#endif
