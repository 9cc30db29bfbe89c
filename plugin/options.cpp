// The plugin's options (see options.h).
#include "plugin/options.h"

namespace kp {

Options &options() {
  static Options Instance;
  return Instance;
}

static void splitGlobs(const std::string &Text, std::vector<Glob> &Globs) {
  size_t Start = 0;
  while (Start <= Text.size()) {
    size_t Comma = Text.find(',', Start);
    if (Comma == std::string::npos)
      Comma = Text.size();
    if (Comma > Start)
      Globs.push_back({Text.substr(Start, Comma - Start)});
    Start = Comma + 1;
  }
}

bool parseOption(const std::string &Text) {
  const std::string Functions = "functions=", Files = "files=";
  if (Text == "all")
    options().All = true;
  else if (Text == "no-calls")
    options().NoCalls = true;
  else if (Text.compare(0, Functions.size(), Functions) == 0)
    splitGlobs(Text.substr(Functions.size()), options().Functions);
  else if (Text.compare(0, Files.size(), Files) == 0)
    splitGlobs(Text.substr(Files.size()), options().Files);
  else
    return false;
  return true;
}

} // namespace kp
