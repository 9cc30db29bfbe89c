// Descriptions of variables for debuggers: intrinsics, since 19 records beside the instructions.
#ifndef KP_PLUGIN_COMPAT_DEBUG_VARIABLES_H
#define KP_PLUGIN_COMPAT_DEBUG_VARIABLES_H

#include "llvm/ADT/STLExtras.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"

namespace kp {

inline void dropDebugVariables(llvm::Function &F) {
  for (llvm::Instruction &I : llvm::make_early_inc_range(llvm::instructions(F))) {
#if LLVM_VERSION_MAJOR >= 19
    I.dropDbgRecords();
#endif
    if (llvm::isa<llvm::DbgInfoIntrinsic>(I))
      I.eraseFromParent();
  }
}

} // namespace kp

#endif
