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
    "raytrace": [
        "(c := Canvas(12, 12), s := Scene(), s.addLight(Point(30, 30, 10)), s.lookAt(Point(0, 3, 0)),"
        " s.addObject(Sphere(Point(1, 3, -10), 2), SimpleSurface(baseColour=(1, 1, 0))),"
        " s.addObject(Halfspace(Point(0, 0, 0), Vector.UP), CheckerboardSurface()), s.render(c), c.bytes.tolist())[-1]",
    ],
    "chaos": [
        "(v := [GVector(1.6, 3.3, 0), GVector(1.5, 4.1, 0), GVector(1.3, 5.2, 0), GVector(1.6, 5.3, 0)],"
        " g := Chaosgame([Spline(v, 3, [0, 0, 0, 1, 1, 1])], 0.25), random.seed(1234), p := GVector(1.5, 4, 0))[2]",
        "[(p := g.transform_point(p), (p.x, p.y))[1] for _ in range(40)]",
    ],
    "pidigits": ["calc_ndigits(80)"],
    "generators": ["list(tree(range(40)))"],
    "comprehensions": ["[w.widget_id for w in WidgetTray(1, make_some_widgets()).sorted_widgets]", "make_some_widgets()[:3]"],
    "gc_traversal": ["len(create_recursive_containers(20))", "benchamark_collection(2, 20) >= 0"],
    "coroutines": ["drive(fibonacci(12))"],
    "unpack_sequence": ["bench_all(2) >= 0"],
}


def drive(coroutine):
    try:
        while True:
            coroutine.send(None)
    except StopIteration as stop:
        return stop.value


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
    names = {"__name__": name, "__file__": path, "drive": drive}
    exec(compile(source, path, "exec"), names)
    for expression in RESULTS[name]:
        print(expression, "=", repr(eval(expression, names)))


main()
