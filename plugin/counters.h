// Puts the counters of a placement into a function body. Mutation only.
#ifndef KP_PLUGIN_COUNTERS_H
#define KP_PLUGIN_COUNTERS_H

#include "plugin/placement.h"

#include "llvm/IR/GlobalVariable.h"

namespace kp {

/// Emits at F's start the address of the running thread's counters of this function: Counters plus the bias. Loaded
/// once per activation; `Counters` stands for it in alias analysis, so no store of the program's is taken for one to
/// it.
llvm::Value *emitCounterBase(llvm::Function &F, llvm::GlobalVariable *Counters);

/// Computes the base anew at each use: a coroutine may go on on another thread.
void repeatCounterBase(llvm::Value *Base);

/// Inserts the counters. In loop nests that nothing can leave unseen and that call no libraries they are kept in
/// registers and added up at the nest's exits. `Blocks` are the blocks that the placement speaks of.
void insertCounters(llvm::Function &F, llvm::ArrayRef<llvm::BasicBlock *> Blocks, const Placement &P,
                    llvm::Value *Base);

} // namespace kp

#endif
