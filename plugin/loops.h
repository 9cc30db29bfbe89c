// Before the vectoriser: counting that stands in its way is rewritten. Mutation only.
#ifndef KP_PLUGIN_LOOPS_H
#define KP_PLUGIN_LOOPS_H

#include "llvm/Analysis/LoopInfo.h"
#include "llvm/Analysis/ScalarEvolution.h"

namespace kp {

/// Makes selects of branches within L, an innermost loop, whose arms hold counting besides a little arithmetic. The
/// optimiser does that by itself to arms as short as they were without counting. Returns whether anything changed.
bool flattenCountingArms(llvm::Loop &L, llvm::LoopInfo &Loops);

/// Counts in 32 bits, and adds to the 64 of the sum behind L, what cannot exceed them in the passes of this innermost
/// loop: vectors hold twice as many. Returns whether anything changed.
bool narrowCounts(llvm::Loop &L, llvm::ScalarEvolution &Evolution);

} // namespace kp

#endif
