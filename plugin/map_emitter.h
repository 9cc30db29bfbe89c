// Emits a function's record into the map section (format/map.h) and reserves its counters.
#ifndef KP_PLUGIN_MAP_EMITTER_H
#define KP_PLUGIN_MAP_EMITTER_H

#include "plugin/lines.h"
#include "plugin/placement.h"
#include "plugin/select.h"

#include "llvm/IR/GlobalVariable.h"

namespace kp {

/// What is said of one target; a target without counters has neither lines nor placement.
struct MapContents {
  const FunctionLines *Lines = nullptr;
  const Placement *Counters = nullptr;
};

/// Reserves the counters of a chosen target, and makes the group of sections that the linker keeps or drops as one.
llvm::GlobalVariable *reserveCounters(llvm::Module &M, const Target &T, const MapContents &Contents);

/// Emits the record. `Counters` may be null (a target without counters).
void emitRecord(llvm::Module &M, const Target &T, const MapContents &Contents, llvm::GlobalVariable *Counters);

} // namespace kp

#endif
