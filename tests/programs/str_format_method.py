# str.format: positional, keyword, attribute and index lookups, nested specs, and errors.
class P:
    def __init__(self, x, y):
        self.x, self.y = x, y
    def __format__(self, spec):
        return f"P[{spec}]"
    def __repr__(self):
        return "P()"
print("{} {}".format(1, 2), "{0} {1} {0}".format("a", "b"), "{a} {b}".format(a=1, b=2))
print("{} {x}".format(1, x=2), "{{}} {}".format(1), "}}{{".format())
print("{0.x} {0.y}".format(P(3, 4)), "{0[1]} {1[k]}".format([5, 6], {"k": 7}))
print("{0[a][1].x}".format({"a": [0, P(8, 9)]}), "{p:>5}|{p!r:>5}|{p!s}".format(p=P(1, 2)))
print("{:>8}|{:<8}|{:^8}|{:*^8}|{:8}|".format("a", "b", "c", "d", "e"))
print("{:5}|{:.2}|{:6.2}|{:é>4}".format("ab", "abcdef", "abcdef", "x"))
print("{:8}|{:<8}|".format(1, 2))
print("{:{}}|{:{w}.{p}f}|{:{a}{w}}".format("x", 5, 3.14159, "y", w=8, p=2, a="^"))
print("{0:{1}}".format(255, "#x"), "{!r:>6}|{!s:<6}|{!a}".format("é", "é", "é"))
print("{:d} {:x} {:,} {:.1%} {:e}".format(1, 255, 10**6, 0.256, 12345.6), "{:s}".format("s"))
print("{:}".format("z"), "{!s:10}|".format(None))
print("{0[-1]}".format({"-1": "neg"}), "{0[a b]}".format({"a b": "sp"}), "{0[0]}".format("xyz"))
print("{a[0]}{a[2]}".format(a=(1, 2, 3)), "{:%}".format(1))
print("%s %s" .format(1), "{}".format(()), "{}".format({}), "{0}{0}{0}".format("ab"))
print("{}{}".format(*"xy", "ignored"), "{k}".format(**{"k": 1, "j": 2}))
print("{k}".format_map({"k": 3}))
for f in (
    lambda: "{}".format(),
    lambda: "{1}".format(0),
    lambda: "{a}".format(1),
    lambda: "{} {0}".format(1),
    lambda: "{0} {}".format(1),
    lambda: "{".format(1),
    lambda: "}".format(1),
    lambda: "{0.z}".format(P(1, 2)),
    lambda: "{0[5]}".format([1]),
    lambda: "{0[k]}".format({}),
    lambda: "{!x}".format(1),
    lambda: "{:d}".format("a"),
    lambda: "{:5d}".format(None),
    lambda: "{:x}".format(1.5),
    lambda: "{0[a]}".format([1]),
    lambda: "{:=5}".format("a"),
    lambda: "{:,}".format("a"),
    lambda: "{!r".format(1),
    lambda: "{:>>5}".format(1),
    lambda: "{a.b}".format(a=1),
    lambda: "{:5}".format([]),
    lambda: "{:+}".format("a"),
    lambda: "{!}".format(1),
    lambda: "{0[}".format(1),
    lambda: "{:{}}".format(1),
    lambda: format(object(), "x"),
    lambda: format("a", 5),
    lambda: format(1, 2),
    lambda: "{k}".format_map({}),
    lambda: "{:05}".format("ab"),
    lambda: "{: }".format("ab"),
):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)
