// One base address per body (see shared_base.h).
#include "plugin/shared_base.h"
#include "plugin/bias.h"
#include "plugin/call_sites.h"
#include "plugin/counters.h"
#include "plugin/debug_locations.h"
#include "plugin/versions.h"
#include "format/map.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/Analysis/LoopInfo.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Dominators.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/Transforms/Utils/Local.h"
#include "llvm/Transforms/Utils/ModuleUtils.h"

using namespace llvm;

namespace kp {

/// Makes one variable of several, all of words, in their order.
static void join(Module &M, ArrayRef<GlobalVariable *> Variables) {
  GlobalVariable *First = Variables.front();
  Type *Word = Type::getInt64Ty(M.getContext());
  uint64_t Words = 0;
  for (GlobalVariable *V : Variables)
    Words += cast<ArrayType>(V->getValueType())->getNumElements();
  auto *All = ArrayType::get(Word, Words);
  auto *Joined = new GlobalVariable(M, All, false, First->getLinkage(), ConstantAggregateZero::get(All), "", First);
  Joined->copyAttributesFrom(First);
  Joined->setComdat(First->getComdat());
  if (First->hasLocalLinkage())
    Joined->setName("kp.counters");
  else
    Joined->takeName(First);
  uint64_t Index = 0;
  for (GlobalVariable *V : Variables) {
    uint64_t Count = cast<ArrayType>(V->getValueType())->getNumElements();
    Constant *Start = ConstantExpr::getPointerCast(Joined, PointerType::getUnqual(Word));
    Constant *Here = ConstantExpr::getGetElementPtr(Word, Start, ConstantInt::get(Word, Index));
    V->removeDeadConstantUsers(); // those of the variables before, which would be walked again for each
    V->replaceAllUsesWith(ConstantExpr::getPointerCast(Here, V->getType()));
    V->eraseFromParent();
    Index += Count;
  }
}

/// Takes variables off the list of what the compiler may not leave out.
static void release(Module &M, const SmallPtrSetImpl<GlobalValue *> &Variables) {
  SmallVector<GlobalValue *, 32> Used;
  GlobalVariable *List = collectUsedGlobalVariables(M, Used, /*CompilerUsed=*/true);
  if (!List)
    return;
  List->eraseFromParent();
  llvm::erase_if(Used, [&](GlobalValue *V) { return Variables.count(V) != 0; });
  appendToCompilerUsed(M, Used);
}

/// The counters and call sites that other modules cannot have become one variable, and those of each function that they
/// can.
static void joinVariables(Module &M) {
  MapVector<const Comdat *, SmallVector<GlobalVariable *, 8>> Groups;
  SmallPtrSet<GlobalValue *, 16> Gone;
  for (GlobalVariable &V : M.globals()) {
    if (V.getSection() != KP_COUNTER_SECTION || V.isDeclaration())
      continue;
    Groups[V.hasLocalLinkage() ? nullptr : V.getComdat()].push_back(&V);
    Gone.insert(&V);
  }
  release(M, Gone);
  for (auto &Group : Groups) {
    if (!Group.first)
      Group.second.front()->setComdat(nullptr);
    join(M, Group.second);
  }
}

namespace {

/// A use of the address of a word of the running thread.
struct Access {
  Use *Operand;
  uint64_t Offset;

  Instruction *user() const { return cast<Instruction>(Operand->getUser()); }
};

class Sharer {
  Function &F;
  BiasedAddresses Addresses;
  DominatorTree Dominators;
  LoopInfo Loops;
  SmallVector<WeakTrackingVH, 16> Replaced;

public:
  explicit Sharer(Function &F) : F(F), Addresses(*F.getParent()), Dominators(F), Loops(Dominators) {}

  void run() {
    MapVector<GlobalVariable *, SmallVector<Access, 16>> Accesses;
    for (Instruction &I : instructions(F)) {
      auto *Step = dyn_cast<GetElementPtrInst>(&I);
      APInt Offset(64, 0);
      GlobalVariable *Variable = Step && Step->getNumIndices() == 1 ? Addresses.variableOf(Step, Offset) : nullptr;
      // Where a constant is added to such an address, what is made of it is found by itself.
      if (!Variable || isa<ConstantInt>(Step->idx_begin()->get()))
        continue;
      Replaced.push_back(Step);
      collect(*Step, Offset.getZExtValue(), Accesses[Variable]);
    }
    for (auto &Of : Accesses)
      if (isWorthIt(Of.second))
        share(*Of.first, Of.second);
    RecursivelyDeleteTriviallyDeadInstructionsPermissive(Replaced);
  }

private:
  /// An address is passed on in ways that are seldom taken, and computed there, which needs no register elsewhere. But
  /// what is the same in all passes of a loop, the code generator computes before it.
  bool isPassedOnInLoop(const Instruction &User) const {
    return !isa<PHINode>(User) && Loops.getLoopFor(User.getParent());
  }

  /// The uses of an address, and of what is so many bytes behind it, that are to have the base.
  void collect(Instruction &Address, uint64_t Offset, SmallVectorImpl<Access> &Found) {
    for (Use &U : Address.uses()) {
      auto *User = cast<Instruction>(U.getUser());
      APInt Further(64, Offset);
      auto *Step = dyn_cast<GetElementPtrInst>(User);
      if (isa<BitCastInst>(User))
        collect(*User, Offset, Found);
      else if (Step && Step->accumulateConstantOffset(F.getParent()->getDataLayout(), Further))
        collect(*Step, Further.getZExtValue(), Found);
      else if (isa<LoadInst, StoreInst>(User) ? Dominators.isReachableFromEntry(User->getParent())
                                              : isPassedOnInLoop(*User))
        Found.push_back({&U, Offset});
    }
  }

  /// A single word does without a register.
  static bool isWorthIt(ArrayRef<Access> Accesses) {
    return llvm::any_of(Accesses, [&](const Access &A) { return A.Offset != Accesses.front().Offset; });
  }

  /// The last place that all paths to the accesses have in common, outside of loops.
  Instruction *findPlace(ArrayRef<Access> Accesses) {
    BasicBlock *Common = nullptr;
    for (const Access &A : Accesses) {
      BasicBlock *BB = A.user()->getParent();
      Common = Common ? Dominators.findNearestCommonDominator(Common, BB) : BB;
    }
    while (Loops.getLoopFor(Common) || Common->getFirstInsertionPt() == Common->end())
      Common = Dominators.getNode(Common)->getIDom()->getBlock();
    Instruction *First = Common->getTerminator();
    for (const Access &A : Accesses)
      if (A.user()->getParent() == Common && A.user()->comesBefore(First))
        First = A.user();
    return First;
  }

  void share(GlobalVariable &Variable, ArrayRef<Access> Accesses) {
    IRBuilder<> B(findPlace(Accesses));
    B.SetCurrentDebugLocation(nowhere(F));
    Value *Base = hide(emitBiased(B, Variable), &*B.GetInsertPoint()); // else it is taken apart again at each access
    for (const Access &A : Accesses) {
      IRBuilder<> At(A.user());
      Value *Start = isa<LoadInst, StoreInst>(A.user()) ? Base : hide(Base, A.user());
      Replaced.push_back(A.Operand->get());
      A.Operand->set(
          At.CreatePointerCast(At.CreateConstGEP1_64(B.getInt8Ty(), Start, A.Offset), A.Operand->get()->getType()));
    }
  }
};

} // namespace

void shareBases(Module &M) {
  joinVariables(M);
  for (Function &F : M)
    if (!F.isDeclaration() && F.hasFnAttribute(VersionKey) && !F.hasFnAttribute(ReloadKey) && !F.hasOptNone())
      Sharer(F).run();
}

} // namespace kp
