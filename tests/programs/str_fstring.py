# f-strings.
x, y, name, d, l = 3, 4.5, "Ada", {"k": "v", "n": 7}, [10, 20, 30]
print(f"", f"plain", f"{x}", f"{x}{y}", f"a{x}b", f"{{{x}}}", f"{{}}")
print(f"{x + 1} {x * y} {name.upper()}", f"{d['k']} {l[0]} {l[-1]}", f'{d["n"]:>4}')
print(f"{x!r} {name!r} {name!s:>5} {name!a}", f"{x=}", f"{x = }", f"{ x=}", f"{name=}")
print(f"{name=!s}", f"{y=:.3f}", f"{x+1=}", f"{l[0]=:>5}", f"{d['k']=}")
print(f"{y:.2f} {y:8.2f}| {y:<8}| {y:^8}| {x:05} {x:+} {x:b} {1000000:,}", f"{name:*^9}")
print(f"{name:>{x + 5}}", f"{y:{x * 3}.{x - 1}f}", f"{name:{'<'}{8}}|", f"{x:{'0'}{4}}")
print(f"{'nested ' + f'{x}'}", f"{f'{x}{y}'}", f"{x if x > 2 else y}", f"{(lambda v: v * 2)(x)}")
print(f"{[i for i in range(3)]}", f"{ {'a': 1}['a'] }", f"{ {1, } }", f"{x,}", f"{x, y}")
print(f"{not x}", f"{x == 3}", f"{x != 3}", f"{x >= 3!r}")
print(f"multi" f" part {x}" " plain {x}", f"{x}" "{}", rf"\n{x}\d", fr"{x}\\", F"{x}", f"""triple
{x}
{
    y
}""")
print(f"{'a' 'b'}", f"{'''q'''}", f"{x:d}", f"{None}", f"{...}", f"\x41{x}\n\t{{")
print(f"\N{BULLET}{x}", f"{'é😀'}é", f"{(y := 9)}", y, f"{x:=+5}")
class F:
    def __format__(self, spec):
        return f"<{spec}>"
    def __str__(self):
        return "str"
    def __repr__(self):
        return "rep"
v = F()
print(f"{v}", f"{v:}", f"{v:a b}", f"{v!s:>5}", f"{v!r}", f"{v=}", f"{v=:x}", f"{v:{x}}")
print(f"{v: }", f"{v:%Y-%m}", f"{v:a:b}", f"{v:!r}")
def gen():
    n = 0
    while True:
        n += 1
        yield n
g = gen()
print(f"{next(g)} {next(g)} {next(g):>{next(g)}}", f"{yield_ if (yield_ := 5) else 0}")
print(f"{', '.join(f'{k}={v!r}' for k, v in d.items())}")
def outer():
    a = 1
    def inner():
        return f"{a} {[a + b for b in (1, 2)]}"
    return inner()
print(outer())
for f in (
    lambda: f"{undefined}",
    lambda: f"{x:s}",
    lambda: f"{name:d}",
    lambda: f"{x.nope}",
    lambda: f"{1 / 0}",
    lambda: f"{name:10d}",
    lambda: f"{x:.2}",
    lambda: f"{[]:5}",
):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)
