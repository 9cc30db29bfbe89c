// Which lines hold code (see lines.h).
#include "plugin/lines.h"
#include "plugin/compat/coroutines.h"
#include "plugin/continuations.h"
#include "plugin/structors.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/BinaryFormat/Dwarf.h"
#include "llvm/IR/CFG.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/Dominators.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/Support/Path.h"

#include <algorithm>

using namespace llvm;

namespace kp {

/// Instructions that describe and do not execute; they differ between versions and levels.
static bool isDescription(const Instruction &I) {
  if (isa<DbgInfoIntrinsic, AllocaInst, PHINode, BitCastInst>(I))
    return true;
  auto *Intrinsic = dyn_cast<IntrinsicInst>(&I);
  if (!Intrinsic)
    return false;
  // By name, as LLVM 15 and 16 take every intrinsic for an InstrProfInstBase.
  constexpr StringRef Coverage = "llvm.instrprof.";
  return Intrinsic->isLifetimeStartOrEnd() ||
         Intrinsic->getCalledFunction()->getName().take_front(Coverage.size()) == Coverage;
}

/// The location in the function itself: the outermost one of an inlined instruction.
static const DILocation *outermost(const Instruction &I) {
  const DILocation *Location = I.getDebugLoc().get();
  while (Location && Location->getInlinedAt())
    Location = Location->getInlinedAt();
  return Location && Location->getLine() ? Location : nullptr;
}

/// A jump to where control goes on anyway: the end of an arm, a loop's way back, falling into a case. It carries the
/// location of some statement before. Jumps that somebody wrote have marks (labels.h).
static bool isConnection(const Instruction &I) {
  auto *Branch = dyn_cast<BranchInst>(&I);
  return Branch && Branch->isUnconditional();
}

/// The branch on a condition that other blocks have computed (`a && b`): its location is the whole statement's.
static bool isJoinedBranch(const Instruction &I) {
  return isa<BranchInst>(I) && I.getPrevNode() && isa<PHINode>(I.getPrevNode());
}

std::string sourcePath(const DIFile &File) {
  SmallString<256> Path(File.getFilename());
  if (!sys::path::is_absolute(Path)) {
    Path = File.getDirectory();
    sys::path::append(Path, File.getFilename());
  }
  sys::path::remove_dots(Path, /*remove_dot_dot=*/true);
  return Path.str().str();
}

static unsigned lineIn(const Instruction *I) { return I && I->getDebugLoc() ? I->getDebugLoc().getLine() : 0; }

/// The comparison with zero that makes a condition of a value which stands on a later line than the jump.
static bool isTestElsewhere(const Instruction &I, const Instruction &Jump) {
  auto *Compare = dyn_cast<CmpInst>(&I);
  auto *Value =
      Compare && isa<Constant>(Compare->getOperand(1)) ? dyn_cast<Instruction>(Compare->getOperand(0)) : nullptr;
  return lineIn(Value) > lineIn(&Jump) && lineIn(&I) == lineIn(&Jump);
}

/// The jump on a condition that stands on another line: it has the location of the whole statement (`for (i = 0;`),
/// whose first line is passed once.
static bool isBranchElsewhere(const Instruction &I) {
  if (isa<CmpInst>(I) && I.hasOneUse() && isa<BranchInst>(I.user_back()))
    return isTestElsewhere(I, *cast<Instruction>(I.user_back()));
  auto *Branch = dyn_cast<BranchInst>(&I);
  auto *Condition = Branch && Branch->isConditional() ? dyn_cast<Instruction>(Branch->getCondition()) : nullptr;
  return Condition && lineIn(Condition) && lineIn(&I) &&
         (lineIn(Condition) != lineIn(&I) || isTestElsewhere(*Condition, I));
}

/// The test of `case 1 ... 1000:`, which values that are in no other case pass: no run of a case's line.
static bool isRangeTest(const Instruction &I) {
  auto *Jump = dyn_cast<BranchInst>(I.getParent()->getTerminator());
  auto *Compare = Jump && Jump->isConditional() ? dyn_cast<ICmpInst>(Jump->getCondition()) : nullptr;
  auto *Distance = Compare ? dyn_cast<BinaryOperator>(Compare->getOperand(0)) : nullptr;
  return Distance && Distance->getOpcode() == Instruction::Sub && Compare->getPredicate() == CmpInst::ICMP_ULE &&
         I.getParent()->getFirstNonPHIOrDbg() == Distance && Distance->getNextNode() == Compare &&
         isa<Constant>(Distance->getOperand(1)) && isa<Constant>(Compare->getOperand(1)) &&
         llvm::any_of(Distance->getOperand(0)->users(), [](const User *U) { return isa<SwitchInst>(U); });
}

/// What a coroutine does around its body, suspending and ending, has the location of its name: no run of that line.
static bool isAroundCoroutine(const Instruction &I) {
  const Function *F = I.getFunction();
  return isPresplitCoroutine(*F) && I.getParent() != &F->getEntryBlock() && I.getDebugLoc() &&
         I.getDebugLoc().getLine() == F->getSubprogram()->getLine();
}

/// Where exceptions arrive and go on to the caller has the location of the function's end: no run of that line.
static bool isUnwinding(const Instruction &I) {
  return I.getParent()->isLandingPad() || isa<ResumeInst>(I.getParent()->getTerminator());
}

static bool isBeginOfCatch(const Value *V) {
  auto *Call = dyn_cast<CallBase>(V);
  const Function *Callee = Call ? Call->getCalledFunction() : nullptr;
  return Callee && Callee->getName() == "__cxa_begin_catch";
}

/// Where a handler takes its exception has the location of the last handler's end, or of the first one's beginning.
static bool isTaking(const Instruction &I) {
  auto comesFromIt = [](const Value *V) {
    auto *Load = dyn_cast<LoadInst>(V);
    return isBeginOfCatch((Load ? Load->getPointerOperand() : V)->stripPointerCasts());
  };
  return I.getFunction()->hasPersonalityFn() &&
         (isBeginOfCatch(&I) || llvm::any_of(I.operands(), comesFromIt) || llvm::any_of(I.users(), isBeginOfCatch));
}

/// Where I stands in the source, for the count of a line; null where that says nothing about the line.
static const DILocation *locationOf(const Instruction &I) {
  bool SaysNothing = isDescription(I) || isConnection(I) || isJoinedBranch(I) || isBranchElsewhere(I) ||
                     isRangeTest(I) || isAroundCoroutine(I) || isUnwinding(I) || isTaking(I);
  return SaysNothing ? nullptr : outermost(I);
}

unsigned FunctionLines::addFile(const DIFile *File) {
  auto Known = FileIndex.find(File);
  if (Known != FileIndex.end())
    return Known->second;
  std::string Path = sourcePath(*File);
  auto Same = std::find(Files.begin(), Files.end(), Path);
  unsigned Index = Same - Files.begin();
  if (Same == Files.end())
    Files.push_back(Path);
  return FileIndex[File] = Index;
}

unsigned FunctionLines::addLine(unsigned File, unsigned Line) {
  auto Added = LineIndex.insert({{File, Line}, (unsigned)Lines.size()});
  if (Added.second)
    Lines.push_back({File, Line});
  return Added.first->second;
}

int FunctionLines::lineOf(const Instruction &I) const {
  const DILocation *Location = isDescription(I) ? nullptr : outermost(I);
  if (!Location)
    return -1;
  auto File = FileIndex.find(Location->getFile());
  if (File == FileIndex.end())
    return -1;
  auto Line = LineIndex.find({File->second, Location->getLine()});
  return Line == LineIndex.end() ? -1 : (int)Line->second;
}

namespace {

/// Where code is in the source, and in which block.
struct Spot {
  Position At;
  unsigned Block;
  bool operator<(const Spot &Other) const { return At < Other.At; }
};

} // namespace

/// The spot that all others can only be reached through; null if there is none.
static const Spot *firstOf(ArrayRef<Spot> Spots, ArrayRef<BasicBlock *> Blocks, const DominatorTree &Dominators) {
  const Spot *First = nullptr;
  for (const Spot &S : Spots)
    if (!First || Dominators.dominates(Blocks[S.Block], Blocks[First->Block]))
      First = &S;
  for (const Spot &S : Spots)
    if (!Dominators.dominates(Blocks[First->Block], Blocks[S.Block]))
      return nullptr;
  return First;
}

/// Adds lines that count as often as the expression that they continue (continuations.h).
void addContinuations(Function &F, ArrayRef<BasicBlock *> Blocks, FunctionLines &Lines) {
  std::map<unsigned, std::vector<Spot>> SpotsOfFile;
  for (unsigned Block = 0; Block < Blocks.size(); Block++)
    for (Instruction &I : *Blocks[Block])
      if (const DILocation *Location = locationOf(I))
        SpotsOfFile[Lines.addFile(Location->getFile())].push_back(
            {{Location->getLine(), Location->getColumn()}, Block});
  DominatorTree Dominators(F);
  for (auto &File : SpotsOfFile) {
    std::vector<Spot> &Spots = File.second;
    std::stable_sort(Spots.begin(), Spots.end());
    auto &Known = continuationsIn(Lines.Files[File.first]);
    for (auto It = Known.lower_bound({Spots.front().At, {}, 0}); It != Known.end() && !(Spots.back().At < It->Begin);
         ++It) {
      auto Begin = std::lower_bound(Spots.begin(), Spots.end(), Spot{It->Begin, 0});
      auto End = std::upper_bound(Begin, Spots.end(), Spot{It->End, 0});
      const Spot *First =
          firstOf(ArrayRef<Spot>(Spots.data() + (Begin - Spots.begin()), End - Begin), Blocks, Dominators);
      if (!First)
        continue;
      unsigned Line = Lines.addLine(File.first, It->Line);
      if (!is_contained(Lines.OfBlock[First->Block], Line))
        Lines.OfBlock[First->Block].push_back(Line);
      if (File.first == Lines.File)
        Lines.LastLine = std::max(Lines.LastLine, It->Line);
    }
  }
}

/// Where F's code begins, if F was made by the compiler and stands nowhere.
static const DILocation *codeOfNowhere(Function &F) {
  if (F.getSubprogram()->getLine())
    return nullptr;
  for (Instruction &I : instructions(F))
    if (const DILocation *Location = locationOf(I))
      return Location;
  return nullptr;
}

FunctionLines findLines(Function &F, ArrayRef<BasicBlock *> Blocks) {
  FunctionLines Result;
  const DISubprogram *Subprogram = F.getSubprogram();
  const DILocation *Code = codeOfNowhere(F);
  Result.File = Result.addFile(Code ? Code->getFile() : Subprogram->getFile());
  Result.FirstLine = Result.LastLine = Code ? Code->getLine() : Subprogram->getLine();
  for (BasicBlock *BB : Blocks) {
    SmallVector<unsigned, 4> Lines;
    if (BB == Blocks.front())
      Lines.push_back(Result.addLine(Result.File, Result.FirstLine));
    for (Instruction &I : *BB) {
      const DILocation *Location = locationOf(I);
      if (!Location)
        continue;
      unsigned File = Result.addFile(Location->getFile());
      unsigned Line = Result.addLine(File, Location->getLine());
      if (!is_contained(Lines, Line))
        Lines.push_back(Line);
      if (File == Result.File)
        Result.LastLine = std::max(Result.LastLine, Location->getLine());
    }
    Result.OfBlock.push_back(std::move(Lines));
  }
  addContinuations(F, Blocks, Result);
  if (!countedVariant(F).empty())
    for (auto &Lines : Result.OfBlock)
      Lines.clear();
  return Result;
}

std::vector<DirectCall> findDirectCalls(ArrayRef<BasicBlock *> Blocks, const FunctionLines &Lines) {
  std::vector<DirectCall> Calls;
  for (unsigned Index = 0; Index < Blocks.size(); Index++)
    for (Instruction &I : *Blocks[Index]) {
      auto *Call = dyn_cast<CallBase>(&I);
      auto *Callee = Call ? dyn_cast<Function>(Call->getCalledOperand()->stripPointerCasts()) : nullptr;
      int Line = Callee && !Callee->isIntrinsic() ? Lines.lineOf(I) : -1;
      if (Line >= 0)
        Calls.push_back({Index, (unsigned)Line, Callee->getName().str()});
    }
  return Calls;
}

std::vector<LineChange> findLineChanges(ArrayRef<BasicBlock *> Blocks, const FunctionLines &Lines) {
  constexpr int Unknown = -1;
  DenseMap<BasicBlock *, int> LastOf;
  for (BasicBlock *BB : Blocks) {
    int Last = Unknown;
    for (Instruction &I : *BB)
      if (Lines.lineOf(I) >= 0)
        Last = Lines.lineOf(I);
    LastOf[BB] = Last;
  }
  std::vector<LineChange> Changes;
  for (BasicBlock *BB : Blocks) {
    int Current = Unknown;
    bool First = true;
    for (BasicBlock *Predecessor : predecessors(BB)) {
      int Last = LastOf.lookup(Predecessor);
      Current = First || Last == Current ? Last : Unknown;
      First = false;
      if (Current == Unknown)
        break;
    }
    for (Instruction &I : *BB) {
      int Line = Lines.lineOf(I);
      if (Line < 0 || Line == Current || I.isEHPad())
        continue;
      Instruction *Previous = I.getPrevNode();
      auto *Call = dyn_cast_or_null<CallInst>(Previous);
      if (Call && Call->isMustTailCall())
        continue;
      Current = Line;
      Changes.push_back({&I, (unsigned)Line});
    }
  }
  return Changes;
}

} // namespace kp
