// Which blocks' counts anybody wants to know. Analysis only.
//
// A line's hits are the largest count of its blocks. A block all of whose lines are also in a block before it that runs
// at least as often, and that no call is reported from, tells nothing: branches of one line (a macro, a condition, a
// choice of values) need no counters.
#ifndef KP_PLUGIN_NEEDED_BLOCKS_H
#define KP_PLUGIN_NEEDED_BLOCKS_H

#include "plugin/lines.h"

namespace kp {

/// For each of `Blocks`, which are all of F's: is its count needed?
std::vector<bool> findNeededBlocks(llvm::Function &F, llvm::ArrayRef<llvm::BasicBlock *> Blocks,
                                   const FunctionLines &Lines, const std::vector<DirectCall> &Calls);

} // namespace kp

#endif
