// Who is profiled: reads the marks that the Clang side left, and finds what cannot be cloned.
#ifndef KP_PLUGIN_SELECT_H
#define KP_PLUGIN_SELECT_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/InstrTypes.h"
#include "llvm/IR/Module.h"

namespace kp {

/// How the original is left for a body that counts.
enum class Entry {
  None,  ///< only called directly, from functions that are versioned themselves
  Patch, ///< the runtime writes a jump over its first bytes
  Test,  ///< a test at its start
};

/// A function with versions. One that is not `Chosen` has no counters: it is versioned because it calls a chosen
/// function, so that the original may inline the callee without any test.
struct Target {
  llvm::Function *Original = nullptr;
  bool Chosen = false;
  bool ByAttribute = false;
  bool OnlyLines = false;  ///< KP_LINEPROF
  bool OnlyMemory = false; ///< KP_MEMPROF
  bool InPlace = false;    ///< cannot be cloned: counts in its one body
  Entry How = Entry::None;
  llvm::Function *Hits = nullptr;
  llvm::Function *Exact = nullptr;
  llvm::Function *EnterHits = nullptr; ///< entry from outside: makes sure that the thread has a segment
  llvm::Function *EnterExact = nullptr;
};

/// The calls of F by its own name or by an alias (thread_local's initialisers), which the optimiser sees through.
llvm::SmallVector<llvm::CallBase *, 16> directCalls(llvm::Function &F);

/// The module's targets, chosen functions first. Takes the marks off all functions and calls.
llvm::SmallVector<Target, 0> selectTargets(llvm::Module &M);

/// Whether F's body cannot exist twice: data that others see holds addresses of its blocks, or its assembly defines a
/// label.
bool cannotBeCopied(llvm::Function &F);

} // namespace kp

#endif
