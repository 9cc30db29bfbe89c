// KP_TIMED: functions with an internal timer, whether they are profiled or not.
//
// The attribute's name travels from the declaration to the body in the AST, from there as an empty piece of assembly to
// the pass, and through the pass, which clones bodies, as an attribute of the function. In the end each body enters a
// region of the runtime (include/kernprof.h) and leaves it on every way out, exceptions included.
#ifndef KP_PLUGIN_TIMERS_H
#define KP_PLUGIN_TIMERS_H

#include "llvm/ADT/StringRef.h"

#include <string>

namespace clang {
class FunctionDecl;
}
namespace llvm {
class Module;
} // namespace llvm

namespace kp {

/// Assumptions with this start carry a timer's name on a declaration; behind it, the name in hexadecimal.
constexpr const char *TimedMark = "kernprof.timed=";

/// The attribute of functions that are to be timed, its value the name. Entries that lead to such bodies must not have
/// it.
constexpr const char *TimedKey = "kernprof.timed";

std::string encodeTimedName(llvm::StringRef Name);

/// Puts the mark into the body of a definition that carries a name. Not in constexpr functions, which could no longer
/// be evaluated.
void markTimed(clang::FunctionDecl *F);

/// Turns marks into attributes; before anything looks at the code.
void takeTimedMarks(llvm::Module &M);

/// Inserts the calls; after all clones are made.
void insertTimers(llvm::Module &M);

} // namespace kp

#endif
