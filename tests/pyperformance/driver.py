# Runs one program of pyperformance, unmodified, at a small size, and prints what it computes. FOLDER and NAME are set in front of this text,
# or are the arguments.
import sys

# What to print of each program.
RESULTS = {
    "richards": ["Richards().run(1)", "taskWorkArea.holdCount, taskWorkArea.qpktCount"],
    "nbody": ["offset_momentum(BODIES['sun'])", "report_energy()", "advance(0.01, 500)", "report_energy()", "SYSTEM"],
    "fannkuch": ["[fannkuch(n) for n in range(3, 9)]"],
    "spectral_norm": ["eval_AtA_times_u(eval_AtA_times_u([1.0] * 24))", "[eval_A(i, j) for i in range(5) for j in range(5)]"],
    "float": ["benchmark(2000)", "Point(3)"],
    "deltablue": ["delta_blue(100)"],
    "nqueens": ["list(n_queens(6))"],
}


def stand_in():
    import time

    module = type(sys)("pyperf")
    module.perf_counter = time.perf_counter
    return module


def main():
    try:
        folder, name = FOLDER, NAME
    except NameError:
        folder, name = sys.argv[1:]
    sys.modules["pyperf"] = stand_in()
    path = folder + "/bm_" + name + "/run_benchmark.py"
    with open(path) as file:
        source = file.read()
    names = {"__name__": name, "__file__": path}
    exec(compile(source, path, "exec"), names)
    for expression in RESULTS[name]:
        print(expression, "=", repr(eval(expression, names)))


main()
