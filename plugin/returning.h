// Which calls always come back, and what cannot interrupt a function. Analysis only; its results are function
// attributes.
#ifndef KP_PLUGIN_RETURNING_H
#define KP_PLUGIN_RETURNING_H

#include "llvm/Analysis/LoopInfo.h"
#include "llvm/IR/Instruction.h"
#include "llvm/IR/Module.h"

namespace kp {

/// Marks the functions that return twice as such. Clang does so itself, but not where it may not take the names of the
/// C library's functions for these functions (-fno-builtin, -ffreestanding).
void markReturningTwice(llvm::Module &M);

/// Finds the functions of a module that come back whatever happens: no exception, longjmp or exit leaves them, and no
/// fault. Marks them, for the functions below, which therefore must be called after it.
void findReturning(llvm::Module &M);

/// Whether control may leave through this instruction without reaching the next one.
bool mayNotReturn(const llvm::Instruction &I);

/// Whether no signal can end the function here: it accesses no memory but variables, by their names.
bool cannotFault(const llvm::Instruction &I);

/// Whether nothing can leave the loop unseen, and what it calls, if anything, has neither loops nor recursion: while it
/// runs, its counts may be in registers, where they are lost if a signal kills the program.
bool isClosed(const llvm::Loop &L);

/// Whether this names a function of the C library that calls nothing of the program's.
bool callsNothingBack(llvm::StringRef Name);

} // namespace kp

#endif
