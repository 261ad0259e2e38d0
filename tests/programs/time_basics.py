# time: only properties that hold on every run.
import time
a = time.time()
b = time.time()
print(type(a).__name__, b >= a, a > 1.6e9)
p = time.perf_counter()
q = time.perf_counter()
print(type(p).__name__, q >= p)
m = time.monotonic()
time.sleep(0.01)
print(time.monotonic() - m >= 0.01, type(time.time_ns()).__name__, time.time_ns() > 10**18)
print(time.perf_counter_ns() <= time.perf_counter_ns(), time.process_time() >= 0)
print(time.sleep(0))
for f in (lambda: time.sleep(-1), lambda: time.sleep("a"), lambda: time.sleep(), lambda: time.time(1), lambda: time.nope):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)
