// Counts that always run together are one. Mutation only.
//
// What the optimiser leaves of a body has counters, its own and those of functions that were inlined, next to each
// other and next to the countdowns of call sites. Where nothing can come between them, one stands for all: the map
// tells of which counters it is a part (format/map.h). So a call costs one count and not two or three: the one that
// stands behind the call before it, or at the start of its block, and its own countdown.
#ifndef KP_PLUGIN_FUSION_H
#define KP_PLUGIN_FUSION_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/GlobalVariable.h"
#include "llvm/IR/InstrTypes.h"

#include <vector>

namespace kp {

/// A counter that was taken out: it has `Step` for each call of a site.
struct FusedCounter {
  unsigned Site; ///< index of the call
  llvm::GlobalVariable *Counters;
  uint64_t Index; ///< of the word
  uint32_t Step;
};

/// What became of the counters of a body.
struct Fusion {
  std::vector<FusedCounter> Counters;
  /// By site: before which instruction its call is to be counted; null: at the call. One that may fault: the lines of
  /// what was counted before it have run.
  std::vector<llvm::Instruction *> Places;
};

/// Takes out what the countdowns of `Calls` can stand for. Not in code that is not optimised.
Fusion fuseCounters(llvm::Function &Body, llvm::ArrayRef<llvm::CallBase *> Calls);

} // namespace kp

#endif
