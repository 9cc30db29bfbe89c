// Calls of the runtime (see runtime_calls.h).
#include "plugin/runtime_calls.h"

#include "llvm/IR/DerivedTypes.h"
#include "llvm/IR/Function.h"

using namespace llvm;

namespace kp {

FunctionCallee declareRuntime(Module &M, StringRef Name, ArrayRef<Type *> Parameters) {
  FunctionCallee Callee = M.getOrInsertFunction(Name, FunctionType::get(Type::getVoidTy(M.getContext()), Parameters, false));
  auto *Declared = cast<Function>(Callee.getCallee());
  Declared->setVisibility(GlobalValue::HiddenVisibility);
  Declared->setDSOLocal(true);
  Declared->setDoesNotThrow();
  return Callee;
}

} // namespace kp
