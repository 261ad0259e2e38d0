# print: sep, end, file, flush, and what it writes.
import sys
print()
print("a", 1, None, 2.5, [1, "x"], ("t",), {"k": "v"})
print("a", "b", sep="-"); print("a", "b", sep=""); print("a", "b", sep=None, end=None)
print("no newline", end=""); print("|"); print(1, 2, 3, sep="\n", end="!\n"); print(end="only end\n"); print(sep="x"); print("x", sep="unused")
print("to stdout", file=sys.stdout); print("default", file=None); print("flushed", flush=True)
class W:
    def __init__(self): self.parts = []
    def write(self, s): self.parts.append(s)
w = W()
print("a", 2, file=w); print("x", "y", sep="", end="", file=w); print(file=w)
print(w.parts)
print(*[1, 2], *"ab", sep=","); print(*[]); print("é€😀", "tab\there", "nul\0x".replace("\0", "0"))
print(print("inner"), sys.stdout.write("abc\n"), sys.stdout.write("é\n"))
for f in (
    lambda: print(1, sep=5),
    lambda: print(1, end=b"x"),
    lambda: print(1, file=5),
    lambda: print(1, foo=2),
    lambda: print(1, 2, sep=[]),
    lambda: print("partial", W, file=w, bad=1),
    lambda: sys.stdout.write(5),
    lambda: sys.stdout.write(),
):
    try:
        f()
    except Exception as e:
        print(type(e).__name__, e)
old = sys.stdout
sys.stdout = W()
print("captured", 1)
got, sys.stdout = sys.stdout.parts, old
print(got, sys.stdout is sys.__stdout__)
sys.stdout.write(""); sys.stdout.flush()
