// Emits the map section (see map_emitter.h).
#include "plugin/map_emitter.h"
#include "plugin/options.h"
#include "plugin/structors.h"
#include "format/map.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Demangle/Demangle.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/DerivedTypes.h"
#include "llvm/IR/GlobalAlias.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Transforms/Utils/ModuleUtils.h"

#include <cstring>

using namespace llvm;

namespace kp {

namespace {

/// The bytes behind a record: tables of the structs of format/map.h, and strings.
class Tables {
  std::vector<uint8_t> Strings{0};
  StringMap<uint32_t> Known;

public:
  std::vector<uint8_t> Bytes;

  template <typename T> void add(const std::vector<T> &Rows) {
    const auto *Raw = reinterpret_cast<const uint8_t *>(Rows.data());
    Bytes.insert(Bytes.end(), Raw, Raw + Rows.size() * sizeof(T));
    align();
  }
  uint32_t string(StringRef Text) {
    auto Added = Known.insert({Text, (uint32_t)Strings.size()});
    if (Added.second) {
      Strings.insert(Strings.end(), Text.bytes_begin(), Text.bytes_end());
      Strings.push_back(0);
    }
    return Added.first->second;
  }
  uint32_t finish() {
    uint32_t Size = Strings.size();
    Bytes.insert(Bytes.end(), Strings.begin(), Strings.end());
    align();
    return Size;
  }

private:
  void align() { Bytes.resize(KP_ALIGN8(Bytes.size())); }
};

/// A source file as it is while it is compiled.
class Source {
  std::unique_ptr<MemoryBuffer> Buffer; ///< null: cannot be read
  std::vector<size_t> Starts;           ///< of lines

public:
  uint64_t Checksum = 0;

  explicit Source(StringRef Path) {
    ErrorOr<std::unique_ptr<MemoryBuffer>> Read = MemoryBuffer::getFile(Path);
    if (!Read)
      return;
    Buffer = std::move(*Read);
    StringRef Text = Buffer->getBuffer();
    Checksum = kp_hash(Text.data(), Text.size());
    for (size_t End = 0; End != StringRef::npos; End = Text.find('\n', Starts.back()))
      Starts.push_back(Starts.empty() ? 0 : End + 1);
  }

  /// Lines First to Last, without the last one's end.
  StringRef lines(unsigned First, unsigned Last) const {
    if (First < 1 || First > Starts.size())
      return StringRef();
    return Buffer->getBuffer().slice(Starts[First - 1], Last < Starts.size() ? Starts[Last] - 1 : StringRef::npos);
  }
};

/// All that were asked for; each is read once.
class Sources {
  StringMap<std::unique_ptr<Source>> Read;

public:
  const Source &get(StringRef Path) {
    std::unique_ptr<Source> &Known = Read[Path];
    if (!Known)
      Known = std::make_unique<Source>(Path);
    return *Known;
  }
};

} // namespace

/// The name as people write it: scope and name, without parameters, of a C++ function; a C name as it is.
static std::string readableName(const Function &F) {
  std::string Linkage = nameWithoutThunk(F.getName());
  ItaniumPartialDemangler Demangler;
  if (Demangler.partialDemangle(Linkage.c_str()) || !Demangler.isFunction())
    return F.getSubprogram() && !F.getSubprogram()->getName().empty() && Linkage.compare(0, 2, "_Z") != 0
               ? F.getSubprogram()->getName().str()
               : Linkage;
  auto text = [&](char *Raw) {
    std::string Result = Raw ? Raw : "";
    free(Raw);
    return Result;
  };
  std::string Scope = text(Demangler.getFunctionDeclContextName(nullptr, nullptr));
  std::string Base = text(Demangler.getFunctionBaseName(nullptr, nullptr));
  return Scope.empty() ? Base : Scope + "::" + Base;
}

static std::string groupName(const Module &M, const Function &F, const Placement *Counters) {
  std::string Layout = std::to_string(Counters ? Counters->CounterCount : 0) + "/" +
                       std::to_string(Counters ? Counters->Edges.size() : 0);
  if (F.hasLocalLinkage() || F.hasAvailableExternallyLinkage())
    Layout += M.getSourceFileName();
  uint64_t Hash = kp_hash(Layout.data(), Layout.size());
  return "kp." + F.getName().str() + "." + utohexstr(Hash);
}

/// Code and data that stand or fall with the function: the linker's unit of garbage collection. Where the code is
/// optimised at link time it is in no group: nothing refers to it but other code, and LLVM's optimiser of OpenMP makes
/// declarations of functions that it removes, which must not be in a group.
static void putInGroup(Module &M, const Target &T, GlobalObject &Leader) {
  Comdat *Present = T.Original->getComdat();
  // A function that forwards calls is in a group of ours already when it gets a body that counts calls.
  bool IsOurs = Present && Present->getSelectionKind() == Comdat::NoDeduplicate;
  bool Shared = Present && !IsOurs && !T.Original->hasAvailableExternallyLinkage();
  Comdat *Group = IsOurs ? Present : M.getOrInsertComdat(Leader.getName());
  Group->setSelectionKind(Shared ? Comdat::Any : Comdat::NoDeduplicate);
  Leader.setComdat(Group);
  for (Function *F : {T.Hits, T.Exact, T.EnterHits, T.EnterExact}) {
    if (!F)
      continue;
    F->setComdat(options().LinkTimeOptimisation ? nullptr : Group);
    if (Shared) {
      F->setName(Leader.getName() + (F == T.Hits        ? ".hits"
                                     : F == T.Exact     ? ".exact"
                                     : F == T.EnterHits ? ".enter_hits"
                                                        : ".enter_exact"));
      F->setLinkage(GlobalValue::LinkOnceODRLinkage);
      F->setVisibility(GlobalValue::HiddenVisibility);
    }
  }
  if (Shared) {
    Leader.setLinkage(GlobalValue::LinkOnceODRLinkage);
    Leader.setVisibility(GlobalValue::HiddenVisibility);
  } else if (T.How == Entry::Patch) {
    T.Original->setComdat(Group);
  }
}

GlobalVariable *reserveCounters(Module &M, const Target &T, const MapContents &Contents) {
  uint64_t Words = KP_ACTIVATION_WORDS;
  if (Contents.Lines)
    Words += Contents.Counters->CounterCount + KP_LINE_WORDS * Contents.Lines->Lines.size();
  if (Contents.Loops)
    Words += KP_LOOP_WORDS * Contents.Loops->size();
  auto *Type = ArrayType::get(Type::getInt64Ty(M.getContext()), Words);
  auto *Counters = new GlobalVariable(M, Type, false, GlobalValue::InternalLinkage, ConstantAggregateZero::get(Type),
                                      groupName(M, *T.Original, Contents.Counters));
  Counters->setSection(KP_COUNTER_SECTION);
  Counters->setAlignment(Align(8));
  putInGroup(M, T, *Counters);
  return Counters;
}

static void addLines(const FunctionLines &Lines, const std::vector<UntimedLoop> *Loops, kp_map_record &Record,
                     Tables &Data, Sources &Texts) {
  std::vector<kp_map_line> Rows;
  for (auto &Line : Lines.Lines)
    Rows.push_back({Line.first, Line.second, 0, 0});
  if (Loops)
    for (const UntimedLoop &Loop : *Loops) {
      Record.loop_count++;
      for (unsigned Line : Loop.Lines)
        Rows[Line].loop = Record.loop_count;
    }
  Data.add(Rows);
  std::vector<kp_map_file> Files;
  for (const std::string &Path : Lines.Files)
    Files.push_back({Texts.get(Path).Checksum, Data.string(Path), 0});
  Data.add(Files);
  Record.line_count = Rows.size();
  Record.file_count = Files.size();
  Record.file = Lines.File;
  Record.first_line = Lines.FirstLine;
  Record.last_line = Lines.LastLine;
  StringRef Body = Texts.get(Lines.Files[Lines.File]).lines(Lines.FirstLine, Lines.LastLine);
  if (!Body.empty())
    Record.source = Data.string(Body);
}

static void addFlow(const FunctionLines &Lines, const Placement &P, const std::vector<DirectCall> *Calls,
                    kp_map_record &Record, Tables &Data) {
  std::vector<kp_map_edge> Edges;
  for (const PlacedEdge &E : P.Edges)
    if (E.InMap)
      Edges.push_back({P.Node[E.From], P.Node[E.To], E.Counter, 0});
  std::vector<kp_map_block> Blocks{{0, 0, KP_NO_COUNTER, 0}};
  std::vector<uint32_t> BlockLines;
  for (unsigned I = 0; I < Lines.OfBlock.size(); I++) {
    ArrayRef<unsigned> Of = P.Needed[I] ? ArrayRef<unsigned>(Lines.OfBlock[I]) : ArrayRef<unsigned>();
    Blocks.push_back({(uint32_t)BlockLines.size(), (uint32_t)Of.size(), P.ByBlock ? P.OfBlock[I] : KP_NO_COUNTER, 0});
    BlockLines.insert(BlockLines.end(), Of.begin(), Of.end());
  }
  Data.add(Edges);
  Data.add(Blocks);
  Data.add(BlockLines);
  std::vector<kp_map_call> CallRows;
  if (Calls)
    for (const DirectCall &Call : *Calls)
      CallRows.push_back({Call.Block + 1, Call.Line, Data.string(Call.Callee), 0});
  Data.add(CallRows);
  Record.call_count = CallRows.size();
  Record.counter_count = P.CounterCount;
  Record.edge_count = Edges.size();
  Record.block_count = Blocks.size();
  Record.block_line_count = BlockLines.size();
  Record.entry_block = 1;
  Record.flags |= P.ByBlock ? KP_FUNCTION_BLOCK_COUNTERS : 0;
}

/// `To` as seen from the 32-bit field at `Offset` of `Record`.
static Constant *relative(GlobalVariable *Record, uint64_t Offset, Constant *To) {
  LLVMContext &C = Record->getContext();
  Type *Int32 = Type::getInt32Ty(C), *Int64 = Type::getInt64Ty(C);
  if (!To)
    return ConstantInt::get(Int32, 0);
  Constant *Here = ConstantExpr::getAdd(ConstantExpr::getPtrToInt(Record, Int64), ConstantInt::get(Int64, Offset));
  return ConstantExpr::getTrunc(ConstantExpr::getSub(ConstantExpr::getPtrToInt(To, Int64), Here), Int32);
}

/// A record with its tables.
template <typename T> static std::vector<uint8_t> bytesOf(const T &Fields, const Tables &Data) {
  std::vector<uint8_t> Bytes(sizeof Fields);
  memcpy(Bytes.data(), &Fields, sizeof Fields);
  Bytes.insert(Bytes.end(), Data.Bytes.begin(), Data.Bytes.end());
  return Bytes;
}

/// The group of a record that refers to no code. Counts of an internal function may be taken anywhere in its module, so
/// its record is in no group, and kept (keepRecords).
static Comdat *groupOfData(const GlobalVariable &Counters) {
  return Counters.hasLocalLinkage() ? nullptr : const_cast<Comdat *>(Counters.getComdat());
}

/// Emits a record beside `Leader`, in `Group`: its bytes, but for the 32-bit offsets from FirstOffset to AfterOffsets,
/// each of which the linker makes the distance from itself to one of `Targets` (null: 0).
static void emitBytes(GlobalVariable &Leader, Comdat *Group, const Twine &Name, const std::vector<uint8_t> &Bytes,
                      size_t FirstOffset, size_t AfterOffsets, ArrayRef<Constant *> Targets) {
  Module &M = *Leader.getParent();
  LLVMContext &C = M.getContext();
  ArrayRef<uint8_t> All(Bytes);
  SmallVector<Constant *, 6> Parts{ConstantDataArray::get(C, All.take_front(FirstOffset))};
  SmallVector<Type *, 6> Types{Parts.front()->getType()};
  Types.append(Targets.size(), Type::getInt32Ty(C));
  Constant *Tail = ConstantDataArray::get(C, All.drop_front(AfterOffsets));
  Types.push_back(Tail->getType());
  auto *Struct = StructType::get(C, Types, /*isPacked=*/true);
  auto *Record = new GlobalVariable(M, Struct, true, Leader.getLinkage(), nullptr, Name);
  Record->setVisibility(Leader.getVisibility());
  Record->setSection(KP_MAP_SECTION);
  Record->setAlignment(Align(8));
  Record->setComdat(Group);
  for (size_t I = 0; I < Targets.size(); I++)
    Parts.push_back(relative(Record, FirstOffset + 4 * I, Targets[I]));
  Parts.push_back(Tail);
  Record->setInitializer(ConstantStruct::get(Struct, Parts));
}

/// Says where T's original is to be redirected. A record of its own, as it keeps the code that it refers to.
static void emitEntry(Module &M, const Target &T, const MapContents &Contents, GlobalVariable *Counters) {
  kp_map_record Fields = {};
  Tables Data;
  Fields.magic = KP_MAP_MAGIC;
  Fields.flags = Contents.Flags | (Contents.Lines ? KP_FUNCTION_ENTRY : 0);
  Fields.name = Data.string(readableName(*T.Original)); // for messages; by its linkage name, no function is found here
  Fields.string_bytes = Data.finish();
  Fields.size_bytes = sizeof Fields + Data.Bytes.size();
  Constant *Public =
      T.Original->hasLocalLinkage()
          ? (Constant *)T.Original
          : GlobalAlias::create(T.Original->getValueType(), T.Original->getAddressSpace(), GlobalValue::PrivateLinkage,
                                Counters->getName() + ".entry", T.Original, &M);
  Constant *Hits = T.EnterHits ? T.EnterHits : T.Hits;
  Constant *Exact = T.EnterExact ? T.EnterExact : T.Exact;
  Constant *Own = Contents.Lines ? nullptr : Counters;
  emitBytes(*Counters, Counters->getComdat(), Counters->getName() + ".entry.map", bytesOf(Fields, Data),
            offsetof(kp_map_record, counters_offset), offsetof(kp_map_record, counter_count),
            {Own, Public, Hits, Exact});
}

void emitRecord(Module &M, const Target &T, const MapContents &Contents, GlobalVariable *Counters) {
  static Sources Texts;
  kp_map_record Fields = {};
  Tables Data;
  Fields.magic = KP_MAP_MAGIC;
  Fields.flags = (T.ByAttribute ? KP_FUNCTION_BY_ATTRIBUTE : 0) | (T.InPlace ? KP_FUNCTION_IN_PLACE : 0) |
                 Contents.Flags | (T.OnlyMemory ? KP_FUNCTION_NOT_LINES : 0) |
                 (T.OnlyLines ? KP_FUNCTION_NOT_MEMORY : 0);
  if (Contents.Lines) {
    addFlow(*Contents.Lines, *Contents.Counters, Contents.Calls, Fields, Data);
    addLines(*Contents.Lines, Contents.Loops, Fields, Data, Texts);
    Fields.name = Data.string(readableName(*T.Original));
  }
  if (Contents.Lines || isThunk(*T.Original)) {
    Fields.linkage_name = Data.string(T.Original->getName());
    Fields.variant_of = Data.string(countedVariant(*T.Original));
  }
  Fields.string_bytes = Data.finish();
  Fields.size_bytes = sizeof Fields + Data.Bytes.size();

  if (T.How != Entry::Patch || Contents.Lines)
    emitBytes(*Counters, groupOfData(*Counters), Counters->getName() + ".map", bytesOf(Fields, Data),
              offsetof(kp_map_record, counters_offset), offsetof(kp_map_record, counter_count),
              {Counters, nullptr, nullptr, nullptr});
  if (T.How == Entry::Patch)
    emitEntry(M, T, Contents, Counters);
}

GlobalVariable *reserveSites(GlobalVariable &Counters, unsigned SiteCount) {
  auto *Type = ArrayType::get(Type::getInt64Ty(Counters.getContext()), (uint64_t)SiteCount * KP_SITE_WORDS);
  auto *Words = new GlobalVariable(*Counters.getParent(), Type, false, Counters.getLinkage(),
                                   ConstantAggregateZero::get(Type), Counters.getName() + ".sites");
  Words->setVisibility(Counters.getVisibility());
  Words->setSection(KP_COUNTER_SECTION);
  Words->setAlignment(Align(8));
  Words->setComdat(Counters.getComdat());
  return Words;
}

namespace {

/// Collects the frames of call sites, inlined callees before the places that they were inlined at.
class Frames {
  Tables &Data;
  const DISubprogram *Subprogram;
  std::vector<std::string> Paths;

public:
  std::vector<kp_map_frame> Rows;

  Frames(Tables &Data, const Function &Body) : Data(Data), Subprogram(Body.getSubprogram()) {}

  /// The frame of a call; a call without a location belongs to the line of the body's name.
  uint32_t add(const DILocation *Location) {
    std::vector<const DILocation *> Chain;
    for (const DILocation *L = Location; L; L = L->getInlinedAt())
      Chain.push_back(L);
    uint32_t First = Rows.size();
    if (Chain.empty())
      Rows.push_back(row(*Subprogram, *Subprogram->getFile(), Subprogram->getLine()));
    for (const DILocation *L : Chain) {
      const DISubprogram *In = L->getScope()->getSubprogram();
      Rows.push_back(row(*In, *L->getFile(), L->getLine() ? L->getLine() : In->getLine()));
    }
    for (uint32_t I = First; I + 1 < Rows.size(); I++)
      Rows[I].inlined_at = I + 1;
    return First;
  }

  std::vector<kp_map_file> files() {
    std::vector<kp_map_file> Files;
    for (const std::string &Path : Paths)
      Files.push_back({0, Data.string(Path), 0});
    return Files;
  }

private:
  kp_map_frame row(const DISubprogram &In, const DIFile &File, unsigned Line) {
    StringRef Name = In.getLinkageName().empty() ? In.getName() : In.getLinkageName();
    std::string Path = sourcePath(File);
    auto Same = std::find(Paths.begin(), Paths.end(), Path);
    uint32_t Index = Same - Paths.begin();
    if (Same == Paths.end())
      Paths.push_back(Path);
    return {Data.string(Name), Index, Line, KP_NO_FRAME};
  }
};

} // namespace

void emitSites(const Function &Body, GlobalVariable &Counters, GlobalVariable &Words, const CallSites &Sites) {
  Module &M = *Counters.getParent();
  Tables Data;
  Frames Of(Data, Body);
  std::vector<kp_map_site> Rows;
  for (const CallSite &Site : Sites.Sites)
    Rows.push_back({Of.add(Site.Location.get()), Site.Callee.empty() ? 0 : Data.string(Site.Callee)});
  GlobalVariable *Function = M.getNamedGlobal((Counters.getName() + ".map").str());
  if (!Function) // of one that only forwards calls
    Function = M.getNamedGlobal((Counters.getName() + ".entry.map").str());
  SmallVector<Constant *, 16> Targets{&Words, Function};
  std::vector<kp_map_fused> Fused;
  for (const FusedCounter &Counter : Sites.Fused) {
    Type *Word = Type::getInt64Ty(M.getContext());
    Constant *First = ConstantExpr::getPointerCast(Counter.Counters, PointerType::getUnqual(Word));
    Targets.push_back(ConstantExpr::getGetElementPtr(Word, First, ConstantInt::get(Word, Counter.Index)));
    Fused.push_back({Counter.Site, Counter.Step});
  }
  kp_map_sites Fields = {};
  Fields.magic = KP_SITES_MAGIC;
  Fields.fused_count = Fused.size();
  Fields.site_count = Rows.size();
  Fields.frame_count = Of.Rows.size();
  std::vector<kp_map_file> Files = Of.files();
  Fields.file_count = Files.size();
  Data.add(std::vector<int32_t>(Fused.size())); // behind the two offsets of the record
  Data.add(Fused);
  Data.add(Rows);
  Data.add(Of.Rows);
  Data.add(Files);
  Fields.string_bytes = Data.finish();
  Fields.size_bytes = sizeof Fields + Data.Bytes.size();
  size_t AfterOffsets = sizeof Fields + Fused.size() * sizeof(int32_t);
  emitBytes(Counters, groupOfData(Counters), Counters.getName() + ".sites.map", bytesOf(Fields, Data),
            offsetof(kp_map_sites, words_offset), AfterOffsets, Targets);
}

/// Translation units that say the same share one record. It is of no function, so a linker that collects garbage is
/// told to keep it.
static void emitGlob(Module &M, const Glob &G, unsigned Kind) {
  kp_map_record Fields = {};
  Tables Data;
  Fields.magic = KP_MAP_MAGIC;
  Fields.flags = Kind | (G.Matched ? KP_GLOB_MATCHED : 0);
  Fields.name = Data.string(G.Text);
  Fields.string_bytes = Data.finish();
  Fields.size_bytes = sizeof Fields + Data.Bytes.size();
  std::vector<uint8_t> Bytes(sizeof Fields);
  memcpy(Bytes.data(), &Fields, sizeof Fields);
  Bytes.insert(Bytes.end(), Data.Bytes.begin(), Data.Bytes.end());
  Constant *Contents = ConstantDataArray::get(M.getContext(), ArrayRef<uint8_t>(Bytes));
  std::string Name = "kp.glob." + utohexstr(kp_hash(Bytes.data(), Bytes.size()));
  if (M.getNamedValue(Name)) // given twice
    return;
  auto *Record = new GlobalVariable(M, Contents->getType(), true, GlobalValue::LinkOnceODRLinkage, Contents, Name);
  Record->setVisibility(GlobalValue::HiddenVisibility);
  Record->setSection(KP_MAP_SECTION);
  Record->setAlignment(Align(8));
  Record->setComdat(M.getOrInsertComdat(Name));
  appendToUsed(M, {Record});
}

void keepRecords(Module &M) {
  SmallVector<GlobalValue *, 0> ByCompiler, ByLinker;
  for (GlobalVariable &V : M.globals()) {
    if (V.isDeclaration() || (V.getSection() != KP_MAP_SECTION && V.getSection() != KP_COUNTER_SECTION))
      continue;
    // Linkers drop what nothing refers to and is in no group, whatever the runtime says of the section as a whole.
    bool IsAlone = V.getSection() == KP_MAP_SECTION && !V.hasComdat();
    (IsAlone ? ByLinker : ByCompiler).push_back(&V);
  }
  appendToCompilerUsed(M, ByCompiler);
  appendToUsed(M, ByLinker);
}

void emitGlobs(Module &M) {
  for (const Glob &G : options().Functions)
    emitGlob(M, G, KP_GLOB_OF_FUNCTIONS);
  for (const Glob &G : options().Files)
    emitGlob(M, G, KP_GLOB_OF_FILES);
}

} // namespace kp
