"""What each folder may include from the others. The way of the data has one direction, and so have the includes."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]

# Folder -> what its files may include of ours, beside their own folder. The formats are layouts that both ends of an
# arrow share; readers and the profile are for the tools.
LAYOUTS = r"format/(map|counters|clock|memory|samples)\.h"
ALLOWED = {
    "include": [],
    "format": [],
    "plugin": [r"format/map\.h"],
    "runtime": [r"include/kernprof\.h", LAYOUTS],
    "util": [],
    "viewer": [r"format/profile\.h", r"util/.*"],
    "kernprof": [r"format/.*", r"viewer/.*", r"util/.*"],
}
# The profile is a file of SQLite's, and says what is wrong with it as tools do.
EXCEPTIONS = {"format/profile.h": [r"util/error\.h"], "format/profile.c": [r"util/error\.h"]}
# The layouts go into the plugin and into every program.
LAYOUT_SYSTEM = {"stdint.h", "stddef.h", "string.h"}


def includes(path):
    for number, line in enumerate(path.read_text().splitlines(), 1):
        match = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
        if match:
            yield number, match.group(1) == "<", match.group(2)


def problems_of(path):
    name = path.relative_to(ROOT).as_posix()
    folder = name.split("/")[0]
    allowed = ALLOWED[folder] + [re.escape(folder) + "/.*"] + EXCEPTIONS.get(name, [])
    for number, system, included in includes(path):
        if included == "kernprof.h":
            system, included = False, "include/kernprof.h"
        ours = included.split("/")[0] in ALLOWED and (ROOT / included).exists()
        if ours and not any(re.fullmatch(pattern, included) for pattern in allowed):
            yield f"{name}:{number}: {folder}/ may not include {included}"
        if not system and not ours and folder != "plugin":
            yield f"{name}:{number}: \"{included}\" is not a path from the top of the tree"
        if system and re.fullmatch(LAYOUTS, name) and included not in LAYOUT_SYSTEM:
            yield f"{name}:{number}: a layout may include no <{included}>"


def main():
    problems, count = [], 0
    for folder in ALLOWED:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".c", ".h", ".cpp"):
                count += 1
                problems += problems_of(path)
            if path.suffix in (".h", ".cpp") and folder == "plugin" and path.parent.name != "compat":
                if "LLVM_VERSION_MAJOR" in path.read_text():
                    problems.append(f"{path}: versions of LLVM are told apart in plugin/compat/ alone")
    if count < 50:
        problems.append(f"only {count} files were found")
    print("\n".join(problems) or f"{count} files")
    return 1 if problems else 0


sys.exit(main())
