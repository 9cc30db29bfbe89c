// Calls of the runtime, which is linked into the same module.
#ifndef KP_PLUGIN_RUNTIME_CALLS_H
#define KP_PLUGIN_RUNTIME_CALLS_H

#include "llvm/IR/Module.h"

namespace kp {

/// A function of the runtime that returns nothing and throws nothing, declared where it is not yet.
llvm::FunctionCallee declareRuntime(llvm::Module &M, llvm::StringRef Name, llvm::ArrayRef<llvm::Type *> Parameters);

} // namespace kp

#endif
