// Mode exact in loops with no calls but of short functions, whose lines take less than a timestamp: only the first
// passes have one at every change of line (kp_exact_passes of each loop and thread). Then the loop goes on in a copy
// that counts and takes none, whose time is taken as a whole. As in Arnold and Ryder, A Framework for Reducing the Cost
// of Instrumented Code (PLDI 2001), control passes to the copy at the loop's back edges.
#ifndef KP_PLUGIN_UNTIMED_LOOPS_H
#define KP_PLUGIN_UNTIMED_LOOPS_H

#include "plugin/lines.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/IR/IRBuilder.h"

namespace kp {

/// Of calls in the copies: what they call is to take no timestamps either.
constexpr const char *UntimedKey = "kernprof-untimed";

struct UntimedLoop {
  llvm::BasicBlock *Header;
  std::vector<unsigned> Lines; ///< indexes into FunctionLines::Lines; a line is listed with one loop alone
};

/// The outermost loops that are closed (returning.h) and in which control passes from line to line. Analysis only.
std::vector<UntimedLoop> findUntimedLoops(llvm::Function &F, const FunctionLines &Lines);

/// What the copies need of the function that they are in.
struct TimedBody {
  llvm::Value *Activation;
  llvm::function_ref<llvm::Value *(llvm::IRBuilderBase &, unsigned Loop)> LoopWords;
  llvm::function_ref<llvm::Value *(llvm::IRBuilderBase &, unsigned Line)> LineWords;
};

/// Makes the copies, without the calls of kp_exact_line in them. Mutation only.
void insertUntimedLoops(llvm::Function &F, const std::vector<UntimedLoop> &Loops, const TimedBody &Body,
                        const FunctionLines &Lines);

} // namespace kp

#endif
