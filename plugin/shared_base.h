// One base address for all counters of a body. Mutation only.
//
// A counter of the running thread is at its variable's address plus the bias. Said so at each counter, that is an
// address to compute and two registers; so at the end of the pipeline the variables of a module become one (those of
// functions that other modules may have as well, one for each), and a body that counts in several places computes where
// the running thread's is once, where its paths to them part. A count is then one instruction, and takes one register.
#ifndef KP_PLUGIN_SHARED_BASE_H
#define KP_PLUGIN_SHARED_BASE_H

#include "llvm/IR/Module.h"

namespace kp {

/// To be called when all counters and call sites are in place. Bodies marked with ReloadKey keep their addresses, and
/// so does code that is not optimised.
void shareBases(llvm::Module &M);

} // namespace kp

#endif
