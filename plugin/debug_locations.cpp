// The debug locations of instrumentation (see debug_locations.h).
#include "plugin/debug_locations.h"
#include "format/map.h"

#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/IntrinsicInst.h"

using namespace llvm;

namespace kp {

static constexpr unsigned Nowhere = 0xffff; // a column, of line 0; the compiler's own code without a line has column 0

static DebugLoc lineZero(const Function &F, unsigned Column) {
  return F.getSubprogram() ? DebugLoc(DILocation::get(F.getContext(), 0, Column, F.getSubprogram())) : DebugLoc();
}

DebugLoc withoutLine(const Function &F) { return lineZero(F, 0); }
DebugLoc nowhere(const Function &F) { return lineZero(F, Nowhere); }

static bool isNowhere(const Instruction &I) {
  return I.getDebugLoc() && I.getDebugLoc().getLine() == 0 && I.getDebugLoc().getCol() == Nowhere;
}

static bool hasLine(const Instruction &I) {
  return I.getDebugLoc() && I.getDebugLoc().getLine() && !isa<DbgInfoIntrinsic>(I);
}

void placeInstrumentation(Function &F) {
  if (!F.getSubprogram())
    return;
  if (F.hasOptNone())
    for (Instruction &I : F.getEntryBlock()) {
      if (hasLine(I))
        break;
      if (isNowhere(I))
        I.setDebugLoc(withoutLine(F));
    }
  const DILocation *Beside = DILocation::get(F.getContext(), F.getSubprogram()->getLine(), 0, F.getSubprogram());
  for (BasicBlock &BB : F) {
    auto Last = llvm::find_if(reverse(BB), hasLine);
    if (Last != BB.rend())
      Beside = Last->getDebugLoc();
    for (Instruction &I : reverse(BB))
      if (isNowhere(I))
        I.setDebugLoc(Beside->cloneWithDiscriminator(KP_COUNTING_DISCRIMINATOR));
      else if (hasLine(I))
        Beside = I.getDebugLoc();
  }
}

} // namespace kp
