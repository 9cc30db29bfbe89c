// Which lines hold code (see lines.h).
#include "plugin/lines.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/BinaryFormat/Dwarf.h"
#include "llvm/IR/CFG.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/Dominators.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/Support/Path.h"

#include <algorithm>

using namespace llvm;

namespace kp {

/// Instructions that describe and do not execute; they differ between versions and levels.
static bool isDescription(const Instruction &I) {
  if (isa<DbgInfoIntrinsic>(I) || isa<AllocaInst>(I) || isa<PHINode>(I))
    return true;
  auto *Intrinsic = dyn_cast<IntrinsicInst>(&I);
  return Intrinsic && (Intrinsic->isLifetimeStartOrEnd() || isa<InstrProfInstBase>(Intrinsic));
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

/// The first block of the arm that ends in `End`: above it is a block from which the other arm is reached as well.
static BasicBlock *startOfArm(const DominatorTree &Dominators, BasicBlock *End, const BasicBlock *Other) {
  BasicBlock *Start = End;
  for (;;) {
    BasicBlock *Above = Dominators.getNode(Start)->getIDom()->getBlock();
    if (Dominators.dominates(Above, Other))
      return Start;
    for (BasicBlock *Successor : successors(Above))
      if (Dominators.dominates(Successor, Other))
        return Start;
    Start = Above;
  }
}

/// The first line in an arm, which may begin with blocks that hold no code (a coverage counter of the compiler's).
static const unsigned *firstLineOf(const BasicBlock *Start, const DenseMap<const BasicBlock *, unsigned> &Number,
                                   const FunctionLines &Lines) {
  for (const BasicBlock *BB = Start; BB; BB = BB->getUniqueSuccessor()) {
    auto Known = Number.find(BB);
    if (Known == Number.end() || !BB->hasNPredecessors(1))
      return nullptr;
    if (!Lines.OfBlock[Known->second].empty())
      return &Lines.OfBlock[Known->second].front();
  }
  return nullptr;
}

/// The last line of `c ? a : b` over several lines closes the expression: it counts as often as the whole of it, as a
/// statement over several lines does, and not as often as b alone.
void addConditionalEnds(Function &F, ArrayRef<BasicBlock *> Blocks, FunctionLines &Lines) {
  DominatorTree Dominators(F);
  DenseMap<const BasicBlock *, unsigned> Number;
  for (unsigned I = 0; I < Blocks.size(); I++)
    Number[Blocks[I]] = I;
  for (BasicBlock *End : Blocks) {
    auto *Phi = dyn_cast<PHINode>(&End->front());
    if (!Phi || Phi->getNumIncomingValues() != 2 || !Dominators.isReachableFromEntry(End))
      continue;
    BasicBlock *A = Phi->getIncomingBlock(0), *B = Phi->getIncomingBlock(1);
    BasicBlock *Condition = Dominators.findNearestCommonDominator(A, B);
    if (Condition == A || Condition == B)
      continue;
    const unsigned *OfElse = firstLineOf(startOfArm(Dominators, B, A), Number, Lines);
    auto &OfCondition = Lines.OfBlock[Number.lookup(Condition)];
    if (OfElse && !is_contained(OfCondition, *OfElse))
      OfCondition.push_back(*OfElse);
  }
}

FunctionLines findLines(Function &F, ArrayRef<BasicBlock *> Blocks) {
  FunctionLines Result;
  const DISubprogram *Subprogram = F.getSubprogram();
  Result.File = Result.addFile(Subprogram->getFile());
  Result.FirstLine = Result.LastLine = Subprogram->getLine();
  for (BasicBlock *BB : Blocks) {
    SmallVector<unsigned, 4> Lines;
    if (BB == Blocks.front())
      Lines.push_back(Result.addLine(Result.File, Subprogram->getLine()));
    for (Instruction &I : *BB) {
      const DILocation *Location = isDescription(I) || isConnection(I) || isJoinedBranch(I) ? nullptr : outermost(I);
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
  addConditionalEnds(F, Blocks, Result);
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
