// The mark of a coroutine that is not split yet: a text until 14, an attribute of its own since 15.
#ifndef KP_PLUGIN_COMPAT_COROUTINES_H
#define KP_PLUGIN_COMPAT_COROUTINES_H

#include "llvm/Config/llvm-config.h"
#include "llvm/IR/Function.h"

namespace kp {

inline bool isPresplitCoroutine(const llvm::Function &F) {
#if LLVM_VERSION_MAJOR >= 15
  return F.hasFnAttribute(llvm::Attribute::PresplitCoroutine);
#else
  return F.hasFnAttribute("coroutine.presplit");
#endif
}

} // namespace kp

#endif
