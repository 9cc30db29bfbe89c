// The Clang side: the attributes, and the choice of functions by options.
//
// A chosen function carries an assumption attribute (AttributeMark or OptionMark), which later declarations inherit and
// which Clang turns into the IR function attribute "llvm.assume", on constructors and destructors too in every version
// from 14 to 19. But it does so when the function is first used: a definition that is chosen after that (an attribute
// on the definition alone, behind a call) needs a second carrier, one that Clang looks at when it emits the definition.
#include "plugin/compat/attributes.h"
#include "plugin/compat/files.h"
#include "plugin/continuations.h"
#include "plugin/labels.h"
#include "plugin/options.h"
#include "plugin/structors.h"
#include "plugin/timers.h"

#include "clang/AST/ASTConsumer.h"
#include "clang/AST/RecursiveASTVisitor.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Frontend/FrontendPluginRegistry.h"
#include "clang/Lex/HeaderSearch.h"
#include "clang/Lex/Preprocessor.h"
#include "clang/Sema/Sema.h"

#include "llvm/Support/Path.h"

#include <dlfcn.h>
#include <fnmatch.h>

using namespace clang;

namespace {

/// How this compilation finds headers.
HeaderSearch *Headers;

void mark(Decl *D, llvm::StringRef Text) { D->addAttr(kp::createAssumption(D->getASTContext(), Text)); }

/// One of our attributes: takes no argument, belongs on functions.
struct FunctionAttribute : ParsedAttrInfo {
  const char *Name;
  const char *Text;

  FunctionAttribute(const char *Name, const char *Text) : Name(Name), Text(Text) { OptArgs = 15; }

  bool diagAppertainsToDecl(Sema &S, const ParsedAttr &Attr, const Decl *D) const override {
    if (isa<FunctionDecl>(D) || isa<FunctionTemplateDecl>(D))
      return true;
    unsigned Id =
        S.getDiagnostics().getCustomDiagID(DiagnosticsEngine::Error, "'%0' attribute only applies to functions");
    S.Diag(Attr.getLoc(), Id) << Name;
    return false;
  }

  AttrHandling handleDeclAttribute(Sema &S, Decl *D, const ParsedAttr &Attr) const override {
    if (Attr.getNumArgs() != 0) {
      unsigned Id = S.getDiagnostics().getCustomDiagID(DiagnosticsEngine::Error, "'%0' attribute takes no arguments");
      S.Diag(Attr.getLoc(), Id) << Name;
      return AttributeNotApplied;
    }
    mark(D, Text);
    return AttributeApplied;
  }
};

struct ProfileAttribute : FunctionAttribute {
  ProfileAttribute() : FunctionAttribute("profile", kp::AttributeMark) {
    static constexpr Spelling S[] = {{ParsedAttr::AS_GNU, "kernprof_profile"},
                                     {ParsedAttr::AS_CXX11, "kernprof::profile"},
                                     {kp::SyntaxC23, "kernprof::profile"}};
    Spellings = S;
  }
};

struct LineprofAttribute : FunctionAttribute {
  LineprofAttribute() : FunctionAttribute("lineprof", kp::LineMark) {
    static constexpr Spelling S[] = {{ParsedAttr::AS_GNU, "kernprof_lineprof"},
                                     {ParsedAttr::AS_CXX11, "kernprof::lineprof"},
                                     {kp::SyntaxC23, "kernprof::lineprof"}};
    Spellings = S;
  }
};

struct MemprofAttribute : FunctionAttribute {
  MemprofAttribute() : FunctionAttribute("memprof", kp::MemoryMark) {
    static constexpr Spelling S[] = {{ParsedAttr::AS_GNU, "kernprof_memprof"},
                                     {ParsedAttr::AS_CXX11, "kernprof::memprof"},
                                     {kp::SyntaxC23, "kernprof::memprof"}};
    Spellings = S;
  }
};

/// The one with an argument: the timer's name, without it the function's.
struct TimedAttribute : FunctionAttribute {
  TimedAttribute() : FunctionAttribute("timed", kp::TimedMark) {
    static constexpr Spelling S[] = {{ParsedAttr::AS_GNU, "kernprof_timed"},
                                     {ParsedAttr::AS_CXX11, "kernprof::timed"},
                                     {kp::SyntaxC23, "kernprof::timed"}};
    Spellings = S;
  }

  AttrHandling handleDeclAttribute(Sema &S, Decl *D, const ParsedAttr &Attr) const override {
    StringRef Name;
    if (Attr.getNumArgs() > 1) {
      unsigned Id =
          S.getDiagnostics().getCustomDiagID(DiagnosticsEngine::Error, "'timed' attribute takes one argument, a name");
      S.Diag(Attr.getLoc(), Id);
      return AttributeNotApplied;
    }
    if (Attr.getNumArgs() == 1 && !S.checkStringLiteralArgumentAttr(Attr, 0, Name))
      return AttributeNotApplied;
    mark(D, kp::encodeTimedName(Name));
    return AttributeApplied;
  }
};

bool matches(const std::string &Glob, const std::string &Text) { return fnmatch(Glob.c_str(), Text.c_str(), 0) == 0; }

/// A file glob without a slash is compared with the file's last component, as gitignore does.
bool fileMatches(const std::string &Glob, const std::string &Path) {
  if (Glob.find('/') == std::string::npos)
    return matches(Glob, Path.substr(Path.rfind('/') + 1));
  return matches(Glob, Path) || matches("*/" + Glob, Path);
}

/// Notes it on every glob that matches, not on the first alone.
template <typename Predicate> bool anyMatches(std::vector<kp::Glob> &Globs, Predicate Matches) {
  bool Any = false;
  for (kp::Glob &G : Globs)
    if (Matches(G.Text))
      Any = G.Matched = true;
  return Any;
}

/// Marks what the options choose, and the lambdas inside of marked functions.
class Chooser : public RecursiveASTVisitor<Chooser> {
public:
  bool shouldVisitTemplateInstantiations() const { return true; }
  bool shouldVisitImplicitCode() const { return true; }
  bool shouldVisitLambdaBody() const { return true; }

  bool TraverseDecl(Decl *D) {
    auto *Function = dyn_cast_or_null<FunctionDecl>(D);
    if (!Function)
      return RecursiveASTVisitor::TraverseDecl(D);
    choose(Function);
    kp::markTimed(Function);
    carry(Function);
    llvm::StringRef Outer = AroundLambdas;
    AroundLambdas = attributeOf(Function);
    bool Continue = RecursiveASTVisitor::TraverseDecl(D);
    AroundLambdas = Outer;
    return Continue;
  }

  bool VisitLambdaExpr(LambdaExpr *Lambda) {
    if (!AroundLambdas.empty() && attributeOf(Lambda->getCallOperator()).empty())
      mark(Lambda->getCallOperator(), AroundLambdas);
    carry(Lambda->getCallOperator());
    return true;
  }

  /// Initialisation outside of functions, which may be code.
  bool VisitVarDecl(VarDecl *V) {
    if (!V->hasGlobalStorage() || V->isStaticLocal() || !V->hasInit() || !isInChosenFile(V))
      return true;
    PresumedLoc Presumed = V->getASTContext().getSourceManager().getPresumedLoc(
        V->getASTContext().getSourceManager().getExpansionLoc(V->getLocation()));
    if (Presumed.isValid())
      kp::options().Variables.insert({llvm::sys::path::filename(Presumed.getFilename()).str(), Presumed.getLine()});
    kp::noteContinuations(V);
    return true;
  }

private:
  llvm::StringRef AroundLambdas; ///< the mark of the attributes of the function around; empty: none

  /// The mark that says as much as all attributes of F together; empty: it has none.
  static llvm::StringRef attributeOf(const FunctionDecl *F) {
    bool Line = isMarked(F, kp::LineMark), Memory = isMarked(F, kp::MemoryMark);
    if (isMarked(F, kp::AttributeMark) || (Line && Memory))
      return kp::AttributeMark;
    return Line ? kp::LineMark : Memory ? kp::MemoryMark : "";
  }

  static bool isMarked(const FunctionDecl *F, llvm::StringRef Text) {
    for (const Attr *A : F->attrs()) {
      auto *Assumption = dyn_cast<kp::AssumptionAttribute>(A);
      if (Assumption && Assumption->getAssumption() == Text)
        return true;
    }
    return false;
  }

  /// Gives a marked definition the second carrier, once, and marks its labels. Not in a template: its instances would
  /// inherit the carrier, and pass for marked.
  static void carry(FunctionDecl *F) {
    if (!F->isThisDeclarationADefinition() || F->isDependentContext() || F->hasAttr<PragmaClangTextSectionAttr>())
      return;
    llvm::StringRef Text = isMarked(F, kp::OptionMark) ? kp::OptionMark : attributeOf(F);
    if (Text.empty())
      return;
    F->addAttr(kp::createDefinitionMark(F->getASTContext(), Text));
    kp::noteContinuations(F);
    kp::keepEmptyDestructor(F);
    kp::markLabels(F);
  }

  /// Whether options choose all of the file that D stands in.
  static bool isInChosenFile(const Decl *D) {
    kp::Options &O = kp::options();
    SourceManager &Sources = D->getASTContext().getSourceManager();
    SourceLocation Location = Sources.getExpansionLoc(D->getLocation());
    PresumedLoc Presumed = Sources.getPresumedLoc(Location);
    bool ByFile = Presumed.isValid() &&
                  anyMatches(O.Files, [&](auto &Glob) { return fileMatches(Glob, Presumed.getFilename()); });
    return ByFile || (O.All && !isOfSystem(Sources, Location));
  }

  /// What a header of the system includes counts as the system's as well, but not for us where the header search finds
  /// a file of the user's: CMake makes one of those of a project's precompiled headers.
  static bool isOfSystem(SourceManager &Sources, SourceLocation Location) {
    if (!Sources.isInSystemHeader(Location))
      return false;
    FileID File = Sources.getFileID(Location);
    const SrcMgr::SLocEntry &Entry = Sources.getSLocEntry(File);
    auto Found = kp::fileOf(Sources, File);
    bool IsOriginal = Entry.isFile() && !Entry.getFile().hasLineDirectives(); // and not a preprocessed text
    return !IsOriginal || !Found || !Headers || Headers->getFileDirFlavor(*Found) != SrcMgr::C_User;
  }

  static void choose(FunctionDecl *F) {
    kp::Options &O = kp::options();
    if (!O.All && O.Functions.empty() && O.Files.empty())
      return;
    if (!F->isThisDeclarationADefinition() || F->isImplicit() || F->isDefaulted())
      return;
    std::string Name = F->getNameAsString(), Qualified = F->getQualifiedNameAsString();
    bool ByName = anyMatches(O.Functions, [&](auto &Glob) { return matches(Glob, Name) || matches(Glob, Qualified); });
    bool ByFile = isInChosenFile(F);
    if (ByName || ByFile)
      mark(F, kp::OptionMark);
  }
};

class Consumer : public ASTConsumer {
public:
  bool HandleTopLevelDecl(DeclGroupRef Group) override {
    for (Decl *D : Group)
      Chooser().TraverseDecl(D);
    return true;
  }
  void HandleCXXStaticMemberVarInstantiation(VarDecl *V) override { Chooser().TraverseDecl(V); }
  void HandleInlineFunctionDefinition(FunctionDecl *F) override { Chooser().TraverseDecl(F); }
};

class Action : public PluginASTAction {
  std::unique_ptr<ASTConsumer> CreateASTConsumer(CompilerInstance &CI, llvm::StringRef) override {
    Headers = &CI.getPreprocessor().getHeaderSearchInfo();
    auto &CodeGen = CI.getCodeGenOpts();
    kp::options().LinkTimeOptimisation = CodeGen.PrepareForLTO || CodeGen.PrepareForThinLTO;
    Dl_info Self;
    static int Anchor;
    if (dladdr(&Anchor, &Self) && CodeGen.PassPlugins.empty())
      CodeGen.PassPlugins.push_back(Self.dli_fname);
    return std::make_unique<Consumer>();
  }

  bool ParseArgs(const CompilerInstance &CI, const std::vector<std::string> &Arguments) override {
    for (const std::string &Argument : Arguments) {
      if (kp::parseOption(Argument))
        continue;
      auto &Diagnostics = CI.getDiagnostics();
      Diagnostics.Report(Diagnostics.getCustomDiagID(DiagnosticsEngine::Error, "unknown kernprof option '%0'"))
          << Argument;
      return false;
    }
    return true;
  }

  PluginASTAction::ActionType getActionType() override { return AddBeforeMainAction; }
};

ParsedAttrInfoRegistry::Add<ProfileAttribute> Profile("kernprof_profile", "profile this function's lines and memory");
ParsedAttrInfoRegistry::Add<LineprofAttribute> Lineprof("kernprof_lineprof", "profile this function's lines");
ParsedAttrInfoRegistry::Add<MemprofAttribute> Memprof("kernprof_memprof", "profile this function's memory");
ParsedAttrInfoRegistry::Add<TimedAttribute> Timed("kernprof_timed", "time this function");
FrontendPluginRegistry::Add<Action> Registered("kernprof", "line profiler");

} // namespace
