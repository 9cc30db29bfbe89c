// Copies of loops without timestamps (see untimed_loops.h).
//
//   before ──▶ kp.loop ──▶ header … ──▶ kp.pass ─┐        the loop with timestamps; kp.pass counts its passes
//                 │           ▲ └▶ exit          │
//                 │           └──────────────────┤
//                 └──────▶ kp.untimed ◀──────────┘        enough of them
//                             └▶ copy … ──▶ kp.timed ──▶ exit
#include "plugin/untimed_loops.h"
#include "plugin/counters.h"
#include "plugin/debug_locations.h"
#include "plugin/returning.h"
#include "plugin/runtime_functions.h"
#include "format/map.h"

#include "llvm/Analysis/LoopInfo.h"
#include "llvm/IR/Dominators.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"
#include "llvm/Transforms/Utils/Cloning.h"
#include "llvm/Transforms/Utils/Local.h"
#include "llvm/Transforms/Utils/ValueMapper.h"

#include <set>

using namespace llvm;

namespace kp {

/// Whether all its edges can be redirected.
static bool hasPlainEdges(const Loop &L) {
  for (BasicBlock *BB : L.blocks())
    if (BB->isEHPad() || BB->hasAddressTaken() || !isa<BranchInst, SwitchInst>(BB->getTerminator()))
      return false;
  return all_of(predecessors(L.getHeader()),
                [](BasicBlock *From) { return isa<BranchInst, SwitchInst>(From->getTerminator()); });
}

std::vector<UntimedLoop> findUntimedLoops(Function &F, const FunctionLines &Lines) {
  std::vector<UntimedLoop> Result;
  std::set<unsigned> Taken;
  DominatorTree Dominators(F);
  LoopInfo Loops(Dominators);
  SmallVector<Loop *, 8> Work(Loops.begin(), Loops.end());
  while (!Work.empty()) {
    Loop *L = Work.pop_back_val();
    if (!isClosed(*L) || !hasPlainEdges(*L)) {
      Work.append(L->begin(), L->end());
      continue;
    }
    std::set<unsigned> Of;
    for (BasicBlock *BB : L->blocks())
      for (Instruction &I : *BB)
        if (int Line = Lines.lineOf(I); Line >= 0)
          Of.insert(Line);
    if (Of.size() < 2)
      continue;
    UntimedLoop Found{L->getHeader(), {}};
    for (unsigned Line : Of)
      if (Taken.insert(Line).second)
        Found.Lines.push_back(Line);
    if (!Found.Lines.empty())
      Result.push_back(Found);
  }
  return Result;
}

namespace {

class Copier {
  Function &F;
  const TimedBody &Body;
  const FunctionLines &Lines;
  Type *Word, *Pointer;
  FunctionCallee Untimed, Timed;

public:
  Copier(Function &F, const TimedBody &Body, const FunctionLines &Lines)
      : F(F), Body(Body), Lines(Lines), Word(Type::getInt64Ty(F.getContext())), Pointer(PointerType::getUnqual(Word)),
        Untimed(declareRuntime(*F.getParent(), "kp_exact_untimed", {Pointer})),
        Timed(declareRuntime(*F.getParent(), "kp_exact_timed", {Pointer, Pointer, Pointer})) {}

  void copy(const Loop &L, unsigned Number) {
    std::vector<BasicBlock *> Blocks(L.block_begin(), L.block_end());
    struct Pass {
      BasicBlock *Header;
      SmallVector<BasicBlock *, 2> Latches;
    };
    SmallVector<Pass, 4> Passes; // of all loops of the nest
    for (const Loop *K : L.getLoopsInPreorder()) {
      Passes.push_back({K->getHeader(), {}});
      K->getLoopLatches(Passes.back().Latches);
    }
    SmallVector<BasicBlock *, 4> Entries;
    for (BasicBlock *From : predecessors(L.getHeader()))
      if (!L.contains(From) && !is_contained(Entries, From))
        Entries.push_back(From);
    SmallVector<std::pair<BasicBlock *, BasicBlock *>, 4> Exits;
    L.getExitEdges(Exits);
    int Line = firstLine(Blocks);
    keepInFrame(Blocks);

    ValueToValueMapTy Map;
    std::vector<BasicBlock *> Copies;
    for (BasicBlock *BB : Blocks) {
      Copies.push_back(CloneBasicBlock(BB, Map, ".untimed", &F));
      Map[BB] = Copies.back();
    }
    for (BasicBlock *BB : Copies)
      finish(*BB, Map);
    std::set<std::pair<BasicBlock *, BasicBlock *>> Seen;
    for (auto &Exit : Exits)
      if (Seen.insert(Exit).second)
        leave(*Exit.first, *Exit.second, *cast<BasicBlock>(Map[Exit.first]), Map, Number, Line);

    BasicBlock *Enter = nullptr;
    for (Pass &P : Passes) {
      BasicBlock *Way = enter(*cast<BasicBlock>(Map[P.Header]));
      Enter = Enter ? Enter : Way;
      check("kp.pass", P.Latches, *P.Header, *Way, Number, /*CountsPass=*/true);
    }
    check("kp.loop", Entries, *L.getHeader(), *Enter, Number, /*CountsPass=*/false);
  }

private:
  BasicBlock *enter(BasicBlock &Copy) {
    auto *Way = BasicBlock::Create(F.getContext(), "kp.untimed", &F);
    IRBuilder<> B(Way);
    B.SetCurrentDebugLocation(nowhere(F));
    B.CreateCall(Untimed, {Body.Activation});
    B.CreateBr(&Copy);
    return Way;
  }

  /// On the edges to a header: has the loop had enough passes with timestamps?
  void check(const char *Name, ArrayRef<BasicBlock *> From, BasicBlock &Header, BasicBlock &Enter, unsigned Number,
             bool CountsPass) {
    auto *Check = BasicBlock::Create(F.getContext(), Name, &F, &Header);
    for (BasicBlock *BB : From)
      BB->getTerminator()->replaceSuccessorWith(&Header, Check);
    IRBuilder<> B(Check);
    B.SetCurrentDebugLocation(nowhere(F));
    Value *Place = B.CreateConstGEP1_64(Word, Body.LoopWords(B, Number), KP_LOOP_PASSES);
    Value *Passes = B.CreateLoad(Word, Place);
    if (CountsPass) {
      Passes = B.CreateAdd(Passes, B.getInt64(1));
      B.CreateStore(Passes, Place);
    }
    B.CreateCondBr(B.CreateICmpUGE(Passes, B.CreateLoad(Word, limit())), &Enter, &Header);
  }

  /// How many passes have timestamps: a variable of the runtime.
  GlobalVariable *limit() {
    auto *Limit = cast<GlobalVariable>(F.getParent()->getOrInsertGlobal("kp_exact_passes", Word));
    Limit->setVisibility(GlobalValue::HiddenVisibility);
    Limit->setDSOLocal(true);
    return Limit;
  }

  int firstLine(ArrayRef<BasicBlock *> Blocks) const {
    for (BasicBlock *BB : Blocks)
      for (Instruction &I : *BB)
        if (Lines.lineOf(I) >= 0)
          return Lines.lineOf(I);
    return 0;
  }

  /// Values that pass from block to block would have to be merged wherever control comes from one of the two loops to
  /// the other.
  void keepInFrame(ArrayRef<BasicBlock *> Blocks) {
    SmallVector<PHINode *, 4> Phis;
    for (BasicBlock *BB : Blocks)
      for (PHINode &Phi : BB->phis())
        Phis.push_back(&Phi);
    for (PHINode *Phi : Phis)
      DemotePHIToStack(Phi);
    SmallVector<Instruction *, 8> Alive;
    for (BasicBlock *BB : Blocks)
      for (Instruction &I : *BB)
        if (any_of(I.uses(), [&](const Use &U) {
              auto *By = cast<Instruction>(U.getUser());
              auto *Phi = dyn_cast<PHINode>(By);
              return (Phi ? Phi->getIncomingBlock(U) : By->getParent()) != BB;
            }))
          Alive.push_back(&I);
    for (Instruction *I : Alive)
      DemoteRegToStack(*I);
  }

  void finish(BasicBlock &Copy, ValueToValueMapTy &Map) {
    for (Instruction &I : make_early_inc_range(Copy)) {
      auto *Call = dyn_cast<CallBase>(&I);
      if (Call && Call->getCalledFunction() && Call->getCalledFunction()->getName() == "kp_exact_line") {
        Call->eraseFromParent();
        continue;
      }
      RemapInstruction(&I, Map, RF_NoModuleLevelChanges | RF_IgnoreMissingLocals);
      if (Call && !isa<IntrinsicInst>(Call))
        Call->addFnAttr(Attribute::get(F.getContext(), UntimedKey));
    }
  }

  /// The copy's way out beside the loop's. The running line is then that of the loop's last code before it.
  void leave(BasicBlock &From, BasicBlock &To, BasicBlock &Copy, ValueToValueMapTy &Map, unsigned Number, int Line) {
    for (Instruction &I : From)
      if (Lines.lineOf(I) >= 0)
        Line = Lines.lineOf(I);
    auto *Way = BasicBlock::Create(F.getContext(), "kp.timed", &F);
    Copy.getTerminator()->replaceSuccessorWith(&To, Way);
    IRBuilder<> B(Way);
    B.SetCurrentDebugLocation(nowhere(F));
    B.CreateCall(Timed, {Body.Activation, Body.LoopWords(B, Number), Body.LineWords(B, Line)});
    B.CreateBr(&To);
    for (PHINode &Phi : To.phis()) {
      Value *V = Phi.getIncomingValueForBlock(&From);
      Value *Copied = Map.lookup(V);
      Phi.addIncoming(Copied ? Copied : V, Way);
    }
  }
};

} // namespace

void insertUntimedLoops(Function &F, const std::vector<UntimedLoop> &Loops, const TimedBody &Body,
                        const FunctionLines &Lines) {
  if (Loops.empty())
    return;
  DominatorTree Dominators(F);
  LoopInfo All(Dominators);
  Copier Copies(F, Body, Lines);
  SmallVector<std::pair<Loop *, unsigned>, 4> Work; // all of them before the first is changed
  for (unsigned I = 0; I < Loops.size(); I++)
    if (Loop *L = All.getLoopFor(Loops[I].Header))
      if (L->getHeader() == Loops[I].Header)
        Work.push_back({L, I});
  for (auto &[L, Number] : Work)
    Copies.copy(*L, Number);
}

} // namespace kp
