// Counted and timed calls (see call_sites.h).
#include "plugin/call_sites.h"
#include "plugin/activation.h"
#include "plugin/optimised_sites.h"
#include "plugin/placement.h"
#include "plugin/returning.h"
#include "plugin/timed_calls.h"
#include "plugin/unoptimised_sites.h"
#include "plugin/versions.h"

#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"

#include <optional>

using namespace llvm;

namespace kp {

/// Blocks of memory shorter than this are copied in line.
constexpr uint64_t InlineCopyBytes = 128;

void markBody(Function &Body, const GlobalVariable &Counters, unsigned CounterCount) {
  Body.addFnAttr(BodyKey, Counters.getName());
  Body.addFnAttr(CounterCountKey, std::to_string(CounterCount));
}

/// Intrinsics that become calls of the C library.
static bool isLibraryCall(const IntrinsicInst &I) {
  if (auto *Memory = dyn_cast<MemIntrinsic>(&I)) {
    auto *Length = dyn_cast<ConstantInt>(Memory->getLength());
    return !Length || Length->getValue().ugt(InlineCopyBytes);
  }
  switch (I.getIntrinsicID()) {
  case Intrinsic::sin:
  case Intrinsic::cos:
  case Intrinsic::pow:
  case Intrinsic::exp:
  case Intrinsic::exp2:
  case Intrinsic::log:
  case Intrinsic::log2:
  case Intrinsic::log10:
    return !I.getType()->isVectorTy();
  default:
    return false;
  }
}

static StringRef libraryName(const IntrinsicInst &I) {
  StringRef Name = I.getCalledFunction()->getName().drop_front(5); // "llvm."
  return Name.take_until([](char C) { return C == '.'; });
}

static bool isSite(const CallBase &Call) {
  if (Call.isInlineAsm() || isa<CallBrInst>(Call) || Call.hasFnAttr(Attribute::ReturnsTwice) ||
      Call.cannotDuplicate() || Call.isConvergent())
    return false;
  if (auto *Intrinsic = dyn_cast<IntrinsicInst>(&Call))
    return isLibraryCall(*Intrinsic);
  auto *Callee = dyn_cast<Function>(Call.getCalledOperand()->stripPointerCasts());
  return !Callee || Callee->getName().take_front(3) != "kp_";
}

/// Whether the callee may come back to the caller's function: libraries' functions that call nothing of the program's
/// cannot, nor can functions of this file that call nothing but such.
static bool mayCallBack(const CallBase &Call, unsigned Depth = 0) {
  constexpr unsigned MaxDepth = 8;
  if (isa<IntrinsicInst>(Call) || Call.isInlineAsm())
    return false;
  auto *Callee = dyn_cast<Function>(Call.getCalledOperand()->stripPointerCasts());
  if (!Callee || Depth == MaxDepth)
    return true;
  if (Callee->isDeclaration() || Callee->isInterposable())
    return !callsNothingBack(Callee->getName());
  for (const Instruction &I : instructions(*Callee)) {
    auto *Inner = dyn_cast<CallBase>(&I);
    if (Inner && mayCallBack(*Inner, Depth + 1))
      return true;
  }
  return false;
}

/// Whether several activations of Body may be there at a time, other than by calls that it makes of itself: with those
/// alone, which activations are outermost follows from the number of calls.
static bool mayRecurse(const Function &Body, ArrayRef<CallBase *> Calls) {
  return llvm::any_of(Calls, [&](const CallBase *Call) {
    return Call->getCalledOperand()->stripPointerCasts() != &Body && mayCallBack(*Call);
  });
}

/// The linkage name of what is called; empty: called through a pointer.
static std::string calleeName(const CallBase &Call) {
  if (auto *Intrinsic = dyn_cast<IntrinsicInst>(&Call))
    return libraryName(*Intrinsic).str();
  auto *Callee = dyn_cast<Function>(Call.getCalledOperand()->stripPointerCasts());
  return Callee ? originalName(*Callee).str() : "";
}

CallSites instrumentCallSites(Function &Body, GlobalVariable *Counters, unsigned CounterCount,
                              function_ref<bool(const CallBase &)> Wants,
                              function_ref<GlobalVariable *(unsigned)> Reserve, TimedCalls &Ways) {
  SmallVector<CallBase *, 32> Calls;
  CallSites Found;
  for (Instruction &I : instructions(Body)) {
    auto *Call = dyn_cast<CallBase>(&I);
    if (!Call || !isSite(*Call) || !Wants(*Call))
      continue;
    Calls.push_back(Call);
    Found.Sites.push_back({Call->getDebugLoc(), calleeName(*Call)});
  }
  if (Calls.empty())
    return Found;
  Fusion Counts = fuseCounters(Body, Calls);
  GlobalVariable *Words = Reserve(Calls.size());
  bool Tracked = Body.hasFnAttribute(TrackedKey) && mayRecurse(Body, Calls);
  Activation Frame(Body, Counters, Tracked ? CounterCount : NoCounter);
  OptimisedSites Optimised(Frame, Words, Counts, Ways);
  std::optional<UnoptimisedSites> Unoptimised;
  if (Body.hasOptNone())
    Unoptimised.emplace(Frame, Words);
  for (unsigned I = 0; I < Calls.size(); I++)
    if (Unoptimised && isTimed(*Calls[I]))
      Unoptimised->insert(*Calls[I], I);
    else
      Optimised.insert(*Calls[I], I);
  Frame.end();
  Found.Fused = std::move(Counts.Counters);
  return Found;
}

} // namespace kp
