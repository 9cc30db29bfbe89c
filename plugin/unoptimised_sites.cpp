// Calls in code that is not optimised (see unoptimised_sites.h).
#include "plugin/unoptimised_sites.h"
#include "plugin/debug_locations.h"
#include "plugin/timed_calls.h"
#include "format/map.h"

#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace kp {

UnoptimisedSites::UnoptimisedSites(const Activation &Frame, GlobalVariable *Sites)
    : Frame(Frame), F(Frame.function()), Word(Type::getInt64Ty(F.getContext())), Pointer(PointerType::getUnqual(Word)),
      Nowhere(nowhere(F)) {
  IRBuilder<> B(Frame.start());
  B.SetCurrentDebugLocation(Nowhere);
  TimedPlace = keep(B, Frame.timed());
  OutermostPlace = keep(B, Frame.outermost());
  SitesPlace = keep(B, B.CreatePointerCast(Sites, Pointer));
}

Value *UnoptimisedSites::keep(IRBuilder<> &B, Value *V) {
  Value *Place = B.CreateAlloca(Pointer);
  B.CreateStore(V, Place);
  return Place;
}

/// The words of a site.
Value *UnoptimisedSites::words(IRBuilder<> &B, unsigned Site) {
  Value *Distance = Frame.bias(B);
  Value *Bytes = B.CreatePointerCast(B.CreateLoad(Pointer, SitesPlace), PointerType::getUnqual(B.getInt8Ty()));
  Distance = B.CreateAdd(Distance, B.getInt64((uint64_t)Site * KP_SITE_WORDS * sizeof(uint64_t)));
  return B.CreatePointerCast(B.CreateGEP(B.getInt8Ty(), Bytes, Distance), Pointer);
}

void UnoptimisedSites::emitEnd(IRBuilder<> &B) {
  B.SetCurrentDebugLocation(Nowhere);
  B.CreateCall(Frame.runtime().End, {B.CreateLoad(Pointer, TimedPlace)});
}

/// The first of the instructions before Call that compute something and do nothing; behind the callee's address.
static Instruction *beforeArguments(CallBase &Call) {
  Instruction *First = &Call;
  for (Instruction *I = Call.getPrevNode(); I && !isa<PHINode, LandingPadInst>(I); I = I->getPrevNode()) {
    if (I->mayHaveSideEffects() || isa<CallBase, AllocaInst>(I) || I == Call.getCalledOperand())
      break;
    First = I;
  }
  return First;
}

/// The last instruction before the next call that does something with Call's result.
static Instruction *behindResult(CallBase &Call) {
  SmallPtrSet<Value *, 8> Results{&Call};
  Instruction *Last = &Call;
  for (Instruction *I = Call.getNextNode(); !I->isTerminator() && !isa<CallBase>(I); I = I->getNextNode()) {
    if (llvm::none_of(I->operands(), [&](Use &Operand) { return Results.count(Operand.get()); }))
      continue;
    Results.insert(I);
    Last = I;
  }
  return Last;
}

void UnoptimisedSites::insert(CallBase &Call, unsigned Site) {
  IRBuilder<> B(beforeArguments(Call));
  B.SetCurrentDebugLocation(Nowhere);
  if (isThroughPointer(Call)) {
    Value *Words = words(B, Site);
    B.CreateCall(Frame.runtime().Target, {Words, B.CreatePtrToInt(Call.getCalledOperand(), Word)});
  }
  Value *Words = words(B, Site);
  Value *Timed = B.CreateLoad(Pointer, TimedPlace), *Outermost = B.CreateLoad(Pointer, OutermostPlace);
  B.CreateCall(Frame.runtime().Count, {Timed, Words, Outermost});
  auto *Invoke = dyn_cast<InvokeInst>(&Call);
  if (!Invoke) {
    IRBuilder<> After(behindResult(Call)->getNextNode());
    return emitEnd(After);
  }
  BasicBlock *Normal = Invoke->getNormalDest();
  auto *Ended = BasicBlock::Create(F.getContext(), "kp.ended", &F, Normal);
  IRBuilder<> AtEnd(Ended);
  emitEnd(AtEnd);
  AtEnd.CreateBr(Normal);
  Normal->replacePhiUsesWith(Invoke->getParent(), Ended);
  Invoke->setNormalDest(Ended);
}

} // namespace kp
