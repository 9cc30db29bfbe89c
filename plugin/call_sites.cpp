// Counted and timed calls (see call_sites.h).
#include "plugin/call_sites.h"
#include "plugin/bias.h"
#include "plugin/counters.h"
#include "plugin/debug_locations.h"
#include "plugin/timed_calls.h"
#include "plugin/versions.h"
#include "format/map.h"

#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/MDBuilder.h"
#include "llvm/IR/Module.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"
#include "llvm/Transforms/Utils/Local.h"

using namespace llvm;

namespace kp {

/// Blocks of memory shorter than this are copied in line.
constexpr uint64_t InlineCopyBytes = 128;

void markBody(Function &Body, const GlobalVariable &Counters, unsigned CounterCount) {
  Body.addFnAttr(BodyKey, Counters.getName());
  Body.addFnAttr(CounterCountKey, std::to_string(CounterCount));
}

/// Intrinsics that become calls of the C library.
static bool isLibraryCall(const IntrinsicInst &I) {
  if (auto *Memory = dyn_cast<MemIntrinsic>(&I)) {
    auto *Length = dyn_cast<ConstantInt>(Memory->getLength());
    return !Length || Length->getValue().ugt(InlineCopyBytes);
  }
  switch (I.getIntrinsicID()) {
  case Intrinsic::sin:
  case Intrinsic::cos:
  case Intrinsic::pow:
  case Intrinsic::exp:
  case Intrinsic::exp2:
  case Intrinsic::log:
  case Intrinsic::log2:
  case Intrinsic::log10:
    return !I.getType()->isVectorTy();
  default:
    return false;
  }
}

static StringRef libraryName(const IntrinsicInst &I) {
  StringRef Name = I.getCalledFunction()->getName().drop_front(5); // "llvm."
  return Name.take_until([](char C) { return C == '.'; });
}

static bool isSite(const CallBase &Call) {
  if (Call.isInlineAsm() || isa<CallBrInst>(Call) || Call.hasFnAttr(Attribute::ReturnsTwice) ||
      Call.cannotDuplicate() || Call.isConvergent())
    return false;
  if (auto *Intrinsic = dyn_cast<IntrinsicInst>(&Call))
    return isLibraryCall(*Intrinsic);
  auto *Callee = dyn_cast<Function>(Call.getCalledOperand()->stripPointerCasts());
  return !Callee || Callee->getName().take_front(3) != "kp_";
}

/// A call that never returns may end by an exception.
static bool isTimed(const CallBase &Call) {
  auto *Plain = dyn_cast<CallInst>(&Call);
  return !(Plain && Plain->isMustTailCall());
}

/// Whether nothing but the return of its result follows the call.
static bool isTailCall(const CallBase &Call) {
  auto *Return = isa<CallInst>(Call) ? dyn_cast_or_null<ReturnInst>(Call.getNextNode()) : nullptr;
  return Return && (!Return->getReturnValue() || Return->getReturnValue() == &Call);
}

/// Whether the callee may come back to the caller's function: libraries' functions that call nothing of the program's
/// cannot, nor can functions of this file that call nothing but such.
static bool mayCallBack(const CallBase &Call, unsigned Depth = 0) {
  constexpr unsigned MaxDepth = 8;
  if (isa<IntrinsicInst>(Call) || Call.isInlineAsm())
    return false;
  auto *Callee = dyn_cast<Function>(Call.getCalledOperand()->stripPointerCasts());
  if (!Callee || Depth == MaxDepth)
    return true;
  if (Callee->isDeclaration() || Callee->isInterposable())
    return !callsNothingBack(Callee->getName());
  for (const Instruction &I : instructions(*Callee)) {
    auto *Inner = dyn_cast<CallBase>(&I);
    if (Inner && mayCallBack(*Inner, Depth + 1))
      return true;
  }
  return false;
}

namespace {

class Inserter {
  Function &F;
  Module &M;
  LLVMContext &C;
  Type *Word;
  Type *Pointer;
  DebugLoc Nowhere;
  GlobalVariable *Sites = nullptr;
  DenseMap<unsigned, GlobalAlias *> Aliases; ///< by site
  Value *Bias = nullptr;                     ///< of the running thread; null: loaded anew at every site
  Value *Timed = nullptr;     ///< struct kp_timed_call in this frame; where nothing uses it, it goes again
  Value *Outermost = nullptr; ///< address of KP_OUTERMOST_FRAME; null where there is but one activation at a time
  Value *TimedPlace = nullptr, *OutermostPlace = nullptr, *SitesPlace = nullptr; ///< without optimisation
  TimedCalls &Ways;
  const Fusion &Counts;
  FunctionCallee Begin, End, Target, Count, Unwound;

public:
  Inserter(Function &F, const Fusion &Counts, TimedCalls &Ways)
      : F(F), M(*F.getParent()), C(F.getContext()), Ways(Ways), Counts(Counts) {
    Word = Type::getInt64Ty(C);
    Pointer = PointerType::getUnqual(Word);
    Nowhere = nowhere(F);
    Begin = declareTiming(M, "kp_call_begin", {Pointer, Pointer, Word});
    End = declareTiming(M, "kp_call_end", {Pointer});
    Target = declareTiming(M, "kp_call_target", {Pointer, Word});
    Count = declareTiming(M, "kp_call_count", {Pointer, Pointer, Pointer});
    Unwound = declareTiming(M, "kp_call_unwound", {Pointer});
  }

  void run(ArrayRef<CallBase *> Calls, GlobalVariable *Counters, unsigned CounterCount, GlobalVariable *SiteWords,
           bool Tracked) {
    Sites = SiteWords;
    // Which activations are outermost follows from the number of calls, where the function is called back by itself
    // alone.
    bool MayRecurse = Tracked && llvm::any_of(Calls, [&](const CallBase *Call) {
                        return Call->getCalledOperand()->stripPointerCasts() != &F && mayCallBack(*Call);
                      });
    emitStart(Counters, MayRecurse ? CounterCount : NoCounter);
    if (F.hasOptNone())
      keepAllInFrame();
    for (unsigned I = 0; I < Calls.size(); I++)
      insert(*Calls[I], I);
    endUnwound();
    SmallVector<ReturnInst *, 8> Returns;
    for (BasicBlock &BB : F)
      if (auto *Return = dyn_cast<ReturnInst>(BB.getTerminator()))
        Returns.push_back(Return);
    for (ReturnInst *Return : Returns)
      if (MayRecurse)
        forget(*Return);
    RecursivelyDeleteTriviallyDeadInstructions(Timed);
  }

private:
  CallInst *call(IRBuilder<> &B, FunctionCallee Callee, ArrayRef<Value *> Arguments) {
    CallInst *Result = B.CreateCall(Callee, Arguments);
    Result->setDebugLoc(Nowhere);
    return Result;
  }

  /// The running thread's words of `Variable`, `Index` words behind its start.
  Value *wordsOf(IRBuilder<> &B, GlobalValue *Variable, uint64_t Index) {
    Value *Distance = Bias ? Bias : B.CreateLoad(Word, declareBias(M), "kp.bias");
    Value *Bytes = B.CreatePointerCast(Variable, PointerType::getUnqual(B.getInt8Ty()));
    Value *Moved = B.CreatePointerCast(B.CreateGEP(B.getInt8Ty(), Bytes, Distance), Pointer);
    return B.CreateConstGEP1_64(Word, Moved, Index);
  }

  /// Each site has a symbol of its own: of one that is shared, the address would take a register for the whole
  /// function.
  Value *field(IRBuilder<> &B, unsigned Site, unsigned Field) {
    GlobalAlias *&Words = Aliases[Site];
    if (!Words) {
      Constant *First = ConstantExpr::getPointerCast(Sites, Pointer);
      Words = GlobalAlias::create(
          Word, 0, GlobalValue::PrivateLinkage, "kp.site",
          ConstantExpr::getGetElementPtr(Word, First, B.getInt64((uint64_t)Site * KP_SITE_WORDS)), &M);
    }
    return wordsOf(B, Words, Field);
  }

  /// Where a thread-local variable is reached by a call of the C library. Optimised bodies look for it once in any case
  /// (shared_base.h).
  bool loadsOnce() const {
    return F.hasOptNone() && !F.hasFnAttribute(ReloadKey) && M.getPICLevel() != PICLevel::NotPIC &&
           M.getPIELevel() == PIELevel::Default;
  }

  /// Brings the static allocas together at F's start, as the first block may be split behind them; returns what
  /// follows.
  Instruction *hoistAllocas() {
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

  /// Records the frame of the function's outermost activation on the thread. This one is it unless a frame further up
  /// the stack is recorded; one recorded further down belongs to an activation that an exception or longjmp has ended.
  void emitStart(GlobalVariable *Counters, unsigned CounterCount) {
    Instruction *Start = hoistAllocas();
    IRBuilder<> B(Start);
    B.SetCurrentDebugLocation(Nowhere);
    auto *Frame = B.CreateAlloca(ArrayType::get(Word, TimedCallWords), nullptr, "kp.timed");
    Timed = B.CreatePointerCast(Frame, Pointer);
    if (loadsOnce())
      Bias = B.CreateLoad(Word, declareBias(M), "kp.bias");
    if (CounterCount == NoCounter)
      return;
    Value *Activation = wordsOf(B, Counters, CounterCount);
    Outermost = B.CreateConstGEP1_64(Word, Activation, KP_OUTERMOST_FRAME);
    Value *Inner = B.CreateConstGEP1_64(Word, Activation, KP_INNER_CALLS);
    Value *Recorded = B.CreateLoad(Word, Outermost);
    Value *Here = B.CreatePtrToInt(Frame, Word);
    Value *IsInner = B.CreateICmpUGT(Recorded, Here);
    Instruction *IfInner, *IfOuter;
    SplitBlockAndInsertIfThenElse(IsInner, &*B.GetInsertPoint(), &IfInner, &IfOuter,
                                  MDBuilder(C).createBranchWeights(1, 1000));
    B.SetInsertPoint(IfInner);
    B.CreateStore(B.CreateAdd(B.CreateLoad(Word, Inner), B.getInt64(1)), Inner);
    B.SetInsertPoint(IfOuter);
    B.CreateStore(Here, Outermost);
  }

  /// The outermost activation ends.
  void forget(ReturnInst &Return) {
    Instruction *Before = &Return;
    for (Instruction *Previous = Return.getPrevNode(); Previous; Previous = Previous->getPrevNode()) {
      auto *Call = dyn_cast<CallInst>(Previous);
      if (Call && Call->isTailCall() && !isa<IntrinsicInst>(Call))
        Before = Call; // what stands behind a tail call makes it an ordinary one
      if (!isa<BitCastInst>(Previous))
        break;
    }
    IRBuilder<> B(Before);
    B.SetCurrentDebugLocation(Nowhere);
    Value *IsOutermost = B.CreateICmpEQ(B.CreateLoad(Word, Outermost), B.CreatePtrToInt(Timed, Word));
    Instruction *Then = SplitBlockAndInsertIfThen(IsOutermost, Before, false);
    B.SetInsertPoint(Then);
    B.CreateStore(B.getInt64(0), Outermost);
  }

  /// Whether this is not the function's outermost activation.
  Value *isInner(IRBuilder<> &B) {
    if (!Outermost)
      return B.getInt64(0);
    return B.CreateZExt(B.CreateICmpNE(B.CreateLoad(Word, Outermost), B.CreatePtrToInt(Timed, Word)), Word);
  }

  Value *outermost() const { return Outermost ? Outermost : ConstantPointerNull::get(cast<PointerType>(Pointer)); }

  /// Without optimisation: all by calls of the runtime. Whatever is alive across a call has then a place of its own in
  /// the frame, which would be several times as large with arguments and results of all calls in it: so the runtime is
  /// called before the arguments are computed, and once the result is where it belongs, and what all sites need is
  /// loaded anew at each. A branch would do the same harm.
  void insertPlainly(CallBase &Call, unsigned Site) {
    IRBuilder<> B(beforeArguments(Call));
    B.SetCurrentDebugLocation(Nowhere);
    if (isThroughPointer(Call)) {
      Value *Words = plainField(B, Site);
      call(B, Target, {Words, B.CreatePtrToInt(Call.getCalledOperand(), Word)});
    }
    Value *Words = plainField(B, Site);
    call(B, Count, {B.CreateLoad(Pointer, TimedPlace), Words, B.CreateLoad(Pointer, OutermostPlace)});
    auto *Invoke = dyn_cast<InvokeInst>(&Call);
    if (!Invoke) {
      IRBuilder<> After(behindResult(Call)->getNextNode());
      After.SetCurrentDebugLocation(Nowhere);
      call(After, End, {After.CreateLoad(Pointer, TimedPlace)});
      return;
    }
    BasicBlock *Normal = Invoke->getNormalDest();
    auto *Ended = BasicBlock::Create(C, "kp.ended", &F, Normal);
    IRBuilder<> AtEnd(Ended);
    AtEnd.SetCurrentDebugLocation(Nowhere);
    call(AtEnd, End, {AtEnd.CreateLoad(Pointer, TimedPlace)});
    AtEnd.CreateBr(Normal);
    Normal->replacePhiUsesWith(Invoke->getParent(), Ended);
    Invoke->setNormalDest(Ended);
  }

  /// Where an exception or longjmp comes to, the timed calls that it left have ended.
  void endUnwound() {
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
      call(B, Unwound, {Timed});
    }
  }

  /// The words of a site, in code that is not optimised.
  Value *plainField(IRBuilder<> &B, unsigned Site) {
    Value *Distance = Bias ? Bias : B.CreateLoad(Word, declareBias(M), "kp.bias");
    Value *Bytes = B.CreatePointerCast(B.CreateLoad(Pointer, SitesPlace), PointerType::getUnqual(B.getInt8Ty()));
    Distance = B.CreateAdd(Distance, B.getInt64((uint64_t)Site * KP_SITE_WORDS * sizeof(uint64_t)));
    return B.CreatePointerCast(B.CreateGEP(B.getInt8Ty(), Bytes, Distance), Pointer);
  }

  Value *keepInFrame(IRBuilder<> &B, Value *V) {
    Value *Place = B.CreateAlloca(Pointer);
    B.CreateStore(V, Place);
    return Place;
  }

  void keepAllInFrame() {
    IRBuilder<> B(cast<Instruction>(Outermost ? Outermost : Timed)->getNextNode());
    B.SetCurrentDebugLocation(Nowhere);
    TimedPlace = keepInFrame(B, Timed);
    OutermostPlace = keepInFrame(B, outermost());
    SitesPlace = keepInFrame(B, B.CreatePointerCast(Sites, Pointer));
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

  void insert(CallBase &Call, unsigned Site) {
    if (F.hasOptNone() && isTimed(Call))
      return insertPlainly(Call, Site);
    bool IsOutOfLine = TimedCalls::canMake(Call);
    if (isThroughPointer(Call) && !IsOutOfLine)
      noteTarget(Call, Site);
    IRBuilder<> B(&Call);
    B.SetCurrentDebugLocation(Nowhere);
    Value *Left = count(B, Site);
    if (!isTimed(Call))
      return;
    auto *Slow = BasicBlock::Create(C, "kp.timed", &F);
    goTo(*Slow, B.CreateICmpSLT(Left, B.getInt64(0)), Call);
    if (isThroughPointer(Call) && IsOutOfLine)
      goTo(*Slow, isNewTarget(Call, Site), Call);
    B.SetInsertPoint(Slow);
    Value *Words = field(B, Site, 0), *Inner = isInner(B);
    joinWays(Call, *(IsOutOfLine ? Ways.insert(Call, Slow, Words, Inner) : timeCopy(Call, Slow, Words, Inner)), Slow);
  }

  /// Counts a call; returns what is left of its countdown at B.
  Value *count(IRBuilder<> &B, unsigned Site) {
    Instruction *Earlier = Counts.Places[Site];
    IRBuilder<> At(Earlier ? Earlier : &*B.GetInsertPoint());
    At.SetCurrentDebugLocation(Nowhere);
    Value *Countdown = field(At, Site, KP_SITE_COUNTDOWN);
    Value *Left = At.CreateSub(At.CreateLoad(Word, Countdown), At.getInt64(1));
    At.CreateStore(Left, Countdown);
    return Earlier ? B.CreateLoad(Word, field(B, Site, KP_SITE_COUNTDOWN)) : Left;
  }

  /// Branches to a block at Call where `Condition` holds, which is seldom.
  void goTo(BasicBlock &Where, Value *Condition, CallBase &Call) {
    BasicBlock *Head = Call.getParent();
    BasicBlock *Next = Head->splitBasicBlock(&Call, "kp.call");
    Head->getTerminator()->eraseFromParent();
    BranchInst::Create(&Where, Next, Condition, Head)
        ->setMetadata(LLVMContext::MD_prof, MDBuilder(C).createBranchWeights(1, 1000));
  }

  /// Whether a call through a pointer goes to another function than the one before it.
  Value *isNewTarget(CallBase &Call, unsigned Site) {
    IRBuilder<> B(&Call);
    B.SetCurrentDebugLocation(Nowhere);
    return B.CreateICmpNE(B.CreateLoad(Word, field(B, Site, KP_SITE_TARGET)),
                          B.CreatePtrToInt(Call.getCalledOperand(), Word));
  }

  /// Tells the runtime of a new target.
  void noteTarget(CallBase &Call, unsigned Site) {
    Instruction *Then =
        SplitBlockAndInsertIfThen(isNewTarget(Call, Site), &Call, false, MDBuilder(C).createBranchWeights(1, 1000));
    IRBuilder<> B(Then);
    B.SetCurrentDebugLocation(Nowhere);
    call(B, Target, {field(B, Site, 0), B.CreatePtrToInt(Call.getCalledOperand(), Word)});
  }

  /// begin; copy of the call; end.
  CallBase *timeCopy(CallBase &Call, BasicBlock *Slow, Value *Words, Value *Inner) {
    IRBuilder<> B(Slow);
    call(B, Begin, {Timed, Words, Inner});
    auto *Copy = cast<CallBase>(Call.clone());
    B.Insert(Copy);
    Copy->setDebugLoc(Call.getDebugLoc());
    auto *Invoke = dyn_cast<InvokeInst>(Copy);
    if (!Invoke) {
      cast<CallInst>(Copy)->setTailCallKind(CallInst::TCK_NoTail);
      call(B, End, {Timed});
      return Copy;
    }
    auto *Ended = BasicBlock::Create(C, "kp.ended", &F);
    IRBuilder<> AtEnd(Ended);
    call(AtEnd, End, {Timed});
    BranchInst::Create(Invoke->getNormalDest(), Ended);
    Invoke->setNormalDest(Ended);
    return Copy;
  }

  /// Behind the call, the plain and the timed way are one again.
  void joinWays(CallBase &Call, CallBase &Other, BasicBlock *Slow) {
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

  /// Both ways give one result.
  void joinResults(CallBase &Call, CallBase &Other, BasicBlock *Fast, BasicBlock *Slow, BasicBlock *Join) {
    if (Call.getType()->isVoidTy() || Call.use_empty())
      return;
    PHINode *Result = PHINode::Create(Call.getType(), 2, "", &Join->front());
    Call.replaceAllUsesWith(Result);
    Result->addIncoming(&Call, Fast);
    Result->addIncoming(&Other, Slow);
  }

  void joinInvokes(InvokeInst &Invoke, InvokeInst &Other) {
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
};

} // namespace

CallSites instrumentCallSites(Function &Body, GlobalVariable *Counters, unsigned CounterCount,
                              function_ref<bool(const CallBase &)> Wants,
                              function_ref<GlobalVariable *(unsigned)> Reserve, TimedCalls &Ways) {
  SmallVector<CallBase *, 32> Calls;
  CallSites Found;
  for (Instruction &I : instructions(Body)) {
    auto *Call = dyn_cast<CallBase>(&I);
    if (!Call || !isSite(*Call) || !Wants(*Call))
      continue;
    std::string Name;
    if (auto *Intrinsic = dyn_cast<IntrinsicInst>(Call))
      Name = libraryName(*Intrinsic).str();
    else if (auto *Callee = dyn_cast<Function>(Call->getCalledOperand()->stripPointerCasts()))
      Name = originalName(*Callee).str();
    Calls.push_back(Call);
    Found.Sites.push_back({Call->getDebugLoc(), Name});
  }
  if (Calls.empty())
    return Found;
  Fusion Counts = fuseCounters(Body, Calls);
  Inserter(Body, Counts, Ways)
      .run(Calls, Counters, CounterCount, Reserve(Calls.size()), Body.hasFnAttribute(TrackedKey));
  Found.Fused = std::move(Counts.Counters);
  return Found;
}

} // namespace kp
