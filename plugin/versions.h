// The bodies of a target: clones of the original, entries from outside, the redirection of calls. Mutation only.
#ifndef KP_PLUGIN_VERSIONS_H
#define KP_PLUGIN_VERSIONS_H

#include "plugin/select.h"

namespace kp {

/// The function attribute of a version: the linkage name of its original.
constexpr const char *VersionKey = "kernprof.version";

/// The function attribute of a version that only makes sure that the thread has counters and goes on in another.
constexpr const char *EntryKey = "kernprof.entry";

/// The linkage name of what a call of F calls, in the source.
llvm::StringRef originalName(const llvm::Function &F);

/// Prefixes of sections: what runs together lies together. Originals alone, so that they are as near to each other as
/// without us; what counts; what takes exact times, and what runs seldom. Else code of the three would take each
/// other's place in the processor's cache of instructions.
constexpr const char *CountingGroup = "hot", *SeldomGroup = "unlikely";

/// At the end of the pipeline: the same order in the object, for linkers that do not sort sections by their prefix.
void groupBodies(llvm::Module &M);

/// Clones T's original under a name with `Suffix` into a group; its label tables are cloned with it.
llvm::Function *cloneBody(llvm::Function &Original, const llvm::Twine &Suffix, llvm::StringRef Group);

/// A function like `Body` that first makes sure that the running thread has counters.
llvm::Function *createEntry(llvm::Function &Body, const llvm::Twine &Suffix);

/// A function that goes on in Exact where time is taken exactly, and else in Hits: for callers that have one body for
/// both.
llvm::Function *createChoice(llvm::Function &Hits, llvm::Function &Exact, const llvm::Twine &Name);

/// Whether another definition may be called by F's name: the linker's choice among several, or the dynamic loader's.
bool mayBeReplaced(const llvm::Function &F);

/// Keeps the signatures of T's bodies where what is left of their calls goes by the original's name.
void keepCallable(Target &T);

/// At the end of the pipeline: the calls of bodies whose originals may be replaced go by the originals' names, as they
/// do in the program. What the optimiser has inlined stays.
void restoreSymbols(llvm::Module &M);

/// Calls in the clones go to clones of the same kind; calls from functions without counters go to their entries.
void redirectCalls(llvm::MutableArrayRef<Target> Targets);

/// The same address before an instruction, of which the optimiser knows nothing.
llvm::Value *hide(llvm::Value *Address, llvm::Instruction *Before);

/// Puts the test at the original's start that leads to its entries when the program is being profiled.
void insertEntryTest(Target &T);

/// The same test at F's start for a body that counts calls alone, which only profiling whole functions wakes.
void insertCallsTest(llvm::Function &F, llvm::Function &Calls);

/// Leaves room and a mark before F's first instruction, so that the runtime can write a jump over it.
void makePatchable(llvm::Function &F);
bool isPatchable(const llvm::Function &F);

/// At the end of the pipeline: makes a patchable function as long as that jump, which else would reach into what stands
/// behind.
void makeRoom(llvm::Function &F);

/// Makes sure that the thread that a coroutine goes on on has counters, when the program is profiled.
void checkThreadOfResumptions(llvm::Function &F);

/// For a body that always counts: the same at its start.
void insertThreadCheck(llvm::Function &F);

} // namespace kp

#endif
