// Loops ready for the vectoriser (see loops.h).
#include "plugin/loops.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/Analysis/ScalarEvolutionExpressions.h"
#include "llvm/Analysis/ValueTracking.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/PatternMatch.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"
#include "llvm/Transforms/Utils/Local.h"

using namespace llvm;
using namespace llvm::PatternMatch;

namespace kp {

/// What counting adds: 1, or a condition as 0 or 1. The condition; null for anything else.
static Value *conditionOf(Value *Step) {
  Value *Condition;
  if (match(Step, m_ZExt(m_Value(Condition))) && Condition->getType()->isIntegerTy(1))
    return Condition;
  return match(Step, m_One()) ? ConstantInt::getTrue(Step->getContext()) : nullptr;
}

/// The condition that V adds to Before; null where V is no such sum.
static Value *addedCondition(Value *V, Value *Before) {
  Value *Step;
  return match(V, m_c_Add(m_Specific(Before), m_Value(Step))) ? conditionOf(Step) : nullptr;
}

/// More instructions than this in an arm are dearer to execute always than to jump over.
constexpr unsigned MaxArm = 12;

static bool isCheapArm(BasicBlock &Arm) {
  unsigned Count = 0;
  for (Instruction &I : Arm) {
    if (isa<DbgInfoIntrinsic>(I) || I.isTerminator())
      continue;
    if (isa<PHINode>(I) || I.mayReadOrWriteMemory() || !isSafeToSpeculativelyExecute(&I) || ++Count > MaxArm)
      return false;
  }
  return true;
}

namespace {

/// From branches to Arm, which goes on to Join, or to Join at once.
struct Triangle {
  BasicBlock *From, *Arm, *Join;
};

} // namespace

static bool findTriangle(Loop &L, Triangle &Found) {
  for (BasicBlock *Arm : L.blocks()) {
    BasicBlock *From = Arm->getSinglePredecessor(), *Join = Arm->getSingleSuccessor();
    auto *Branch = From ? dyn_cast<BranchInst>(From->getTerminator()) : nullptr;
    if (!Branch || !Branch->isConditional() || !Join || Join == L.getHeader() || !L.contains(From) ||
        Join->hasNPredecessorsOrMore(3) || !is_contained(successors(From), Join) || !isCheapArm(*Arm))
      continue;
    bool Counts = any_of(Join->phis(), [&](PHINode &Phi) {
      return Phi.getType()->isIntegerTy(64) &&
             addedCondition(Phi.getIncomingValueForBlock(Arm), Phi.getIncomingValueForBlock(From));
    });
    if (!Counts)
      continue;
    Found = {From, Arm, Join};
    return true;
  }
  return false;
}

static void flatten(const Triangle &T, LoopInfo &Loops) {
  auto *Branch = cast<BranchInst>(T.From->getTerminator());
  for (Instruction &I : make_early_inc_range(*T.Arm)) {
    if (isa<DbgInfoIntrinsic>(I))
      I.eraseFromParent();
    else if (!I.isTerminator())
      I.moveBefore(Branch);
  }
  IRBuilder<> B(Branch);
  Value *Taken = Branch->getSuccessor(0) == T.Arm ? Branch->getCondition() : B.CreateNot(Branch->getCondition());
  for (PHINode &Phi : make_early_inc_range(T.Join->phis())) {
    Value *InArm = Phi.getIncomingValueForBlock(T.Arm), *Before = Phi.getIncomingValueForBlock(T.From);
    Value *Merged;
    if (Value *Condition = addedCondition(InArm, Before))
      Merged = B.CreateAdd(Before, B.CreateZExt(B.CreateAnd(Taken, Condition), Phi.getType()));
    else
      Merged = B.CreateSelect(Taken, InArm, Before);
    Phi.replaceAllUsesWith(Merged);
    Phi.eraseFromParent();
    RecursivelyDeleteTriviallyDeadInstructions(InArm);
  }
  BranchInst::Create(T.Join, Branch);
  Branch->eraseFromParent();
  Loops.removeBlock(T.Arm);
  DeleteDeadBlock(T.Arm);
  MergeBlockIntoPredecessor(T.Join, nullptr, &Loops);
}

bool flattenCountingArms(Loop &L, LoopInfo &Loops) {
  bool Changed = false;
  for (Triangle T; findTriangle(L, T); Changed = true)
    flatten(T, Loops);
  return Changed;
}

namespace {

/// A sum that the passes of a loop add up, with all instructions that take part in it.
struct Sum {
  PHINode *Phi;
  SetVector<Instruction *> Chain; ///< in the loop; begins with Phi
  SetVector<PHINode *> Outside;   ///< behind the loop
  unsigned AddsPerPass = 0;

  bool has(Value *V) const {
    auto *I = dyn_cast<Instruction>(V);
    return I && Chain.count(I);
  }
};

} // namespace

/// Adds a user of the sum behind the loop; false if it is more than a phi of values of the loop.
static bool followOutside(const Loop &L, Instruction &I, Sum &S) {
  auto *Phi = dyn_cast<PHINode>(&I);
  if (!Phi || !all_of(Phi->blocks(), [&](BasicBlock *From) { return L.contains(From); }))
    return false;
  S.Outside.insert(Phi);
  return true;
}

/// Adds a user of `Before`, a value of the sum, within the loop; false if it neither counts nor chooses between values.
static bool followInside(const Loop &L, Instruction &I, const Value *Before, Sum &S) {
  if (I.getOpcode() == Instruction::Add) {
    if (!conditionOf(I.getOperand(0)) == !conditionOf(I.getOperand(1)))
      return false;
    S.AddsPerPass += S.Chain.insert(&I);
    return true;
  }
  auto *Select = dyn_cast<SelectInst>(&I);
  bool Chooses = isa<PHINode>(I) || (Select && Select->getCondition() != Before);
  if (!Chooses || (&I != S.Phi && I.getParent() == L.getHeader()))
    return false;
  S.Chain.insert(&I);
  return true;
}

/// Whether phis and selects choose between values of this sum alone.
static bool choosesWithin(const Sum &S) {
  for (PHINode *Phi : S.Outside)
    for (Value *Incoming : Phi->incoming_values())
      if (!S.has(Incoming))
        return false;
  for (Instruction *I : S.Chain) {
    if (I == S.Phi || I->getOpcode() == Instruction::Add)
      continue;
    for (Value *Operand : I->operands())
      if (Operand->getType()->isIntegerTy(64) && !S.has(Operand))
        return false;
  }
  return true;
}

/// Follows a sum through the loop; false where something else than counting is done with it.
static bool follow(Loop &L, Sum &S) {
  S.Chain.insert(S.Phi);
  for (unsigned Index = 0; Index < S.Chain.size(); Index++) {
    Instruction *Before = S.Chain[Index];
    for (User *U : Before->users()) {
      auto &I = *cast<Instruction>(U);
      if (!(L.contains(&I) ? followInside(L, I, Before, S) : followOutside(L, I, S)))
        return false;
    }
  }
  return S.AddsPerPass > 0 && choosesWithin(S) && S.has(S.Phi->getIncomingValueForBlock(L.getLoopLatch()));
}

namespace {

/// Replaces a sum by one in 32 bits that begins with 0; outside of the loop its values are added to what the sum was
/// before it.
class Narrower {
  Loop &L;
  Sum &S;
  Type *Narrow;
  DenseMap<Value *, Value *> Copy; ///< of the instructions of the chain

public:
  Narrower(Loop &L, Sum &S) : L(L), S(S), Narrow(Type::getInt32Ty(S.Phi->getContext())) {}

  void run() {
    Value *Start = S.Phi->getIncomingValueForBlock(L.getLoopPreheader());
    for (Instruction *I : S.Chain)
      copy(*I);
    for (Instruction *I : S.Chain)
      if (auto *Phi = dyn_cast<PHINode>(I))
        connect(*Phi);
      else
        connect(*cast<Instruction>(Copy[I]));
    for (PHINode *Phi : S.Outside)
      replaceOutside(*Phi, Start);
    for (Instruction *I : S.Chain)
      I->replaceAllUsesWith(UndefValue::get(I->getType()));
    for (Instruction *I : S.Chain)
      I->eraseFromParent();
  }

private:
  void copy(Instruction &I) {
    Instruction *New;
    if (auto *Phi = dyn_cast<PHINode>(&I)) {
      New = PHINode::Create(Narrow, Phi->getNumIncomingValues(), "", Phi);
    } else {
      New = I.clone();
      New->mutateType(Narrow);
      New->dropPoisonGeneratingFlags();
      New->insertBefore(&I);
    }
    New->setDebugLoc(I.getDebugLoc());
    Copy[&I] = New;
  }

  /// Gives the copy of a phi of the chain its values.
  void connect(PHINode &Phi) {
    for (unsigned Index = 0; Index < Phi.getNumIncomingValues(); Index++) {
      bool IsStart = &Phi == S.Phi && !L.contains(Phi.getIncomingBlock(Index));
      Value *V = IsStart ? ConstantInt::get(Narrow, 0) : Copy.lookup(Phi.getIncomingValue(Index));
      cast<PHINode>(Copy[&Phi])->addIncoming(V, Phi.getIncomingBlock(Index));
    }
  }

  /// Gives a copy that is no phi its operands.
  void connect(Instruction &New) {
    for (Use &Operand : New.operands())
      if (Operand->getType()->isIntegerTy(64))
        Operand.set(narrowed(Operand.get(), New));
  }

  /// A value of the chain, or what is added to one, in 32 bits.
  Value *narrowed(Value *V, Instruction &Before) {
    if (Value *New = Copy.lookup(V))
      return New;
    if (match(V, m_One()))
      return ConstantInt::get(Narrow, 1);
    return new ZExtInst(cast<ZExtInst>(V)->getOperand(0), Narrow, "", &Before);
  }

  void replaceOutside(PHINode &Phi, Value *Start) {
    auto *Last = PHINode::Create(Narrow, Phi.getNumIncomingValues(), "", &Phi);
    for (unsigned Index = 0; Index < Phi.getNumIncomingValues(); Index++)
      Last->addIncoming(Copy.lookup(Phi.getIncomingValue(Index)), Phi.getIncomingBlock(Index));
    IRBuilder<> B(&*Phi.getParent()->getFirstInsertionPt());
    B.SetCurrentDebugLocation(Phi.getDebugLoc());
    Phi.replaceAllUsesWith(B.CreateAdd(Start, B.CreateZExt(Last, Phi.getType())));
    Phi.eraseFromParent();
  }
};

} // namespace

/// How often the loop can be passed; UINT64_MAX where that is not known.
static uint64_t mostPasses(Loop &L, ScalarEvolution &Evolution) {
  const SCEV *Taken = Evolution.getBackedgeTakenCount(&L);
  if (isa<SCEVCouldNotCompute>(Taken))
    Taken = Evolution.getConstantMaxBackedgeTakenCount(&L);
  if (isa<SCEVCouldNotCompute>(Taken))
    return UINT64_MAX;
  APInt Most = Evolution.getUnsignedRangeMax(Evolution.applyLoopGuards(Taken, &L));
  return Most.getActiveBits() > 32 ? UINT64_MAX : Most.getZExtValue() + 1;
}

bool narrowCounts(Loop &L, ScalarEvolution &Evolution) {
  if (!L.isInnermost() || !L.getLoopPreheader() || !L.getLoopLatch() || !L.hasDedicatedExits())
    return false;
  uint64_t Passes = mostPasses(L, Evolution);
  bool Changed = false;
  for (PHINode &Phi : make_early_inc_range(L.getHeader()->phis())) {
    Sum S;
    S.Phi = &Phi;
    if (!Phi.getType()->isIntegerTy(64) || isa<SCEVAddRecExpr>(Evolution.getSCEV(&Phi)) || !follow(L, S) ||
        Passes > UINT32_MAX / S.AddsPerPass)
      continue;
    Narrower(L, S).run();
    Changed = true;
  }
  return Changed;
}

} // namespace kp
