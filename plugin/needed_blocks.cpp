// Which blocks' counts are needed (see needed_blocks.h).
#include "plugin/needed_blocks.h"
#include "plugin/compat/coroutines.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DepthFirstIterator.h"
#include "llvm/ADT/PostOrderIterator.h"
#include "llvm/Analysis/CFG.h"
#include "llvm/Analysis/LoopInfo.h"
#include "llvm/IR/Dominators.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/InstrTypes.h"

using namespace llvm;

namespace kp {

/// How far up the dominator tree a block's line is looked for: a limit for functions of many thousand blocks.
constexpr unsigned MaxSteps = 64;

/// Whether a block may run more often than one that dominates it and is in the same loops.
static bool mayComeBack(Function &F, const LoopInfo &Loops) {
  if (isPresplitCoroutine(F))
    return true;
  for (Instruction &I : instructions(F))
    if (auto *Call = dyn_cast<CallBase>(&I))
      if (Call->hasFnAttr(Attribute::ReturnsTwice))
        return true;
  ReversePostOrderTraversal<const Function *> Order(&F);
  return containsIrreducibleCFG<const BasicBlock *>(Order, Loops);
}

std::vector<bool> findNeededBlocks(Function &F, ArrayRef<BasicBlock *> Blocks, const FunctionLines &Lines,
                                   const std::vector<DirectCall> &Calls) {
  std::vector<bool> Needed(Blocks.size(), true);
  DominatorTree Dominators(F);
  LoopInfo Loops(Dominators);
  if (mayComeBack(F, Loops))
    return Needed;
  DenseMap<const BasicBlock *, unsigned> Number;
  for (unsigned I = 0; I < Blocks.size(); I++)
    Number[Blocks[I]] = I;
  std::vector<bool> Reported(Blocks.size());
  for (const DirectCall &Call : Calls)
    Reported[Call.Block] = true;
  auto isTold = [&](const DomTreeNode &Node, unsigned Line) {
    const Loop *L = Loops.getLoopFor(Node.getBlock());
    const DomTreeNode *Above = Node.getIDom();
    for (unsigned Step = 0; Above && Step < MaxSteps && (!L || L->contains(Above->getBlock()));
         Step++, Above = Above->getIDom()) {
      unsigned I = Number.lookup(Above->getBlock());
      if (Needed[I] && is_contained(Lines.OfBlock[I], Line))
        return true;
    }
    return false;
  };
  for (const DomTreeNode *Node : depth_first(Dominators.getRootNode())) { // a block's dominators come before it
    unsigned I = Number.lookup(Node->getBlock());
    if (I != 0 && !Reported[I] && !Node->getBlock()->isEHPad())
      Needed[I] = !all_of(Lines.OfBlock[I], [&](unsigned Line) { return isTold(*Node, Line); });
  }
  return Needed;
}

} // namespace kp
