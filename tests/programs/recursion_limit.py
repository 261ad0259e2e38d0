# Deep recursion, RecursionError and what still works afterwards.
import sys
def down(n):
    return 0 if n == 0 else 1 + down(n - 1)
print(down(500), down(900))
def forever(n):
    return forever(n + 1)
try:
    forever(0)
except RecursionError as e:
    print(type(e).__name__, str(e)[:32], isinstance(e, RuntimeError))
def even(n):
    return True if n == 0 else odd(n - 1)
def odd(n):
    return False if n == 0 else even(n - 1)
print(even(400), odd(400))
class A:
    def __getattr__(self, name):
        return getattr(self, name + "x")
class R:
    def __repr__(self):
        return "<" + repr(self) + ">"
class E:
    def __eq__(self, o):
        return self == o
class P:
    @property
    def p(self):
        return self.p
class I:
    def __init__(self):
        I()
class G:
    def __getitem__(self, i):
        return self[i + 1]
class C:
    def __call__(self):
        return self()
class L:
    def __lt__(self, o):
        return sorted([self, o])
for f in (lambda: A().a, lambda: repr(R()), lambda: E() == E(), lambda: P().p, I, lambda: G()[0], C(), lambda: L() < L()):
    try:
        f()
    except RecursionError as e:
        print(type(e).__name__, str(e)[:32])
depth = 0
def count():
    global depth
    depth += 1
    try:
        count()
    finally:
        depth -= 1
try:
    count()
except RecursionError:
    print("unwound to", depth)
def ack(m, n):
    if m == 0:
        return n + 1
    if n == 0:
        return ack(m - 1, 1)
    return ack(m - 1, ack(m, n - 1))
print(ack(2, 9), sys.getrecursionlimit())
sys.setrecursionlimit(150)
try:
    down(200)
except RecursionError:
    print("lower limit")
sys.setrecursionlimit(3000)
print(down(2500), sys.getrecursionlimit())
for bad in (0, -1, "a"):
    try:
        sys.setrecursionlimit(bad)
    except Exception as e:
        print(type(e).__name__, e)
l = []
for _ in range(100):
    l = [l]
print(len(repr(l)), repr(l)[:5], l == l)
def gen(n):
    if n:
        yield n
        yield from gen(n - 1)
print(sum(gen(60)))
