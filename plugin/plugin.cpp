// Entry point of the LLVM side: three passes.
//
// The first gives every chosen function its counting bodies. It runs at the start of the pipeline, the only place where
// every line still exists, and lets the optimiser work on program and counters together. Collect first (select, lines,
// placement), mutate after (versions, counters, timestamps), then describe what was done (map_emitter).
// The second rewrites, before the vectoriser, counting that stands in its way (loops).
// The third runs at the end, where only those calls are left that are not inlined: it counts and times them
// (call_sites), in the bodies of chosen functions and in those that it makes of all others (functions).
#include "plugin/compat/coroutines.h"
#include "plugin/call_sites.h"
#include "plugin/counters.h"
#include "plugin/debug_locations.h"
#include "plugin/functions.h"
#include "plugin/labels.h"
#include "plugin/lines.h"
#include "plugin/loops.h"
#include "plugin/map_emitter.h"
#include "plugin/needed_blocks.h"
#include "plugin/options.h"
#include "plugin/placement.h"
#include "plugin/returning.h"
#include "plugin/select.h"
#include "plugin/shared_base.h"
#include "plugin/structors.h"
#include "plugin/timers.h"
#include "plugin/timed_calls.h"
#include "plugin/timestamps.h"
#include "plugin/versions.h"
#include "format/map.h"

#include "llvm/Analysis/AssumptionCache.h"
#include "llvm/IR/Dominators.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Passes/PassPlugin.h"
#include "llvm/Transforms/Utils/LoopUtils.h"

using namespace llvm;

namespace {

std::vector<BasicBlock *> listBlocks(Function &F) {
  std::vector<BasicBlock *> Blocks;
  for (BasicBlock &BB : F)
    Blocks.push_back(&BB);
  return Blocks;
}

/// The address of the function's words behind its counters.
Value *emitWords(Value *Base, unsigned CounterCount) {
  IRBuilder<> B(cast<Instruction>(Base)->getNextNode());
  Value *Words = B.CreatePointerCast(Base, PointerType::getUnqual(B.getInt64Ty()));
  auto *Address =
      GetElementPtrInst::Create(B.getInt64Ty(), Words, {B.getInt64(CounterCount)}, "kp.words", (Instruction *)nullptr);
  return B.Insert(Address);
}

/// A coroutine may go on on another thread each time.
void migrate(Function &F, Value *Base) {
  F.addFnAttr(kp::ReloadKey);
  kp::repeatCounterBase(Base);
  kp::checkThreadOfResumptions(F);
}

/// What the analysis of a target finds, before anything is inserted.
struct Plan {
  kp::FunctionLines Lines;
  std::vector<kp::DirectCall> Calls;
  kp::Placement Placement;
  std::vector<kp::UntimedLoop> Loops; ///< of the body that takes exact times

  kp::MapContents contents() const { return {&Lines, &Placement, &Calls, &Loops}; }
};

/// The body that counts, and is analysed for all bodies of the target.
Function &countingBody(const kp::Target &T) { return T.InPlace ? *T.Original : *T.Hits; }

/// Makes the target's bodies, both with the same blocks in the same order, and plans what goes into them.
Plan planBodies(kp::Target &T) {
  if (!T.InPlace)
    T.Hits = kp::cloneBody(*T.Original, ".kp_hits", kp::CountingGroup);
  Function &First = countingBody(T);
  std::vector<BasicBlock *> NonReturning = kp::splitNonReturning(First);
  if (!T.InPlace)
    T.Exact = kp::cloneBody(First, ".kp_exact", kp::SeldomGroup);
  std::vector<BasicBlock *> Blocks = listBlocks(First);
  Plan P;
  P.Lines = kp::findLines(First, Blocks);
  for (Function *F : {T.Original, T.Hits, T.Exact})
    if (F)
      kp::removeLabelMarks(*F);
  P.Calls = kp::findDirectCalls(Blocks, P.Lines);
  P.Placement = kp::placeCounters(First, Blocks, NonReturning, kp::findNeededBlocks(First, Blocks, P.Lines, P.Calls));
  if (T.Exact)
    P.Loops = kp::findUntimedLoops(*T.Exact, P.Lines);
  return P;
}

void emitHits(Function &Body, const Plan &P, GlobalVariable *Counters) {
  Value *Base = kp::emitCounterBase(Body, Counters);
  kp::insertCounters(Body, listBlocks(Body), P.Placement, Base);
  kp::joinSplitBlocks(Body);
  if (kp::isPresplitCoroutine(Body))
    migrate(Body, Base);
}

void emitTimes(Function &Body, const Plan &P, GlobalVariable *Counters) {
  std::vector<BasicBlock *> Blocks = listBlocks(Body);
  std::vector<kp::LineChange> Changes = kp::findLineChanges(Blocks, P.Lines);
  Value *Base = kp::emitCounterBase(Body, Counters);
  Value *Words = emitWords(Base, P.Placement.CounterCount);
  kp::insertCounters(Body, Blocks, P.Placement, Base);
  kp::insertTimestamps(Body, Changes, P.Loops, P.Lines, Words);
  kp::joinSplitBlocks(Body);
  if (kp::isPresplitCoroutine(Body))
    migrate(Body, Base);
}

void instrument(kp::Target &T) {
  Module &M = *T.Original->getParent();
  Plan P = planBodies(T);
  if (!T.InPlace) {
    T.Exact->setName(T.Original->getName() + ".kp_exact");
    T.EnterHits = kp::createEntry(*T.Hits, ".enter");
    T.EnterExact = kp::createEntry(*T.Exact, ".enter");
  }
  GlobalVariable *Counters = kp::reserveCounters(M, T, P.contents());
  emitHits(countingBody(T), P, Counters);
  if (T.InPlace)
    kp::insertThreadCheck(*T.Original);
  else
    emitTimes(*T.Exact, P, Counters);
  kp::emitRecord(M, T, P.contents(), Counters);
  kp::ChosenFunctions::add(*T.Original, T.InPlace ? "" : T.Hits->getName());
  if (T.InPlace)
    return;
  kp::markBody(*T.Hits, *Counters, P.Placement.CounterCount);
  if (!kp::options().All)
    T.Hits->addFnAttr(kp::TrackedKey);
}

/// A function without counters whose clones call the counting bodies.
void forward(kp::Target &T) {
  kp::noteThunk(*T.Original);
  T.Hits = kp::cloneBody(*T.Original, ".kp_hits", kp::CountingGroup);
  T.Exact = kp::cloneBody(*T.Original, ".kp_exact", kp::SeldomGroup);
  if (T.How == kp::Entry::Test) {
    T.EnterHits = T.Hits;
    T.EnterExact = T.Exact;
  }
  GlobalVariable *Counters = kp::reserveCounters(*T.Original->getParent(), T, {});
  kp::emitRecord(*T.Original->getParent(), T, {}, Counters);
  kp::markBody(*T.Hits, *Counters, 0);
  for (Function *Body : {T.Hits, T.Exact}) {
    Body->addFnAttr(kp::ForwarderKey);
    Body->addFnAttr(kp::ReloadKey);
  }
}

void prepareEntry(kp::Target &T) {
  Function &F = *T.Original;
  if (T.How == kp::Entry::Test)
    return kp::insertEntryTest(T);
  if (T.How == kp::Entry::Patch)
    kp::makePatchable(F);
}

/// Instruments the calls of a marked body, and describes them. In a body that only forwards calls to chosen functions,
/// `Chosen`, those calls count that are written in one of these and came there by inlining.
void instrumentBody(Function &Body, const kp::ChosenFunctions &Chosen, kp::TimedCalls &Ways) {
  Module &M = *Body.getParent();
  GlobalVariable *Counters = M.getNamedGlobal(Body.getFnAttribute(kp::BodyKey).getValueAsString());
  unsigned CounterCount = 0;
  Body.getFnAttribute(kp::CounterCountKey).getValueAsString().getAsInteger(10, CounterCount);
  Body.removeFnAttr(kp::BodyKey);
  GlobalVariable *Words = nullptr;
  bool IsForwarder = Body.hasFnAttribute(kp::ForwarderKey);
  auto wants = [&](const CallBase &Call) { return !IsForwarder || Chosen.contain(Call.getDebugLoc().get()); };
  kp::CallSites Sites = kp::instrumentCallSites(
      Body, Counters, CounterCount, wants, [&](unsigned Count) { return Words = kp::reserveSites(*Counters, Count); },
      Ways);
  if (Words)
    kp::emitSites(Body, *Counters, *Words, Sites);
}

class KernprofPass : public PassInfoMixin<KernprofPass> {
public:
  static bool isRequired() { return true; }

  PreservedAnalyses run(Module &M, ModuleAnalysisManager &) {
    if (M.getNamedMetadata("kernprof.done"))
      return PreservedAnalyses::all();
    M.getOrInsertNamedMetadata("kernprof.done");
    kp::markReturningTwice(M);
    kp::takeTimedMarks(M);
    SmallVector<kp::Target, 0> Targets = kp::selectTargets(M);
    kp::findReturning(M);
    for (kp::Target &T : Targets) {
      if (T.Chosen)
        instrument(T);
      else
        forward(T);
    }
    kp::redirectCalls(Targets);
    for (kp::Target &T : Targets)
      kp::keepCallable(T);
    kp::insertTimers(M);
    for (kp::Target &T : Targets)
      prepareEntry(T);
    for (Function &F : M) // of functions that were chosen and cannot be profiled
      kp::removeLabelMarks(F);
    kp::emitGlobs(M);
    kp::keepRecords(M);
    return PreservedAnalyses::none();
  }
};

/// In the bodies that count. The original stays as it is.
class KernprofLoopsPass : public PassInfoMixin<KernprofLoopsPass> {
public:
  PreservedAnalyses run(Function &F, FunctionAnalysisManager &Analyses) {
    if (!F.hasFnAttribute(kp::VersionKey))
      return PreservedAnalyses::all();
    LoopInfo &Loops = Analyses.getResult<LoopAnalysis>(F);
    SmallVector<Loop *, 8> Innermost;
    for (Loop *L : Loops.getLoopsInPreorder())
      if (L->isInnermost())
        Innermost.push_back(L);
    bool Changed = false;
    for (Loop *L : Innermost)
      Changed |= kp::flattenCountingArms(*L, Loops);
    if (Changed)
      Analyses.invalidate(F, keepLoops());
    DominatorTree &Dominators = Analyses.getResult<DominatorTreeAnalysis>(F);
    ScalarEvolution &Evolution = Analyses.getResult<ScalarEvolutionAnalysis>(F);
    AssumptionCache &Assumptions = Analyses.getResult<AssumptionAnalysis>(F);
    for (Loop *L : Innermost) {
      Changed |= simplifyLoop(L, &Dominators, &Loops, &Evolution, &Assumptions, nullptr, /*PreserveLCSSA=*/false);
      Changed |= formLCSSA(*L, Dominators, &Loops, &Evolution);
      Changed |= kp::narrowCounts(*L, Evolution);
    }
    return Changed ? keepLoops() : PreservedAnalyses::all();
  }

private:
  static PreservedAnalyses keepLoops() {
    PreservedAnalyses Kept;
    Kept.preserve<LoopAnalysis>();
    return Kept;
  }
};

class KernprofCallsPass : public PassInfoMixin<KernprofCallsPass> {
public:
  static bool isRequired() { return true; }

  PreservedAnalyses run(Module &M, ModuleAnalysisManager &) {
    if (!M.getNamedMetadata("kernprof.done") || M.getNamedMetadata("kernprof.calls.done"))
      return PreservedAnalyses::all();
    M.getOrInsertNamedMetadata("kernprof.calls.done");
    kp::restoreSymbols(M);
    if (!kp::options().NoCalls)
      kp::addFunctionBodies(M);
    kp::ChosenFunctions Chosen(M);
    kp::TimedCalls Ways(M);
    SmallVector<Function *, 0> Bodies;
    for (Function &F : M)
      if (F.hasFnAttribute(kp::BodyKey) && !F.isDeclaration())
        Bodies.push_back(&F);
    for (Function *Body : Bodies)
      instrumentBody(*Body, Chosen, Ways);
    kp::shareBases(M);
    kp::keepRecords(M);
    kp::groupBodies(M);
    for (Function &F : M) {
      kp::placeInstrumentation(F);
      if (kp::isPatchable(F))
        kp::makeRoom(F);
    }
    if (NamedMDNode *List = M.getNamedMetadata(kp::ChosenKey))
      List->eraseFromParent();
    return PreservedAnalyses::none();
  }
};

} // namespace

extern "C" LLVM_ATTRIBUTE_WEAK __attribute__((visibility("default"))) PassPluginLibraryInfo llvmGetPassPluginInfo() {
  return {LLVM_PLUGIN_API_VERSION, "kernprof", "1", [](PassBuilder &Builder) {
            Builder.registerPipelineStartEPCallback(
                [](ModulePassManager &Passes, OptimizationLevel) { Passes.addPass(KernprofPass()); });
            Builder.registerVectorizerStartEPCallback(
                [](FunctionPassManager &Passes, OptimizationLevel) { Passes.addPass(KernprofLoopsPass()); });
            Builder.registerOptimizerLastEPCallback(
                [](ModulePassManager &Passes, OptimizationLevel) { Passes.addPass(KernprofCallsPass()); });
          }};
}
