// Bodies for profiling whole functions: what is left of every function after inlining, with its calls counted. Mutation
// only, at the end of the pipeline.
#ifndef KP_PLUGIN_FUNCTIONS_H
#define KP_PLUGIN_FUNCTIONS_H

#include "llvm/IR/Module.h"

namespace kp {

/// Marks a function that has a body for lines: it needs no other.
constexpr const char *ChosenKey = "kernprof.chosen";

/// Gives each function that was not chosen for its lines a second body that counts its calls, for the late pass to
/// instrument, and the way into it.
void addFunctionBodies(llvm::Module &M);

} // namespace kp

#endif
