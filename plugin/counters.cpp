// Puts counters into a function body (see counters.h).
#include "plugin/counters.h"
#include "plugin/bias.h"
#include "plugin/debug_locations.h"
#include "plugin/returning.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/Analysis/LoopInfo.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/Dominators.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Module.h"
#include "llvm/Transforms/Utils/Local.h"

using namespace llvm;

namespace kp {

static Value *emitBaseBefore(Instruction *Before, GlobalVariable &Counters) {
  IRBuilder<> B(Before);
  B.SetCurrentDebugLocation(nowhere(*Before->getFunction()));
  return emitBiased(B, Counters);
}

Value *emitCounterBase(Function &F, GlobalVariable *Counters) {
  return emitBaseBefore(&*F.getEntryBlock().getFirstInsertionPt(), *Counters);
}

void repeatCounterBase(Value *Base) {
  auto *First = cast<GetElementPtrInst>(Base);
  auto *Counters = cast<GlobalVariable>(First->getPointerOperand()->stripPointerCasts());
  for (Use &U : make_early_inc_range(First->uses()))
    U.set(emitBaseBefore(cast<Instruction>(U.getUser()), *Counters));
  RecursivelyDeleteTriviallyDeadInstructions(First);
}

/// More flushes than this in one nest cost more than what they save.
constexpr unsigned MaxFlushes = 48;

namespace {

class Inserter {
  Function &F;
  ArrayRef<BasicBlock *> Blocks;
  const Placement &P;
  Value *Base;
  DenseMap<const BasicBlock *, unsigned> NestOf; ///< block -> index of nest + 1
  struct Nest {
    SmallVector<std::pair<BasicBlock *, BasicBlock *>, 4> Exits;
    SmallPtrSet<BasicBlock *, 16> Decisions; ///< that end in a branch within a pass of a loop that may become vectors
    MapVector<unsigned, AllocaInst *> Accumulators; ///< by counter
  };
  std::vector<Nest> Nests;

public:
  Inserter(Function &F, ArrayRef<BasicBlock *> Blocks, const Placement &P, Value *Base)
      : F(F), Blocks(Blocks), P(P), Base(Base) {}

  void run() {
    if (P.ByBlock)
      return insertByBlock();
    if (!F.hasOptNone())
      findNests();
    for (const PlacedEdge &E : P.Edges)
      if (E.Counter != NoCounter)
        insert(E);
    for (Nest &N : Nests)
      flush(N);
  }

private:
  BasicBlock *block(unsigned Number) const { return Blocks[Number - 1]; }

  void insertByBlock() {
    for (unsigned I = 0; I < Blocks.size(); I++) {
      auto Point = I == 0 ? BasicBlock::iterator(afterBase()) : Blocks[I]->getFirstInsertionPt();
      if (P.OfBlock[I] != NoCounter && Point != Blocks[I]->end())
        increment(&*Point, P.OfBlock[I]);
    }
  }

  Instruction *startOf(BasicBlock *BB) const {
    return BB == Blocks.front() ? afterBase() : &*BB->getFirstInsertionPt();
  }

  Instruction *afterBase() const { return cast<Instruction>(Base)->getNextNode(); }

  void increment(Instruction *Before, unsigned Counter, AllocaInst *Accumulator = nullptr) {
    IRBuilder<> B(Before);
    B.SetCurrentDebugLocation(nowhere(F));
    Value *Address = Accumulator ? (Value *)Accumulator : slot(B, Counter);
    LoadInst *Count = B.CreateLoad(B.getInt64Ty(), Address);
    StoreInst *Store = B.CreateStore(B.CreateAdd(Count, B.getInt64(1)), Address);
    if (!Accumulator)
      tellApart(*Count, *Store, Counter);
  }

  /// Both arms of an if end in a count, and the optimiser would make one of the two, of an address that it has to
  /// compute first. It does not where they differ, if only in what they say of their alignment.
  static void tellApart(LoadInst &Count, StoreInst &Store, unsigned Counter) {
    Count.setAlignment(Align(1u << Counter / 4 % 4));
    Store.setAlignment(Align(1u << Counter % 4));
  }

  Value *slot(IRBuilder<> &B, unsigned Counter) {
    Value *Words = B.CreatePointerCast(Base, PointerType::getUnqual(B.getInt64Ty()));
    return B.CreateConstGEP1_64(B.getInt64Ty(), Words, Counter);
  }

  static bool canSplitExits(ArrayRef<std::pair<BasicBlock *, BasicBlock *>> Exits) {
    for (auto &Exit : Exits) {
      auto *T = Exit.first->getTerminator();
      if (!isa<BranchInst>(T) && !isa<SwitchInst>(T))
        return false;
    }
    return true;
  }

  /// Whether a branch neither leaves the loop nor begins its next pass. The counts of those that do are the loop's trip
  /// count, which the optimiser knows without counting.
  static bool decidesWithin(const Loop &L, BasicBlock &BB) {
    auto *Branch = dyn_cast<BranchInst>(BB.getTerminator());
    return Branch && Branch->isConditional() && Branch->getSuccessor(0) != Branch->getSuccessor(1) &&
           all_of(Branch->successors(), [&](BasicBlock *To) { return L.contains(To) && To != L.getHeader(); });
  }

  /// Whether the loop calls a function of a library, other than for arithmetic: beside that a count in memory is cheap,
  /// and one in a register is in the way.
  static bool callsLibrary(const Loop &L) {
    for (BasicBlock *BB : L.blocks())
      for (Instruction &I : *BB) {
        auto *Call = dyn_cast<CallBase>(&I);
        const Function *Callee = Call ? Call->getCalledFunction() : nullptr;
        if (Callee && Callee->isDeclaration() && !Callee->isIntrinsic() && !I.getType()->isFloatingPointTy())
          return true;
      }
    return false;
  }

  /// How many counters are on edges within the loop.
  unsigned countersIn(const Loop &L) const {
    return count_if(P.Edges, [&](const PlacedEdge &E) {
      return E.Counter != NoCounter && E.From && E.To && L.contains(block(E.From)) && L.contains(block(E.To));
    });
  }

  bool canBeNest(const Loop &L, ArrayRef<std::pair<BasicBlock *, BasicBlock *>> Exits) const {
    return isClosed(L) && !callsLibrary(L) && canSplitExits(Exits) && countersIn(L) * Exits.size() <= MaxFlushes;
  }

  static void addDecisions(const Loop &L, SmallPtrSetImpl<BasicBlock *> &Decisions) {
    for (BasicBlock *BB : L.blocks())
      if (decidesWithin(L, *BB))
        Decisions.insert(BB);
  }

  /// Outermost loops that nothing can leave unseen, small enough in counters times exits.
  void findNests() {
    DominatorTree Dominators(F);
    LoopInfo Loops(Dominators);
    SmallVector<Loop *, 8> Work(Loops.begin(), Loops.end());
    while (!Work.empty()) {
      Loop *L = Work.pop_back_val();
      Nest N;
      L->getExitEdges(N.Exits);
      if (!canBeNest(*L, N.Exits)) {
        Work.append(L->begin(), L->end());
        continue;
      }
      for (const Loop *Inner : L->getLoopsInPreorder())
        if (mayBecomeVectors(*Inner, Dominators))
          addDecisions(*Inner, N.Decisions);
      Nests.push_back(std::move(N));
      for (BasicBlock *BB : L->blocks())
        NestOf[BB] = Nests.size();
    }
  }

  AllocaInst *accumulator(Nest &N, unsigned Counter) {
    AllocaInst *&A = N.Accumulators[Counter];
    if (A)
      return A;
    IRBuilder<> B(&*F.getEntryBlock().getFirstInsertionPt());
    A = B.CreateAlloca(B.getInt64Ty(), nullptr, "kp.count");
    B.SetInsertPoint(afterBase());
    B.CreateStore(B.getInt64(0), A);
    return A;
  }

  void insert(const PlacedEdge &E) {
    if (E.Where == Place::Target)
      return increment(startOf(block(E.To)), E.Counter);
    if (E.Where == Place::Source)
      return increment(startOf(block(E.From)), E.Counter);
    BasicBlock *From = block(E.From), *To = block(E.To);
    unsigned Nest = NestOf.lookup(From);
    AllocaInst *A = Nest && Nest == NestOf.lookup(To) ? accumulator(Nests[Nest - 1], E.Counter) : nullptr;
    if (A && addCondition(Nests[Nest - 1], From, To, A))
      return;
    increment(A || !goesOn(*From) ? edgePoint(From, To) : startOf(From), E.Counter, A);
  }

  /// Whether what enters the block leaves it by its one way out: then that can be counted at its start. Behind calls,
  /// it would make the last one no tail call, and take a register that lives over them.
  static bool goesOn(const BasicBlock &BB) { return BB.getSingleSuccessor() && llvm::none_of(BB, mayNotReturn); }

  /// Counts an edge where it is decided, by adding the condition: the blocks behind it stay as empty as they were, so
  /// that the optimiser makes selects of the branch and vectorises the loop as it would without us.
  bool addCondition(const Nest &N, BasicBlock *From, BasicBlock *To, AllocaInst *Accumulator) {
    for (BasicBlock *Before; From->getSingleSuccessor() && (Before = From->getSinglePredecessor()); From = Before)
      To = From;
    if (!N.Decisions.count(From))
      return false;
    auto *Branch = cast<BranchInst>(From->getTerminator());
    IRBuilder<> B(Branch);
    B.SetCurrentDebugLocation(nowhere(F));
    Value *Taken = Branch->getSuccessor(0) == To ? Branch->getCondition() : B.CreateNot(Branch->getCondition());
    Value *Sum = B.CreateAdd(B.CreateLoad(B.getInt64Ty(), Accumulator), B.CreateZExt(Taken, B.getInt64Ty()));
    B.CreateStore(Sum, Accumulator);
    return true;
  }

  /// Where to put code that runs on all edges between the two, and only there.
  Instruction *edgePoint(BasicBlock *From, BasicBlock *To) {
    From = endOf(From, To);
    Instruction *T = From->getTerminator();
    if (T->getNumSuccessors() == 1)
      return T;
    if (To->getUniquePredecessor() == From)
      return &*To->getFirstInsertionPt();
    BasicBlock *Middle = splitEdges(From, To);
    Split[{From, To}] = Middle;
    if (unsigned Nest = NestOf.lookup(From))
      if (Nest == NestOf.lookup(To))
        NestOf[Middle] = Nest;
    return Middle->getTerminator();
  }

  DenseMap<std::pair<BasicBlock *, BasicBlock *>, BasicBlock *> Split;

  BasicBlock *endOf(BasicBlock *From, BasicBlock *To) const {
    auto Known = Split.find({From, To});
    return Known == Split.end() ? From : Known->second;
  }

  /// One new block on all edges from From to To (a switch may have several).
  BasicBlock *splitEdges(BasicBlock *From, BasicBlock *To) {
    auto *Middle = BasicBlock::Create(F.getContext(), "kp.edge", &F, To);
    BranchInst::Create(To, Middle);
    From->getTerminator()->replaceSuccessorWith(To, Middle);
    for (PHINode &Phi : To->phis()) {
      int Index = Phi.getBasicBlockIndex(From);
      Phi.setIncomingBlock(Index, Middle);
      while ((Index = Phi.getBasicBlockIndex(From)) >= 0)
        Phi.removeIncomingValue(Index, false);
    }
    return Middle;
  }

  void flush(Nest &N) {
    if (N.Accumulators.empty())
      return;
    SmallVector<std::pair<BasicBlock *, BasicBlock *>, 4> Unique;
    for (auto &Exit : N.Exits)
      if (!is_contained(Unique, Exit))
        Unique.push_back(Exit);
    for (auto &Exit : Unique) {
      IRBuilder<> B(edgePoint(Exit.first, Exit.second));
      B.SetCurrentDebugLocation(nowhere(F));
      for (auto &A : N.Accumulators) {
        Value *Address = slot(B, A.first);
        Value *Sum = B.CreateAdd(B.CreateLoad(B.getInt64Ty(), Address), B.CreateLoad(B.getInt64Ty(), A.second));
        B.CreateStore(Sum, Address);
        B.CreateStore(B.getInt64(0), A.second);
      }
    }
  }
};

} // namespace

void insertCounters(Function &F, ArrayRef<BasicBlock *> Blocks, const Placement &P, Value *Base) {
  Inserter(F, Blocks, P, Base).run();
}

} // namespace kp
