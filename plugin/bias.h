// The bias: the runtime's thread-local distance from the counters in the file to those of the running thread's segment.
#ifndef KP_PLUGIN_BIAS_H
#define KP_PLUGIN_BIAS_H

#include "llvm/ADT/APInt.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/IR/GlobalVariable.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Module.h"

namespace kp {

llvm::GlobalVariable *declareBias(llvm::Module &M);

/// The address, in bytes, of the running thread's words of a variable.
llvm::Value *emitBiased(llvm::IRBuilderBase &B, llvm::GlobalVariable &Variable);

/// Knows the addresses of the running thread's words in an optimised body.
class BiasedAddresses {
  const llvm::GlobalVariable *Bias;
  llvm::DenseSet<const llvm::Value *> Known; ///< values that are the bias

public:
  explicit BiasedAddresses(const llvm::Module &M);

  /// Whether V is the bias: wherever it was loaded, it is the same.
  bool isBias(const llvm::Value *V);

  /// The variable of counters and the distance from it in bytes, of an address that is these and the bias; else null.
  llvm::GlobalVariable *variableOf(llvm::Value *Address, llvm::APInt &Offset);
};

} // namespace kp

#endif
