// Calls in optimised code (see optimised_sites.h).
#include "plugin/optimised_sites.h"
#include "plugin/debug_locations.h"
#include "format/map.h"

#include "llvm/IR/Instructions.h"
#include "llvm/IR/MDBuilder.h"
#include "llvm/IR/Module.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"

using namespace llvm;

namespace kp {

OptimisedSites::OptimisedSites(const Activation &Frame, GlobalVariable *Sites, const Fusion &Counts, TimedCalls &Ways)
    : Frame(Frame), F(Frame.function()), M(*F.getParent()), C(F.getContext()), Word(Type::getInt64Ty(C)),
      Pointer(PointerType::getUnqual(Word)), Nowhere(nowhere(F)), Sites(Sites), Counts(Counts), Ways(Ways) {}

/// Whether nothing but the return of its result follows the call.
static bool isTailCall(const CallBase &Call) {
  auto *Return = isa<CallInst>(Call) ? dyn_cast_or_null<ReturnInst>(Call.getNextNode()) : nullptr;
  return Return && (!Return->getReturnValue() || Return->getReturnValue() == &Call);
}

/// Each site has a symbol of its own: of one that is shared, the address would take a register for the whole
/// function.
Value *OptimisedSites::field(IRBuilder<> &B, unsigned Site, unsigned Field) {
  GlobalAlias *&Words = Aliases[Site];
  if (!Words) {
    Constant *First = ConstantExpr::getPointerCast(Sites, Pointer);
    Words = GlobalAlias::create(Word, 0, GlobalValue::PrivateLinkage, "kp.site",
                                ConstantExpr::getGetElementPtr(Word, First, B.getInt64((uint64_t)Site * KP_SITE_WORDS)),
                                &M);
  }
  return Frame.wordsOf(B, Words, Field);
}

void OptimisedSites::insert(CallBase &Call, unsigned Site) {
  bool IsOutOfLine = TimedCalls::canMake(Call);
  if (isThroughPointer(Call) && !IsOutOfLine)
    noteTarget(Call, Site);
  IRBuilder<> B(&Call);
  B.SetCurrentDebugLocation(Nowhere);
  Value *Left = count(B, Site);
  if (!isTimed(Call))
    return;
  auto *Slow = BasicBlock::Create(C, "kp.timed", &F);
  branchTo(*Slow, B.CreateICmpSLT(Left, B.getInt64(0)), Call);
  if (isThroughPointer(Call) && IsOutOfLine)
    branchTo(*Slow, isNewTarget(Call, Site), Call);
  B.SetInsertPoint(Slow);
  Value *Words = field(B, Site, 0), *Inner = Frame.isInner(B);
  join(Call, *(IsOutOfLine ? Ways.insert(Call, Slow, Words, Inner) : timeCopy(Call, Slow, Words, Inner)), Slow);
}

/// Counts a call; returns what is left of its countdown at B.
Value *OptimisedSites::count(IRBuilder<> &B, unsigned Site) {
  Instruction *Earlier = Counts.Places[Site];
  IRBuilder<> At(Earlier ? Earlier : &*B.GetInsertPoint());
  At.SetCurrentDebugLocation(Nowhere);
  Value *Countdown = field(At, Site, KP_SITE_COUNTDOWN);
  Value *Left = At.CreateSub(At.CreateLoad(Word, Countdown), At.getInt64(1));
  At.CreateStore(Left, Countdown);
  return Earlier ? B.CreateLoad(Word, field(B, Site, KP_SITE_COUNTDOWN)) : Left;
}

/// Branches to a block at Call where `Condition` holds, which is seldom.
void OptimisedSites::branchTo(BasicBlock &Where, Value *Condition, CallBase &Call) {
  BasicBlock *Head = Call.getParent();
  BasicBlock *Next = Head->splitBasicBlock(&Call, "kp.call");
  Head->getTerminator()->eraseFromParent();
  BranchInst::Create(&Where, Next, Condition, Head)
      ->setMetadata(LLVMContext::MD_prof, MDBuilder(C).createBranchWeights(1, 1000));
}

/// Whether a call through a pointer goes to another function than the one before it.
Value *OptimisedSites::isNewTarget(CallBase &Call, unsigned Site) {
  IRBuilder<> B(&Call);
  B.SetCurrentDebugLocation(Nowhere);
  return B.CreateICmpNE(B.CreateLoad(Word, field(B, Site, KP_SITE_TARGET)),
                        B.CreatePtrToInt(Call.getCalledOperand(), Word));
}

/// Tells the runtime of a new target.
void OptimisedSites::noteTarget(CallBase &Call, unsigned Site) {
  Instruction *Then =
      SplitBlockAndInsertIfThen(isNewTarget(Call, Site), &Call, false, MDBuilder(C).createBranchWeights(1, 1000));
  IRBuilder<> B(Then);
  B.SetCurrentDebugLocation(Nowhere);
  B.CreateCall(Frame.runtime().Target, {field(B, Site, 0), B.CreatePtrToInt(Call.getCalledOperand(), Word)});
}

/// begin; copy of the call; end.
CallBase *OptimisedSites::timeCopy(CallBase &Call, BasicBlock *Slow, Value *Words, Value *Inner) {
  IRBuilder<> B(Slow);
  B.SetCurrentDebugLocation(Nowhere);
  B.CreateCall(Frame.runtime().Begin, {Frame.timed(), Words, Inner});
  auto *Copy = cast<CallBase>(Call.clone());
  B.Insert(Copy);
  Copy->setDebugLoc(Call.getDebugLoc());
  auto *Invoke = dyn_cast<InvokeInst>(Copy);
  if (!Invoke) {
    cast<CallInst>(Copy)->setTailCallKind(CallInst::TCK_NoTail);
    B.CreateCall(Frame.runtime().End, {Frame.timed()});
    return Copy;
  }
  auto *Ended = BasicBlock::Create(C, "kp.ended", &F);
  IRBuilder<> AtEnd(Ended);
  AtEnd.SetCurrentDebugLocation(Nowhere);
  AtEnd.CreateCall(Frame.runtime().End, {Frame.timed()});
  BranchInst::Create(Invoke->getNormalDest(), Ended);
  Invoke->setNormalDest(Ended);
  return Copy;
}

/// Both paths give one result.
static void joinResults(CallBase &Call, CallBase &Other, BasicBlock *Fast, BasicBlock *Slow, BasicBlock *Join) {
  if (Call.getType()->isVoidTy() || Call.use_empty())
    return;
  PHINode *Result = PHINode::Create(Call.getType(), 2, "", &Join->front());
  Call.replaceAllUsesWith(Result);
  Result->addIncoming(&Call, Fast);
  Result->addIncoming(&Other, Slow);
}

/// Behind the call, the plain and the timed path are one again.
void OptimisedSites::join(CallBase &Call, CallBase &Other, BasicBlock *Slow) {
  BasicBlock *Fast = Call.getParent();
  if (auto *Invoke = dyn_cast<InvokeInst>(&Call))
    return joinInvokes(*Invoke, cast<InvokeInst>(Other));
  if (isTailCall(Call)) {
    ReturnInst::Create(C, F.getReturnType()->isVoidTy() ? nullptr : &Other, Slow);
    return;
  }
  BasicBlock *Join = Fast->splitBasicBlock(Call.getNextNode(), "kp.join");
  BranchInst::Create(Join, Slow);
  joinResults(Call, Other, Fast, Slow, Join);
}

void OptimisedSites::joinInvokes(InvokeInst &Invoke, InvokeInst &Other) {
  BasicBlock *Fast = Invoke.getParent(), *Slow = Other.getParent();
  BasicBlock *Normal = Invoke.getNormalDest();
  auto *Join = BasicBlock::Create(C, "kp.join", &F, Normal);
  BranchInst::Create(Normal, Join);
  Normal->replacePhiUsesWith(Fast, Join);
  Invoke.setNormalDest(Join);
  BasicBlock *Ended = Other.getNormalDest();
  if (Ended == Normal) {
    Other.setNormalDest(Join);
    Ended = Slow;
  } else {
    Ended->getTerminator()->replaceSuccessorWith(Normal, Join);
  }
  joinResults(Invoke, Other, Fast, Ended, Join);
  for (PHINode &Phi : Invoke.getUnwindDest()->phis())
    Phi.addIncoming(Phi.getIncomingValueForBlock(Fast), Slow);
}

} // namespace kp
