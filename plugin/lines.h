// Which lines hold code, and where a function passes from one to the next. Analysis only.
#ifndef KP_PLUGIN_LINES_H
#define KP_PLUGIN_LINES_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/Function.h"

#include <map>
#include <string>
#include <vector>

namespace kp {

/// The file's path, absolute and without dots.
std::string sourcePath(const llvm::DIFile &File);

struct FunctionLines {
  std::vector<std::string> Files;                      ///< absolute paths
  std::vector<std::pair<unsigned, unsigned>> Lines;    ///< file, line
  std::vector<llvm::SmallVector<unsigned, 4>> OfBlock; ///< indexes into Lines, for each block of the function
  unsigned FirstLine = 0, LastLine = 0, File = 0;

  /// The index of I's line; -1 where it has none.
  int lineOf(const llvm::Instruction &I) const;

private:
  friend FunctionLines findLines(llvm::Function &F, llvm::ArrayRef<llvm::BasicBlock *> Blocks);
  std::map<const llvm::DIFile *, unsigned> FileIndex;
  std::map<std::pair<unsigned, unsigned>, unsigned> LineIndex;
  friend void addContinuations(llvm::Function &F, llvm::ArrayRef<llvm::BasicBlock *> Blocks, FunctionLines &Lines);
  unsigned addFile(const llvm::DIFile *File);
  unsigned addLine(unsigned File, unsigned Line);
};

/// The lines of F, whose blocks are `Blocks` in this order. The entry block also holds the line of F's name. Where
/// another variant of F counts (structors.h), no block holds a line.
FunctionLines findLines(llvm::Function &F, llvm::ArrayRef<llvm::BasicBlock *> Blocks);

/// A call of a known function, where it is written.
struct DirectCall {
  unsigned Block; ///< index into the blocks
  unsigned Line;  ///< index into FunctionLines::Lines
  std::string Callee;
};

/// The direct calls of a body that has not been optimised.
std::vector<DirectCall> findDirectCalls(llvm::ArrayRef<llvm::BasicBlock *> Blocks, const FunctionLines &Lines);

/// An instruction that starts a run of instructions of one line.
struct LineChange {
  llvm::Instruction *Before;
  unsigned Line;
};

/// Every place where control passes to another line.
std::vector<LineChange> findLineChanges(llvm::ArrayRef<llvm::BasicBlock *> Blocks, const FunctionLines &Lines);

} // namespace kp

#endif
