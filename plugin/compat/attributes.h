// Clang's attribute classes that changed their names between 14 and 19, under their newest spelling.
#ifndef KP_PLUGIN_COMPAT_ATTRIBUTES_H
#define KP_PLUGIN_COMPAT_ATTRIBUTES_H

#include "clang/AST/ASTContext.h"
#include "clang/AST/Attr.h"
#include "clang/Sema/ParsedAttr.h"
#include "llvm/Config/llvm-config.h"

namespace kp {

#if LLVM_VERSION_MAJOR >= 17
constexpr auto SyntaxC23 = clang::ParsedAttr::AS_C23;
#else
constexpr auto SyntaxC23 = clang::ParsedAttr::AS_C2x;
#endif

#if LLVM_VERSION_MAJOR >= 19
using AssumptionAttribute = clang::OMPAssumeAttr;
#else
using AssumptionAttribute = clang::AssumptionAttr;
#endif

/// An attribute that becomes the function attribute "llvm.assume" with the given text.
inline clang::Attr *createAssumption(clang::ASTContext &Context, llvm::StringRef Text) {
#if LLVM_VERSION_MAJOR >= 17
  return AssumptionAttribute::CreateImplicit(Context, Text);
#else
  return AssumptionAttribute::CreateImplicit(Context, Text, clang::SourceRange(), clang::AttributeCommonInfo::AS_GNU);
#endif
}

/// An attribute of definitions that becomes the section of the function, or in older versions its attribute
/// "implicit-section-name", until the pass takes it off.
inline clang::Attr *createDefinitionMark(clang::ASTContext &Context, llvm::StringRef Text) {
#if LLVM_VERSION_MAJOR >= 17
  return clang::PragmaClangTextSectionAttr::CreateImplicit(Context, Text);
#else
  return clang::PragmaClangTextSectionAttr::CreateImplicit(Context, Text, clang::SourceRange(),
                                                           clang::AttributeCommonInfo::AS_Pragma);
#endif
}

} // namespace kp

#endif
