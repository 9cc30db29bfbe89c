// An activation of a body whose calls are counted (see activation.h).
#include "plugin/activation.h"
#include "plugin/bias.h"
#include "plugin/call_sites.h"
#include "plugin/debug_locations.h"
#include "plugin/placement.h"
#include "plugin/timed_calls.h"
#include "format/map.h"

#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/MDBuilder.h"
#include "llvm/IR/Module.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"
#include "llvm/Transforms/Utils/Local.h"

using namespace llvm;

namespace kp {

/// Where a thread-local variable is reached by a call of the C library. Optimised bodies look for it once in any case
/// (shared_base.h).
static bool loadsOnce(const Function &F) {
  const Module &M = *F.getParent();
  return F.hasOptNone() && !F.hasFnAttribute(ReloadKey) && M.getPICLevel() != PICLevel::NotPIC &&
         M.getPIELevel() == PIELevel::Default;
}

/// Brings the static allocas together at F's start, as the first block may be split behind them; returns what
/// follows.
static Instruction *hoistAllocas(Function &F) {
  BasicBlock &Entry = F.getEntryBlock();
  Instruction *Start = &*Entry.getFirstInsertionPt();
  for (auto It = Entry.begin(); It != Entry.end();) {
    auto *Alloca = dyn_cast<AllocaInst>(&*It++);
    if (!Alloca || !Alloca->isStaticAlloca())
      continue;
    if (Alloca == Start)
      Start = Start->getNextNode();
    else
      Alloca->moveBefore(Start);
  }
  return Start;
}

Activation::Activation(Function &F, GlobalVariable *Counters, unsigned CounterCount)
    : F(F), Word(Type::getInt64Ty(F.getContext())), Pointer(PointerType::getUnqual(Word)), Runtime(*F.getParent()) {
  IRBuilder<> B(hoistAllocas(F));
  B.SetCurrentDebugLocation(nowhere(F));
  auto *Frame = B.CreateAlloca(ArrayType::get(Word, TimedCallWords), nullptr, "kp.timed");
  Timed = B.CreatePointerCast(Frame, Pointer);
  if (loadsOnce(F))
    Bias = B.CreateLoad(Word, declareBias(*F.getParent()), "kp.bias");
  if (CounterCount != NoCounter)
    emitOutermost(B, Counters, CounterCount);
}

/// Records the frame of the function's outermost activation on the thread. This one is it unless a frame further up the
/// stack is recorded; one recorded further down belongs to an activation that an exception or longjmp has ended.
void Activation::emitOutermost(IRBuilder<> &B, GlobalVariable *Counters, unsigned CounterCount) {
  Value *Words = wordsOf(B, Counters, CounterCount);
  Outermost = B.CreateConstGEP1_64(Word, Words, KP_OUTERMOST_FRAME);
  Value *Inner = B.CreateConstGEP1_64(Word, Words, KP_INNER_CALLS);
  Value *Recorded = B.CreateLoad(Word, Outermost);
  Value *Here = B.CreatePtrToInt(Timed->stripPointerCasts(), Word);
  Value *IsInner = B.CreateICmpUGT(Recorded, Here);
  Instruction *IfInner, *IfOuter;
  SplitBlockAndInsertIfThenElse(IsInner, &*B.GetInsertPoint(), &IfInner, &IfOuter,
                                MDBuilder(F.getContext()).createBranchWeights(1, 1000));
  B.SetInsertPoint(IfInner);
  B.CreateStore(B.CreateAdd(B.CreateLoad(Word, Inner), B.getInt64(1)), Inner);
  B.SetInsertPoint(IfOuter);
  B.CreateStore(Here, Outermost);
}

void Activation::end() {
  endUnwound();
  SmallVector<ReturnInst *, 8> Returns;
  for (BasicBlock &BB : F)
    if (auto *Return = dyn_cast<ReturnInst>(BB.getTerminator()))
      Returns.push_back(Return);
  if (Outermost)
    for (ReturnInst *Return : Returns)
      forget(*Return);
  RecursivelyDeleteTriviallyDeadInstructions(Timed);
}

/// The outermost activation ends.
void Activation::forget(ReturnInst &Return) {
  Instruction *Before = &Return;
  for (Instruction *Previous = Return.getPrevNode(); Previous; Previous = Previous->getPrevNode()) {
    auto *Call = dyn_cast<CallInst>(Previous);
    if (Call && Call->isTailCall() && !isa<IntrinsicInst>(Call))
      Before = Call; // what stands behind a tail call makes it an ordinary one
    if (!isa<BitCastInst>(Previous))
      break;
  }
  IRBuilder<> B(Before);
  B.SetCurrentDebugLocation(nowhere(F));
  Value *IsOutermost = B.CreateICmpEQ(B.CreateLoad(Word, Outermost), B.CreatePtrToInt(Timed, Word));
  Instruction *Then = SplitBlockAndInsertIfThen(IsOutermost, Before, false);
  B.SetInsertPoint(Then);
  B.CreateStore(B.getInt64(0), Outermost);
}

/// Where an exception or longjmp comes to, the timed calls that it left have ended.
void Activation::endUnwound() {
  SmallVector<Instruction *, 8> Places;
  for (Instruction &I : instructions(F)) {
    auto *Call = dyn_cast<CallInst>(&I);
    if (isa<LandingPadInst>(I))
      Places.push_back(&*I.getParent()->getFirstInsertionPt());
    else if (Call && Call->hasFnAttr(Attribute::ReturnsTwice))
      Places.push_back(Call->getNextNode());
  }
  for (Instruction *Place : Places) {
    IRBuilder<> B(Place);
    B.SetCurrentDebugLocation(nowhere(F));
    B.CreateCall(Runtime.Unwound, {Timed});
  }
}

Value *Activation::outermost() const {
  return Outermost ? Outermost : ConstantPointerNull::get(cast<PointerType>(Pointer));
}

Value *Activation::isInner(IRBuilder<> &B) const {
  if (!Outermost)
    return B.getInt64(0);
  return B.CreateZExt(B.CreateICmpNE(B.CreateLoad(Word, Outermost), B.CreatePtrToInt(Timed, Word)), Word);
}

Instruction *Activation::start() const { return cast<Instruction>(Outermost ? Outermost : Timed)->getNextNode(); }

Value *Activation::bias(IRBuilder<> &B) const {
  return Bias ? Bias : B.CreateLoad(Word, declareBias(*F.getParent()), "kp.bias");
}

Value *Activation::wordsOf(IRBuilder<> &B, GlobalValue *Variable, uint64_t Index) const {
  Value *Distance = bias(B);
  Value *Bytes = B.CreatePointerCast(Variable, PointerType::getUnqual(B.getInt8Ty()));
  Value *Moved = B.CreatePointerCast(B.CreateGEP(B.getInt8Ty(), Bytes, Distance), Pointer);
  return B.CreateConstGEP1_64(Word, Moved, Index);
}

} // namespace kp
