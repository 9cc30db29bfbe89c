// What the command line chose: filled by the Clang side of the plugin, read by its pass; one compilation a process.
#ifndef KP_PLUGIN_OPTIONS_H
#define KP_PLUGIN_OPTIONS_H

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace kp {

/// A pattern of the command line; one that matches nothing is reported when the program is looked at or run.
struct Glob {
  std::string Text;
  bool Matched = false;
};

struct Options {
  bool All = false;
  bool NoCalls = false;              ///< no bodies for profiling whole functions
  bool LinkTimeOptimisation = false; ///< the bodies will be inlined across files at link time
  std::vector<Glob> Functions;
  std::vector<Glob> Files;
  /// File (its last component) and line of chosen variables, whose initialisation Clang makes a function of.
  std::set<std::pair<std::string, unsigned>> Variables;
};

/// The options of this process; written before code generation starts (Matched: while Clang parses), read-only
/// afterwards.
Options &options();

/// Takes "all", "no-calls", "functions=GLOB,..." or "files=GLOB,...". False: not an option of ours.
bool parseOption(const std::string &Text);

/// The texts that mark a chosen function in "llvm.assume": KP_PROFILE, KP_LINEPROF, KP_MEMPROF, an option.
constexpr const char *AttributeMark = "kernprof.profile";
constexpr const char *LineMark = "kernprof.lineprof";
constexpr const char *MemoryMark = "kernprof.memprof";
constexpr const char *OptionMark = "kernprof.option";

} // namespace kp

#endif
