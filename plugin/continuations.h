// Lines that begin in the middle of an expression: `|| b`, `? a`, `: c` on lines of their own.
//
// A statement over several lines counts once, so such a line counts as often as the expression that it continues is
// evaluated, and not only as often as the operand that begins on it (which may hold no code at all, `: 0;`). The IR
// alone does not tell where an expression begins, so the Clang side notes for each such line the place that is
// evaluated as often as the whole: its first operand. Whether the text before an operand belongs to it is decided as
// clang's source-based coverage does.
#ifndef KP_PLUGIN_CONTINUATIONS_H
#define KP_PLUGIN_CONTINUATIONS_H

#include "llvm/ADT/StringRef.h"

#include <set>
#include <tuple>
#include <utility>

namespace clang {
class FunctionDecl;
class VarDecl;
} // namespace clang

namespace kp {

using Position = std::pair<unsigned, unsigned>; ///< line, column

struct Continuation {
  Position Begin, End; ///< where the first operand is
  unsigned Line;       ///< the line that counts as often as it does

  bool operator<(const Continuation &Other) const {
    return std::tie(Begin, End, Line) < std::tie(Other.Begin, Other.End, Other.Line);
  }
};

/// Notes those in the body of a function that is about to be emitted.
void noteContinuations(const clang::FunctionDecl *F);

/// Notes those in the initialiser of a variable outside of functions.
void noteContinuations(const clang::VarDecl *V);

/// All that were noted in files of this name (the last component, as prefixes may be mapped in debug information).
const std::set<Continuation> &continuationsIn(llvm::StringRef FileName);

} // namespace kp

#endif
