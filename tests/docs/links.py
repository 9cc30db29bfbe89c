"""links.py: every link of a document within the repository leads to a file, and to a heading where it names one; every page of docs/ can be
reached from the README; what a document calls a file of the tree (`viewer/text/text.c`) is one."""
import pathlib
import re

TOP = pathlib.Path(__file__).resolve().parents[2]
FOLDERS = ("bench", "cmake", "docs", "examples", "format", "include", "kernprof", "plugin", "runtime", "scripts", "tests", "util", "viewer")
FILE = re.compile(r"`((?:%s)/[\w./*-]+)(?: [^`]*)?`" % "|".join(FOLDERS))
trouble = []


def text_of(path):
    return re.sub(r"^```.*?^```$", "", path.read_text(), flags=re.M | re.S)


def anchors(path):
    headings = re.findall(r"^#+ (.*)$", text_of(path), flags=re.M)
    return {re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in headings}


def links(path):
    for target in re.findall(r"\]\(([^)\s]+)\)", text_of(path)):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        file = (path.parent / name).resolve() if name else path
        if not file.exists():
            trouble.append(f"{path.relative_to(TOP)}: no file {target}")
        elif anchor and anchor not in anchors(file):
            trouble.append(f"{path.relative_to(TOP)}: no heading {target}")
        else:
            yield file


documents = [path for path in TOP.glob("**/*.md") if not re.search(r"/(build|node_modules)/", str(path))]
to = {path: set(links(path)) for path in documents}
for path in documents:
    for name in FILE.findall(text_of(path)):
        if not re.search(r"NAME|VERSION", name) and not list(TOP.glob(name.rstrip("/"))):
            trouble.append(f"{path.relative_to(TOP)}: no file `{name}`")

reached, ahead = set(), [TOP / "README.md"]
while ahead:
    path = ahead.pop()
    if path not in reached:
        reached.add(path)
        ahead += [file for file in to.get(path, ()) if file.suffix == ".md"]
trouble += [f"{path.relative_to(TOP)}: no way from the README leads to it" for path in documents if path not in reached]
if trouble:
    raise SystemExit("\n".join(sorted(trouble)))
