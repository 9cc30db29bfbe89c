// Where counters go so that the count of every block follows from them. Analysis only, but for splitNonReturning and
// joinSplitBlocks.
//
// The counts of all edges follow from those that are not in a spanning tree of the control-flow graph (Knuth 1973;
// Ball and Larus 1994, "Optimally profiling and tracing programs"); the tree takes the edges that are run most. Blocks
// whose counts nobody needs are made one node with those beside them, in which nothing is counted.
#ifndef KP_PLUGIN_PLACEMENT_H
#define KP_PLUGIN_PLACEMENT_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Analysis/LoopInfo.h"
#include "llvm/IR/Function.h"

#include <cstdint>
#include <vector>

namespace kp {

constexpr unsigned NoCounter = ~0u;

enum class Place {
  Edge,    ///< on the edge itself
  Target,  ///< at the start of its target, which it alone enters (the function's entry, a landing pad)
  Source,  ///< at the start of its source, which it alone leaves
  Nowhere, ///< control that leaves in the middle of a call cannot be seen
};

struct PlacedEdge {
  unsigned From, To; ///< block numbers: 0 is outside of the function, block i of the list is i + 1
  Place Where;
  uint64_t Weight;
  unsigned Counter;  ///< NoCounter: in the tree
  bool InMap = true; ///< false: between blocks of one node, or beside another edge of the tree between the same nodes
};

struct Placement {
  bool ByBlock = false; ///< one counter per block (OfBlock), no edges
  std::vector<PlacedEdge> Edges;
  std::vector<unsigned> OfBlock;
  std::vector<unsigned> Node; ///< of each block number: the number of the block that stands for it
  std::vector<bool> Needed;   ///< of each block of the list: is it its own node, whose count is wanted?
  unsigned CounterCount = 0;
};

/// Ends a block after every call that may not come back, or may come back twice. Returns the blocks that end so.
/// They end in an unconditional branch.
std::vector<llvm::BasicBlock *> splitNonReturning(llvm::Function &F);

/// Joins again what that has split, once the counters are in: at -O0 every value that is used in another block takes
/// room in the frame, and programs that recurse deeply have none to spare.
void joinSplitBlocks(llvm::Function &F);

/// Whether this is a closed innermost loop with one way out and one way back that writes the same in every pass, which
/// is what vectorisers ask for.
bool mayBecomeVectors(const llvm::Loop &L, const llvm::DominatorTree &Dominators);

/// `Needed`: as findNeededBlocks says.
Placement placeCounters(llvm::Function &F, llvm::ArrayRef<llvm::BasicBlock *> Blocks,
                        llvm::ArrayRef<llvm::BasicBlock *> NonReturning, std::vector<bool> Needed);

} // namespace kp

#endif
