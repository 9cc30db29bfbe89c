// Lines that control passes and that hold no code (see labels.h).
#include "plugin/labels.h"
#include "plugin/compat/statements.h"

#include "clang/AST/Decl.h"
#include "clang/AST/RecursiveASTVisitor.h"
#include "clang/AST/StmtOpenMP.h"
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

/// Rewrites `case 1: S` in a block to `case 1: MARK S`, with S as the block's next statement, so that no scope is added
/// and nothing changes its place for debug information or coverage.
class Marker : public clang::RecursiveASTVisitor<Marker> {
  clang::ASTContext &Context;
  llvm::SmallPtrSet<const clang::Stmt *, 4> NestedLoops;

public:
  explicit Marker(clang::ASTContext &Context) : Context(Context) {}

  bool VisitStmt(clang::Stmt *S) {
    for (clang::Stmt *&Child : S->children()) {
      if (NestedLoops.count(S))
        break; // nothing may stand between the loops of `collapse`
      if (needsMark(Child) && !llvm::isa<clang::CompoundStmt>(S))
        Child = createCompound(Context, {createMark(Child->getBeginLoc()), Child}, Child->getBeginLoc(),
                               Child->getEndLoc());
      else
        Child = rewritten(Child);
    }
    return true;
  }
  /// Where nothing else of the line runs, or the body begins on it too (`for (a;; b) {`), it counts as often as the
  /// body.
  bool VisitForStmt(clang::ForStmt *S) {
    if (!isEndless(S->getCond()))
      return true;
    auto *Body = llvm::dyn_cast<clang::CompoundStmt>(S->getBody());
    bool BodyIsOnLine = Body && lineOf(Body->getLBracLoc()) == lineOf(S->getForLoc());
    if ((!S->getInit() && !S->getInc()) || (S->getInit() && S->getInc() && BodyIsOnLine))
      S->setBody(prefixed(S->getBody(), S->getForLoc()));
    return true;
  }
  bool VisitWhileStmt(clang::WhileStmt *S) {
    if (isEndless(S->getCond()))
      S->setBody(prefixed(S->getBody(), S->getWhileLoc()));
    return true;
  }
  /// What takes the exception has other lines (lines.cpp).
  bool VisitCXXCatchStmt(clang::CXXCatchStmt *S) {
    *S->child_begin() = prefixed(S->getHandlerBlock(), S->getCatchLoc());
    return true;
  }
  /// A body that begins on the condition's last line (`&& b) {`): that line is passed as often as the body is.
  bool VisitIfStmt(clang::IfStmt *S) {
    auto *Then = llvm::dyn_cast<clang::CompoundStmt>(S->getThen());
    if (Then && lineOf(Then->getLBracLoc()) > lineOf(S->getCond()->getBeginLoc()) &&
        lineOf(Then->getLBracLoc()) == lineOf(S->getCond()->getEndLoc()))
      S->setThen(prefixed(Then, Then->getLBracLoc()));
    return true;
  }
  /// Blocks, and regions and tasks of OpenMP, are pieces of this function.
  bool VisitBlockExpr(clang::BlockExpr *S) {
    clang::BlockDecl *Block = S->getBlockDecl();
    Block->setBody(llvm::cast<clang::CompoundStmt>(rewritten(Block->getBody())));
    return TraverseStmt(Block->getBody());
  }
  bool VisitCapturedStmt(clang::CapturedStmt *S) {
    clang::Stmt *&Body = capturedBody(*S);
    if (!llvm::isa<clang::ForStmt, clang::CXXForRangeStmt>(Body->IgnoreContainers()))
      Body = rewritten(Body);
    return TraverseStmt(Body);
  }
  bool VisitOMPLoopDirective(clang::OMPLoopDirective *S) {
    const clang::Stmt *Inner = S->getInnermostCapturedStmt()->getCapturedStmt()->IgnoreContainers();
    for (unsigned I = 1; I < S->getLoopsNumber() && Inner; I++) {
      NestedLoops.insert(Inner);
      auto *Loop = llvm::dyn_cast<clang::ForStmt>(Inner);
      Inner = Loop ? Loop->getBody()->IgnoreContainers() : nullptr;
    }
    return true;
  }
  /// Other functions inside of this one are marked for themselves.
  bool TraverseLambdaExpr(clang::LambdaExpr *) { return true; }
  bool TraverseDecl(clang::Decl *D) {
    auto *Variable = llvm::dyn_cast_or_null<clang::VarDecl>(D);
    return !Variable || !Variable->hasInit() || TraverseStmt(Variable->getInit());
  }

  /// S, or a copy with marks if it is a block with labels or jumps.
  clang::Stmt *rewritten(clang::Stmt *S) {
    auto *Block = llvm::dyn_cast_or_null<clang::CompoundStmt>(S);
    if (!Block || llvm::none_of(Block->body(), [&](clang::Stmt *Inner) { return isLabel(Inner) || needsMark(Inner); }))
      return S;
    llvm::SmallVector<clang::Stmt *, 32> Body;
    for (clang::Stmt *Inner : Block->body()) {
      for (; isLabel(Inner); Inner = splitLabel(Inner))
        Body.push_back(Inner);
      if (needsMark(Inner))
        Body.push_back(createMark(Inner->getBeginLoc()));
      Body.push_back(Inner);
    }
    return createCompound(Context, Body, Block->getLBracLoc(), Block->getRBracLoc());
  }

private:
  static bool isLabel(const clang::Stmt *S) { return llvm::isa<clang::SwitchCase, clang::LabelStmt>(S); }

  /// Whether no code is needed to know what an expression is: a constant, this object.
  bool isKnown(const clang::Expr *E) const {
    const clang::Expr *Inner = E->IgnoreParenImpCasts();
    if (auto *Operator = llvm::dyn_cast<clang::UnaryOperator>(Inner))
      Inner = Operator->getOpcode() == clang::UO_Deref ? Operator->getSubExpr()->IgnoreParenImpCasts() : Inner;
    return llvm::isa<clang::CXXThisExpr>(Inner) || (!E->isValueDependent() && E->isEvaluatable(Context));
  }

  /// Statements that become a jump and nothing else, if only where destructors are to be called before.
  bool isJump(const clang::Stmt *S) const {
    if (auto *Return = llvm::dyn_cast_or_null<clang::ReturnStmt>(S)) // a candidate is built where the caller wants it
      return !Return->getRetValue() || Return->getNRVOCandidate() || isKnown(Return->getRetValue());
    return S && llvm::isa<clang::BreakStmt, clang::ContinueStmt, clang::GotoStmt>(S);
  }

  /// Statements whose first line is passed once and may hold no code: jumps, `for (init; ; step)`, and `for (`, `while
  /// (`, `if (` with the condition on a later line, which Clang gives the jump on the condition.
  bool needsMark(const clang::Stmt *S) const {
    if (!S || isJump(S))
      return S;
    const clang::Expr *Condition = nullptr;
    auto *For = llvm::dyn_cast<clang::ForStmt>(S);
    if (For && isEndless(For->getCond()))
      return For->getInit() || For->getInc();
    if (For)
      Condition = For->getCond();
    else if (auto *While = llvm::dyn_cast<clang::WhileStmt>(S))
      Condition = While->getCond();
    else if (auto *If = llvm::dyn_cast<clang::IfStmt>(S))
      Condition = If->getCond();
    return Condition && lineOf(Condition->getBeginLoc()) > lineOf(S->getBeginLoc());
  }

  unsigned lineOf(clang::SourceLocation Location) const {
    const clang::SourceManager &Sources = Context.getSourceManager();
    clang::PresumedLoc Presumed = Sources.getPresumedLoc(Sources.getExpansionLoc(Location));
    return Presumed.isValid() ? Presumed.getLine() : 0;
  }

  /// Puts a mark in the place of the label's statement, which is returned.
  clang::Stmt *splitLabel(clang::Stmt *Label) {
    clang::Stmt *Inner;
    if (auto *Case = llvm::dyn_cast<clang::CaseStmt>(Label)) {
      Inner = Case->getSubStmt();
      Case->setSubStmt(createMark(Case->getKeywordLoc()));
    } else if (auto *Default = llvm::dyn_cast<clang::DefaultStmt>(Label)) {
      Inner = Default->getSubStmt();
      Default->setSubStmt(createMark(Default->getKeywordLoc()));
    } else {
      auto *Named = llvm::cast<clang::LabelStmt>(Label);
      Inner = Named->getSubStmt();
      Named->setSubStmt(createMark(Named->getIdentLoc()));
    }
    return Inner;
  }

  clang::Stmt *prefixed(clang::Stmt *Body, clang::SourceLocation Loop) {
    llvm::SmallVector<clang::Stmt *, 32> Statements{createMark(Loop)};
    if (auto *Block = llvm::dyn_cast<clang::CompoundStmt>(Body)) {
      Statements.append(Block->body_begin(), Block->body_end());
      return createCompound(Context, Statements, Block->getLBracLoc(), Block->getRBracLoc());
    }
    Statements.push_back(Body);
    return createCompound(Context, Statements, Body->getBeginLoc(), Body->getEndLoc());
  }

  /// No condition, or one that the compiler knows to be true and emits no code for.
  bool isEndless(const clang::Expr *Condition) const {
    bool Value = false;
    return !Condition ||
           (!Condition->isValueDependent() && Condition->EvaluateAsBooleanCondition(Value, Context) && Value);
  }

  clang::Stmt *createMark(clang::SourceLocation Location) { return createAssemblyMark(Context, MarkText, Location); }
};

} // namespace

clang::Stmt *createAssemblyMark(clang::ASTContext &Context, llvm::StringRef Text, clang::SourceLocation Location) {
  return new (Context)
      clang::GCCAsmStmt(Context, Location, /*issimple=*/true, /*isvolatile=*/true, 0, 0, nullptr, nullptr, nullptr,
                        createString(Context, Text, Location), 0, nullptr, 0, Location);
}

void markLabels(clang::FunctionDecl *F) {
  if (F->isConstexpr() || F->isDependentContext() || !F->hasBody())
    return;
  Marker M(F->getASTContext());
  F->setBody(M.rewritten(F->getBody()));
  M.TraverseStmt(F->getBody());
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
