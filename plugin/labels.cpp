// Lines that control passes and that hold no code (see labels.h).
#include "plugin/labels.h"
#include "plugin/compat/statements.h"

#include "clang/AST/Decl.h"
#include "clang/AST/RecursiveASTVisitor.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"

namespace kp {

constexpr const char *MarkText = "# kernprof label";

namespace {

class Marker : public clang::RecursiveASTVisitor<Marker> {
  clang::ASTContext &Context;

public:
  explicit Marker(clang::ASTContext &Context) : Context(Context) {}

  bool VisitSwitchCase(clang::SwitchCase *S) {
    if (SameLineAsOuter.count(S))
      return true;
    // Of several labels on a line the first counts: control comes to the line there.
    for (auto *Inner = llvm::dyn_cast<clang::SwitchCase>(S->getSubStmt());
         Inner && sameLine(S->getKeywordLoc(), Inner->getKeywordLoc());
         Inner = llvm::dyn_cast<clang::SwitchCase>(Inner->getSubStmt()))
      SameLineAsOuter.insert(Inner);
    clang::Stmt *Body = marked(S->getSubStmt(), S->getKeywordLoc());
    if (auto *Case = llvm::dyn_cast<clang::CaseStmt>(S))
      Case->setSubStmt(Body);
    else
      llvm::cast<clang::DefaultStmt>(S)->setSubStmt(Body);
    return true;
  }
  bool VisitLabelStmt(clang::LabelStmt *S) {
    S->setSubStmt(marked(S->getSubStmt(), S->getIdentLoc()));
    return true;
  }
  bool VisitForStmt(clang::ForStmt *S) {
    if (isEndless(S->getCond()))
      S->setBody(marked(S->getBody(), S->getForLoc()));
    return true;
  }
  bool VisitWhileStmt(clang::WhileStmt *S) {
    if (isEndless(S->getCond()))
      S->setBody(marked(S->getBody(), S->getWhileLoc()));
    return true;
  }
  /// Other functions inside of this one are marked for themselves.
  bool TraverseLambdaExpr(clang::LambdaExpr *) { return true; }
  bool TraverseDecl(clang::Decl *) { return true; }

private:
  llvm::SmallPtrSet<clang::SwitchCase *, 8> SameLineAsOuter;

  /// No condition, or one that the compiler knows to be true and emits no code for.
  bool isEndless(const clang::Expr *Condition) const {
    bool Value = false;
    return !Condition || (!Condition->isValueDependent() && Condition->EvaluateAsBooleanCondition(Value, Context) && Value);
  }

  clang::Stmt *marked(clang::Stmt *Body, clang::SourceLocation Label) {
    // A declaration's scope goes on behind it.
    if (!Body || llvm::isa<clang::DeclStmt>(Body))
      return Body;
    auto *Text = createString(Context, MarkText, Label);
    auto *Mark = new (Context) clang::GCCAsmStmt(Context, Label, /*issimple=*/true, /*isvolatile=*/true, 0, 0, nullptr,
                                                 nullptr, nullptr, Text, 0, nullptr, 0, Label);
    return createCompound(Context, {Mark, Body}, Body->getBeginLoc(), Body->getEndLoc());
  }

  bool sameLine(clang::SourceLocation A, clang::SourceLocation B) const {
    auto &Sources = Context.getSourceManager();
    return Sources.getPresumedLoc(A).getLine() == Sources.getPresumedLoc(B).getLine();
  }
};

} // namespace

void markLabels(clang::FunctionDecl *F) {
  if (F->isConstexpr() || F->isDependentContext() || !F->hasBody())
    return;
  Marker(F->getASTContext()).TraverseStmt(F->getBody());
}

bool isLabelMark(const llvm::Instruction &I) {
  auto *Call = llvm::dyn_cast<llvm::CallInst>(&I);
  auto *Assembly = Call ? llvm::dyn_cast<llvm::InlineAsm>(Call->getCalledOperand()) : nullptr;
  return Assembly && llvm::StringRef(Assembly->getAsmString()) == MarkText;
}

void removeLabelMarks(llvm::Function &F) {
  for (llvm::Instruction &I : llvm::make_early_inc_range(llvm::instructions(F)))
    if (isLabelMark(I))
      I.eraseFromParent();
}

} // namespace kp
