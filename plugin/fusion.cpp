// Counts that always run together (see fusion.h).
#include "plugin/fusion.h"
#include "plugin/bias.h"
#include "plugin/returning.h"
#include "plugin/timed_calls.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"
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
  BiasedAddresses Addresses;
  DenseMap<const Instruction *, unsigned> SiteOf;
  SmallVector<WeakTrackingVH, 16> Unused; ///< addresses of counters that were taken out
  Fusion Result;

public:
  Fuser(const Module &M, ArrayRef<CallBase *> Calls) : Addresses(M) {
    for (unsigned I = 0; I < Calls.size(); I++)
      if (!isThroughPointer(*Calls[I]) ||
          TimedCalls::canMake(*Calls[I])) // whose target is told before they are counted
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
    if (!Count || !Step || Step->getValue().getActiveBits() > 32 || !Count->hasOneUse() ||
        Count->getParent() != I.getParent() || Count->getPointerOperand() != Store->getPointerOperand() ||
        Store->isVolatile())
      return false;
    for (Instruction *Between = Count->getNextNode(); Between != Store; Between = Between->getNextNode())
      if (mayNotReturn(*Between))
        return false;
    Found.Count = Count;
    Found.Store = Store;
    Found.Step = Step->getZExtValue();
    return isCounter(Store->getPointerOperand(), Found);
  }

  /// A word of some function's counters, of the running thread.
  bool isCounter(Value *Address, Increment &Found) {
    APInt Offset(64, 0);
    Found.Counters = Addresses.variableOf(Address, Offset);
    Found.Index = Offset.getZExtValue() / sizeof(uint64_t);
    return Found.Counters != nullptr;
  }

  bool loadsCounter(Instruction &I) {
    Increment Ignored;
    auto *Load = dyn_cast<LoadInst>(&I);
    return Load && isCounter(Load->getPointerOperand(), Ignored);
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
