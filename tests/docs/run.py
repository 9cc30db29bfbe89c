"""run.py DOCUMENT ...: runs the commands of documents' fenced blocks, and fails where one fails.

    ```console        lines that begin with "$ " are commands (goes on after a backslash), the others what they print
    ```sh             all of it is run

Blocks of one document run one after the other in one shell, in a folder with a copy of examples/. After the language a
block may say why its commands are not run: `terminal` (needs somebody at one), `install` (changes the machine), `long`,
`elsewhere` (needs what a project of one's own has). A command that stands in no such block, but indented after a "$ ", is
a mistake, as nobody would notice when it stops working."""
import pathlib
import re
import shutil
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
REASONS = {"terminal", "install", "long", "elsewhere"}


def fail(document, line, message):
    raise SystemExit(f"{document}:{line}: {message}")


def blocks(document, text):
    """(line, language, words after it, lines of the block) of each fenced block."""
    fence = None
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("```"):
            if fence:
                yield fence
                fence = None
            else:
                language, *words = line[3:].split() or [""]
                fence = (number, language, words, [])
        elif fence:
            fence[3].append(line)
        elif re.match(r" {4,}\$ ", line):
            fail(document, number, "a command outside of a fenced block; write it in a block of ```console")
    if fence:
        fail(document, fence[0], "the block does not end")


def commands_of(language, first, lines):
    """(line, text) of each command; those of a block of sh are one."""
    if language == "sh":
        return [(first, "\n".join(lines))]
    commands, goes_on = [], False
    for number, line in enumerate(lines, first):
        if goes_on:
            commands[-1] = (commands[-1][0], commands[-1][1] + "\n" + line)
        elif line.startswith("$ "):
            commands.append((number, line[2:]))
        goes_on = (goes_on or line.startswith("$ ")) and line.endswith("\\")
    return commands


def script_of(document, text):
    script = ["set -euo pipefail", "trap 'echo \"$at: this command failed\" >&2' ERR"]
    count = 0
    for number, language, words, lines in blocks(document, text):
        if language not in ("console", "sh"):
            continue
        if set(words) - REASONS:
            fail(document, number, f"unknown mark '{' '.join(words)}'; there are: {', '.join(sorted(REASONS))}")
        if words:
            continue
        for line, command in commands_of(language, number + 1, lines):
            script += [f"at={document}:{line}", f"echo \"== $at\"", command]
            count += 1
    if not count:
        fail(document, 1, "no command that can be run was found")
    return "\n".join(script) + "\n"


def main():
    for name in sys.argv[1:]:
        path = TOP / name  # an absolute name stays as it is
        folder = pathlib.Path(path.stem).resolve()
        folder.mkdir()
        shutil.copytree(TOP / "examples", folder / "examples")
        script = folder / ".script"
        script.write_text(script_of(name, path.read_text()))
        done = subprocess.run(["bash", str(script)], cwd=folder, stdin=subprocess.DEVNULL)
        if done.returncode != 0:
            raise SystemExit(done.returncode)


main()
