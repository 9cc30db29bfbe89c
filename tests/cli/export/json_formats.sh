# speedscope, cpuprofile and firefox: what they must hold to be right, read back and added up.
. "$(dirname "$0")/common.sh"
for format in speedscope cpuprofile firefox; do "$KERNPROF" export --format $format -o t.$format t.lprof; done
/usr/bin/python3 - <<'PY'
import collections, json

expected = {("leaf", 5): 4.0, ("leaf", 6): 2.0, ("outer", 14): 2.0, ("main", 20): .25, ("main", 21): .25}
def check(what, got):
    got = {key: value for key, value in got.items() if value}
    assert got.keys() == expected.keys() and all(abs(got[k] - expected[k]) < 3e-6 for k in got), (what, got)

scope = json.load(open("t.speedscope"))
frames = scope["shared"]["frames"]
time, hits = scope["profiles"]
sums = collections.Counter()
for stack, weight in zip(time["samples"], time["weights"], strict=True):
    leaf = frames[stack[-1]]
    assert leaf["name"] == leaf["name"].split(":")[0] + f":{leaf['line']}" and leaf["file"].endswith("/t.c")
    sums[leaf["name"].split(":")[0], leaf["line"]] += weight / 1e9
check("speedscope", sums)
assert time["endValue"] == sum(time["weights"]) == 8500000000 and hits["unit"] == "none"
stacks = {tuple(frames[f]["name"] for f in stack) for stack in time["samples"]}
assert ("main:20", "outer:14", "leaf:5") in stacks and ("main:21", "leaf:5") in stacks, stacks

cpu = json.load(open("t.cpuprofile"))
nodes = {node["id"]: node for node in cpu["nodes"]}
children = [child for node in nodes.values() for child in node["children"]]
assert sorted(children + [1]) == sorted(nodes), "a tree"
sums = collections.Counter()
for sample, delta in zip(cpu["samples"], cpu["timeDeltas"][1:] + [0], strict=True):
    frame = nodes[sample]["callFrame"]
    sums[frame["functionName"], frame["lineNumber"] + 1] += delta / 1e6
check("cpuprofile", sums)
assert cpu["endTime"] - cpu["startTime"] == 8500000
assert any(node["callFrame"]["url"].startswith("file:///") for node in nodes.values())

fox = json.load(open("t.firefox"))
shared, thread = fox["shared"], fox["threads"][0]
# What version 66 of the processed format has; the site's upgraders and selectors read them all.
columns = {
    "frameTable": "address inlineDepth category subcategory func nativeSymbol innerWindowID line column originalLocation",
    "funcTable": "name isJS relevantForJS resource source lineNumber columnNumber originalLocation",
    "stackTable": "frame prefixOffset", "sources": "id filename startLine startColumn sourceMapURL content",
    "resourceTable": "lib name host type", "nativeSymbols": "libIndex address name functionSize",
    "sourceLocationTable": "source line column"}
def check_table(name, table, columns):
    assert set(table) - {"length", "weightType"} == set(columns.split()), (name, table.keys())
    assert all(len(table[column]) == table["length"] for column in columns.split()), name
for name in columns:
    check_table(name, shared[name], columns[name])
check_table("samples", thread["samples"], "stack time weight")
check_table("markers", thread["markers"], "data name startTime endTime phase category")
assert set(fox["meta"]) >= set("interval startTime processType product version categories markerSchema sampleUnits "
                               "symbolicated symbolicationNotSupported sourceCodeIsNotOnSearchfox usesOnlyOneStackType".split())
assert set(thread) >= set("name isMainThread processName pid tid processType processStartupTime processShutdownTime "
                          "registerTime unregisterTime pausedRanges".split()) and isinstance(thread["pid"], str)
assert all(0 <= offset <= i for i, offset in enumerate(shared["stackTable"]["prefixOffset"]))
assert all(0 <= category < len(fox["meta"]["categories"]) for category in shared["frameTable"]["category"])
assert thread["samples"]["time"] == sorted(thread["samples"]["time"])
sums = collections.Counter()
samples = thread["samples"]
for stack, weight in zip(samples["stack"], samples["weight"], strict=True):
    frame = shared["stackTable"]["frame"][stack]
    function = shared["frameTable"]["func"][frame]
    sums[shared["stringArray"][shared["funcTable"]["name"][function]], shared["frameTable"]["line"][frame]] += weight / 1e3
check("firefox", sums)
assert fox["meta"]["preprocessedProfileVersion"] == 66 and samples["weightType"] == "tracing-ms"
source = shared["sources"]
assert source["content"][0] == open("t.c").read() and shared["stringArray"][source["filename"][0]].endswith("/t.c")
PY
