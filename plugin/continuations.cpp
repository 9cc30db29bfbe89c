// Lines that begin in the middle of an expression (see continuations.h).
#include "plugin/continuations.h"

#include "clang/AST/ASTContext.h"
#include "clang/AST/Decl.h"
#include "clang/AST/Expr.h"
#include "clang/AST/ExprCXX.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Path.h"

using namespace clang;

namespace kp {

static llvm::StringMap<std::set<Continuation>> &notes() {
  static llvm::StringMap<std::set<Continuation>> Notes;
  return Notes;
}

namespace {

class Noter {
  const ASTContext &Context;
  const SourceManager &Sources;

public:
  explicit Noter(const ASTContext &Context) : Context(Context), Sources(Context.getSourceManager()) {}

  /// Walks all expressions; lambdas inside of this function are noted for themselves. Not recursive: expressions that
  /// programs write nest deeply.
  void note(const Stmt *Root) {
    llvm::SmallVector<const Stmt *, 32> Work{Root};
    while (!Work.empty()) {
      const Stmt *S = Work.pop_back_val();
      if (!S || llvm::isa<LambdaExpr>(S))
        continue;
      // Pieces of this function that become functions of their own.
      if (auto *Block = llvm::dyn_cast<BlockExpr>(S))
        Work.push_back(Block->getBody());
      if (auto *Captured = llvm::dyn_cast<CapturedStmt>(S))
        Work.push_back(Captured->getCapturedStmt());
      if (auto *Binary = llvm::dyn_cast<BinaryOperator>(S)) {
        if (Binary->isLogicalOp())
          noteArm(Binary, Binary->getRHS(), {Binary->getLHS()});
      } else if (auto *Conditional = llvm::dyn_cast<ConditionalOperator>(S)) {
        noteConditional(Conditional);
      } else if (auto *Elvis = llvm::dyn_cast<BinaryConditionalOperator>(S)) {
        noteArm(Elvis, Elvis->getFalseExpr(), {Elvis->getCommon()});
      } else if (auto *If = llvm::dyn_cast<IfStmt>(S)) {
        noteLastLine(If);
      }
      Work.append(S->child_begin(), S->child_end());
    }
  }

private:
  static bool isFunction(const Stmt *S) { return llvm::isa<LambdaExpr, BlockExpr>(S); }

  Position positionOf(SourceLocation Location) const {
    PresumedLoc Presumed = Sources.getPresumedLoc(Sources.getExpansionLoc(Location));
    return Presumed.isValid() ? Position(Presumed.getLine(), Presumed.getColumn()) : Position(0, 0);
  }
  unsigned beginLine(const Stmt *S) const { return positionOf(S->getBeginLoc()).first; }
  unsigned endLine(const Stmt *S) const { return positionOf(S->getEndLoc()).first; }

  void noteConditional(const ConditionalOperator *C) {
    unsigned Question = positionOf(C->getQuestionLoc()).first;
    unsigned True = beginLine(C->getTrueExpr());
    // Behind a `?` at a line's end the next line belongs to the operand and to what else is on it, if there is code.
    bool Hanging = Question < True;
    if (!Hanging || hasNoCode(C->getTrueExpr()))
      noteArm(C, C->getTrueExpr(), {C->getCond()});
    if (!Hanging || beginLine(C->getFalseExpr()) != True || hasNoCode(C->getFalseExpr()))
      noteArm(C, C->getFalseExpr(), {C->getCond(), C->getTrueExpr()});
  }

  bool hasNoCode(const Expr *E) const { return E->isEvaluatable(Context); }

  /// `Arm` is an operand of Operator that is not always evaluated, `Before` what stands before it.
  void noteArm(const Expr *Operator, const Expr *Arm, llvm::ArrayRef<const Expr *> Before) {
    unsigned Line = beginLine(Arm);
    const Stmt *First = firstOperand(Operator);
    Position Begin = positionOf(First->getBeginLoc());
    if (!Line || !Begin.first || Begin.first >= Line)
      return;
    for (const Expr *Operand : Before)
      if (beginsInArm(Operand, Line, Operand != Before.front()))
        return;
    noteLine(First, Line);
  }

  void noteLine(const Stmt *First, unsigned Line) {
    PresumedLoc Presumed = Sources.getPresumedLoc(Sources.getExpansionLoc(First->getBeginLoc()));
    Position Begin = positionOf(First->getBeginLoc());
    notes()[llvm::sys::path::filename(Presumed.getFilename())].insert({Begin, endBeforeFunctions(First), Line});
  }

  /// The last line of a condition, on which the body begins, too (`CONSTANT)) {`): without code of its own it would
  /// count as often as the body.
  void noteLastLine(const IfStmt *If) {
    const Expr *Around = If->getCond();
    auto *Then = llvm::dyn_cast<CompoundStmt>(If->getThen());
    unsigned Line = endLine(Around);
    if (!Then || positionOf(Then->getLBracLoc()).first != Line)
      return;
    llvm::SmallVector<const Stmt *, 16> Work{Around};
    while (!Work.empty()) {
      const Stmt *S = Work.pop_back_val();
      if (!S || isFunction(S) || endLine(S) < Line)
        continue;
      for (const Expr *Arm : armsOf(S)) {
        if (beginLine(Arm) == Line) // noteArm knows
          return;
        if (beginLine(Arm) < Line && endLine(Arm) >= Line)
          Around = Arm;
      }
      Work.append(S->child_begin(), S->child_end());
    }
    const Stmt *First = firstOperand(Around);
    unsigned Begin = beginLine(First);
    if (Begin && Begin < Line)
      noteLine(First, Line);
  }

  /// The operands of S that are not always evaluated.
  static llvm::SmallVector<const Expr *, 2> armsOf(const Stmt *S) {
    if (auto *Binary = llvm::dyn_cast<BinaryOperator>(S))
      if (Binary->isLogicalOp())
        return {Binary->getRHS()};
    if (auto *Conditional = llvm::dyn_cast<AbstractConditionalOperator>(S))
      return {Conditional->getTrueExpr(), Conditional->getFalseExpr()};
    return {};
  }

  /// Whether the line begins inside of an arm within S; S itself may be one.
  bool beginsInArm(const Stmt *S, unsigned Line, bool IsArm) const {
    if (!S || isFunction(S) || endLine(S) < Line || beginLine(S) >= Line)
      return false;
    if (IsArm)
      return true;
    llvm::SmallVector<const Expr *, 2> Arms = armsOf(S);
    for (const Stmt *Child : S->children())
      if (beginsInArm(Child, Line, llvm::is_contained(Arms, Child)))
        return true;
    return false;
  }

  /// What is evaluated first, and as often as the whole.
  static const Stmt *firstOperand(const Expr *E) {
    for (;;) {
      E = E->IgnoreParenImpCasts();
      auto *Binary = llvm::dyn_cast<BinaryOperator>(E);
      auto *Unary = llvm::dyn_cast<UnaryOperator>(E);
      if (Binary && Binary->isLogicalOp())
        E = Binary->getLHS();
      else if (auto *Conditional = llvm::dyn_cast<ConditionalOperator>(E))
        E = Conditional->getCond();
      else if (auto *Elvis = llvm::dyn_cast<BinaryConditionalOperator>(E))
        E = Elvis->getCommon();
      else if (Unary && Unary->getOpcode() == UO_LNot)
        E = Unary->getSubExpr();
      else
        return E;
    }
  }

  /// Where S ends, or the first function in it begins: that one's code does not count for S.
  Position endBeforeFunctions(const Stmt *S) const {
    Position End = positionOf(S->getEndLoc());
    llvm::SmallVector<const Stmt *, 16> Work{S};
    while (!Work.empty()) {
      const Stmt *Inner = Work.pop_back_val();
      if (!Inner)
        continue;
      if (!isFunction(Inner)) {
        Work.append(Inner->child_begin(), Inner->child_end());
        continue;
      }
      Position Begin = positionOf(Inner->getBeginLoc());
      End = std::min(End, Position(Begin.first, Begin.second - 1));
    }
    return End;
  }
};

} // namespace

void noteContinuations(const FunctionDecl *F) {
  if (!F->isDependentContext() && F->hasBody())
    Noter(F->getASTContext()).note(F->getBody());
}

void noteContinuations(const VarDecl *V) {
  if (!V->getDeclContext()->isDependentContext() && V->hasInit())
    Noter(V->getASTContext()).note(V->getInit());
}

const std::set<Continuation> &continuationsIn(llvm::StringRef FileName) {
  return notes()[llvm::sys::path::filename(FileName)];
}

} // namespace kp
