// Mode exact (see timestamps.h). The bookkeeping is the runtime's (runtime/exact.c); here are only the calls of it.
#include "plugin/timestamps.h"
#include "plugin/debug_locations.h"
#include "plugin/runtime_functions.h"
#include "format/map.h"

#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Module.h"
#include "llvm/Transforms/Utils/EscapeEnumerator.h"

using namespace llvm;

namespace kp {

/// Words of struct kp_activation in runtime/exact.c.
constexpr unsigned ActivationWords = 8;

void insertTimestamps(Function &F, const std::vector<LineChange> &Changes, const std::vector<UntimedLoop> &Loops,
                      const FunctionLines &Lines, Value *Words) {
  Module &M = *F.getParent();
  IRBuilder<> B(cast<Instruction>(Words)->getNextNode());
  Type *Word = B.getInt64Ty();
  Type *Pointer = PointerType::getUnqual(Word);
  FunctionCallee Enter = declareRuntime(M, "kp_exact_enter", {Pointer, Pointer});
  FunctionCallee Line = declareRuntime(M, "kp_exact_line", {Pointer, Pointer});
  FunctionCallee Leave = declareRuntime(M, "kp_exact_leave", {Pointer});
  // Calls without a location would make the verifier refuse a function with debug information.
  DebugLoc Location = nowhere(F);

  IRBuilder<> AtStart(&*F.getEntryBlock().getFirstInsertionPt());
  AllocaInst *Frame = AtStart.CreateAlloca(ArrayType::get(Word, ActivationWords), nullptr, "kp.activation");
  B.SetCurrentDebugLocation(Location);
  Value *Activation = B.CreatePointerCast(Frame, Pointer);
  CallInst *Entered = B.CreateCall(Enter, {Activation, Words});

  auto lineWords = [&](IRBuilderBase &At, unsigned Index) {
    return At.CreateConstGEP1_64(Word, Words, KP_ACTIVATION_WORDS + (uint64_t)KP_LINE_WORDS * Index);
  };
  auto loopWords = [&](IRBuilderBase &At, unsigned Index) {
    uint64_t First = KP_ACTIVATION_WORDS + (uint64_t)KP_LINE_WORDS * Lines.Lines.size();
    return At.CreateConstGEP1_64(Word, Words, First + (uint64_t)KP_LOOP_WORDS * Index);
  };
  // The entry's own line begins with the function.
  B.CreateCall(Line, {Activation, lineWords(B, 0)});
  for (const LineChange &Change : Changes) {
    Instruction *Before = Change.Before;
    if (Before->getParent() == Entered->getParent() && Before->comesBefore(Entered))
      continue;
    IRBuilder<> At(Before);
    At.SetCurrentDebugLocation(Location);
    At.CreateCall(Line, {Activation, lineWords(At, Change.Line)});
  }
  insertUntimedLoops(F, Loops, {Activation, loopWords, lineWords}, Lines);
  EscapeEnumerator Ways(F, "kp.unwind", /*HandleExceptions=*/!F.doesNotThrow());
  while (IRBuilder<> *At = Ways.Next()) {
    At->SetCurrentDebugLocation(Location);
    At->CreateCall(Leave, {Activation});
  }
}

} // namespace kp
