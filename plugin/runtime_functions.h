// The functions of the runtime, as instrumentation calls them.
#ifndef KP_PLUGIN_RUNTIME_FUNCTIONS_H
#define KP_PLUGIN_RUNTIME_FUNCTIONS_H

#include "llvm/IR/Module.h"

namespace kp {

/// A function of the runtime, which is linked into the same module, that returns and throws nothing. Declared where it
/// is not yet.
llvm::FunctionCallee declareRuntime(llvm::Module &M, llvm::StringRef Name, llvm::ArrayRef<llvm::Type *> Parameters);

/// The same of one that counts and times calls: in optimised code it is called seldom.
llvm::FunctionCallee declareTiming(llvm::Module &M, llvm::StringRef Name, llvm::ArrayRef<llvm::Type *> Parameters);

/// Those of runtime/calls.c that a body with call sites calls itself.
struct TimingFunctions {
  llvm::FunctionCallee Begin, End, Target, Count, Unwound;

  explicit TimingFunctions(llvm::Module &M);
};

} // namespace kp

#endif
