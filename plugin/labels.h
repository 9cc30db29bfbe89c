// Lines that control passes and that hold no code: `case 1:`, `default:`, `again:`, `for (;;)`, `while (1)`,
// `break;`, `return;`.
//
// Clang emits nothing for them, so the IR alone cannot tell how often they were passed. In chosen functions an empty
// piece of assembly with their location goes there (behind a label, before a jump, to the start of a loop's body); the
// pass reads where it stands and removes it before any optimisation.
#ifndef KP_PLUGIN_LABELS_H
#define KP_PLUGIN_LABELS_H

#include "llvm/ADT/StringRef.h"

namespace clang {
class ASTContext;
class FunctionDecl;
class SourceLocation;
class Stmt;
} // namespace clang
namespace llvm {
class Function;
class Instruction;
} // namespace llvm

namespace kp {

/// An empty piece of assembly, a comment.
clang::Stmt *createAssemblyMark(clang::ASTContext &Context, llvm::StringRef Text, clang::SourceLocation Location);

/// Marks such places in the body of a function that is about to be emitted.
void markLabels(clang::FunctionDecl *F);

bool isLabelMark(const llvm::Instruction &I);
void removeLabelMarks(llvm::Function &F);

} // namespace kp

#endif
