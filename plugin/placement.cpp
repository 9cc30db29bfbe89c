// Where counters go (see placement.h).
#include "plugin/placement.h"
#include "plugin/compat/coroutines.h"
#include "plugin/returning.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/Analysis/BlockFrequencyInfo.h"
#include "llvm/Analysis/BranchProbabilityInfo.h"
#include "llvm/Analysis/LoopInfo.h"
#include "llvm/Analysis/ValueTracking.h"
#include "llvm/IR/CFG.h"
#include "llvm/IR/Dominators.h"
#include "llvm/IR/Instructions.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"

#include <algorithm>
#include <numeric>
#include <optional>

using namespace llvm;

namespace kp {

/// Whether some of the loop's passes write memory, other than variables of the function, and others do not: without
/// stores under a mask, vectors cannot do that.
static bool storesAtTimes(const Loop &L, const DominatorTree &Dominators) {
  StringRef Features = L.getHeader()->getParent()->getFnAttribute("target-features").getValueAsString();
  if (Features.contains("+avx") || Features.contains("+sve"))
    return false;
  for (BasicBlock *BB : L.blocks())
    for (Instruction &I : *BB) {
      auto *Store = dyn_cast<StoreInst>(&I);
      if (Store && !isa<AllocaInst>(getUnderlyingObject(Store->getPointerOperand())) &&
          !Dominators.dominates(BB, L.getLoopLatch()))
        return true;
    }
  return false;
}

bool mayBecomeVectors(const Loop &L, const DominatorTree &Dominators) {
  return !L.getHeader()->getParent()->hasOptNone() && L.isInnermost() && L.getExitingBlock() && L.getLoopLatch() &&
         isClosed(L) && !storesAtTimes(L, Dominators);
}

std::vector<BasicBlock *> splitNonReturning(Function &F) {
  std::vector<BasicBlock *> Result;
  SmallVector<BasicBlock *, 32> Work;
  for (BasicBlock &BB : F)
    Work.push_back(&BB);
  for (BasicBlock *BB : Work) {
    BasicBlock *Rest = BB;
    for (BasicBlock::iterator It = BB->begin(); It != Rest->end();) {
      Instruction &I = *It++;
      auto *Call = dyn_cast<CallInst>(&I);
      if (!Call || !mayNotReturn(I) || Call->isMustTailCall() || It == Rest->end() || isa<UnreachableInst>(*It))
        continue;
      BasicBlock *Next = Rest->splitBasicBlock(&*It);
      // The branch belongs to no line: the statement's own line must not gain a block from it.
      Rest->getTerminator()->setDebugLoc(DebugLoc());
      Result.push_back(Rest);
      Rest = Next;
      It = Rest->begin();
    }
  }
  return Result;
}

void joinSplitBlocks(Function &F) {
  for (BasicBlock &BB : make_early_inc_range(F)) {
    BasicBlock *Before = BB.getSinglePredecessor();
    auto *Branch = Before ? dyn_cast<BranchInst>(Before->getTerminator()) : nullptr;
    if (Branch && Branch->isUnconditional() && !Branch->getDebugLoc())
      MergeBlockIntoPredecessor(&BB);
  }
}

/// Control flow that this scheme cannot describe by edges.
static bool needsBlockCounters(const Function &F) {
  if (isPresplitCoroutine(F))
    return true;
  for (const BasicBlock &BB : F) {
    const Instruction *T = BB.getTerminator();
    if (isa<IndirectBrInst>(T) || isa<CallBrInst>(T) || isa<CatchSwitchInst>(T) || isa<CatchReturnInst>(T) ||
        isa<CleanupReturnInst>(T))
      return true;
  }
  return false;
}

/// Disjoint sets of blocks, for Kruskal's algorithm.
class Components {
  std::vector<unsigned> Parent;

public:
  explicit Components(unsigned Count) : Parent(Count) { std::iota(Parent.begin(), Parent.end(), 0); }
  unsigned find(unsigned X) {
    while (Parent[X] != X)
      X = Parent[X] = Parent[Parent[X]];
    return X;
  }
  bool join(unsigned A, unsigned B) {
    A = find(A), B = find(B);
    if (A == B)
      return false;
    Parent[A] = B;
    return true;
  }
};

static void placeByBlock(Placement &P) {
  P.ByBlock = true;
  for (bool Needed : P.Needed)
    P.OfBlock.push_back(Needed ? P.CounterCount++ : NoCounter);
}

/// What counting an edge costs in a loop that may become vectors; nothing elsewhere. The way back is free, as the
/// number of passes is known without counting. A branch costs one addition wherever it is, so those that all passes
/// reach come first: they leave nothing in the blocks that the others are in.
static std::optional<uint64_t> costInVectors(BasicBlock *From, BasicBlock *To, const Loop &L,
                                             const DominatorTree &Dominators) {
  if (To == L.getHeader())
    return 0;
  if (!L.contains(To) || From->getSingleSuccessor())
    return std::nullopt;
  return 1 + Dominators.getNode(From)->getLevel() - Dominators.getNode(L.getHeader())->getLevel();
}

static std::vector<PlacedEdge> findEdges(Function &F, ArrayRef<BasicBlock *> Blocks,
                                         ArrayRef<BasicBlock *> NonReturning) {
  DominatorTree Dominators(F);
  LoopInfo Loops(Dominators);
  BranchProbabilityInfo Probabilities(F, Loops);
  BlockFrequencyInfo Frequencies(F, Probabilities, Loops);
  SmallPtrSet<BasicBlock *, 16> Leaves(NonReturning.begin(), NonReturning.end());
  DenseMap<BasicBlock *, unsigned> Number;
  for (unsigned I = 0; I < Blocks.size(); I++)
    Number[Blocks[I]] = I + 1;

  DenseMap<BasicBlock *, const Loop *> Vectors;
  for (const Loop *L : Loops.getLoopsInPreorder())
    if (mayBecomeVectors(*L, Dominators))
      for (BasicBlock *BB : L->blocks())
        Vectors[BB] = L;

  std::vector<PlacedEdge> Edges;
  Edges.push_back({0, 1, Place::Target, Frequencies.getBlockFreq(Blocks[0]).getFrequency(), NoCounter});
  for (BasicBlock *BB : Blocks) {
    unsigned From = Number[BB];
    uint64_t Frequency = Frequencies.getBlockFreq(BB).getFrequency();
    Instruction *Terminator = BB->getTerminator();
    if (BB->isLandingPad())
      Edges.push_back({0, From, Place::Target, Frequency, NoCounter});
    if (Terminator->getNumSuccessors() == 0) {
      Edges.push_back({From, 0, Place::Source, Frequency, NoCounter});
      continue;
    }
    if (Leaves.count(BB) || isa<InvokeInst>(Terminator))
      Edges.push_back({From, 0, Place::Nowhere, UINT64_MAX, NoCounter});
    SmallPtrSet<BasicBlock *, 8> Seen;
    for (BasicBlock *Successor : successors(BB)) {
      if (Successor->isLandingPad() || !Seen.insert(Successor).second)
        continue;
      BranchProbability Probability = Probabilities.getEdgeProbability(BB, Successor);
      uint64_t Weight = Probability.scale(Frequency);
      if (const Loop *L = Vectors.lookup(BB))
        Weight = costInVectors(BB, Successor, *L, Dominators).value_or(Weight);
      Edges.push_back({From, Number[Successor], Place::Edge, Weight, NoCounter});
    }
  }
  return Edges;
}

/// Makes one node of blocks beside one another that are not needed.
static void findNodes(Placement &P) {
  Components Nodes(P.Needed.size() + 1);
  auto isNeeded = [&](unsigned Block) { return Block == 0 || P.Needed[Block - 1]; };
  for (PlacedEdge &E : P.Edges)
    if (!isNeeded(E.From) && !isNeeded(E.To)) {
      Nodes.join(E.From, E.To);
      E.InMap = false;
    }
  for (unsigned Block = 0; Block <= P.Needed.size(); Block++)
    P.Node.push_back(Nodes.find(Block));
}

/// The edges from one node to another.
struct Bundle {
  unsigned From, To;
  std::vector<unsigned> Edges;
  uint64_t Weight = 0;
  bool Nowhere = false;
};

static std::vector<Bundle> findBundles(const Placement &P) {
  std::vector<Bundle> Bundles;
  DenseMap<std::pair<unsigned, unsigned>, unsigned> Known;
  for (unsigned I = 0; I < P.Edges.size(); I++) {
    const PlacedEdge &E = P.Edges[I];
    if (!E.InMap)
      continue;
    std::pair<unsigned, unsigned> Nodes{P.Node[E.From], P.Node[E.To]};
    auto Found = Known.insert({Nodes, Bundles.size()});
    if (Found.second)
      Bundles.push_back({Nodes.first, Nodes.second, {}});
    Bundle &B = Bundles[Found.first->second];
    B.Edges.push_back(I);
    B.Weight = E.Weight > UINT64_MAX - B.Weight ? UINT64_MAX : B.Weight + E.Weight;
    B.Nowhere |= E.Where == Place::Nowhere;
  }
  return Bundles;
}

Placement placeCounters(Function &F, ArrayRef<BasicBlock *> Blocks, ArrayRef<BasicBlock *> NonReturning,
                        std::vector<bool> Needed) {
  Placement P;
  P.Needed = std::move(Needed);
  if (needsBlockCounters(F)) {
    placeByBlock(P);
    return P;
  }
  P.Edges = findEdges(F, Blocks, NonReturning);
  findNodes(P);
  std::vector<Bundle> Bundles = findBundles(P);
  // What cannot be counted first: frequencies saturate, so its weight alone would not see to that.
  std::stable_sort(Bundles.begin(), Bundles.end(), [](const Bundle &A, const Bundle &B) {
    return A.Nowhere != B.Nowhere ? A.Nowhere : A.Weight > B.Weight;
  });
  Components Tree(Blocks.size() + 1);
  std::vector<unsigned> Counted;
  for (const Bundle &B : Bundles)
    if (!Tree.join(B.From, B.To))
      Counted.insert(Counted.end(), B.Edges.begin(), B.Edges.end());
    else
      for (unsigned Index : ArrayRef<unsigned>(B.Edges).drop_front())
        P.Edges[Index].InMap = false; // one stands for them
  std::sort(Counted.begin(), Counted.end());
  for (unsigned Index : Counted)
    P.Edges[Index].Counter = P.CounterCount++;
  return P;
}

} // namespace kp
