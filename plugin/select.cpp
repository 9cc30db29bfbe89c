// Who is profiled (see select.h).
#include "plugin/select.h"
#include "plugin/options.h"
#include "plugin/timed.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"

using namespace llvm;

namespace kp {

constexpr const char *AssumeKey = "llvm.assume";
constexpr const char *SectionKey = "implicit-section-name";

namespace {

struct Marks {
  bool Profile = false, Line = false, Memory = false, Option = false;

  bool take(StringRef Text) {
    bool *Mark = Text == AttributeMark ? &Profile
                 : Text == LineMark    ? &Line
                 : Text == MemoryMark  ? &Memory
                 : Text == OptionMark  ? &Option
                                       : nullptr;
    if (Mark)
      *Mark = true;
    return Mark != nullptr;
  }
  bool attribute() const { return Profile || Line || Memory; }
  bool all() const { return Profile || Option || (Line && Memory); }
};

} // namespace

/// Takes our texts out of a comma-separated assumption attribute; returns what is left.
static std::string withoutMarks(StringRef Text, Marks &Found) {
  std::string Rest;
  SmallVector<StringRef, 4> Parts;
  Text.split(Parts, ',');
  for (StringRef Part : Parts)
    if (!Found.take(Part) && Part.substr(0, strlen(TimedMark)) != TimedMark)
      Rest += (Rest.empty() ? "" : ",") + Part.str();
  return Rest;
}

/// Takes both carriers off F (see plugin/attribute.cpp).
static Marks takeMarks(Function &F) {
  Marks Found;
  if (F.hasFnAttribute(AssumeKey)) {
    std::string Rest = withoutMarks(F.getFnAttribute(AssumeKey).getValueAsString(), Found);
    F.removeFnAttr(AssumeKey);
    if (!Rest.empty())
      F.addFnAttr(AssumeKey, Rest);
  }
  // Clang's newer versions make the definition's mark the section, older ones an attribute.
  StringRef Mark = F.hasFnAttribute(SectionKey) ? F.getFnAttribute(SectionKey).getValueAsString() : F.getSection();
  if (Found.take(Mark)) {
    F.removeFnAttr(SectionKey);
    F.setSection("");
  }
  return Found;
}

static void stripCalls(Function &F) {
  for (Instruction &I : instructions(F)) {
    auto *Call = dyn_cast<CallBase>(&I);
    if (!Call || !Call->hasFnAttr(AssumeKey))
      continue;
    Marks Ignored;
    std::string Rest = withoutMarks(Call->getFnAttr(AssumeKey).getValueAsString(), Ignored);
    Call->setAttributes(Call->getAttributes().removeFnAttribute(F.getContext(), AssumeKey));
    if (!Rest.empty())
      Call->addFnAttr(Attribute::get(F.getContext(), AssumeKey, Rest));
  }
}

bool sharesLabels(Function &F) {
  for (BasicBlock &BB : F) {
    if (!BB.hasAddressTaken())
      continue;
    SmallVector<User *, 8> Work;
    for (User *U : BlockAddress::get(&F, &BB)->users())
      Work.push_back(U);
    while (!Work.empty()) {
      User *U = Work.pop_back_val();
      if (auto *I = dyn_cast<Instruction>(U)) {
        if (I->getFunction() != &F)
          return true;
      } else if (auto *G = dyn_cast<GlobalVariable>(U)) {
        if (!G->hasLocalLinkage())
          return true;
        for (User *V : G->users())
          Work.push_back(V);
      } else if (isa<Constant>(U)) {
        for (User *V : U->users())
          Work.push_back(V);
      } else {
        return true;
      }
    }
  }
  return false;
}

static bool canBeProfiled(const Function &F) {
  return !F.isDeclaration() && F.getSubprogram() && !F.hasFnAttribute(Attribute::Naked);
}

static bool reachedFromOutside(const Function &F) { return !F.hasLocalLinkage() || F.hasAddressTaken(); }

static Entry howEntered(const Function &F) {
  if (F.hasAvailableExternallyLinkage() || !reachedFromOutside(F))
    return Entry::None;
  bool OwnBody = (F.hasExternalLinkage() || F.hasLocalLinkage()) && !F.hasComdat();
  if (!OwnBody || options().LinkTimeOptimisation || F.hasPrefixData())
    return Entry::Test;
  return Entry::Patch;
}

/// Direct callers of targets in this module become targets themselves, and so on.
static void addCallers(SmallVectorImpl<Target> &Targets) {
  DenseMap<Function *, bool> Known;
  SmallVector<Function *, 32> Work;
  for (Target &T : Targets) {
    Known[T.Original] = true;
    if (!T.InPlace)
      Work.push_back(T.Original);
  }
  while (!Work.empty()) {
    Function *Callee = Work.pop_back_val();
    for (User *U : Callee->users()) {
      auto *Call = dyn_cast<CallBase>(U);
      if (!Call || Call->getCalledOperand() != Callee)
        continue;
      Function *Caller = Call->getFunction();
      if (!Known.insert({Caller, true}).second || Caller->hasFnAttribute(Attribute::Naked) || sharesLabels(*Caller))
        continue;
      Target T;
      T.Original = Caller;
      T.How = howEntered(*Caller);
      Targets.push_back(T);
      Work.push_back(Caller);
    }
  }
}

SmallVector<Target, 0> selectTargets(Module &M) {
  SmallVector<Target, 0> Targets;
  for (Function &F : M) {
    stripCalls(F);
    Marks Found = takeMarks(F);
    if (!(Found.attribute() || Found.Option) || !canBeProfiled(F))
      continue;
    Target T;
    T.Original = &F;
    T.Chosen = true;
    T.ByAttribute = Found.attribute();
    T.OnlyLines = Found.Line && !Found.all();
    T.OnlyMemory = Found.Memory && !Found.all();
    T.InPlace = sharesLabels(F);
    T.How = T.InPlace ? Entry::None : howEntered(F);
    Targets.push_back(T);
  }
  addCallers(Targets);
  return Targets;
}

} // namespace kp
