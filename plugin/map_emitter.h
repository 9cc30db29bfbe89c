// Emits a function's record into the map section (format/map.h) and reserves its counters.
#ifndef KP_PLUGIN_MAP_EMITTER_H
#define KP_PLUGIN_MAP_EMITTER_H

#include "plugin/call_sites.h"
#include "plugin/lines.h"
#include "plugin/placement.h"
#include "plugin/select.h"
#include "plugin/untimed_loops.h"

#include "llvm/IR/GlobalVariable.h"

namespace kp {

/// What is said of one target; a target without counters has neither lines nor placement.
struct MapContents {
  const FunctionLines *Lines = nullptr;
  const Placement *Counters = nullptr;
  const std::vector<DirectCall> *Calls = nullptr;
  const std::vector<UntimedLoop> *Loops = nullptr;
  unsigned Flags = 0; ///< enum kp_function_flags, besides those that follow from the target
};

/// Reserves the counters of a chosen target, and makes the group of sections that the linker keeps or drops as one.
llvm::GlobalVariable *reserveCounters(llvm::Module &M, const Target &T, const MapContents &Contents);

/// Emits the record. `Counters` may be null (a target without counters).
void emitRecord(llvm::Module &M, const Target &T, const MapContents &Contents, llvm::GlobalVariable *Counters);

/// Reserves the words of a body's call sites, in the group of its counters.
llvm::GlobalVariable *reserveSites(llvm::GlobalVariable &Counters, unsigned SiteCount);

/// Emits the record of a body's call sites.
void emitSites(const llvm::Function &Body, llvm::GlobalVariable &Counters, llvm::GlobalVariable &Words,
               const CallSites &Sites);

/// Tells the optimiser to leave none of M's records and counters out, whether code refers to them or not.
void keepRecords(llvm::Module &M);

/// Emits a record per pattern of the command line, which says whether it matched anything in this translation unit.
void emitGlobs(llvm::Module &M);

} // namespace kp

#endif
