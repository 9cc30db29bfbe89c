// Making statements by hand: signatures that changed between 14 and 19.
#ifndef KP_PLUGIN_COMPAT_STATEMENTS_H
#define KP_PLUGIN_COMPAT_STATEMENTS_H

#include "clang/AST/ASTContext.h"
#include "clang/AST/Expr.h"
#include "clang/AST/Stmt.h"
#include "llvm/Config/llvm-config.h"

namespace kp {

inline clang::CompoundStmt *createCompound(clang::ASTContext &C, llvm::ArrayRef<clang::Stmt *> Body,
                                           clang::SourceLocation Begin, clang::SourceLocation End) {
#if LLVM_VERSION_MAJOR >= 15
  return clang::CompoundStmt::Create(C, Body, clang::FPOptionsOverride(), Begin, End);
#else
  return clang::CompoundStmt::Create(C, Body, Begin, End);
#endif
}

inline clang::StringLiteral *createString(clang::ASTContext &C, llvm::StringRef Text, clang::SourceLocation Location) {
#if LLVM_VERSION_MAJOR >= 18
  auto Kind = clang::StringLiteralKind::Ordinary;
#elif LLVM_VERSION_MAJOR >= 15
  auto Kind = clang::StringLiteral::Ordinary;
#else
  auto Kind = clang::StringLiteral::Ascii;
#endif
  clang::QualType Type = C.getStringLiteralArrayType(C.CharTy, Text.size());
  return clang::StringLiteral::Create(C, Text, Kind, /*Pascal=*/false, Type, Location);
}

/// The place of a captured statement's body, which Clang keeps behind those of the captures and lets nobody set.
inline clang::Stmt *&capturedBody(clang::CapturedStmt &S) {
  clang::Stmt *&Body = *S.child_end();
  assert(Body == S.getCapturedStmt());
  return Body;
}

} // namespace kp

#endif
