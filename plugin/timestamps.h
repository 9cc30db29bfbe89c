// Mode exact: a timestamp wherever control passes to another line. Mutation only.
#ifndef KP_PLUGIN_TIMESTAMPS_H
#define KP_PLUGIN_TIMESTAMPS_H

#include "plugin/lines.h"

#include "plugin/untimed_loops.h"

#include "llvm/IR/Value.h"

namespace kp {

/// Inserts calls of the runtime at entry, at each change of line and at every way out of F, exceptions included, and
/// the copies of `Loops`. `Words` is the address of the function's words behind its counters (see enum
/// kp_activation_word in format/map.h).
void insertTimestamps(llvm::Function &F, const std::vector<LineChange> &Changes, const std::vector<UntimedLoop> &Loops,
                      const FunctionLines &Lines, llvm::Value *Words);

} // namespace kp

#endif
