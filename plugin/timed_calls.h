// The timed way of a call, in a function of its own, so that the caller's registers and frame are as they are without
// it. Mutation only.
#ifndef KP_PLUGIN_TIMED_CALLS_H
#define KP_PLUGIN_TIMED_CALLS_H

#include "llvm/IR/InstrTypes.h"
#include "llvm/IR/Module.h"

#include <map>
#include <tuple>
#include <vector>

namespace kp {

/// Words of struct kp_timed_call in runtime/calls.c.
constexpr unsigned TimedCallWords = 6;

/// Whether the call can be timed: something can run behind it, if only what catches its exceptions.
bool isTimed(const llvm::CallBase &Call);

/// Whether the function that is called is not written there; an alias is none that is.
bool isThroughPointer(const llvm::CallBase &Call);

/// The functions of a module that make timed calls, one for all calls of a kind:
///
///     result kp_timed_call.N(arguments ..., uint64_t *site, uint64_t is_inner [, callee])
///     { begin; result = callee(arguments ...); end; return result; }
class TimedCalls {
public:
  explicit TimedCalls(llvm::Module &M) : M(M) {}

  /// Whether there can be such a function for the call; not where it has variable arguments.
  static bool canMake(const llvm::CallBase &Call);

  /// Inserts a timed call like Call, for which there can be one, at the end of BB, where Site and IsInner are known.
  /// Where Call is an invoke, so is the new one, with the same destinations.
  llvm::CallBase *insert(llvm::CallBase &Call, llvm::BasicBlock *BB, llvm::Value *Site, llvm::Value *IsInner);

private:
  using Key =
      std::tuple<llvm::Value *, llvm::FunctionType *, unsigned, void *, void *, void *, std::vector<llvm::Value *>>;
  llvm::Module &M;
  std::map<Key, llvm::Function *> Known;

  llvm::Function *create(const llvm::CallBase &Call, llvm::ArrayRef<llvm::Value *> Passed,
                         const llvm::AttributeList &Attributes);
};

} // namespace kp

#endif
