// The functions of the runtime (see runtime_functions.h).
#include "plugin/runtime_functions.h"

#include "llvm/IR/DerivedTypes.h"
#include "llvm/IR/Function.h"

using namespace llvm;

namespace kp {

FunctionCallee declareRuntime(Module &M, StringRef Name, ArrayRef<Type *> Parameters) {
  FunctionCallee Callee =
      M.getOrInsertFunction(Name, FunctionType::get(Type::getVoidTy(M.getContext()), Parameters, false));
  auto *Declared = cast<Function>(Callee.getCallee());
  Declared->setVisibility(GlobalValue::HiddenVisibility);
  Declared->setDSOLocal(true);
  Declared->setDoesNotThrow();
  return Callee;
}

FunctionCallee declareTiming(Module &M, StringRef Name, ArrayRef<Type *> Parameters) {
  FunctionCallee Callee = declareRuntime(M, Name, Parameters);
  cast<Function>(Callee.getCallee())->addFnAttr(Attribute::Cold);
  return Callee;
}

TimingFunctions::TimingFunctions(Module &M) {
  Type *Word = Type::getInt64Ty(M.getContext()), *Pointer = PointerType::getUnqual(Word);
  Begin = declareTiming(M, "kp_call_begin", {Pointer, Pointer, Word});
  End = declareTiming(M, "kp_call_end", {Pointer});
  Target = declareTiming(M, "kp_call_target", {Pointer, Word});
  Count = declareTiming(M, "kp_call_count", {Pointer, Pointer, Pointer});
  Unwound = declareTiming(M, "kp_call_unwound", {Pointer});
}

} // namespace kp
