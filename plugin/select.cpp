// Who is profiled (see select.h).
#include "plugin/select.h"
#include "plugin/options.h"
#include "plugin/structors.h"
#include "plugin/timers.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/GlobalAlias.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/Support/Path.h"

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

/// Label tables and other data that hold addresses of F's blocks and could not be copied with its body.
static bool sharesLabels(Function &F) {
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

static bool isIdentifierStart(char C) { return isAlpha(C) || C == '_' || C == '.'; }

static bool isInIdentifier(char C) { return isIdentifierStart(C) || isDigit(C); }

/// Whether a text for the assembler defines a label by name: an identifier and a colon where a statement may begin.
/// Numbers ("1:") may be defined again, and what ends in "%=" is new in every copy.
static bool definesLabel(StringRef Text) {
  bool AtStart = true;
  while (!Text.empty()) {
    char C = Text.front();
    if (AtStart && isIdentifierStart(C)) {
      Text = Text.drop_while(isInIdentifier);
      if (Text.take_front(1) == ":")
        return true;
      AtStart = false;
      continue;
    }
    AtStart = C == '\n' || C == ';' || C == ':' || (AtStart && (C == ' ' || C == '\t'));
    Text = Text.drop_front();
  }
  return false;
}

static bool definesLabel(const Function &F) {
  for (const Instruction &I : instructions(F)) {
    auto *Call = dyn_cast<CallBase>(&I);
    auto *Assembly = Call ? dyn_cast<InlineAsm>(Call->getCalledOperand()) : nullptr;
    if (Assembly && definesLabel(Assembly->getAsmString()))
      return true;
  }
  return false;
}

bool cannotBeCopied(Function &F) { return definesLabel(F) || sharesLabels(F); }

static bool canBeProfiled(const Function &F) {
  return !F.isDeclaration() && F.getSubprogram() && !F.hasFnAttribute(Attribute::Naked) && !isThunk(F);
}

/// A piece of a function that the compiler has made a function of its own: an OpenMP region or task, a block. It
/// carries none of its function's attributes.
static bool isPieceOfFunction(const Function &F) {
  return F.hasLocalLinkage() && (F.getName().contains(".omp_") || F.getName().contains("_block_invoke"));
}

/// A function that Clang has made of the initialisation of a variable that options choose. It has no line of its own.
static bool initialisesChosen(const Function &F) {
  if (!F.getSubprogram() || !F.getName().contains("__cxx_global_var_init"))
    return false;
  return any_of(instructions(F), [](const Instruction &I) {
    const DILocation *Location = I.getDebugLoc();
    return Location &&
           options().Variables.count({sys::path::filename(Location->getFilename()).str(), Location->getLine()});
  });
}

/// The functions that F's code refers to: calls them, takes their address, or uses data of this module that does.
static SmallVector<Function *, 8> referredFunctions(const Function &F) {
  SmallVector<Function *, 8> Result;
  SmallPtrSet<const Constant *, 32> Seen;
  SmallVector<const Constant *, 32> Work;
  for (const Instruction &I : instructions(F))
    for (const Use &Operand : I.operands())
      if (auto *C = dyn_cast<Constant>(Operand))
        Work.push_back(C);
  while (!Work.empty()) {
    const Constant *C = Work.pop_back_val();
    if (isa<ConstantData>(C) || !Seen.insert(C).second)
      continue;
    if (auto *Callee = dyn_cast<Function>(C)) {
      Result.push_back(const_cast<Function *>(Callee));
    } else if (auto *Data = dyn_cast<GlobalVariable>(C)) {
      if (Data->hasLocalLinkage() && Data->hasInitializer())
        Work.push_back(Data->getInitializer());
    } else if (!isa<GlobalValue>(C) && !isa<BlockAddress>(C)) {
      for (const Use &Operand : C->operands())
        Work.push_back(cast<Constant>(Operand));
    }
  }
  return Result;
}

static bool reachedFromOutside(const Function &F) { return !F.hasLocalLinkage() || F.hasAddressTaken(); }

/// Whether F runs before main. The optimiser runs such functions itself where it can, counters and all, and removes
/// them.
static bool isConstructor(const Function &F) {
  const GlobalVariable *List = F.getParent()->getGlobalVariable("llvm.global_ctors");
  auto *Entries = List && List->hasInitializer() ? dyn_cast<ConstantArray>(List->getInitializer()) : nullptr;
  if (!Entries)
    return false;
  return any_of(Entries->operands(), [&](const Use &Entry) {
    auto *Fields = dyn_cast<ConstantStruct>(Entry);
    return Fields && Fields->getOperand(1)->stripPointerCasts() == &F;
  });
}

static Entry howEntered(const Function &F) {
  if (F.hasAvailableExternallyLinkage() || !reachedFromOutside(F))
    return Entry::None;
  bool OwnBody = (F.hasExternalLinkage() || F.hasLocalLinkage()) && !F.hasComdat();
  if (!OwnBody || options().LinkTimeOptimisation || F.hasPrefixData() ||
      isConstructor(F)) // the test of a variable cannot be done beforehand
    return Entry::Test;
  return Entry::Patch;
}

SmallVector<CallBase *, 16> directCalls(Function &F) {
  SmallVector<CallBase *, 16> Calls;
  SmallVector<Value *, 4> Names{&F};
  while (!Names.empty()) {
    Value *Name = Names.pop_back_val();
    for (User *U : Name->users()) {
      auto *Call = dyn_cast<CallBase>(U);
      auto *Alias = dyn_cast<GlobalAlias>(U);
      if (Call && Call->getCalledOperand() == Name)
        Calls.push_back(Call);
      else if (Alias && !Alias->isInterposable())
        Names.push_back(Alias);
    }
  }
  return Calls;
}

/// The functions that may find out that a pointer of theirs is F: they use its address, or that of constant data that
/// holds it.
static SmallPtrSet<Function *, 8> knowingFunctions(Function &F) {
  SmallPtrSet<Function *, 8> Result;
  SmallPtrSet<Constant *, 16> Seen;
  SmallVector<Constant *, 16> Work{&F};
  while (!Work.empty())
    for (User *U : Work.pop_back_val()->users()) {
      auto *Data = dyn_cast<GlobalVariable>(U);
      auto *C = dyn_cast<Constant>(U);
      if (auto *I = dyn_cast<Instruction>(U))
        Result.insert(I->getFunction());
      else if (C && (Data ? Data->isConstant() : !isa<GlobalValue>(C) || isa<GlobalAlias>(C)) && Seen.insert(C).second)
        Work.push_back(C);
    }
  return Result;
}

/// Callers of targets in this module become targets themselves, and so on; so do those that may become callers when
/// they are optimised.
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
    for (Function *Caller : knowingFunctions(*Callee)) {
      if (!Known.insert({Caller, true}).second || Caller->hasFnAttribute(Attribute::Naked) || cannotBeCopied(*Caller))
        continue;
      Target T;
      T.Original = Caller;
      T.How = howEntered(*Caller);
      Targets.push_back(T);
      Work.push_back(Caller);
    }
  }
}

static Target chosenTarget(Function &F, bool ByAttribute) {
  Target T;
  T.Original = &F;
  T.Chosen = true;
  T.ByAttribute = ByAttribute;
  T.InPlace = cannotBeCopied(F);
  T.How = T.InPlace ? Entry::None : howEntered(F);
  return T;
}

static Target pieceOf(const Target &Whole, Function &Piece) {
  Target T = chosenTarget(Piece, Whole.ByAttribute);
  T.OnlyLines = Whole.OnlyLines;
  T.OnlyMemory = Whole.OnlyMemory;
  return T;
}

/// Pieces of chosen functions are chosen, and pieces of pieces.
static void addPieces(SmallVectorImpl<Target> &Targets) {
  SmallPtrSet<Function *, 32> Known;
  for (Target &T : Targets)
    Known.insert(T.Original);
  for (size_t I = 0; I < Targets.size(); I++)
    for (Function *Piece : referredFunctions(*Targets[I].Original))
      if (isPieceOfFunction(*Piece) && canBeProfiled(*Piece) && Known.insert(Piece).second)
        Targets.push_back(pieceOf(Targets[I], *Piece));
}

SmallVector<Target, 0> selectTargets(Module &M) {
  SmallVector<Target, 0> Targets;
  for (Function &F : M) {
    if (definesLabel(F)) // nor may it be inlined into two versions of its caller
      F.addFnAttr(Attribute::NoInline);
    stripCalls(F);
    Marks Found = takeMarks(F);
    if (!(Found.attribute() || Found.Option || initialisesChosen(F)) || !canBeProfiled(F))
      continue;
    Target T = chosenTarget(F, Found.attribute());
    T.OnlyLines = Found.Line && !Found.all();
    T.OnlyMemory = Found.Memory && !Found.all();
    Targets.push_back(T);
  }
  addPieces(Targets);
  addCallers(Targets);
  return Targets;
}

} // namespace kp
