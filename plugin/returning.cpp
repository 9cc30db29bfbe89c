// Which calls come back (see returning.h).
#include "plugin/returning.h"
#include "plugin/compat/coroutines.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Analysis/CFG.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"

using namespace llvm;

namespace kp {

namespace {

/// Functions of the C library that always come back, call nothing of the program's, and are called often.
constexpr const char *const Returning[] = {"memcpy",
                                           "memmove",
                                           "memset",
                                           "memcmp",
                                           "memchr",
                                           "strlen",
                                           "strcmp",
                                           "strncmp",
                                           "strchr",
                                           "strrchr",
                                           "strcpy",
                                           "strncpy",
                                           "strcat",
                                           "strstr",
                                           "strspn",
                                           "strcspn",
                                           "strpbrk",
                                           "strcoll",
                                           "strtod",
                                           "strtol",
                                           "strtoul",
                                           "strtoull",
                                           "abs",
                                           "labs",
                                           "isalpha",
                                           "isdigit",
                                           "isalnum",
                                           "isspace",
                                           "isupper",
                                           "islower",
                                           "isxdigit",
                                           "ispunct",
                                           "isprint",
                                           "iscntrl",
                                           "toupper",
                                           "tolower",
                                           "sqrt",
                                           "sqrtf",
                                           "sin",
                                           "cos",
                                           "tan",
                                           "asin",
                                           "acos",
                                           "atan",
                                           "atan2",
                                           "exp",
                                           "log",
                                           "log2",
                                           "log10",
                                           "pow",
                                           "powf",
                                           "floor",
                                           "ceil",
                                           "fabs",
                                           "fmod",
                                           "frexp",
                                           "ldexp",
                                           "modf",
                                           "sinf",
                                           "cosf",
                                           "expf",
                                           "logf",
                                           "floorf",
                                           "ceilf",
                                           "fabsf",
                                           "hypot",
                                           "cbrt",
                                           "round",
                                           "trunc",
                                           "clock",
                                           "time",
                                           "__errno_location",
                                           "__ctype_b_loc",
                                           "__ctype_toupper_loc",
                                           "__ctype_tolower_loc",
                                           "clock_gettime"};

/// Others that call nothing of the program's.
constexpr const char *const CallingNothingBack[] = {
    "malloc",  "calloc",   "realloc",   "free",         "aligned_alloc", "posix_memalign", "printf", "fprintf",
    "sprintf", "snprintf", "vsnprintf", "vfprintf",     "puts",          "putchar",        "putc",   "fputc",
    "fputs",   "getc",     "fgetc",     "fgets",        "fread",         "fwrite",         "fflush", "fopen",
    "fclose",  "fseek",    "ftell",     "read",         "write",         "open",           "close",  "lseek",
    "stat",    "fstat",    "usleep",    "nanosleep",    "sleep",         "exit",           "_exit",  "abort",
    "strdup",  "getenv",   "rand",      "gettimeofday", "poll",          "select",         "send",   "recv",
    "_Znwm",   "_Znam",    "_ZdlPv",    "_ZdlPvm",      "_ZdaPv",        "kp_thread_start"};

/// Functions that return twice, without leading underscores. A program that has another function of such a name loses
/// nothing but some optimisation of its callers. (LLVM and GCC know the same names.)
constexpr const char *const ReturningTwice[] = {"setjmp",  "sigsetjmp", "setjmp_syscall", "xsetjmp",     "xsigsetjmp",
                                                "qsetjmp", "savectx",   "getcontext",     "xgetcontext", "vfork"};

} // namespace

template <size_t Count> static StringSet<> setOf(const char *const (&Names)[Count]) {
  StringSet<> Set;
  for (const char *Name : Names)
    Set.insert(Name);
  return Set;
}

static bool alwaysReturns(StringRef Name) {
  static const StringSet<> Names = setOf(Returning);
  return Names.contains(Name);
}

void markReturningTwice(Module &M) {
  static const StringSet<> Names = setOf(ReturningTwice);
  for (Function &F : M) {
    bool IsBody = !F.isDeclaration() && !F.hasFnAttribute(Attribute::Naked); // of C, which cannot return twice
    // Behind \01, a name is not of C but of the linker.
    StringRef Name = F.getName().ltrim('\1');
    if (!IsBody && Names.contains(Name.ltrim('_')))
      F.addFnAttr(Attribute::ReturnsTwice);
  }
}

bool callsNothingBack(StringRef Name) {
  static const StringSet<> Names = setOf(CallingNothingBack);
  return alwaysReturns(Name) || Names.contains(Name);
}

/// On functions of this module that come back from every call, and in which nothing can go wrong.
constexpr const char *ReturnsKey = "kernprof-returns";
/// On those of them that have neither loops nor recursion.
constexpr const char *ShortKey = "kernprof-short";

bool mayNotReturn(const Instruction &I) {
  auto *Call = dyn_cast<CallBase>(&I);
  if (!Call || isa<IntrinsicInst>(Call) || Call->isInlineAsm())
    return false;
  const Function *Callee = Call->getCalledFunction();
  if (!Callee)
    return true;
  return Callee->isDeclaration() ? !alwaysReturns(Callee->getName()) : !Callee->hasFnAttribute(ReturnsKey);
}

bool cannotFault(const Instruction &I) {
  if (const Value *Address = getLoadStorePointerOperand(&I)) {
    const Value *Variable = Address->stripInBoundsConstantOffsets();
    return isa<AllocaInst>(Variable) || isa<GlobalVariable>(Variable);
  }
  if (auto *Call = dyn_cast<CallBase>(&I)) {
    auto *Intrinsic = dyn_cast<IntrinsicInst>(Call);
    if (Intrinsic && (isa<DbgInfoIntrinsic>(Intrinsic) || Intrinsic->isLifetimeStartOrEnd()))
      return true;
    const Function *Callee = Call->getCalledFunction();
    return Call->doesNotAccessMemory() || (Callee && Callee->hasFnAttribute(ReturnsKey));
  }
  if (I.isIntDivRem()) {
    auto *Divisor = dyn_cast<ConstantInt>(I.getOperand(1));
    return Divisor && !Divisor->isZero() && !Divisor->isMinusOne();
  }
  return !I.mayReadOrWriteMemory() && !isa<UnreachableInst>(I);
}

static bool comesBack(const Function &F) {
  for (const BasicBlock &BB : F)
    for (const Instruction &I : BB)
      if (mayNotReturn(I) || isa<ResumeInst>(I) || !cannotFault(I))
        return false;
  return true;
}

/// Whether a call takes little time: what is called has neither loops nor recursion.
static bool isShort(const Instruction &I) {
  auto *Call = dyn_cast<CallBase>(&I);
  const Function *Callee = Call ? Call->getCalledFunction() : nullptr;
  return !Callee || Callee->isDeclaration() || Callee->hasFnAttribute(ShortKey);
}

static bool isShort(Function &F) {
  for (BasicBlock &BB : F)
    for (Instruction &I : BB)
      if (!isShort(I))
        return false;
  SmallVector<std::pair<const BasicBlock *, const BasicBlock *>, 4> BackEdges;
  FindFunctionBackedges(F, BackEdges);
  return BackEdges.empty();
}

/// Whether nothing in the definition of F rules out that it always comes back, before its instructions are looked at.
static bool mayAlwaysReturn(const Function &F) {
  return !F.isDeclaration() && !F.isInterposable() && !F.doesNotReturn() && !F.hasFnAttribute(Attribute::Naked) &&
         !F.hasFnAttribute(Attribute::ReturnsTwice) && !isPresplitCoroutine(F);
}

/// Changes functions until a pass over all of them changes none.
static void repeat(ArrayRef<Function *> Functions, function_ref<bool(Function &)> Change) {
  for (bool Changed = true; Changed;) {
    Changed = false;
    for (Function *F : Functions)
      Changed |= Change(*F);
  }
}

void findReturning(Module &M) {
  SmallVector<Function *, 32> Returning;
  for (Function &F : M)
    if (mayAlwaysReturn(F))
      Returning.push_back(&F);
  for (Function *F : Returning)
    F->addFnAttr(ReturnsKey);
  // Begins with all marked, so that functions that call only each other keep the mark.
  repeat(Returning, [](Function &F) {
    if (!F.hasFnAttribute(ReturnsKey) || comesBack(F))
      return false;
    F.removeFnAttr(ReturnsKey);
    return true;
  });
  // Begins with none marked, so that recursive functions get no mark.
  repeat(Returning, [](Function &F) {
    if (!F.hasFnAttribute(ReturnsKey) || F.hasFnAttribute(ShortKey) || !isShort(F))
      return false;
    F.addFnAttr(ShortKey);
    return true;
  });
}

bool isClosed(const Loop &L) {
  for (BasicBlock *BB : L.blocks())
    for (Instruction &I : *BB)
      if (mayNotReturn(I) || !isShort(I))
        return false;
  return true;
}

} // namespace kp
