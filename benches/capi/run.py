#!/usr/bin/env python3
"""Runs the kernels of this folder over our C ABI and over the C APIs of others, in turns, pinned to one CPU, and writes a table of docs/performance.md.

    benches/capi/run.py                         builds, runs everything, prints the table
    benches/capi/run.py --write                 besides, puts it between its markers in docs/performance.md
    benches/capi/run.py --only get,new --managers mark --with lua
    benches/capi/run.py --count                 instructions of a step instead, by callgrind
    benches/capi/run.py --list                  says which peers there are, and how to get the others

driver.h says what each kernel is. Times are the least of all rounds. The sources of QuickJS come from the package of that name on PyPI, which is
put into the build folder."""

import argparse
import glob
import os
import re
import shutil
import subprocess
import sys
import tarfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "../..")
sys.path.insert(0, os.path.join(HERE, "../peers"))
from run import Peer, cargo, markdown, write  # noqa: E402

WHAT = {
    "get": "read a reference of a host object",
    "set": "write one",
    "payload": "its payload, type checked",
    "local": "a float as a value",
    "ref": "a long-lived reference as a value",
    "new": "make and drop a host object",
    "call": "C to script to C and back",
    "state": "a runtime made and closed",
    "w1": "binary trees, per node",
    "w4": "cyclic garbage, per node",
}
# What a row beside these says: the same work in Rust, over the heap without the language (benches/src/workload), by the same manager.
NATIVE = {"w1": "– the same in Rust", "w4": "– the same in Rust"}
# The N of driver.h's programs for them.
SIZES = {"w1": 14, "w4": 300000}
QUICKJS = "quickjs==1.19.4"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--cpu", default="0")
    parser.add_argument("--timeout", type=float, default=120, help="seconds for one run of a kernel")
    parser.add_argument("--build", metavar="FOLDER", default=os.path.join(ROOT, "target/capi"))
    parser.add_argument("--only", default="", metavar="NAMES")
    parser.add_argument("--managers", default="refcount,cycle,mark,gen", metavar="NAMES")
    parser.add_argument("--with", default="", metavar="NAMES", dest="chosen", help="these peers only")
    parser.add_argument("--count", action="store_true")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    os.makedirs(options.build, exist_ok=True)
    peers = [lua(options, "incremental"), lua(options, "generational"), quickjs(options), cpython(options)]
    chosen = [name for name in options.chosen.split(",") if name]
    peers = [peer for peer in peers if not chosen or peer.name in chosen]
    for peer in peers:
        print("%-18s %s" % (peer.name, "missing: " + peer.missing if peer.missing else "there"), file=sys.stderr)
    if options.list:
        return
    command, environment, native = taipan(options)
    ours = [Peer(name, [command, name], environment=environment) for name in options.managers.split(",") if name]
    options.native = {peer.name: [native, peer.name] for peer in ours}
    only = [name for name in options.only.split(",") if name]
    kernels = [name for name in WHAT if not only or name in only]
    competitors = ours + [peer for peer in peers if peer.command]
    text = table(options, competitors, kernels)
    print("\n%s" % text)
    if options.write:
        write("capi-counts" if options.count else "capi", text)


def table(options, competitors, kernels):
    """A row for each kernel, a column for each competitor."""
    rows = [["", "counts of instructions" if options.count else "ns"] + [peer.name for peer in competitors]]
    for name in kernels:
        found, native = {}, {}
        for _ in range(1 if options.count else options.rounds):
            for peer in competitors:
                least(found, peer, count(options, peer, name) if options.count else run(options, peer, name))
                if name in NATIVE and peer.name in options.native:
                    least(native, peer, count_native(options, peer, name) if options.count else run_native(options, peer, name))
        micro = name == "state" and not options.count
        rows.append(cells(name, WHAT[name] + ", µs" * micro, competitors, found, 1000 if micro else 1))
        if native:
            rows.append(cells("", NATIVE[name], competitors, native, 1))
    return markdown(rows)


def least(found, peer, measured):
    if measured is not None:
        found[peer.name] = min(found.get(peer.name, measured), measured)


def cells(name, what, competitors, found, unit):
    """A row of the table."""
    values = [found.get(peer.name) for peer in competitors]
    return [name, what] + ["–" if value is None else "%.*f" % (value / unit < 100, value / unit) for value in values]


def run(options, peer, name, *arguments):
    """Nanoseconds of a step, if the peer can do it."""
    pin = ["taskset", "-c", options.cpu] if shutil.which("taskset") else []
    done = execute(options, peer, pin + peer.command + [name, *arguments])
    found = re.search(r"RES %s ns=([0-9.]+)" % name, done.stdout) if done else None
    return float(found.group(1)) if found else None


def run_native(options, peer, name):
    """Nanoseconds of a node, made in Rust."""
    pin = ["taskset", "-c", options.cpu] if shutil.which("taskset") else []
    done = execute(options, peer, pin + options.native[peer.name] + [name, str(SIZES[name])])
    found = re.search(r"RES %s ms=([0-9.]+)" % name, done.stdout) if done else None
    return float(found.group(1)) * 1e6 / made(name, SIZES[name]) if found else None


def execute(options, peer, command):
    """Runs a command; nothing if it can't do that work, or fails, which is told."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=options.timeout,
                              env={**os.environ, **peer.environment})
    except subprocess.TimeoutExpired:
        print("%s: more than %g s" % (" ".join(command), options.timeout), file=sys.stderr)
        return None
    if done.returncode not in (0, 3):
        print("%s: status %s\n%s" % (" ".join(command), done.returncode, done.stderr[-300:]), file=sys.stderr)
    return done if done.returncode == 0 else None


def count(options, peer, name):
    """Instructions of a step: what a run with twice as many takes more."""
    few = {"state": 10, "w1": 8, "w4": 20000}.get(name, 20480)
    return counted(options, peer, lambda n: peer.command + [name, str(n), "1"], name, few)


def count_native(options, peer, name):
    """Instructions of a node, made in Rust."""
    return counted(options, peer, lambda n: options.native[peer.name] + [name, str(n)], name, {"w1": 8, "w4": 20000}[name])


def counted(options, peer, command, name, few):
    """What a command takes more for a step than for one less."""
    more = few + 2 if name == "w1" else 2 * few
    taken = []
    for n in (few, more):
        done = execute(options, peer, ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *command(n)])
        found = re.search(r"Collected *: ([0-9]+)", done.stderr) if done else None
        if not found:
            return None
        taken.append(int(found.group(1)))
    return (taken[1] - taken[0]) / (made(name, more) - made(name, few))


def made(name, n):
    """How many steps a kernel does for an N: nodes of w1 and w4."""
    return {"w1": nodes, "w4": lambda n: 4 * n + 200000}.get(name, int)(n)


def nodes(depth):
    """How many nodes w1 makes (w1_nodes in driver.h)."""
    return (4 << depth) - 1 + (2 << depth) - 1 + sum(((2 << d) - 1) << (depth - d + 4) for d in range(4, depth + 1, 2))


def compiled(options, name, flags, sources=()):
    """The program of a source of this folder, if it can be built."""
    target = os.path.join(options.build, name)
    source = os.path.join(HERE, name + ".c")
    compiler = os.environ.get("CC") or shutil.which("cc")
    done = compiler and subprocess.run([compiler, "-O2", source, *sources, "-o", target, *flags], capture_output=True, text=True)
    return target if done and done.returncode == 0 else None


def taipan(options):
    """Our program, what it needs in its environment, and the program of the workloads in Rust."""
    if not cargo(["build", "--release", "-p", "taipan-ffi", "-p", "taipan-benches"], ROOT):
        sys.exit("the library could not be built")
    release = os.path.join(ROOT, os.environ.get("CARGO_TARGET_DIR", "target"), "release")
    # Programs ask for the name that the library has when it is installed.
    shutil.copy(os.path.join(release, "libtaipan_ffi.so"), os.path.join(options.build, "libtaipan.so.0"))
    library = os.path.abspath(os.path.join(options.build, "libtaipan.so.0"))
    program = compiled(options, "taipan", ["-I" + os.path.join(ROOT, "include"), library])
    if not program:
        sys.exit("taipan.c could not be compiled")
    return program, {"LD_LIBRARY_PATH": os.path.dirname(library)}, os.path.join(release, "heap-workload")


def lua(options, variant):
    program = compiled(options, "lua", ["-I/usr/include/lua5.4", "-llua5.4"])
    name = {"incremental": "lua", "generational": "lua-generational"}[variant]
    return Peer(name, [program, variant]) if program else Peer(name, missing="apt install liblua5.4-dev")


def cpython(options):
    config = next((path for path in ["/usr/bin/python3.11-config", shutil.which("python3-config")] if path and os.path.exists(path)), None)
    missing = Peer("cpython", missing="apt install python3-dev")
    if not config:
        return missing
    flags = subprocess.run([config, "--includes", "--ldflags", "--embed"], capture_output=True, text=True).stdout.split()
    program = compiled(options, "cpython", flags)
    # One for all: its standard library is that of the interpreter it was linked with.
    return Peer("cpython", [program, "default"], environment={"PYTHONHOME": "/usr"} if config.startswith("/usr/") else {}) if program else missing


def quickjs(options):
    missing = Peer("quickjs", missing="needs %s from PyPI" % QUICKJS)
    if not glob.glob(os.path.join(options.build, "quickjs-*/")):
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-binary", ":all:", "--no-deps", "--dest", options.build, QUICKJS]
        if subprocess.run(pip, capture_output=True).returncode:
            return missing
        for archive in glob.glob(os.path.join(options.build, "quickjs-*.tar.gz")):
            with tarfile.open(archive) as files:
                files.extractall(options.build, filter="data")
    folder = next(iter(glob.glob(os.path.join(options.build, "quickjs-*/upstream-quickjs"))), None)
    if not folder:
        return missing
    sources = [os.path.join(folder, name + ".c") for name in ["cutils", "libbf", "libregexp", "libunicode", "quickjs"]]
    flags = ["-w", "-D_GNU_SOURCE", "-DCONFIG_BIGNUM", '-DCONFIG_VERSION="%s"' % QUICKJS, "-I" + folder, "-lm", "-lpthread"]
    program = compiled(options, "quickjs", flags, sources)
    return Peer("quickjs", [program, "default"]) if program else missing


if __name__ == "__main__":
    main()
