"""No file is longer than 500 lines, no function is longer than 60, and none makes more than 15 decisions.

A decision is an if, for, while, case or catch, or one of && || ?: in the body. Comments, texts and directives of the
preprocessor do not count. For JavaScript only the length of files is checked. `sizes.py FILE ...` checks these files
instead of the tree."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDERS = ("format", "plugin", "runtime", "kernprof", "viewer", "util", "include")
FILE_LINES, FUNCTION_LINES, DECISIONS = 500, 60, 15
LITERALS = re.compile(r"""/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'""", re.S)
# A ' between digits parts them, and begins no character.
SEPARATORS = re.compile(r"(?<=\d)'(?=\d)")
DECISION = re.compile(r"\b(?:if|for|while|case|catch)\b|&&|\|\||\?")
DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.M)
# What may have functions inside; a head that ends in a parameter list is a function's, whatever it returns.
CONTAINER = re.compile(r"\b(?:namespace|extern|class|struct|union|enum)\b")
PARAMETERS = re.compile(r"\)[\s\w]*$")


def blanked(text):
    """The text without comments, literals and directives of the preprocessor, every other character where it was."""
    text = SEPARATORS.sub("_", text)
    for pattern in (LITERALS, DIRECTIVE):
        text = pattern.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)
    return text


def end_of_block(text, start):
    depth = 0
    for match in re.compile(r"[{}]").finditer(text, start):
        depth += 1 if match.group() == "{" else -1
        if depth == 0:
            return match.start()
    return len(text)


def blocks(text, start, end):
    """The blocks of one level: what stands before each, since the last ; or }, and where it begins and ends."""
    head = position = start
    while position < end:
        if text[position] in ";}":
            head = position + 1
        elif text[position] == "{":
            close = end_of_block(text, position)
            yield text[head:position], head, position, close
            position = close
            head = close + 1
        position += 1


def is_function(head):
    """Whether it is no initialiser (whose = may only stand before the parameters, as in operator==)."""
    return ")" in head and "=" not in head[head.rindex(")"):]


def functions(text, start, end):
    """The head of each function, with where it begins and where its body begins and ends."""
    for head, begin, open_, close in blocks(text, start, end):
        if CONTAINER.search(head) and not PARAMETERS.search(head):
            if "=" not in head:
                yield from functions(text, open_ + 1, close)
        elif is_function(head):
            yield head, begin, open_, close


def name_of(head):
    names = [name for name in re.findall(r"(~?\w+(?:::~?\w+)*)\s*\(", head) if not name.startswith("__")]
    return names[0] if names else " ".join(head.split())


def problems_of(path):
    text = path.read_text()
    lines = text.count("\n")
    if lines > FILE_LINES:
        yield f"{path}: {lines} lines"
    if path.suffix == ".js":
        return
    text = blanked(text)
    for head, begin, open_, close in functions(text, 0, len(text)):
        begin += len(head) - len(head.lstrip())
        lines = text.count("\n", begin, close) + 1
        decisions = len(DECISION.findall(text, open_, close))
        where = f"{path}:{text.count(chr(10), 0, begin) + 1}: {name_of(head)}"
        if lines > FUNCTION_LINES:
            yield f"{where}: {lines} lines"
        if decisions > DECISIONS:
            yield f"{where}: {decisions} decisions"


def files():
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".c", ".h", ".cpp", ".js") and "node_modules" not in path.parts:
                yield path.relative_to(pathlib.Path.cwd()) if path.is_relative_to(pathlib.Path.cwd()) else path


def main():
    paths = [pathlib.Path(name) for name in sys.argv[1:]] or list(files())
    problems = [problem for path in paths for problem in problems_of(path)]
    if not sys.argv[1:] and len(paths) < 200:
        problems.append(f"only {len(paths)} files were found")
    print("\n".join(problems) or f"{len(paths)} files")
    return 1 if problems else 0


sys.exit(main())
