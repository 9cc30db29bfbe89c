"""The programs that bench/run and bench/accuracy build: kernels.c and Debian's lua, bzip2, zlib and sqlite3."""
import collections
import pathlib
import subprocess

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
DEBIAN = ("lua", "bzip2", "zlib", "sqlite3")

Program = collections.namedtuple("Program", "files flags arguments")


def with_sources(command):
    """What a command prints that uses tests/real/sources.sh."""
    script = f'export KP_BUILD="{TOP}/build" KP_TESTS="{TOP}/tests"; source "{TOP}/tests/real/sources.sh"; {command}'
    return subprocess.run(["bash", "-euc", script], check=True, capture_output=True, text=True).stdout.strip()


def debian_source(name):
    return pathlib.Path(with_sources(f"fetch {name}"))


def write_data(folder):
    data = folder / "data"
    data.write_bytes(b"".join(b"%x %d\n" % (i * 2654435761 % 4294967296, i % 977) for i in range(250000)))
    return str(data)


def find_program(name, folder, repeats=None):
    """What is to be compiled for a program, and run (a kernel so many times); what has to be made is put into a folder."""
    if name == "lua":
        with_sources(f"lua_sources {folder}")
        files = sorted(str(f) for f in folder.glob("l*.c"))
        return Program(files, ["-DLUA_USE_POSIX", "-DLUA_COMPAT_5_3", "-w"], [str(TOP / "bench/programs/work.lua")])
    if name == "bzip2":
        source = debian_source("bzip2")
        files = [str(source / f"{f}.c") for f in
                 "blocksort huffman crctable randtable compress decompress bzlib bzip2".split()]
        return Program(files, ["-D_FILE_OFFSET_BITS=64", "-w"], ["-kc", write_data(folder)])
    if name == "zlib":
        source = debian_source("zlib")
        files = [*map(str, sorted(source.glob("*.c"))), str(source / "test/minigzip.c")]
        return Program(files, ["-w", "-DHAVE_UNISTD_H", f"-I{source}"], ["-c", write_data(folder)])
    if name == "sqlite3":
        with_sources(f"sqlite_sources {folder}")
        files = [str(folder / "sqlite3.c"), str(folder / "shell.c")]
        return Program(files, ["-w", "-DSQLITE_THREADSAFE=0", "-DSQLITE_OMIT_LOAD_EXTENSION"],
                       ["-batch", ":memory:", (TOP / "bench/programs/work.sql").read_text()])
    return Program([str(TOP / "bench/programs/kernels.c")], [], [name, str(repeats)])
