// What all instrumentation is made with (see emit.h).
#include "plugin/emit.h"
#include "format/map.h"

#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/DerivedTypes.h"
#include "llvm/IR/Function.h"

using namespace llvm;

namespace kp {

static constexpr unsigned Nowhere = 0xffff; // a column, of line 0; the compiler's own code without a line has column 0

DebugLoc nowhere(const Function &F) {
  return F.getSubprogram() ? DebugLoc(DILocation::get(F.getContext(), 0, Nowhere, F.getSubprogram())) : DebugLoc();
}

static bool isNowhere(const DebugLoc &Location) {
  return Location && Location.getLine() == 0 && Location.getCol() == Nowhere;
}

void placeInstrumentation(Function &F) {
  if (!F.getSubprogram())
    return;
  const DILocation *Next = DILocation::get(F.getContext(), F.getSubprogram()->getLine(), 0, F.getSubprogram());
  for (BasicBlock &BB : F) {
    auto Located = llvm::find_if(reverse(BB), [](const Instruction &I) { return I.getDebugLoc() && I.getDebugLoc().getLine(); });
    if (Located != BB.rend())
      Next = Located->getDebugLoc();
    for (Instruction &I : reverse(BB))
      if (isNowhere(I.getDebugLoc()))
        I.setDebugLoc(Next->cloneWithDiscriminator(KP_COUNTING_DISCRIMINATOR));
      else if (I.getDebugLoc() && I.getDebugLoc().getLine())
        Next = I.getDebugLoc();
  }
}

FunctionCallee declareRuntime(Module &M, StringRef Name, ArrayRef<Type *> Parameters) {
  FunctionCallee Callee = M.getOrInsertFunction(Name, FunctionType::get(Type::getVoidTy(M.getContext()), Parameters, false));
  auto *Declared = cast<Function>(Callee.getCallee());
  Declared->setVisibility(GlobalValue::HiddenVisibility);
  Declared->setDSOLocal(true);
  Declared->setDoesNotThrow();
  return Callee;
}

} // namespace kp
