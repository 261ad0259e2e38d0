#!/usr/bin/env python3
"""Times the kernels of benches/kernels, and programs of pyperformance, under every manager and under other Pythons, in turns, pinned to one CPU.

    cargo build --release -p taipan-cli
    benches/python/beside.py [--python /usr/bin/python3] [--beside pypy3 ...] [--lua lua5.4] [--taipan target/release/taipan]
                             [--rounds 3] [--programs FOLDER] [NAME...]

FOLDER holds bm_*/ (tests/pyperformance/run.sh gets them, into target/pyperformance-*/pyperformance/data-files/benchmarks). Prints, for each
kernel or program, the first Python's best time (ns for a step; ms for a loop of a program) and every other's time as a ratio to it: the
median over the rounds, each of which runs all of them next to each other. Lua runs kernels only, from benches/peers/kernels.lua. A dash: it
can't run that."""

import argparse
import glob
import os
import shutil
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAMS = ["richards", "nbody", "fannkuch", "spectral_norm", "float"]
STEPS = 300000


def arguments(parser):
    parser.add_argument("--python", default="/usr/bin/python3", help="the Python that others are compared with")
    parser.add_argument("--beside", action="append", default=[], metavar="PYTHON", help="another Python")
    parser.add_argument("--lua", help="a Lua 5.3 or 5.4")
    parser.add_argument("--taipan", default=os.path.join(HERE, "../../target/release/taipan"))
    parser.add_argument("--programs", metavar="FOLDER")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments(parser)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("names", nargs="*", metavar="NAME")
    options = parser.parse_args()
    heads, rows = table(options)
    print("%-22s %12s" % ("", heads[1]), *("%10s" % head for head in heads[2:]))
    for name, first, *ratios in rows:
        print("%-22s %12s" % (name, first), *("%10s" % ratio for ratio in ratios), flush=True)


def table(options, cpu="0"):
    """The heads, and an iterator over the rows: names, the first Python's best time, ratios; all of them texts."""
    jobs = {}
    for path in sorted(glob.glob(os.path.join(HERE, "../kernels/*.py"))):
        jobs[os.path.basename(path)[:-3] + " (step)"] = [path, str(STEPS)]
    for name in PROGRAMS if options.programs else []:
        jobs[name] = [os.path.join(options.programs, "bm_" + name, "run_benchmark.py")]
    if getattr(options, "names", None):
        jobs = {name: job for name, job in jobs.items() if name.split()[0] in options.names}
    runners = competitors(options)
    return ["", *runners], (row(name, job, runners, options.rounds, cpu) for name, job in jobs.items())


def managers(taipan):
    """Names from the command's list."""
    listed = subprocess.run([taipan, "managers"], capture_output=True, text=True, check=True).stdout
    return [line.split()[0] for line in listed.splitlines()[1:] if line and ":" not in line.split()[0]]


def competitors(options):
    """What makes a command of a job, by name; the first is what the others are compared with."""
    stand_in = os.path.join(HERE, "pyperf.py")
    runners = {os.path.basename(options.python): lambda job: [options.python, "-B", stand_in, *job]}
    for manager in managers(options.taipan):
        runners[manager] = lambda job, manager=manager: [options.taipan, "run", "--manager", manager, stand_in, *job]
    for python in options.beside:
        runners[os.path.basename(python)] = lambda job, python=python: [python, stand_in, *job]
    if options.lua:
        source = os.path.join(HERE, "../peers/kernels.lua")
        kernel = lambda job: [options.lua, source, os.path.basename(job[0])[:-3], job[1]] if len(job) == 2 else None
        runners[os.path.basename(options.lua)] = kernel
    return runners


def row(name, job, runners, rounds, cpu):
    measured = [[time_of(make(job), cpu) for make in runners.values()] for _ in range(rounds)]
    if any(times[0] is None for times in measured):
        sys.exit("%s: the Python that the others are compared with can't run it" % name)
    cells = [name, "%.1f" % min(times[0] for times in measured)]
    for n in range(1, len(runners)):
        ratios = [times[n] / times[0] for times in measured if times[n] is not None]
        cells.append("%.2f" % statistics.median(ratios) if ratios else "-")
    return cells


def time_of(command, cpu):
    """The time that a command prints; None when it can't do the job, which is told on the standard error stream."""
    if command is None:
        return None
    pin = ["taskset", "-c", cpu] if shutil.which("taskset") else []
    done = subprocess.run(pin + command, capture_output=True, text=True)
    if done.returncode != 0 or "best" not in done.stdout:
        print("%s\n%s" % (" ".join(command), done.stderr[-500:]), file=sys.stderr)
        return None
    return float(done.stdout.split("best")[1])


if __name__ == "__main__":
    main()
