// Counted and timed calls in code that is not optimised: all by calls of the runtime. Mutation only.
//
// Whatever is alive across a call has a place of its own in the frame of such code, and arguments and results of all
// calls would make it several times as large: so the runtime is called before the arguments are computed, and once the
// result is where it belongs, and what all sites need is loaded anew at each. A branch would do the same harm.
#ifndef KP_PLUGIN_UNOPTIMISED_SITES_H
#define KP_PLUGIN_UNOPTIMISED_SITES_H

#include "plugin/activation.h"

namespace kp {

class UnoptimisedSites {
  const Activation &Frame;
  llvm::Function &F;
  llvm::Type *Word;
  llvm::Type *Pointer;
  llvm::DebugLoc Nowhere;
  llvm::Value *TimedPlace, *OutermostPlace, *SitesPlace; ///< in the frame

public:
  /// `Sites` is the variable of the sites' words.
  UnoptimisedSites(const Activation &Frame, llvm::GlobalVariable *Sites);

  /// Counts and times the call, which is site number `Site`.
  void insert(llvm::CallBase &Call, unsigned Site);

private:
  llvm::Value *keep(llvm::IRBuilder<> &B, llvm::Value *V);
  llvm::Value *words(llvm::IRBuilder<> &B, unsigned Site);
  void emitEnd(llvm::IRBuilder<> &B);
};

} // namespace kp

#endif
