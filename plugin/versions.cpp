// The bodies of a target (see versions.h).
#include "plugin/versions.h"
#include "plugin/compat/debug_variables.h"
#include "plugin/compat/instructions.h"
#include "plugin/bias.h"
#include "plugin/counters.h"
#include "plugin/debug_locations.h"
#include "plugin/runtime_functions.h"
#include "plugin/timers.h"
#include "plugin/untimed_loops.h"
#include "format/map.h"

#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/MDBuilder.h"
#include "llvm/Transforms/Utils/Cloning.h"
#include "llvm/Transforms/Utils/ModuleUtils.h"

using namespace llvm;

namespace kp {

/// Data of this function alone that holds addresses of its blocks: label tables of computed gotos.
static SmallVector<GlobalVariable *, 2> labelTables(Function &F) {
  SmallVector<GlobalVariable *, 2> Tables;
  for (BasicBlock &BB : F) {
    if (!BB.hasAddressTaken())
      continue;
    SmallVector<User *, 8> Work(BlockAddress::get(&F, &BB)->user_begin(), BlockAddress::get(&F, &BB)->user_end());
    while (!Work.empty()) {
      User *U = Work.pop_back_val();
      if (auto *G = dyn_cast<GlobalVariable>(U)) {
        if (!is_contained(Tables, G))
          Tables.push_back(G);
      } else if (isa<Constant>(U)) {
        Work.append(U->user_begin(), U->user_end());
      }
    }
  }
  return Tables;
}

StringRef originalName(const Function &F) {
  return F.hasFnAttribute(VersionKey) ? F.getFnAttribute(VersionKey).getValueAsString() : F.getName();
}

Function *cloneBody(Function &Original, const Twine &Suffix, StringRef Group) {
  ValueToValueMapTy Map;
  SmallVector<std::pair<GlobalVariable *, GlobalVariable *>, 2> Tables;
  for (GlobalVariable *Table : labelTables(Original)) {
    auto *Copy = new GlobalVariable(*Original.getParent(), Table->getValueType(), Table->isConstant(),
                                    GlobalValue::PrivateLinkage, nullptr, Table->getName() + Suffix, Table);
    Copy->setAlignment(Table->getAlign());
    Map[Table] = Copy;
    Tables.push_back({Table, Copy});
  }
  Function *Clone = CloneFunction(&Original, Map);
  for (auto &Table : Tables)
    Table.second->setInitializer(MapValue(Table.first->getInitializer(), Map));
  // What an indirect call turns out to call may be an original, which does not count, and must not become part of the
  // clone.
  for (Instruction &I : instructions(*Clone))
    if (auto *Call = dyn_cast<CallBase>(&I))
      if (Call->isIndirectCall())
        Call->setIsNoInline();
  dropDebugVariables(*Clone); // lines are what is measured; variables take a sixth of the compiler's time
  Clone->setName(Original.getName() + Suffix);
  Clone->setLinkage(GlobalValue::InternalLinkage);
  Clone->setVisibility(GlobalValue::DefaultVisibility);
  Clone->setDSOLocal(true);
  Clone->setComdat(nullptr);
  Clone->addFnAttr(VersionKey, originalName(Original));
  if (!Original.hasSection())
    Clone->setSectionPrefix(Group);
  return Clone;
}

void groupBodies(Module &M) {
  for (StringRef Group : {CountingGroup, SeldomGroup}) {
    SmallVector<Function *, 0> Members;
    for (Function &F : M)
      if (F.getSectionPrefix() == Group)
        Members.push_back(&F);
    for (Function *F : Members)
      M.getFunctionList().splice(M.end(), M.getFunctionList(), F->getIterator());
  }
}

/// Whether F's code can see its variable arguments.
static bool usesVariableArguments(const Function &F) {
  return any_of(instructions(F), [](const Instruction &I) {
    auto *Call = dyn_cast<CallInst>(&I);
    return Call && (Call->isMustTailCall() || Call->getIntrinsicID() == Intrinsic::vastart);
  });
}

/// Ends a block with a call of Callee with F's own arguments and a return of its result. Variable arguments are passed
/// on by a guaranteed tail call, and only to who uses them: the optimiser may take them from other functions, but not
/// from the call, which then is invalid.
static void tailCall(IRBuilder<> &B, Function &F, Function *Callee) {
  bool PassesAll = F.isVarArg() && usesVariableArguments(*Callee);
  if (PassesAll)
    appendToCompilerUsed(*F.getParent(), {Callee}); // also where the optimiser finds that they are not used
  SmallVector<Value *, 8> Arguments;
  for (Argument &A : F.args())
    Arguments.push_back(&A);
  CallInst *Call = B.CreateCall(Callee, Arguments);
  // Only variable arguments need the guarantee; link-time optimisers stumble over it.
  Call->setTailCallKind(PassesAll ? CallInst::TCK_MustTail : CallInst::TCK_Tail);
  Call->setCallingConv(Callee->getCallingConv());
  AttributeList Attributes = Callee->getAttributes();
  Call->setAttributes(Attributes.removeFnAttributes(F.getContext()));
  Call->setIsNoInline(); // the body's marks are its own, and entries are off the optimiser's way
  Call->setDebugLoc(nowhere(F));
  if (F.getReturnType()->isVoidTy())
    B.CreateRetVoid();
  else
    B.CreateRet(Call);
}

/// if (this thread has no counters) ask the runtime for some; goes on in Next.
static void emitThreadCheck(IRBuilder<> &B, Function &F, BasicBlock *Next) {
  Module &M = *F.getParent();
  LLVMContext &C = F.getContext();
  auto *Fresh = BasicBlock::Create(C, "kp.thread", &F);
  Value *Bias = B.CreateLoad(B.getInt64Ty(), declareBias(M));
  MDNode *Rarely = MDBuilder(C).createBranchWeights(1, 100000);
  B.CreateCondBr(B.CreateICmpEQ(Bias, B.getInt64(0)), Fresh, Next, Rarely);
  B.SetInsertPoint(Fresh);
  CallInst *Call = B.CreateCall(declareRuntime(M, "kp_thread_start", {}));
  Call->setDebugLoc(nowhere(F));
  B.CreateBr(Next);
}

Function *createEntry(Function &Body, const Twine &Suffix) {
  Function *Entry = Function::Create(Body.getFunctionType(), Body.getLinkage(), Body.getAddressSpace(),
                                     Body.getName() + Suffix, Body.getParent());
  Entry->copyAttributesFrom(&Body);
  Entry->removeFnAttr(TimedKey); // the body is timed
  Entry->addFnAttr(EntryKey);
  Entry->setComdat(Body.getComdat());
  Entry->setPersonalityFn(nullptr);
  Entry->setDSOLocal(true);
  if (!Body.hasSection())
    Entry->setSectionPrefix(*Body.getSectionPrefix());
  auto *Start = BasicBlock::Create(Body.getContext(), "", Entry);
  auto *Next = BasicBlock::Create(Body.getContext(), "", Entry);
  IRBuilder<> B(Start);
  emitThreadCheck(B, *Entry, Next);
  B.SetInsertPoint(Next);
  tailCall(B, *Entry, &Body);
  return Entry;
}

/// The runtime's state: 0 asleep, else enum kp_timing. It never changes once the program's own code runs, so that a
/// later load of it within the original (an inlined callee's test) is known to be 0.
static GlobalVariable *declareState(Module &M, StringRef Name) {
  if (GlobalVariable *Known = M.getGlobalVariable(Name))
    return Known;
  auto *State =
      new GlobalVariable(M, Type::getInt8Ty(M.getContext()), false, GlobalValue::ExternalLinkage, nullptr, Name);
  State->setVisibility(GlobalValue::HiddenVisibility);
  State->setDSOLocal(true);
  return State;
}

static Value *loadState(IRBuilder<> &B, Module &M, StringRef Name = "kp_state") {
  LoadInst *State = B.CreateLoad(B.getInt8Ty(), declareState(M, Name));
  State->setMetadata(LLVMContext::MD_invariant_load, MDNode::get(M.getContext(), {}));
  return State;
}

Function *createChoice(Function &Hits, Function &Exact, const Twine &Name) {
  Module &M = *Hits.getParent();
  LLVMContext &C = M.getContext();
  Function *Choice =
      Function::Create(Hits.getFunctionType(), GlobalValue::InternalLinkage, Hits.getAddressSpace(), Name, &M);
  Choice->setCallingConv(Hits.getCallingConv());
  Choice->setAttributes(Hits.getAttributes().removeFnAttributes(C));
  Choice->addFnAttr(VersionKey, originalName(Hits));
  Choice->setSectionPrefix(CountingGroup);
  auto *Start = BasicBlock::Create(C, "", Choice);
  auto *ToExact = BasicBlock::Create(C, "kp.exact", Choice);
  auto *ToHits = BasicBlock::Create(C, "kp.hits", Choice);
  IRBuilder<> B(Start);
  B.CreateCondBr(B.CreateICmpEQ(loadState(B, M), B.getInt8(KP_TIMING_EXACT)), ToExact, ToHits);
  B.SetInsertPoint(ToExact);
  tailCall(B, *Choice, &Exact);
  B.SetInsertPoint(ToHits);
  tailCall(B, *Choice, &Hits);
  return Choice;
}

/// Whether the optimiser may not know what the operand is: it must stay a constant where code generation wants one.
static bool canBeHidden(const Use &Operand) {
  auto *Call = dyn_cast<CallBase>(Operand.getUser());
  if (!Call)
    return isa<StoreInst, PHINode, SelectInst, ICmpInst, ReturnInst, InsertValueInst, CastInst>(Operand.getUser());
  return Call->isArgOperand(&Operand) && !Call->isInlineAsm() && !isa<IntrinsicInst>(Call);
}

Value *hide(Value *Address, Instruction *Before) {
  Type *Pointer = Address->getType();
  InlineAsm *Nothing =
      InlineAsm::get(FunctionType::get(Pointer, {Pointer}, false), "", "=r,0", /*hasSideEffects=*/false);
  IRBuilder<> B(Before);
  CallInst *Hidden = B.CreateCall(Nothing, {Address});
  Hidden->setDoesNotThrow();
  Hidden->setDoesNotAccessMemory();
  Hidden->addFnAttr(Attribute::WillReturn);
  Hidden->setDebugLoc(nowhere(*Before->getFunction()));
  return Hidden;
}

/// In clones, hides the addresses of originals: knowing what these do, the optimiser would call them directly and make
/// them part of the clone, or leave out their call where they have no effect, and neither counts.
static void hideAddresses(Value &Address, function_ref<bool(const Function *)> IsClone) {
  SmallVector<Use *, 8> Uses;
  for (Use &U : Address.uses())
    Uses.push_back(&U);
  for (Use *U : Uses) {
    auto *Cast = dyn_cast<ConstantExpr>(U->getUser());
    auto *I = dyn_cast<Instruction>(U->getUser());
    if (Cast && Cast->isCast())
      hideAddresses(*Cast, IsClone);
    if (!I || !IsClone(I->getFunction()) || !canBeHidden(*U))
      continue;
    auto *Phi = dyn_cast<PHINode>(I);
    if (!Phi) {
      U->set(hide(U->get(), I));
      continue;
    }
    BasicBlock *From = Phi->getIncomingBlock(*U);
    if (!isa<CatchSwitchInst>(From->getTerminator()))
      Phi->setIncomingValueForBlock(From, hide(U->get(), From->getTerminator()));
  }
}

bool mayBeReplaced(const Function &F) {
  return !F.hasLocalLinkage() && (F.isInterposable() || (F.hasDefaultVisibility() && !F.isDSOLocal()));
}

void keepCallable(Target &T) {
  if (!T.Hits || !mayBeReplaced(*T.Original))
    return;
  for (Function *Body : {T.Hits, T.Exact})
    if (Body)
      appendToCompilerUsed(*Body->getParent(), {Body});
}

void restoreSymbols(Module &M) {
  for (Function &Body : M) {
    if (!Body.hasFnAttribute(VersionKey))
      continue;
    Function *Original = M.getFunction(originalName(Body));
    if (!Original || Original->isDeclaration() || !mayBeReplaced(*Original))
      continue;
    for (CallBase *Call : directCalls(Body)) {
      const Function &Caller = *Call->getFunction();
      bool IsVersion = Caller.hasFnAttribute(VersionKey) && !Caller.hasFnAttribute(EntryKey);
      if (IsVersion && Call->getFunctionType() == Original->getFunctionType() &&
          Call->getCallingConv() == Original->getCallingConv())
        Call->setCalledFunction(Original);
    }
  }
}

void redirectCalls(MutableArrayRef<Target> Targets) {
  struct Version {
    const Target *Of;
    bool Exact;
  };
  DenseMap<const Function *, Version> Versions;
  for (const Target &T : Targets) {
    if (!T.Hits)
      continue;
    Versions[T.Hits] = {&T, false};
    Versions[T.Exact] = {&T, true};
  }
  for (Target &T : Targets) {
    if (!T.Hits)
      continue;
    for (CallBase *Call : directCalls(*T.Original)) {
      if (Call->getFunctionType() != T.Original->getFunctionType() || T.Original->isInterposable())
        continue;
      auto Caller = Versions.find(Call->getFunction());
      if (Caller == Versions.end())
        continue;
      // A function without counters of its own may be the first on its thread to reach one that has.
      bool FromOutside = T.Chosen && !Caller->second.Of->Chosen;
      if (Caller->second.Exact && !Call->hasFnAttr(UntimedKey))
        Call->setCalledFunction(FromOutside ? T.EnterExact : T.Exact);
      else
        Call->setCalledFunction(FromOutside ? T.EnterHits : T.Hits);
    }
    hideAddresses(*T.Original, [&](const Function *F) { return Versions.count(F) != 0; });
  }
}

/// A new first block that keeps the static allocas, as the code generator wants them there.
static BasicBlock *prependBlock(Function &F) {
  BasicBlock *Old = &F.getEntryBlock();
  auto *New = BasicBlock::Create(F.getContext(), "kp.entry", &F, Old);
  for (auto It = Old->begin(); It != Old->end();) {
    Instruction &I = *It++;
    auto *Alloca = dyn_cast<AllocaInst>(&I);
    if (Alloca && Alloca->isStaticAlloca()) {
      Alloca->removeFromParent();
      insertAtEnd(*Alloca, *New);
    }
  }
  return New;
}

void insertEntryTest(Target &T) {
  Function &F = *T.Original;
  LLVMContext &C = F.getContext();
  BasicBlock *Body = &F.getEntryBlock();
  BasicBlock *Start = prependBlock(F);
  auto *Awake = BasicBlock::Create(C, "kp.awake", &F);
  auto *Hits = BasicBlock::Create(C, "kp.hits", &F);
  auto *Exact = BasicBlock::Create(C, "kp.exact", &F);
  IRBuilder<> B(Start);
  Value *State = loadState(B, *F.getParent());
  B.CreateCondBr(B.CreateICmpEQ(State, B.getInt8(0)), Body, Awake, MDBuilder(C).createBranchWeights(100000, 1));
  B.SetInsertPoint(Awake);
  B.CreateCondBr(B.CreateICmpEQ(State, B.getInt8(KP_TIMING_EXACT)), Exact, Hits);
  B.SetInsertPoint(Hits);
  tailCall(B, F, T.EnterHits);
  B.SetInsertPoint(Exact);
  tailCall(B, F, T.EnterExact);
}

void insertCallsTest(Function &F, Function &Calls) {
  BasicBlock *Body = &F.getEntryBlock();
  BasicBlock *Start = prependBlock(F);
  auto *Awake = BasicBlock::Create(F.getContext(), "kp.awake", &F);
  IRBuilder<> B(Start);
  Value *State = loadState(B, *F.getParent(), "kp_calls_state");
  B.CreateCondBr(B.CreateICmpEQ(State, B.getInt8(0)), Body, Awake,
                 MDBuilder(F.getContext()).createBranchWeights(100000, 1));
  B.SetInsertPoint(Awake);
  tailCall(B, F, &Calls);
}

void makePatchable(Function &F) {
  F.setPrefixData(ConstantInt::get(Type::getInt32Ty(F.getContext()), KP_ENTRY_MAGIC));
  F.setAlignment(std::max(F.getAlign().valueOrOne(), Align(16)));
}

bool isPatchable(const Function &F) {
  auto *Mark = F.hasPrefixData() ? dyn_cast<ConstantInt>(F.getPrefixData()) : nullptr;
  return Mark && Mark->getZExtValue() == KP_ENTRY_MAGIC;
}

/// The jump that the runtime writes over the start of a function.
constexpr unsigned JumpBytes = 5;

/// How many bytes of code an instruction becomes at least, where it becomes part of another.
static unsigned leastBytes(const Instruction &I) {
  auto *Call = dyn_cast<CallBase>(&I);
  if (isa<IntrinsicInst, UnaryInstruction, GetElementPtrInst, PHINode, InsertValueInst, UnreachableInst, FenceInst>(
          I) ||
      (Call && Call->isInlineAsm()) || (isa<BranchInst>(I) && I.getNumSuccessors() == 1))
    return 0;
  auto *Constant = isa<BinaryOperator>(I) ? dyn_cast<ConstantInt>(I.getOperand(1)) : nullptr;
  bool IsLong = Constant && !Constant->getValue().isSignedIntN(9) && !Constant->getValue().isPowerOf2();
  return IsLong && !I.isBitwiseLogicOp() ? JumpBytes : 1;
}

void makeRoom(Function &F) {
  if (StringRef(F.getParent()->getTargetTriple()).take_front(6) != "x86_64")
    return;
  unsigned Bytes = 0;
  for (const Instruction &I : instructions(F))
    Bytes += leastBytes(I);
  if (Bytes >= JumpBytes)
    return;
  auto *Nothing = InlineAsm::get(FunctionType::get(Type::getVoidTy(F.getContext()), false),
                                 ".byte 0x0f, 0x1f, 0x44, 0x00, 0x00", "", /*hasSideEffects=*/true);
  IRBuilder<> B(&*F.getEntryBlock().getFirstInsertionPt());
  B.SetCurrentDebugLocation(withoutLine(F));
  B.CreateCall(Nothing)->setDoesNotThrow();
}

/// At the end of `Start`, before going on in `Body`.
static void checkThread(BasicBlock *Start, BasicBlock *Body) {
  Function &F = *Start->getParent();
  auto *Awake = BasicBlock::Create(F.getContext(), "kp.awake", &F);
  IRBuilder<> B(Start);
  Value *State = loadState(B, *F.getParent());
  B.CreateCondBr(B.CreateICmpEQ(State, B.getInt8(0)), Body, Awake,
                 MDBuilder(F.getContext()).createBranchWeights(100000, 1));
  B.SetInsertPoint(Awake);
  emitThreadCheck(B, F, Body);
}

/// Where a coroutine goes on: the ways on from a suspension but the one back to the caller.
static SmallVector<BasicBlock *, 8> resumptions(Function &F) {
  SmallVector<BasicBlock *, 8> Found;
  for (BasicBlock &BB : F) {
    auto *Switch = dyn_cast<SwitchInst>(BB.getTerminator());
    auto *Suspension = Switch ? dyn_cast<IntrinsicInst>(Switch->getCondition()) : nullptr;
    if (!Suspension || Suspension->getIntrinsicID() != Intrinsic::coro_suspend)
      continue;
    for (auto &Case : Switch->cases())
      if (!is_contained(Found, Case.getCaseSuccessor()))
        Found.push_back(Case.getCaseSuccessor());
  }
  return Found;
}

void checkThreadOfResumptions(Function &F) {
  for (BasicBlock *Resumed : resumptions(F)) {
    Instruction *Going = &*Resumed->getFirstInsertionPt();
    BasicBlock *Body = Resumed->splitBasicBlock(Going, "kp.resumed");
    Resumed->getTerminator()->eraseFromParent();
    checkThread(Resumed, Body);
  }
}

void insertThreadCheck(Function &F) {
  BasicBlock *Body = &F.getEntryBlock();
  checkThread(prependBlock(F), Body);
}

} // namespace kp
