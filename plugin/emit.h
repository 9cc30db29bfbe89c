// What all instrumentation is made with.
#ifndef KP_PLUGIN_EMIT_H
#define KP_PLUGIN_EMIT_H

#include "llvm/IR/Module.h"

namespace kp {

/// The location of instrumentation in F: none of the program's lines.
llvm::DebugLoc nowhere(const llvm::Function &F);

/// At the end of the pipeline: gives what is nowhere in F the line of the program's code that it stands before, and the
/// discriminator that tells it from that code. With line 0 it could not be told from what the compiler makes without a line,
/// as the code generator tells nothing of a line 0 that follows another.
void placeInstrumentation(llvm::Function &F);

/// A function of the runtime, which is linked into the same module, that returns and throws nothing. Declared where it is
/// not yet.
llvm::FunctionCallee declareRuntime(llvm::Module &M, llvm::StringRef Name, llvm::ArrayRef<llvm::Type *> Parameters);

} // namespace kp

#endif
