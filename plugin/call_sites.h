// The calls that are left in a body when the optimiser is done with it: counted, and timed now and then. Mutation only.
//
// This comes last in the pipeline, so that it hinders no inlining and no vectorising, and costs nothing where a call
// was inlined. Every site has a countdown of its own. Until it runs out, a call costs one decrement and one branch,
// which never is taken; then the call is made by a function (timed_calls.h) that tells the runtime when it begins and
// ends (runtime/calls.c), which says when to look again. The sum of the countdowns also is the exact number of calls.
#ifndef KP_PLUGIN_CALL_SITES_H
#define KP_PLUGIN_CALL_SITES_H

#include "plugin/fusion.h"

#include "llvm/IR/DebugLoc.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/GlobalVariable.h"
#include "llvm/IR/InstrTypes.h"

#include <string>
#include <vector>

namespace kp {

struct CallSite {
  llvm::DebugLoc Location; ///< may be empty
  std::string Callee;      ///< linkage name; empty: called through a pointer
};

/// The function attributes of a body whose calls are to be counted: the name of its counters' variable, and how many
/// counters stand before its activation words.
constexpr const char *BodyKey = "kernprof.body";
constexpr const char *CounterCountKey = "kernprof.counters";

/// On a body that finds out whether it is its function's outermost activation. Where all functions are profiled, that
/// follows from who called whom.
constexpr const char *TrackedKey = "kernprof.tracked";

/// On a body in the course of which the running thread's counters may become others: one that only forwards calls may
/// find out on the way that its thread has none yet, and a coroutine may go on on another thread.
constexpr const char *ReloadKey = "kernprof.reload";

/// On a body that has no lines of its own.
constexpr const char *ForwarderKey = "kernprof.forwarder";

/// Marks `Body` for the late pass.
void markBody(llvm::Function &Body, const llvm::GlobalVariable &Counters, unsigned CounterCount);

class TimedCalls;

struct CallSites {
  std::vector<CallSite> Sites;
  std::vector<FusedCounter> Fused;
};

/// Instruments the calls of a marked body that are wanted. `Reserve` is called with their number, where there are any,
/// and returns the variable of the sites' words.
CallSites instrumentCallSites(llvm::Function &Body, llvm::GlobalVariable *Counters, unsigned CounterCount,
                              llvm::function_ref<bool(const llvm::CallBase &)> Wants,
                              llvm::function_ref<llvm::GlobalVariable *(unsigned)> Reserve, TimedCalls &Ways);

} // namespace kp

#endif
