// Timed functions (see timers.h).
#include "plugin/timers.h"
#include "plugin/compat/attributes.h"
#include "plugin/compat/coroutines.h"
#include "plugin/compat/statements.h"
#include "plugin/debug_locations.h"
#include "plugin/labels.h"

#include "clang/AST/StmtCXX.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Module.h"
#include "llvm/Transforms/Utils/EscapeEnumerator.h"

namespace kp {

constexpr const char *MarkText = "# kernprof timed ";

static bool consume(llvm::StringRef &Text, llvm::StringRef Start) {
  if (Text.substr(0, Start.size()) != Start)
    return false;
  Text = Text.substr(Start.size());
  return true;
}

std::string encodeTimedName(llvm::StringRef Name) { return TimedMark + llvm::toHex(Name); }

/// The block that the mark goes to: a function's own, or that of its try.
static clang::CompoundStmt *markedBlock(clang::FunctionDecl *F) {
  if (auto *Try = llvm::dyn_cast<clang::CXXTryStmt>(F->getBody()))
    return Try->getTryBlock();
  return llvm::dyn_cast<clang::CompoundStmt>(F->getBody());
}

static bool isMark(const clang::Stmt *S) {
  auto *Assembly = llvm::dyn_cast<clang::GCCAsmStmt>(S);
  if (!Assembly)
    return false;
  llvm::StringRef Text = Assembly->getAsmString()->getString();
  return consume(Text, MarkText);
}

void markTimed(clang::FunctionDecl *F) {
  if (!F->isThisDeclarationADefinition() || F->isConstexpr() || F->isDependentContext() || !F->hasBody())
    return;
  llvm::StringRef Name;
  bool Timed = false;
  for (const clang::Attr *A : F->attrs())
    if (auto *Assumption = llvm::dyn_cast<AssumptionAttribute>(A)) {
      llvm::StringRef Text = Assumption->getAssumption();
      if (consume(Text, TimedMark)) {
        Timed = true;
        Name = Text;
      }
    }
  clang::CompoundStmt *Block = Timed ? markedBlock(F) : nullptr;
  if (!Block || (!Block->body_empty() && isMark(*Block->body_begin())))
    return;
  clang::ASTContext &Context = F->getASTContext();
  std::string Encoded = Name.empty() ? llvm::toHex(F->getNameAsString()) : Name.str();
  llvm::SmallVector<clang::Stmt *, 32> Body{createAssemblyMark(Context, MarkText + Encoded, Block->getLBracLoc())};
  Body.append(Block->body_begin(), Block->body_end());
  auto *Marked = createCompound(Context, Body, Block->getLBracLoc(), Block->getRBracLoc());
  if (auto *Try = llvm::dyn_cast<clang::CXXTryStmt>(F->getBody()))
    *Try->child_begin() = Marked;
  else
    F->setBody(Marked);
}

using namespace llvm;

void takeTimedMarks(Module &M) {
  for (Function &F : M)
    for (Instruction &I : make_early_inc_range(instructions(F))) {
      auto *Call = dyn_cast<CallInst>(&I);
      auto *Assembly = Call ? dyn_cast<InlineAsm>(Call->getCalledOperand()) : nullptr;
      StringRef Text = Assembly ? StringRef(Assembly->getAsmString()) : StringRef();
      if (!consume(Text, MarkText))
        continue;
      F.addFnAttr(TimedKey, fromHex(Text));
      I.eraseFromParent();
    }
}

/// Functions of the runtime, which may be in a shared object of their own.
static FunctionCallee declare(Module &M, const char *Name, Type *Result, ArrayRef<Type *> Parameters) {
  FunctionCallee Callee = M.getOrInsertFunction(Name, FunctionType::get(Result, Parameters, false));
  if (auto *F = dyn_cast<Function>(Callee.getCallee()))
    F->setDoesNotThrow();
  return Callee;
}

static void insertTimer(Function &F, StringRef Name) {
  Module &M = *F.getParent();
  BasicBlock::iterator First = F.getEntryBlock().getFirstInsertionPt();
  while (isa<AllocaInst>(*First))
    ++First;
  IRBuilder<> B(&*First);
  Type *Byte = PointerType::getUnqual(B.getInt8Ty());
  // struct kp_region and struct kp_timer_site of include/kernprof.h
  StructType *SiteType = StructType::get(Byte, M.getDataLayout().getIntPtrType(M.getContext()));
  FunctionCallee Enter = declare(M, "kp_region_enter", Byte, {Byte, Byte, Byte});
  FunctionCallee Leave = declare(M, "kp_region_leave", B.getVoidTy(), {Byte});
  DebugLoc Location = withoutLine(F);
  B.SetCurrentDebugLocation(Location);

  auto *Site =
      new GlobalVariable(M, SiteType, false, GlobalValue::InternalLinkage, Constant::getNullValue(SiteType), "kp.site");
  AllocaInst *Region = IRBuilder<>(&*F.getEntryBlock().getFirstInsertionPt()).CreateAlloca(Byte, nullptr, "kp.region");
  Value *State = B.CreatePointerCast(Region, Byte);
  B.CreateCall(Enter, {State, ConstantExpr::getPointerCast(Site, Byte), B.CreateGlobalStringPtr(Name, "kp.timer")});
  EscapeEnumerator Ways(F, "kp.timed", /*HandleExceptions=*/!F.doesNotThrow());
  while (IRBuilder<> *At = Ways.Next()) {
    At->SetCurrentDebugLocation(Location);
    At->CreateCall(Leave, {State});
  }
}

void insertTimers(Module &M) {
  SmallVector<Function *, 16> Timed;
  for (Function &F : M)
    if (F.hasFnAttribute(TimedKey))
      Timed.push_back(&F);
  for (Function *F : Timed) {
    std::string Name = F->getFnAttribute(TimedKey).getValueAsString().str();
    F->removeFnAttr(TimedKey);
    if (!F->isDeclaration() && !F->hasFnAttribute(Attribute::Naked) && !isPresplitCoroutine(*F))
      insertTimer(*F, Name);
  }
}

} // namespace kp
