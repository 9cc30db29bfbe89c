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
#include "llvm/IR/ValueHandle.h"
#include "llvm/Transforms/Utils/Local.h"

using namespace llvm;

namespace kp {

namespace {

/// load; add; store of one counter.
struct Increment {
  LoadInst *Count;
  StoreInst *Store;
  GlobalVariable *Counters;
  uint64_t Index;
  uint32_t Step;
};

class Fuser {
  const GlobalVariable *Bias;
  DenseSet<const Value *> Biases; ///< values that are known to be it
  DenseMap<const Instruction *, unsigned> SiteOf;
  SmallVector<WeakTrackingVH, 16> Unused; ///< addresses of counters that were taken out
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
    RecursivelyDeleteTriviallyDeadInstructionsPermissive(Unused);
    return std::move(Result);
  }

private:
  /// Before each site, the last increments between which nothing can fault are taken.
  void runIn(BasicBlock &BB) {
    SmallVector<Increment, 4> Last;
    Instruction *Fault = nullptr; ///< the first behind them that may
    for (Instruction &I : make_early_inc_range(BB)) {
      Increment Found;
      auto Site = SiteOf.find(&I);
      if (isIncrement(I, Found)) {
        if (Fault)
          Last.clear();
        Last.push_back(Found);
        Fault = nullptr;
      } else if (Site != SiteOf.end()) {
        take(Last, Site->second, Fault);
        Last.clear();
      } else if (mayNotReturn(I)) {
        Last.clear();
      } else if (!Fault && !cannotFault(I) && !loadsCounter(I)) {
        Fault = &I;
      }
    }
  }

  bool isIncrement(Instruction &I, Increment &Found) {
    auto *Store = dyn_cast<StoreInst>(&I);
    auto *Sum = Store ? dyn_cast<BinaryOperator>(Store->getValueOperand()) : nullptr;
    if (!Sum || Sum->getOpcode() != Instruction::Add || !Sum->hasOneUse() || Sum->getParent() != I.getParent())
      return false;
    auto *Count = dyn_cast<LoadInst>(Sum->getOperand(0));
    auto *Step = dyn_cast<ConstantInt>(Sum->getOperand(1));
    if (!Count || !Step || Step->getValue().getActiveBits() > 32 || !Count->hasOneUse() || Count->getParent() != I.getParent() ||
        Count->getPointerOperand() != Store->getPointerOperand() || Store->isVolatile())
      return false;
    for (Instruction *Between = Count->getNextNode(); Between != Store; Between = Between->getNextNode())
      if (mayNotReturn(*Between))
        return false;
    Found.Count = Count;
    Found.Store = Store;
    Found.Step = Step->getZExtValue();
    return isCounter(I, Store->getPointerOperand(), Found);
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
  bool isCounter(const Instruction &At, Value *Address, Increment &Found) {
    const DataLayout &Layout = At.getModule()->getDataLayout();
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

  bool loadsCounter(Instruction &I) {
    Increment Ignored;
    auto *Load = dyn_cast<LoadInst>(&I);
    return Load && isCounter(*Load, Load->getPointerOperand(), Ignored);
  }

  void take(ArrayRef<Increment> Increments, unsigned Site, Instruction *Place) {
    if (Increments.empty())
      return;
    Result.Places[Site] = Place;
    for (const Increment &I : Increments) {
      Result.Counters.push_back({Site, I.Counters, I.Index, I.Step});
      Unused.push_back(I.Store->getPointerOperand());
      auto *Sum = cast<Instruction>(I.Store->getValueOperand());
      I.Store->eraseFromParent();
      Sum->eraseFromParent();
      I.Count->eraseFromParent();
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
