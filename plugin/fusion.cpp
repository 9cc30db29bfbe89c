// Counts that always run together (see fusion.h).
#include "plugin/fusion.h"
#include "plugin/counters.h"
#include "plugin/placement.h"
#include "plugin/timed_calls.h"
#include "format/map.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Operator.h"
#include "llvm/Transforms/Utils/Local.h"

using namespace llvm;

namespace kp {

namespace {

/// load; add; store of one counter.
struct Increment {
  LoadInst *Count;
  StoreInst *Store;
  GlobalVariable *Counters;
  uint64_t Index, Step;
};

/// What runs as often as its first instruction: from one call that may not come back to the next.
struct Run {
  SmallVector<Increment, 4> Increments;
  CallBase *Site = nullptr; ///< the first
};

class Fuser {
  const GlobalVariable *Bias;
  DenseSet<const Value *> Biases; ///< values that are known to be it
  DenseMap<const Instruction *, unsigned> SiteOf;
  Fusion Result;

public:
  Fuser(const Module &M, ArrayRef<CallBase *> Calls) : Bias(M.getGlobalVariable("kp_bias")) {
    for (unsigned I = 0; I < Calls.size(); I++)
      if (!isThroughPointer(*Calls[I]) || TimedCalls::canMake(*Calls[I])) // whose target is told before they are counted
        SiteOf[Calls[I]] = I;
    Result.Places.resize(Calls.size());
  }

  Fusion run(Function &Body) {
    for (BasicBlock &BB : Body)
      runIn(BB);
    return std::move(Result);
  }

private:
  void runIn(BasicBlock &BB) {
    Run R;
    for (auto It = BB.begin(); It != BB.end();) {
      Instruction &I = *It++;
      Increment Found;
      if (isIncrement(I, Found))
        R.Increments.push_back(Found);
      else if (!R.Site && SiteOf.count(&I))
        R.Site = cast<CallBase>(&I);
      if (!mayNotReturn(I))
        continue;
      finish(R);
      R = Run();
    }
    finish(R);
  }

  bool isIncrement(Instruction &I, Increment &Found) {
    auto *Store = dyn_cast<StoreInst>(&I);
    auto *Sum = Store ? dyn_cast<BinaryOperator>(Store->getValueOperand()) : nullptr;
    if (!Sum || Sum->getOpcode() != Instruction::Add || !Sum->hasOneUse() || Sum->getParent() != I.getParent())
      return false;
    auto *Count = dyn_cast<LoadInst>(Sum->getOperand(0));
    auto *Step = dyn_cast<ConstantInt>(Sum->getOperand(1));
    if (!Count || !Step || !Count->hasOneUse() || Count->getParent() != I.getParent() ||
        Count->getPointerOperand() != Store->getPointerOperand() || Store->isVolatile())
      return false;
    for (Instruction *Between = Count->getNextNode(); Between != Store; Between = Between->getNextNode())
      if (mayNotReturn(*Between))
        return false;
    Found.Count = Count;
    Found.Store = Store;
    Found.Step = Step->getZExtValue();
    return isCounter(Store->getPointerOperand(), Found);
  }

  /// The running thread's bias: wherever it was loaded, it is the same.
  bool isBias(const Value *V) {
    SmallPtrSet<const Value *, 8> Seen;
    SmallVector<const Value *, 8> Work{V};
    while (!Work.empty()) {
      const Value *Next = Work.pop_back_val();
      auto *Load = dyn_cast<LoadInst>(Next);
      auto *Phi = dyn_cast<PHINode>(Next);
      if (Biases.count(Next) || !Seen.insert(Next).second)
        continue;
      if (Phi)
        Work.append(Phi->op_begin(), Phi->op_end());
      else if (!Load || Load->getPointerOperand() != Bias)
        return false;
    }
    Biases.insert(Seen.begin(), Seen.end());
    return true;
  }

  /// A word of some function's counters, of the running thread: a variable, a constant, and the bias.
  bool isCounter(Value *Address, Increment &Found) {
    const DataLayout &Layout = Found.Store->getModule()->getDataLayout();
    APInt Offset(64, 0);
    unsigned Biases = 0;
    for (;;) {
      Address = Address->stripPointerCasts();
      auto *Step = dyn_cast<GEPOperator>(Address);
      if (!Step)
        break;
      if (Step->getNumIndices() == 1 && Step->getSourceElementType()->isIntegerTy(8) && isBias(Step->idx_begin()->get()))
        Biases++;
      else if (!Step->accumulateConstantOffset(Layout, Offset))
        return false;
      Address = Step->getPointerOperand();
    }
    Found.Counters = dyn_cast<GlobalVariable>(Address);
    Found.Index = Offset.getZExtValue() / sizeof(uint64_t);
    return Biases == 1 && Found.Counters && Found.Counters->getSection() == KP_COUNTER_SECTION;
  }

  void finish(Run &R) {
    if (!R.Site || R.Increments.empty())
      return;
    unsigned Site = SiteOf[R.Site];
    SmallPtrSet<const Instruction *, 8> Parts;
    for (const Increment &I : R.Increments) {
      Parts.insert(I.Count);
      Parts.insert(I.Store);
      Result.Counters.push_back({Site, I.Counters, I.Index, I.Step});
    }
    StoreInst *First = R.Increments.front().Store;
    for (Instruction *I = First->comesBefore(R.Site) ? (Instruction *)First : R.Site; I != R.Site && !Result.Places[Site]; I = I->getNextNode())
      if (!Parts.count(I) && !cannotFault(*I))
        Result.Places[Site] = I;
    for (const Increment &I : R.Increments) {
      Value *Address = I.Store->getPointerOperand();
      auto *Sum = cast<Instruction>(I.Store->getValueOperand());
      I.Store->eraseFromParent();
      Sum->eraseFromParent();
      I.Count->eraseFromParent();
      RecursivelyDeleteTriviallyDeadInstructions(Address);
    }
  }
};

} // namespace

Fusion fuseCounters(Function &Body, ArrayRef<CallBase *> Calls) {
  if (Body.hasOptNone()) {
    Fusion None;
    None.Places.resize(Calls.size());
    return None;
  }
  return Fuser(*Body.getParent(), Calls).run(Body);
}

} // namespace kp
