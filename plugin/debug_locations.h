// The debug locations of instrumentation: what debuggers and samples say of it.
#ifndef KP_PLUGIN_DEBUG_LOCATIONS_H
#define KP_PLUGIN_DEBUG_LOCATIONS_H

#include "llvm/IR/DebugLoc.h"
#include "llvm/IR/Function.h"

namespace kp {

/// The location of code in F that is none of the program's: no line.
llvm::DebugLoc withoutLine(const llvm::Function &F);

/// The same of code that counts, which is told from what the compiler makes without a line.
llvm::DebugLoc nowhere(const llvm::Function &F);

/// At the end of the pipeline: gives what is nowhere in F the line of the program's code beside it, and the
/// discriminator that tells it from that code: the code generator tells nothing of a line 0 that follows another. But
/// debuggers take the first line of a function for the end of its prologue, so that where arguments have yet to be
/// stored there is none.
void placeInstrumentation(llvm::Function &F);

} // namespace kp

#endif
