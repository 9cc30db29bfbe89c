// Variants of constructors and destructors (see structors.h).
#include "plugin/structors.h"
#include "plugin/compat/statements.h"
#include "plugin/versions.h"

#include "clang/AST/DeclCXX.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Demangle/Demangle.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/InstrTypes.h"

using namespace llvm;

namespace kp {

constexpr const char *VariantKey = "kernprof.variant";

/// `h` and `v` move `this`; `c` does so with the result as well.
static bool isThunkName(StringRef Name) {
  return Name.size() > 4 && Name.take_front(3) == "_ZT" && (Name[3] == 'h' || Name[3] == 'v' || Name[3] == 'c');
}

bool isThunk(const Function &F) { return isThunkName(originalName(F)); }

/// Takes a call offset off: `h <number> _` or `v <number> _ <number> _`, where `n` is the sign.
static StringRef withoutOffset(StringRef Text) {
  unsigned Numbers = Text.take_front(1) == "v" ? 2 : 1;
  Text = Text.drop_front(1);
  for (; Numbers; Numbers--)
    Text = Text.drop_while([](char C) { return C == 'n' || isDigit(C); }).drop_front(1);
  return Text;
}

std::string nameWithoutThunk(StringRef Name) {
  if (!isThunkName(Name))
    return Name.str();
  StringRef Rest = Name.drop_front(3);
  Rest = Rest.front() == 'c' ? withoutOffset(withoutOffset(Rest.drop_front(1))) : withoutOffset(Rest);
  return "_Z" + Rest.str();
}

/// The whole name; empty: it is not that of a constructor or destructor.
static std::string structorName(StringRef Name) {
  ItaniumPartialDemangler Demangler;
  if (Demangler.partialDemangle(Name.str().c_str()) || !Demangler.isCtorOrDtor())
    return "";
  char *Raw = Demangler.finishDemangle(nullptr, nullptr);
  std::string Text = Raw ? Raw : "";
  free(Raw);
  return Text;
}

/// Whether `Inner` is the variant of `Outer` that does less. They differ in one digit. The other way round a call is
/// one that somebody wrote: `~Node() { delete next; }`.
static bool isInnerVariant(StringRef Outer, StringRef Inner) {
  if (Outer.size() != Inner.size() || Outer.take_front(2) != "_Z")
    return false;
  size_t At = std::mismatch(Outer.begin(), Outer.end(), Inner.begin()).first - Outer.begin();
  if (At == Outer.size() || Outer.substr(At + 1) != Inner.substr(At + 1) || !isDigit(Outer[At]) ||
      Outer[At] > Inner[At])
    return false;
  std::string Name = structorName(Outer);
  return !Name.empty() && Name == structorName(Inner);
}

std::string countedVariant(const Function &F) {
  if (F.hasFnAttribute(VariantKey))
    return F.getFnAttribute(VariantKey).getValueAsString().str();
  StringRef Name = originalName(F);
  if (Name.take_front(2) != "_Z")
    return "";
  bool Passes = isThunk(F);
  std::string Target = nameWithoutThunk(Name);
  for (const Instruction &I : instructions(F)) {
    auto *Call = dyn_cast<CallBase>(&I);
    auto *Callee = Call ? dyn_cast<Function>(Call->getCalledOperand()->stripPointerCastsAndAliases()) : nullptr;
    if (!Callee)
      continue;
    StringRef CalleeName = originalName(*Callee);
    if (Passes ? CalleeName == Target : isInnerVariant(Name, CalleeName))
      return CalleeName.str();
  }
  return "";
}

void noteThunk(Function &F) {
  if (isThunk(F))
    F.addFnAttr(VariantKey, nameWithoutThunk(F.getName()));
}

/// Whether Clang may take the destructor of a base for this one.
static bool mayBeThatOfBase(const clang::CXXDestructorDecl &D) {
  const clang::CXXRecordDecl *Class = D.getParent();
  return D.hasTrivialBody() && Class->getNumVBases() == 0 && any_of(Class->bases(), [](const auto &Base) {
           const clang::CXXRecordDecl *Of = Base.getType()->getAsCXXRecordDecl();
           return Of && !Of->hasTrivialDestructor();
         });
}

void keepEmptyDestructor(clang::FunctionDecl *F) {
  auto *D = dyn_cast<clang::CXXDestructorDecl>(F);
  auto *Body = D && !D->isDefaulted() ? dyn_cast_or_null<clang::CompoundStmt>(D->getBody()) : nullptr;
  if (!Body || !mayBeThatOfBase(*D))
    return;
  clang::ASTContext &Context = D->getASTContext();
  auto *Nothing = new (Context) clang::NullStmt(Body->getRBracLoc());
  D->setBody(createCompound(Context, {Nothing}, Body->getLBracLoc(), Body->getRBracLoc()));
}

} // namespace kp
