#!/usr/bin/env python3
"""Times the kernels of benches/kernels, and programs of pyperformance, under every manager and under CPython, in turns, pinned to one CPU.

    cargo build --release -p taipan-cli
    benches/python/beside.py [--python /usr/bin/python3] [--taipan target/release/taipan] [--rounds 3] [--programs FOLDER] [NAME...]

FOLDER holds bm_*/ (tests/pyperformance/run.sh gets them, into target/pyperformance-*/pyperformance/data-files/benchmarks). Prints, for each
kernel or program, CPython's best time (ns for a step; ms for a loop of a program) and each manager's time as a ratio to it: the median over
the rounds, each of which runs CPython and the managers next to each other."""

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


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", default="/usr/bin/python3")
    parser.add_argument("--taipan", default=os.path.join(HERE, "../../target/release/taipan"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--programs", metavar="FOLDER")
    parser.add_argument("names", nargs="*", metavar="NAME")
    options = parser.parse_args()
    jobs = {}
    for path in sorted(glob.glob(os.path.join(HERE, "../kernels/*.py"))):
        jobs[os.path.basename(path)[:-3] + " (step)"] = [path, str(STEPS)]
    for name in PROGRAMS if options.programs else []:
        jobs[name] = [os.path.join(options.programs, "bm_" + name, "run_benchmark.py")]
    if options.names:
        jobs = {name: job for name, job in jobs.items() if name.split()[0] in options.names}
    listed = subprocess.run([options.taipan, "managers"], capture_output=True, text=True, check=True).stdout
    managers = [line.split()[0] for line in listed.splitlines()[1:] if line and ":" not in line.split()[0]]
    print("%-22s %12s" % ("", "CPython"), *("%10s" % manager for manager in managers))
    for name, job in jobs.items():
        rounds = [measure(options, managers, job) for _ in range(options.rounds)]
        python = min(times[0] for times in rounds)
        ratios = [statistics.median(times[n] / times[0] for times in rounds) for n in range(1, len(managers) + 1)]
        print("%-22s %12.1f" % (name, python), *("%10.2f" % ratio for ratio in ratios), flush=True)


def measure(options, managers, job):
    """CPython's time, then each manager's."""
    commands = [[options.python, "-B"]] + [[options.taipan, "run", "--manager", manager] for manager in managers]
    return [time_of(command + [os.path.join(HERE, "pyperf.py")] + job) for command in commands]


def time_of(command):
    pin = ["taskset", "-c", "0"] if shutil.which("taskset") else []
    done = subprocess.run(pin + command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit("%s\n%s" % (" ".join(command), done.stderr))
    return float(done.stdout.split("best")[1])


if __name__ == "__main__":
    main()
