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

#endif
