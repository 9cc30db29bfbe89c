// An activation of a body whose calls are counted: what it keeps in its frame and on the thread. Mutation only.
//
// Where a function may call itself by way of others, the thread records the frame of its outermost activation, so that
// the time of calls is not added up twice.
#ifndef KP_PLUGIN_ACTIVATION_H
#define KP_PLUGIN_ACTIVATION_H

#include "plugin/runtime_functions.h"

#include "llvm/IR/Function.h"
#include "llvm/IR/GlobalVariable.h"
#include "llvm/IR/IRBuilder.h"

namespace kp {

class Activation {
public:
  /// Emits the start of `F`. `Counters` is the variable of its counters, of which there are `CounterCount`; NoCounter:
  /// it has but one activation at a time, or it does not matter.
  Activation(llvm::Function &F, llvm::GlobalVariable *Counters, unsigned CounterCount);

  /// Emits the ends, once the body is complete: where exceptions and longjmp come to, and where it returns. Takes out
  /// what nothing uses.
  void end();

  llvm::Function &function() const { return F; }

  const TimingFunctions &runtime() const { return Runtime; }

  /// The struct kp_timed_call in the frame.
  llvm::Value *timed() const { return Timed; }

  /// The address of KP_OUTERMOST_FRAME; a null pointer where there is but one activation at a time.
  llvm::Value *outermost() const;

  /// Whether this is not the function's outermost activation, as a word.
  llvm::Value *isInner(llvm::IRBuilder<> &B) const;

  /// The first instruction behind those that compute `timed` and `outermost`.
  llvm::Instruction *start() const;

  /// The running thread's bias (bias.h).
  llvm::Value *bias(llvm::IRBuilder<> &B) const;

  /// The running thread's words of `Variable`, `Index` words behind its start.
  llvm::Value *wordsOf(llvm::IRBuilder<> &B, llvm::GlobalValue *Variable, uint64_t Index) const;

private:
  llvm::Function &F;
  llvm::Type *Word;
  llvm::Type *Pointer;
  TimingFunctions Runtime;
  llvm::Value *Bias = nullptr; ///< null: loaded anew at every use
  llvm::Value *Timed = nullptr;
  llvm::Value *Outermost = nullptr; ///< null where there is but one activation at a time

  void emitOutermost(llvm::IRBuilder<> &B, llvm::GlobalVariable *Counters, unsigned CounterCount);
  void endUnwound();
  void forget(llvm::ReturnInst &Return);
};

} // namespace kp

#endif
