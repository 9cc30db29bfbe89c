// The bias, and addresses made of it (see bias.h).
#include "plugin/bias.h"
#include "format/map.h"

#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Operator.h"

using namespace llvm;

namespace kp {

constexpr const char *BiasName = "kp_bias";

GlobalVariable *declareBias(Module &M) {
  if (GlobalVariable *Known = M.getGlobalVariable(BiasName))
    return Known;
  auto *Bias = new GlobalVariable(M, Type::getInt64Ty(M.getContext()), false, GlobalValue::ExternalLinkage, nullptr,
                                  BiasName, nullptr, GlobalValue::GeneralDynamicTLSModel);
  Bias->setVisibility(GlobalValue::HiddenVisibility);
  Bias->setDSOLocal(true);
  return Bias;
}

Value *emitBiased(IRBuilderBase &B, GlobalVariable &Variable) {
  Value *Bias = B.CreateLoad(B.getInt64Ty(), declareBias(*Variable.getParent()), "kp.bias");
  Value *Bytes = B.CreatePointerCast(&Variable, PointerType::getUnqual(B.getInt8Ty()));
  return B.CreateGEP(B.getInt8Ty(), Bytes, Bias, "kp.counters");
}

BiasedAddresses::BiasedAddresses(const Module &M) : Bias(M.getGlobalVariable(BiasName)) {}

bool BiasedAddresses::isBias(const Value *V) {
  SmallPtrSet<const Value *, 8> Seen;
  SmallVector<const Value *, 8> Work{V};
  while (!Work.empty()) {
    const Value *Next = Work.pop_back_val();
    auto *Load = dyn_cast<LoadInst>(Next);
    auto *Phi = dyn_cast<PHINode>(Next);
    if (Known.count(Next) || !Seen.insert(Next).second)
      continue;
    if (Phi)
      Work.append(Phi->op_begin(), Phi->op_end());
    else if (!Load || Load->getPointerOperand() != Bias)
      return false;
  }
  Known.insert(Seen.begin(), Seen.end());
  return true;
}

GlobalVariable *BiasedAddresses::variableOf(Value *Address, APInt &Offset) {
  unsigned Biases = 0;
  if (!Bias)
    return nullptr;
  for (;;) {
    Address = Address->stripPointerCasts();
    if (auto *Alias = dyn_cast<GlobalAlias>(Address)) {
      Address = Alias->getAliasee();
      continue;
    }
    auto *Step = dyn_cast<GEPOperator>(Address);
    if (!Step)
      break;
    if (Step->getNumIndices() == 1 && Step->getSourceElementType()->isIntegerTy(8) && isBias(Step->idx_begin()->get()))
      Biases++;
    else if (!Step->accumulateConstantOffset(Bias->getParent()->getDataLayout(), Offset))
      return nullptr;
    Address = Step->getPointerOperand();
  }
  auto *Variable = dyn_cast<GlobalVariable>(Address);
  return Biases == 1 && Variable && Variable->getSection() == KP_COUNTER_SECTION ? Variable : nullptr;
}

} // namespace kp
