"""The rooms of kernprof/ and viewer/: prints their arrows, floors and circles, and fails on an arrow that a room's README
does not allow, on a circle of rooms, and on a circle of files.

A room's README.md says in one line what the room may include: "May include: `kernprof/sample`, `util`." An arrow is an include
(or an import of the page's) from one room into another. A room stands one floor above the highest that it includes. A file and
its header are one. `rooms.py [FOLDER]` looks at another checkout; one without rooms is judged by its circles alone."""
import collections
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parents[2])
TREES = ("kernprof", "viewer")
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.M)
IMPORT = re.compile(r"""\bfrom\s+'\./([^']+)'""")


def files():
    for tree in TREES:
        for path in sorted((ROOT / tree).rglob("*")):
            if path.suffix in (".c", ".h", ".js"):
                yield path


def room_of(name):
    """The folder of a file below the trees; of other folders, which are below all rooms, the first part."""
    parts = name.split("/")
    return "/".join(parts[:-1]) if parts[0] in TREES else parts[0]


def unit_of(name):
    return re.sub(r"\.(c|h)$", "", name)


def included(path):
    text = path.read_text()
    for match in INCLUDE.finditer(text):
        if (ROOT / match.group(1)).exists():
            yield match.group(1)
    for match in IMPORT.finditer(text) if path.suffix == ".js" else ():
        yield (path.parent / match.group(1)).relative_to(ROOT).as_posix()


def arrows_of_files():
    arrows = collections.defaultdict(set)
    for path in files():
        name = path.relative_to(ROOT).as_posix()
        arrows[unit_of(name)].update(unit_of(other) for other in included(path) if unit_of(other) != unit_of(name))
    return arrows


def circles(arrows):
    """The sets of nodes that reach each other (Tarjan 1972), of more than one node."""
    order, low, stack, found = {}, {}, [], []

    def visit(node):
        order[node] = low[node] = len(order)
        stack.append(node)
        for other in sorted(arrows.get(node, ())):
            if other not in order:
                visit(other)
            if other in stack:
                low[node] = min(low[node], low[other])
        if low[node] == order[node]:
            circle = stack[stack.index(node):]
            del stack[stack.index(node):]
            if len(circle) > 1:
                found.append(circle)

    sys.setrecursionlimit(10000)
    for node in sorted(arrows):
        if node not in order:
            visit(node)
    return found


def floors(arrows):
    """Of each node, how many arrows lead down from it at most; circles must have been ruled out."""
    known = {}

    def floor(node):
        if node not in known:
            known[node] = 1 + max((floor(other) for other in arrows.get(node, ())), default=-1)
        return known[node]

    return {node: floor(node) for node in arrows}


def allowed(room):
    """What the room's README lets it include; None: it has none."""
    readme = ROOT / room / "README.md"
    match = re.search(r"^May include:(.*?)\.$", readme.read_text(), re.M | re.S) if readme.exists() else None
    return set(re.findall(r"`([^`]+)`", match.group(1))) if match else None


def main():
    between_files = arrows_of_files()
    between_rooms = collections.defaultdict(set)
    for unit, others in between_files.items():
        between_rooms[room_of(unit)].update(room_of(other) for other in others if room_of(other) != room_of(unit))
    ours = {room: {other for other in others if other.split("/")[0] in TREES} for room, others in between_rooms.items()}
    problems = []
    for what, circle in [("files", c) for c in circles(between_files)] + [("rooms", c) for c in circles(ours)]:
        problems.append(f"a circle of {what}: " + ", ".join(sorted(circle)))
    has_rooms = all(f"{tree}/" in " ".join(ours) for tree in TREES)
    for room in sorted(between_rooms):
        may = allowed(room)
        if has_rooms and room not in TREES and may is None:
            problems.append(f"{room}/README.md does not say what the room may include")
        for other in sorted(between_rooms[room] - (may or between_rooms[room])):
            users = [unit for unit in between_files if room_of(unit) == room and
                     any(room_of(used) == other for used in between_files[unit])]
            problems.append(f"{room} may not include {other}: {', '.join(users)}")
    rank = {} if circles(ours) else floors(ours)
    for room in sorted(ours, key=lambda r: (-rank.get(r, 0), r)):
        count = sum(1 for path in files() if room_of(path.relative_to(ROOT).as_posix()) == room)
        print(f"{'floor ' + str(rank[room]) if rank else ''} {room} ({count} files) -> {', '.join(sorted(ours[room])) or '-'}")
    inner = {u: {o for o in others if o.split("/")[0] in TREES} for u, others in between_files.items()}
    depth = "-" if circles(inner) else 1 + max(floors(inner).values())
    print(f"rooms: {len(ours)}, arrows: {sum(map(len, ours.values()))}, "
          f"floors: {1 + max(rank.values()) if rank else '-'}, circles: {len(circles(between_files)) + len(circles(ours))}; "
          f"of files: {len(inner)}, arrows: {sum(map(len, inner.values()))}, floors: {depth}")
    print("\n".join(problems))
    return 1 if problems else 0


sys.exit(main())
