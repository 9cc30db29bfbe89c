// Bodies for profiling whole functions: what is left of every function after inlining, with its calls counted.
// Functions chosen for their lines are called from these bodies, never inlined, as who marked them wants to see them;
// and what the chosen ones call leads to these bodies. Mutation only, at the end of the pipeline.
#ifndef KP_PLUGIN_FUNCTIONS_H
#define KP_PLUGIN_FUNCTIONS_H

#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/Module.h"

#include <set>
#include <string>
#include <tuple>

namespace kp {

/// Marks a function that has a body for lines, with that body's name: it needs no other.
constexpr const char *ChosenKey = "kernprof.chosen";

/// The functions with bodies for lines, as debug information knows them.
class ChosenFunctions {
  std::set<std::tuple<llvm::StringRef, unsigned, llvm::StringRef>> Known; ///< file, line, name

public:
  explicit ChosenFunctions(const llvm::Module &M);
  /// Notes a function, which may be gone when the late pass looks for it, with its body for lines (empty: its only
  /// one).
  static void add(llvm::Function &F, llvm::StringRef Body);
  /// Whether the location, or a place that it was inlined at, is in one of them.
  bool contain(const llvm::DILocation *Location) const;
};

/// Gives each function that was not chosen for its lines a second body that counts its calls, for the late pass to
/// instrument, and the way into it.
void addFunctionBodies(llvm::Module &M);

} // namespace kp

#endif
