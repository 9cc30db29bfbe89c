// Constructors and destructors of which the compiler makes several functions, and thunks.
//
// Itanium's ABI knows three destructors of a class: one for a base (D2), one for a whole object (D1), and one that
// frees it, too (D0); and two constructors (C2, C1). Where one calls another it holds no code of the source, but has
// its lines in debug information. A thunk moves `this` and goes on to the function that it stands for. None of them is
// a run of the function's lines: that is counted in the body that they lead to.
#ifndef KP_PLUGIN_STRUCTORS_H
#define KP_PLUGIN_STRUCTORS_H

#include "llvm/IR/Function.h"

#include <string>

namespace clang {
class FunctionDecl;
}

namespace kp {

bool isThunk(const llvm::Function &F);

/// The linkage name of the function that a thunk stands for; other names as they are.
std::string nameWithoutThunk(llvm::StringRef Name);

/// The linkage name of the variant whose lines count for F; empty: F counts for itself.
std::string countedVariant(const llvm::Function &F);

/// Notes on a thunk whose function is chosen that the function counts for it, even where it is inlined.
void noteThunk(llvm::Function &F);

/// Has Clang emit a chosen destructor that is empty. It would put that of the base in its place, and nobody could count
/// it.
void keepEmptyDestructor(clang::FunctionDecl *F);

} // namespace kp

#endif
