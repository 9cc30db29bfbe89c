// Bodies for profiling whole functions (see functions.h).
#include "plugin/functions.h"
#include "plugin/call_sites.h"
#include "plugin/counters.h"
#include "plugin/map_emitter.h"
#include "plugin/options.h"
#include "plugin/select.h"
#include "plugin/versions.h"
#include "format/map.h"

#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/Instructions.h"

using namespace llvm;

namespace kp {

static std::tuple<StringRef, unsigned, StringRef> identity(const DISubprogram &S) {
  return {S.getFilename(), S.getLine(), S.getLinkageName().empty() ? S.getName() : S.getLinkageName()};
}

ChosenFunctions::ChosenFunctions(const Module &M) {
  if (const NamedMDNode *List = M.getNamedMetadata(ChosenKey))
    for (const MDNode *Subprogram : List->operands())
      Known.insert(identity(*cast<DISubprogram>(Subprogram)));
}

void ChosenFunctions::add(Function &F, StringRef Body) {
  F.addFnAttr(ChosenKey, Body);
  F.getParent()->getOrInsertNamedMetadata(ChosenKey)->addOperand(F.getSubprogram());
}

bool ChosenFunctions::contain(const DILocation *Location) const {
  for (; Location; Location = Location->getInlinedAt())
    if (Known.count(identity(*Location->getScope()->getSubprogram())))
      return true;
  return false;
}

static bool wantsBody(Function &F) {
  return !F.isDeclaration() && F.getSubprogram() && !F.hasAvailableExternallyLinkage() &&
         !F.hasFnAttribute(ChosenKey) && !F.hasFnAttribute(VersionKey) && !F.hasFnAttribute(Attribute::Naked) &&
         !F.hasFnAttribute("no_instrument_function") && !F.hasFnAttribute(Attribute::NoProfile) && !F.hasSection() &&
         !cannotBeCopied(F);
}

static bool isForLines(const Function &F) {
  bool IsOnlyBody = F.hasFnAttribute(ChosenKey) && F.getFnAttribute(ChosenKey).getValueAsString().empty();
  return IsOnlyBody || (F.hasFnAttribute(VersionKey) && !F.hasFnAttribute(ForwarderKey));
}

/// Bodies for lines serve both kinds of profile, so they call functions that were not chosen as if nobody counted
/// these.
static bool isCalledByChosen(const Function &F) {
  return any_of(F.users(), [](const User *U) {
    auto *I = dyn_cast<Instruction>(U);
    return I && isForLines(*I->getFunction());
  });
}

/// Comdat functions, which another object may replace, get a test of their own only where pointers or bodies for lines
/// lead to them: other direct calls go from body to body.
static Entry howEntered(Function &F) {
  bool IsReached = F.hasAddressTaken() || isCalledByChosen(F) || mayBeReplaced(F);
  if (F.hasLocalLinkage() && !IsReached)
    return Entry::None;
  bool IsOurs = F.hasComdat() && F.getComdat()->getSelectionKind() == Comdat::NoDeduplicate;
  bool OwnBody = (F.hasExternalLinkage() || F.hasLocalLinkage()) && (!F.hasComdat() || IsOurs);
  if (OwnBody && !options().LinkTimeOptimisation)
    return F.hasPrefixData() && !isPatchable(F) ? Entry::None : Entry::Patch;
  return options().LinkTimeOptimisation || IsReached ? Entry::Test : Entry::None;
}

/// One block, one counter: the function's calls.
static void describe(const Function &F, FunctionLines &Lines, Placement &Counters) {
  const DISubprogram *Subprogram = F.getSubprogram();
  Lines.Files.push_back(sourcePath(*Subprogram->getFile()));
  Lines.Lines.push_back({0, Subprogram->getLine()});
  Lines.OfBlock.push_back({0});
  Lines.FirstLine = Lines.LastLine = Subprogram->getLine();
  Counters.ByBlock = true;
  Counters.OfBlock.push_back(0);
  Counters.Needed.push_back(true);
  Counters.CounterCount = 1;
}

static bool haveOneType(const Function &A, const Function &B) {
  return A.getFunctionType() == B.getFunctionType() && A.getCallingConv() == B.getCallingConv();
}

/// A version of F that has no counters, but calls chosen functions' bodies where F itself may have them inlined. Null:
/// there is none, or the optimiser changed how it is called.
static Function *forwarderOf(const Function &F, const char *Suffix) {
  Function *Forwarder = F.getParent()->getFunction((F.getName() + Suffix).str());
  bool Is =
      Forwarder && !Forwarder->isDeclaration() && Forwarder->hasFnAttribute(ForwarderKey) && haveOneType(*Forwarder, F);
  return Is ? Forwarder : nullptr;
}

/// A clone of what F does, with every call of a chosen function in it.
static Function *cloneCalls(Function &F) {
  Function *Forwarder = forwarderOf(F, ".kp_hits");
  Function *Body = cloneBody(Forwarder ? *Forwarder : F, ".kp_calls", CountingGroup);
  Body->setName(F.getName() + ".kp_calls");
  for (StringRef Key : {BodyKey, CounterCountKey, ForwarderKey, ReloadKey})
    Body->removeFnAttr(Key);
  return Body;
}

static void addBody(Target &T) {
  Module &M = *T.Original->getParent();
  FunctionLines Lines;
  Placement Counters;
  describe(*T.Original, Lines, Counters);
  T.Hits = cloneCalls(*T.Original);
  if (T.How != Entry::None)
    T.EnterHits = createEntry(*T.Hits, ".enter");
  MapContents Contents{&Lines, &Counters, nullptr, nullptr, KP_FUNCTION_CALLS_ONLY};
  GlobalVariable *Words = reserveCounters(M, T, Contents);
  insertCounters(*T.Hits, {&T.Hits->getEntryBlock()}, Counters, emitCounterBase(*T.Hits, Words));
  emitRecord(M, T, Contents, Words);
  markBody(*T.Hits, *Words, Counters.CounterCount);
}

/// Has Call call To. The optimiser may have taken from the original, and from its calls, a result that nobody wants;
/// where it has taken arguments the call stays as it is.
static void redirectCall(CallBase &Call, Function &To) {
  FunctionType *Type = To.getFunctionType();
  if (Call.getFunctionType() == Type) {
    Call.setCalledFunction(&To);
    return;
  }
  auto *Plain = dyn_cast<CallInst>(&Call);
  if (!Plain || !Call.getType()->isVoidTy() || Call.getFunctionType()->params() != Type->params() ||
      Call.isMustTailCall())
    return;
  SmallVector<Value *, 8> Arguments(Call.args());
  IRBuilder<> B(&Call);
  CallInst *New = B.CreateCall(&To, Arguments);
  New->setAttributes(Call.getAttributes());
  New->setCallingConv(Call.getCallingConv());
  Call.eraseFromParent();
}

/// The calls of F in these bodies.
static SmallVector<CallBase *, 16> callsIn(const SmallPtrSetImpl<const Function *> &Bodies, Function &F) {
  SmallVector<CallBase *, 16> Calls;
  for (User *U : F.users()) {
    auto *Call = dyn_cast<CallBase>(U);
    if (Call && Call->getCalledOperand() == &F && Bodies.count(Call->getFunction()) &&
        Call->getFunctionType() == F.getFunctionType() && Call->getCallingConv() == F.getCallingConv())
      Calls.push_back(Call);
  }
  return Calls;
}

/// Calls of a chosen function, or of one of its bodies, go to the body of the mode that the program runs in.
static void connectToChosen(Function &Hits, const SmallPtrSetImpl<const Function *> &Bodies) {
  Module &M = *Hits.getParent();
  StringRef Name = originalName(Hits);
  SmallVector<CallBase *, 16> Calls;
  for (Function *F : {M.getFunction(Name), &Hits, M.getFunction((Hits.getName() + ".enter").str())})
    if (F && F->getCallingConv() == Hits.getCallingConv() && !mayBeReplaced(*F))
      Calls.append(callsIn(Bodies, *F));
  Function *Exact = M.getFunction((Name + ".kp_exact").str());
  bool HasBoth = Exact && !Exact->isDeclaration() && haveOneType(*Exact, Hits);
  Function *To = Calls.empty() || !HasBoth ? &Hits : createChoice(Hits, *Exact, Name + ".kp_calls");
  for (CallBase *Call : Calls)
    redirectCall(*Call, *To);
}

/// Direct calls from these bodies need no detour over the originals.
static void connectBodies(Module &M, ArrayRef<Target> Targets) {
  SmallPtrSet<const Function *, 32> Bodies;
  for (const Target &T : Targets)
    Bodies.insert(T.Hits);
  for (const Target &T : Targets)
    for (Function *F : {T.Original, forwarderOf(*T.Original, ".kp_hits")})
      if (F && F->getCallingConv() == T.Hits->getCallingConv() && !mayBeReplaced(*F))
        for (CallBase *Call : callsIn(Bodies, *F))
          redirectCall(*Call, *T.Hits);
  SmallVector<Function *, 16> Chosen;
  for (Function &F : M)
    if (F.hasFnAttribute(BodyKey) && F.hasFnAttribute(VersionKey) && isForLines(F) && !Bodies.count(&F))
      Chosen.push_back(&F);
  for (Function *Hits : Chosen)
    connectToChosen(*Hits, Bodies);
}

/// Where bodies for lines call T's versions, these must find out whether it is its calls that count.
static void testForwarders(const Target &T) {
  for (const char *Suffix : {".kp_hits", ".kp_exact"})
    if (Function *Forwarder = forwarderOf(*T.Original, Suffix))
      if (isCalledByChosen(*Forwarder) && haveOneType(*Forwarder, *T.Hits))
        insertCallsTest(*Forwarder, *T.Hits);
}

void addFunctionBodies(Module &M) {
  SmallVector<Target, 0> Targets;
  for (Function &F : M) {
    if (!wantsBody(F))
      continue;
    Target T;
    T.Original = &F;
    T.How = howEntered(F);
    Targets.push_back(T);
  }
  for (Target &T : Targets)
    addBody(T);
  connectBodies(M, Targets);
  for (Target &T : Targets) {
    testForwarders(T);
    if (T.How == Entry::Patch)
      makePatchable(*T.Original);
    else if (T.How == Entry::Test)
      insertCallsTest(*T.Original, *T.EnterHits);
  }
}

} // namespace kp
