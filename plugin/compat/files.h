// Source files. Since LLVM 18, Clang passes them as values; before, as pointers.
#ifndef KP_PLUGIN_COMPAT_FILES_H
#define KP_PLUGIN_COMPAT_FILES_H

#include "clang/Basic/SourceManager.h"
#include "llvm/Config/llvm-config.h"

namespace kp {

/// The file with this number, to be tested and then passed on as *file; false if it is none on disk.
#if LLVM_VERSION_MAJOR >= 18
inline clang::OptionalFileEntryRef fileOf(const clang::SourceManager &Sources, clang::FileID File) {
  return Sources.getFileEntryRefForID(File);
}
#else
class FilePointer {
  const clang::FileEntry *Entry;

public:
  explicit FilePointer(const clang::FileEntry *Entry) : Entry(Entry) {}
  explicit operator bool() const { return Entry != nullptr; }
  const clang::FileEntry *operator*() const { return Entry; }
};

inline FilePointer fileOf(const clang::SourceManager &Sources, clang::FileID File) {
  return FilePointer(Sources.getFileEntryForID(File));
}
#endif

} // namespace kp

#endif
