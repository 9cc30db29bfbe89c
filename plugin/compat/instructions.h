// Insertion of instructions, which moved from lists to the instruction itself in 16.
#ifndef KP_PLUGIN_COMPAT_INSTRUCTIONS_H
#define KP_PLUGIN_COMPAT_INSTRUCTIONS_H

#include "llvm/Config/llvm-config.h"
#include "llvm/IR/BasicBlock.h"
#include "llvm/IR/Instruction.h"

namespace kp {

inline void insertAtEnd(llvm::Instruction &I, llvm::BasicBlock &BB) {
#if LLVM_VERSION_MAJOR >= 16
  I.insertInto(&BB, BB.end());
#else
  BB.getInstList().push_back(&I);
#endif
}

} // namespace kp

#endif
