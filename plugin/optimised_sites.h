// Counted and timed calls in optimised code: a countdown in line, and a path for timed calls apart. Mutation only.
#ifndef KP_PLUGIN_OPTIMISED_SITES_H
#define KP_PLUGIN_OPTIMISED_SITES_H

#include "plugin/activation.h"
#include "plugin/fusion.h"
#include "plugin/timed_calls.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/IR/GlobalAlias.h"

namespace kp {

class OptimisedSites {
  const Activation &Frame;
  llvm::Function &F;
  llvm::Module &M;
  llvm::LLVMContext &C;
  llvm::Type *Word;
  llvm::Type *Pointer;
  llvm::DebugLoc Nowhere;
  llvm::GlobalVariable *Sites;
  llvm::DenseMap<unsigned, llvm::GlobalAlias *> Aliases; ///< by site
  const Fusion &Counts;
  TimedCalls &Ways;

public:
  /// `Sites` is the variable of the sites' words.
  OptimisedSites(const Activation &Frame, llvm::GlobalVariable *Sites, const Fusion &Counts, TimedCalls &Ways);

  /// Counts the call, which is site number `Site`, and times it where it can be timed.
  void insert(llvm::CallBase &Call, unsigned Site);

private:
  llvm::Value *field(llvm::IRBuilder<> &B, unsigned Site, unsigned Field);
  llvm::Value *count(llvm::IRBuilder<> &B, unsigned Site);
  void branchTo(llvm::BasicBlock &Where, llvm::Value *Condition, llvm::CallBase &Call);
  llvm::Value *isNewTarget(llvm::CallBase &Call, unsigned Site);
  void noteTarget(llvm::CallBase &Call, unsigned Site);
  llvm::CallBase *timeCopy(llvm::CallBase &Call, llvm::BasicBlock *Slow, llvm::Value *Words, llvm::Value *Inner);
  void join(llvm::CallBase &Call, llvm::CallBase &Other, llvm::BasicBlock *Slow);
  void joinInvokes(llvm::InvokeInst &Invoke, llvm::InvokeInst &Other);
};

} // namespace kp

#endif
