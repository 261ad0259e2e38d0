# A stand-in for the module `pyperf`: enough for the programs of pyperformance, and prints one line: the best time of a loop in ms.
import sys
import time

perf_counter = time.perf_counter
SECONDS = 1.5


class Options:
    pass


class Parser:
    def __init__(self):
        self.options = Options()

    def add_argument(self, name, default=None, **others):
        setattr(self.options, name.lstrip("-").replace("-", "_"), default)


class Runner:
    def __init__(self, add_cmdline_args=None):
        self.metadata = {}
        self.argparser = Parser()

    def parse_args(self):
        return self.argparser.options

    def bench_func(self, name, function, *arguments):
        def run(loops, *arguments):
            start = perf_counter()
            for _ in range(loops):
                function(*arguments)
            return perf_counter() - start

        self.bench_time_func(name, run, *arguments)

    def bench_time_func(self, name, function, *arguments):
        once = function(1, *arguments)
        loops = max(1, int(0.05 / max(once, 1e-9)))
        best = once
        start = perf_counter()
        while perf_counter() - start < SECONDS:
            best = min(best, function(loops, *arguments) / loops)
        print("best", best * 1000)


if __name__ == "__main__":
    # pyperf.py PROGRAM: runs a program of pyperformance; pyperf.py KERNEL STEPS: times kernel(STEPS), in ns for each step.
    path = sys.argv[1]
    with open(path) as file:
        source = file.read()
    sys.modules["pyperf"] = sys.modules["__main__"]
    if len(sys.argv) == 2:
        exec(compile(source, path, "exec"), {"__name__": "__main__", "__file__": path})
    else:
        names = {"__name__": "kernel"}
        exec(compile(source, path, "exec"), names)
        steps = int(sys.argv[2])
        best = 1e9
        for _ in range(5):
            begin = perf_counter()
            names["kernel"](steps)
            best = min(best, perf_counter() - begin)
        print("best", best * 1e9 / steps)
