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
  return !F.isDeclaration() && F.getSubprogram() && !F.hasAvailableExternallyLinkage() && !F.hasFnAttribute(ChosenKey) &&
         !F.hasFnAttribute(VersionKey) && !F.hasFnAttribute(Attribute::Naked) && !F.hasFnAttribute("no_instrument_function") &&
         !F.hasFnAttribute(Attribute::NoProfile) && !F.hasSection() && !cannotBeCopied(F);
}

/// Comdat functions, which another object may replace, get a test of their own only where pointers lead to them: direct
/// calls go from body to body.
static Entry howEntered(Function &F) {
  if (F.hasLocalLinkage() && !F.hasAddressTaken())
    return Entry::None;
  bool IsOurs = F.hasComdat() && F.getComdat()->getSelectionKind() == Comdat::NoDeduplicate;
  bool OwnBody = (F.hasExternalLinkage() || F.hasLocalLinkage()) && (!F.hasComdat() || IsOurs);
  if (OwnBody && !options().LinkTimeOptimisation)
    return F.hasPrefixData() && !isPatchable(F) ? Entry::None : Entry::Patch;
  return options().LinkTimeOptimisation || F.hasAddressTaken() ? Entry::Test : Entry::None;
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

static void addBody(Target &T) {
  Module &M = *T.Original->getParent();
  FunctionLines Lines;
  Placement Counters;
  describe(*T.Original, Lines, Counters);
  T.Hits = cloneBody(*T.Original, ".kp_calls");
  if (T.How != Entry::None)
    T.EnterHits = createEntry(*T.Hits, ".enter");
  MapContents Contents{&Lines, &Counters, nullptr, nullptr, KP_FUNCTION_CALLS_ONLY};
  GlobalVariable *Words = reserveCounters(M, T, Contents);
  insertCounters(*T.Hits, {&T.Hits->getEntryBlock()}, Counters, emitCounterBase(*T.Hits, Words));
  emitRecord(M, T, Contents, Words);
  markBody(*T.Hits, *Words, Counters.CounterCount);
}

/// Has Call call To. The optimiser may have taken from the original, and from its calls, a result that nobody wants; where it
/// has taken arguments the call stays as it is.
static void redirectCall(CallBase &Call, Function &To) {
  FunctionType *Type = To.getFunctionType();
  if (Call.getFunctionType() == Type) {
    Call.setCalledFunction(&To);
    return;
  }
  auto *Plain = dyn_cast<CallInst>(&Call);
  if (!Plain || !Call.getType()->isVoidTy() || Call.getFunctionType()->params() != Type->params() || Call.isMustTailCall())
    return;
  SmallVector<Value *, 8> Arguments(Call.args());
  IRBuilder<> B(&Call);
  CallInst *New = B.CreateCall(&To, Arguments);
  New->setAttributes(Call.getAttributes());
  New->setCallingConv(Call.getCallingConv());
  Call.eraseFromParent();
}

/// Direct calls from these bodies need no detour over the originals.
static void connectBodies(Module &M, ArrayRef<Target> Targets) {
  SmallPtrSet<const Function *, 32> Bodies;
  for (const Target &T : Targets)
    Bodies.insert(T.Hits);
  auto redirect = [&](Function &Original, Function &To) {
    SmallVector<User *, 16> Users(Original.users());
    for (User *U : Users) {
      auto *Call = dyn_cast<CallBase>(U);
      if (Call && Call->getCalledOperand() == &Original && Bodies.count(Call->getFunction()) &&
          Call->getFunctionType() == Original.getFunctionType())
        redirectCall(*Call, To);
    }
  };
  for (const Target &T : Targets)
    redirect(*T.Original, *T.Hits);
  for (Function &F : M)
    if (F.hasFnAttribute(ChosenKey))
      if (Function *Hits = M.getFunction(F.getFnAttribute(ChosenKey).getValueAsString()))
        redirect(F, *Hits);
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
    if (T.How == Entry::Patch)
      makePatchable(*T.Original);
    else if (T.How == Entry::Test)
      insertCallsTest(T);
  }
}

} // namespace kp
