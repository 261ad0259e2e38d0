#!/usr/bin/env python3
"""Runs our heap workloads and kernels beside what else there is, in turns, pinned to one CPU, and writes the tables of docs/performance.md.

    benches/peers/run.py                        builds, runs everything, prints the tables
    benches/peers/run.py --write                besides, puts them between the markers of docs/performance.md
    benches/peers/run.py --only w3,w4           these workloads, no kernels;  --only kernels: no workloads
    benches/peers/run.py --managers mark --with c-malloc,gc-arena
    benches/peers/run.py --peers FOLDER         also each executable file of the folder, by its name
    benches/peers/run.py --list                 says which peers there are, and how to get the others

A peer is a command that is called with the name of a workload (w1 to w7, mem; benches/src/workload says what each is, and peers.c beside
this file does them in the fewest words) and prints, among whatever else, lines with these words:

    RES NAME ms=TIME check=NUMBER      the work's own time, without start-up; equal numbers prove equal work
    ns_per_obj=TIME                    in the line of w7; a line FULLGC with it after each full collection of w6
    PAUSE p9999_us=TIME max_us=TIME    w5
    MEM bytes_per_obj=NUMBER           mem

Exit status 3 means that it can't do that work. Programs of pyperformance are timed when --programs names their folder
(tests/pyperformance/run.sh gets them)."""

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "../..")
sys.path.insert(0, os.path.join(HERE, "../python"))
import beside  # noqa: E402

# Workload, what is measured, where it stands in the output, decimals.
MEASURES = [
    ("w1", "binary trees, ms", r"RES w1 ms=([0-9.]+)", 0),
    ("w1", "– resident peak, MB", None, 0),
    ("w2", "GCBench, ms", r"RES w2 ms=([0-9.]+)", 0),
    ("w3", "random replacement, ms", r"RES w3 ms=([0-9.]+)", 0),
    ("w4", "cyclic garbage, ms", r"RES w4 ms=([0-9.]+)", 0),
    ("w5", "queue of messages, ms", r"RES w5 ms=([0-9.]+)", 0),
    ("w5", "– one push in 10,000, µs", r"p9999_us=([0-9.]+)", 1),
    ("w5", "– longest push, µs", r"max_us=([0-9.]+)", 0),
    ("w6", "full collection, ns per live object", r"FULLGC .*ns_per_obj=([0-9.]+)", 1),
    ("w7", "allocate and drop, ns", r"RES w7 .*ns_per_obj=([0-9.]+)", 2),
    ("mem", "bytes per two-reference object", r"bytes_per_obj=([0-9.]+)", 1),
]
WORK = sorted({measure[0] for measure in MEASURES}, key=lambda name: (name == "mem", name))


class Peer:
    """A competitor: its command without the workload, or why there is none. One that frees by hand, or never, is no measure for others."""

    def __init__(self, name, command=None, missing=None, limit=False, environment=None):
        self.name, self.command, self.missing, self.limit = name, command, missing, limit
        self.environment = environment or {}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    beside.arguments(parser)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--cpu", default="0")
    parser.add_argument("--timeout", type=float, default=120, help="seconds for one run of a workload")
    parser.add_argument("--build", metavar="FOLDER", default=os.path.join(ROOT, "target/peers"))
    parser.add_argument("--peers", metavar="FOLDER")
    parser.add_argument("--only", default="", metavar="NAMES")
    parser.add_argument("--managers", default="", metavar="NAMES")
    parser.add_argument("--with", default="", metavar="NAMES", dest="chosen", help="these peers only")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    peers = build(options)
    pythons = find_pythons(options)
    for peer in peers + pythons:
        print("%-18s %s" % (peer.name, "missing: " + peer.missing if peer.missing else "there"), file=sys.stderr)
    if options.list:
        return
    cargo(["build", "--release", "-p", "taipan-benches", "-p", "taipan-cli"], ROOT)
    only = [name for name in options.only.split(",") if name]
    work = [name for name in WORK if not only or name in only]
    tables = {}
    if work:
        tables["heap"] = heap_table(options, ours(options) + [peer for peer in peers if peer.command], work)
    if not only or "kernels" in only:
        heads, rows = beside.table(options, options.cpu)
        tables["kernels"] = markdown([heads, *rows])
    for name, text in tables.items():
        print("\n%s" % text)
        if options.write:
            write(name, text)


def heap_table(options, competitors, work):
    """Runs the workloads; a row for each measure, a column for each competitor."""
    measured = {}
    for name in work:
        for _ in range(options.rounds):
            for peer in competitors:
                run(options, peer, name, measured)
    rows = [["", "", "best peer"] + [peer.name for peer in competitors]]
    for name, what, pattern, digits in MEASURES:
        found = {}
        for peer in competitors:
            values = [value(output, pattern, peak) for output, peak in measured.get((peer.name, name), [])]
            values = [number for number in values if number is not None]
            if values:
                found[peer.name] = statistics.median(values)
        if not found:
            continue
        rivals = [peer for peer in competitors[len(ours(options)):] if peer.name in found]
        rivals = [peer for peer in rivals if not peer.limit] or rivals
        best = min((peer.name for peer in rivals), key=found.get, default=None)
        cells = [name if not what.startswith("–") else "", what]
        cells.append("%s: %.*f" % (best, digits, found[best]) if best else "–")
        for peer in competitors:
            cells.append("%.2f" % (found[peer.name] / found[best]) if best and found[best] and peer.name in found else "–")
        rows.append(cells)
    return markdown(rows)


def run(options, peer, name, measured):
    """Runs a workload once, and keeps its output and resident peak, if it can do it."""
    pin = ["taskset", "-c", options.cpu] if shutil.which("taskset") else []
    process = subprocess.Popen(pin + peer.command + [name], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                               env={**os.environ, **peer.environment})
    try:
        output, _ = process.communicate(timeout=options.timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        print("%s %s: more than %g s" % (peer.name, name, options.timeout), file=sys.stderr)
        return
    if process.returncode == 3:
        return
    check = re.search(r"RES %s .*check=([0-9]+)" % name, output)
    if process.returncode or not check:
        print("%s %s: failed with status %s\n%s" % (peer.name, name, process.returncode, output[-300:]), file=sys.stderr)
        return
    expected = measured.setdefault(("check", name), check.group(1))
    if check.group(1) != expected:
        print("%s %s: other work, check=%s and not %s" % (peer.name, name, check.group(1), expected), file=sys.stderr)
        return
    measured.setdefault((peer.name, name), []).append((output, peak_of(output)))


def value(output, pattern, peak):
    """What a measure finds in an output; of several lines the median, without the first when there are enough."""
    if pattern is None:
        return peak
    numbers = [float(number) for number in re.findall(pattern, output)]
    return statistics.median(numbers[1:] or numbers) if numbers else None


def peak_of(output):
    """Resident peak in MB: the wrapper's last line."""
    found = re.findall(r"^PEAK kib=([0-9]+)", output, re.M)
    return int(found[-1]) * 1024 / 1e6 if found else None


def ours(options):
    """Our managers. What they can't do, they say themselves."""
    command = os.path.join(ROOT, os.environ.get("CARGO_TARGET_DIR", "target"), "release/heap-workload")
    names = [name for name in options.managers.split(",") if name] or beside.managers(options.taipan)
    return [Peer(name, wrapped([command, name])) for name in names]


def wrapped(command):
    """The command, in a process that tells its resident peak afterwards."""
    code = ("import resource, subprocess, sys; status = subprocess.call(sys.argv[1:]); "
            "print('PEAK kib=%d' % resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss); sys.exit(status)")
    return [sys.executable, "-c", code, *command]


def build(options):
    """All peers: built if their tools are there, else with a word on how to get them."""
    os.makedirs(options.build, exist_ok=True)
    peers = c_peers(options) + rust_peers(options) + ocaml_peers(options)
    if options.peers:
        for name in sorted(os.listdir(options.peers)):
            path = os.path.join(os.path.abspath(options.peers), name)
            if os.access(path, os.X_OK) and os.path.isfile(path):
                peers.append(Peer(name, wrapped([path])))
    chosen = [name for name in options.chosen.split(",") if name]
    return [peer for peer in peers if not chosen or peer.name in chosen]


def c_peers(options):
    compiler = os.environ.get("CC") or shutil.which("cc")
    variants = [("c-malloc", [], [], True), ("c-mimalloc", [], ["-lmimalloc"], True), ("c-counts", ["-DCOUNTED"], [], False),
                ("c-counts-mimalloc", ["-DCOUNTED"], ["-lmimalloc"], False), ("boehm", ["-DBOEHM"], ["-lgc"], False)]
    packages = {"-lmimalloc": "apt install libmimalloc-dev", "-lgc": "apt install libgc-dev"}
    peers = []
    for name, flags, libraries, limit in variants:
        target = os.path.join(options.build, name)
        command = [compiler, "-O3", "-march=native", *flags, os.path.join(HERE, "peers.c"), "-o", target, *libraries]
        how = " and ".join(packages[library] for library in libraries) if compiler else "apt install gcc"
        built = compiler and subprocess.run(command, capture_output=True).returncode == 0
        peers.append(Peer(name, wrapped([target]), limit=limit) if built else Peer(name, missing=how or "the compiler failed"))
    return peers


def rust_peers(options):
    names = [("rc", False), ("gc-arena", False), ("bumpalo", True)]
    target = os.path.join(options.build, "rust")
    built = cargo(["build", "--release", "--quiet"], os.path.join(HERE, "rust"), target)
    command = os.path.join(target, "release/taipan-peers")
    missing = "needs gc-arena, bumpalo and mimalloc from crates.io"
    return [Peer(name, wrapped([command, name]), limit=limit) if built else Peer(name, missing=missing) for name, limit in names]


def ocaml_peers(options):
    source = os.path.join(options.build, "peers.ml")
    shutil.copy(os.path.join(HERE, "peers.ml"), source)
    target = os.path.join(options.build, "peers-ocaml")
    command = ["ocamlopt", "-O3", "-unsafe", "-inline", "200", "unix.cmxa", source, "-o", target]
    if not shutil.which("ocamlopt") or subprocess.run(command, capture_output=True).returncode:
        return [Peer("ocaml", missing="apt install ocaml-nox"), Peer("ocaml-s4M", missing="apt install ocaml-nox")]
    return [Peer("ocaml", wrapped([target])), Peer("ocaml-s4M", wrapped([target]), environment={"OCAMLRUNPARAM": "s=4M"})]


def find_pythons(options):
    """Adds what there is to the options of beside.py."""
    found = [Peer(os.path.basename(options.python), ["there"])]
    for name, how in [("pypy3", "apt install pypy3"), ("micropython", "from micropython.org")]:
        path = shutil.which(name)
        if path and path not in options.beside:
            options.beside.append(path)
        found.append(Peer(name, missing=None if path else how))
    options.lua = options.lua or shutil.which("lua5.4")
    found.append(Peer("lua5.4", missing=None if options.lua else "apt install lua5.4"))
    return found


def cargo(arguments, folder, target=None):
    environment = {**os.environ, **({"CARGO_TARGET_DIR": os.path.abspath(target)} if target else {})}
    return subprocess.run(["cargo", *arguments], cwd=folder, env=environment).returncode == 0


def markdown(rows):
    lines = ["| %s |" % " | ".join(row) for row in rows]
    lines.insert(1, "|%s" % ("---|" * len(rows[0])))
    return "\n".join(lines)


def write(name, text):
    """Puts a table between its markers."""
    path = os.path.join(ROOT, "docs/performance.md")
    with open(path) as file:
        page = file.read()
    marked = re.compile(r"(<!-- table: %s -->\n).*?(<!-- end -->)" % name, re.S)
    if not marked.search(page):
        sys.exit("%s has no place for the table '%s'" % (path, name))
    with open(path, "w") as file:
        file.write(marked.sub(lambda place: place.group(1) + "\n" + text + "\n\n" + place.group(2), page))


if __name__ == "__main__":
    main()
