// The timed way of a call (see timed_calls.h).
#include "plugin/timed_calls.h"
#include "plugin/runtime_functions.h"
#include "plugin/versions.h"

#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Instructions.h"

using namespace llvm;

namespace kp {

/// Where arguments lie depends on more than their types.
bool TimedCalls::canMake(const CallBase &Call) {
  if (Call.isMustTailCall() || Call.getFunctionType()->isVarArg() || Call.hasOperandBundles())
    return false;
  for (unsigned I = 0; I < Call.arg_size(); I++)
    for (Attribute::AttrKind Kind : {Attribute::InAlloca, Attribute::Preallocated, Attribute::Nest,
                                     Attribute::SwiftError, Attribute::SwiftSelf, Attribute::SwiftAsync})
      if (Call.paramHasAttr(I, Kind))
        return false;
  return llvm::none_of(Call.args(), [](const Use &Argument) { return Argument->getType()->isMetadataTy(); });
}

bool isTimed(const CallBase &Call) {
  auto *Plain = dyn_cast<CallInst>(&Call);
  return !(Plain && Plain->isMustTailCall());
}

bool isThroughPointer(const CallBase &Call) { return !isa<Function>(Call.getCalledOperand()->stripPointerCasts()); }

/// Arguments that have to be constants stay where they are.
static bool isPassed(const CallBase &Call, unsigned Argument) {
  return !Call.paramHasAttr(Argument, Attribute::ImmArg);
}

/// Those of the caller that decide how arguments are passed and stacks are walked.
static void copyAttributes(const Function &From, Function &To) {
  for (const char *Name :
       {"target-cpu", "target-features", "tune-cpu", "frame-pointer", "probe-stack", "stack-probe-size"})
    if (From.hasFnAttribute(Name))
      To.addFnAttr(From.getFnAttribute(Name));
  if (From.hasFnAttribute(Attribute::UWTable))
    To.addFnAttr(From.getFnAttribute(Attribute::UWTable));
  To.addFnAttr(Attribute::NoInline);
  To.addFnAttr(Attribute::Cold);
}

Function *TimedCalls::create(const CallBase &Call, ArrayRef<Value *> Passed, const AttributeList &Attributes) {
  LLVMContext &C = M.getContext();
  const Function &Caller = *Call.getFunction();
  SmallVector<Type *, 8> Types;
  for (Value *V : Passed)
    Types.push_back(V->getType());
  Function *F = Function::Create(FunctionType::get(Call.getType(), Types, false), GlobalValue::InternalLinkage,
                                 "kp_timed_call", M);
  F->setCallingConv(Call.getCallingConv());
  F->setAttributes(Attributes);
  copyAttributes(Caller, *F);
  F->setSectionPrefix(SeldomGroup);
  IRBuilder<> B(BasicBlock::Create(C, "", F));
  Type *Word = B.getInt64Ty(), *Pointer = PointerType::getUnqual(Word);
  Value *Timed = B.CreatePointerCast(B.CreateAlloca(ArrayType::get(Word, TimedCallWords)), Pointer);
  SmallVector<Value *, 8> Arguments;
  auto Next = F->arg_begin();
  for (unsigned I = 0; I < Call.arg_size(); I++)
    Arguments.push_back(isPassed(Call, I) ? (Value *)&*Next++ : Call.getArgOperand(I));
  Value *Site = &*Next++, *IsInner = &*Next++, *Callee = Call.getCalledOperand();
  if (isThroughPointer(Call)) {
    Callee = &*Next++;
    B.CreateCall(declareTiming(M, "kp_call_begin_at", {Pointer, Pointer, Word, Word}),
                 {Timed, Site, IsInner, B.CreatePtrToInt(Callee, Word)});
  } else {
    B.CreateCall(declareTiming(M, "kp_call_begin", {Pointer, Pointer, Word}), {Timed, Site, IsInner});
  }
  CallInst *Copy = B.CreateCall(Call.getFunctionType(), Callee, Arguments);
  Copy->setCallingConv(Call.getCallingConv());
  Copy->setAttributes(Call.getAttributes());
  B.CreateCall(declareTiming(M, "kp_call_end", {Pointer}), {Timed});
  if (Copy->getType()->isVoidTy())
    B.CreateRetVoid();
  else
    B.CreateRet(Copy);
  return F;
}

CallBase *TimedCalls::insert(CallBase &Call, BasicBlock *BB, Value *Site, Value *IsInner) {
  SmallVector<Value *, 8> Passed;
  SmallVector<AttributeSet, 8> Sets;
  std::vector<Value *> Constants;
  for (unsigned I = 0; I < Call.arg_size(); I++) {
    if (isPassed(Call, I)) {
      Passed.push_back(Call.getArgOperand(I));
      Sets.push_back(Call.getAttributes().getParamAttrs(I));
    } else {
      Constants.push_back(Call.getArgOperand(I));
    }
  }
  Passed.append({Site, IsInner});
  if (isThroughPointer(Call))
    Passed.push_back(Call.getCalledOperand());
  AttributeList Attributes =
      AttributeList::get(M.getContext(), AttributeSet(), Call.getAttributes().getRetAttrs(), Sets);
  if (Call.doesNotThrow())
    Attributes = Attributes.addFnAttribute(M.getContext(), Attribute::NoUnwind);
  const Function &Caller = *Call.getFunction();
  Function *&F =
      Known[{isThroughPointer(Call) ? nullptr : Call.getCalledOperand(), Call.getFunctionType(), Call.getCallingConv(),
             Call.getAttributes().getRawPointer(), Caller.getFnAttribute("target-cpu").getRawPointer(),
             Caller.getFnAttribute("target-features").getRawPointer(), Constants}];
  if (!F)
    F = create(Call, Passed, Attributes);
  IRBuilder<> B(BB);
  CallBase *Timed;
  if (auto *Invoke = dyn_cast<InvokeInst>(&Call))
    Timed = B.CreateInvoke(F, Invoke->getNormalDest(), Invoke->getUnwindDest(), Passed);
  else
    Timed = B.CreateCall(F, Passed);
  Timed->setCallingConv(Call.getCallingConv());
  Timed->setAttributes(Attributes);
  Timed->setDebugLoc(Call.getDebugLoc());
  return Timed;
}

} // namespace kp
