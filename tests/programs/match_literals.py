# match: literals, captures, wildcards, or-patterns, guards, as, value patterns.
def lit(x):
    match x:
        case 0:
            return "zero"
        case 1 | 2 | 3:
            return "small"
        case -1:
            return "minus one"
        case 1.5:
            return "float"
        case "hello":
            return "greeting"
        case b"by":
            return "bytes"
        case None:
            return "none"
        case True:
            return "true"
        case "":
            return "empty"
        case int(n) if n > 100:
            return f"big {n}"
        case int() | float() as n:
            return f"number {n}"
        case str(s):
            return "string " + s
        case _:
            return "other"
for v in (0, 1, 3, -1, 1.5, 1.0, 2.5, "hello", "", "x", b"by", None, True, False, 0.0, 101, 50, [], 10**20, -0.0):
    print(repr(v), lit(v))
class Color:
    RED = 1
    GREEN = "g"
class ns:
    class inner:
        VAL = 99
def value(x):
    match x:
        case Color.RED: return "red"
        case Color.GREEN: return "green"
        case ns.inner.VAL: return "inner"
        case other: return f"captured {other!r}"
print([value(v) for v in (1, "g", 99, 1.0, True, "z")])
def no_match(x):
    r = "untouched"
    match x:
        case 1: r = "one"
    return r
print(no_match(1), no_match(2))
def guards(x):
    log = []
    def g(n, r):
        log.append(n)
        return r
    match x:
        case n if g(1, n > 10): r = "first"
        case n if g(2, n > 5): r = "second"
        case n if g(3, True): r = "third"
    return r, log, n
print(guards(20), guards(7), guards(1))
match 5:
    case captured: pass
print(captured)
match (1, 2):
    case (1, x) | (x, 1): print("or capture", x)
match 7:
    case 1 | 2 as n: print("no")
    case (5 | 6 | 7) as n: print("as", n)
match = 3; case = 4; _ = 5
print(match + case + _)
match (match):
    case 3: print("soft keywords", match, _)
match 1, 2:
    case 1, y: print("tuple subject", y)
class Eq:
    def __eq__(self, o): print("eq", o); return o == 2
match Eq():
    case 1: print("1")
    case 2 | 3: print("2 or 3")
def ret(x):
    for i in range(3):
        match i:
            case 0: continue
            case 1 if x: return "returned in match"
            case 2: break
    return i
print(ret(True), ret(False))
try:
    match 1:
        case Color.MISSING: pass
except AttributeError as e:
    print(e)
try:
    match undefined_subject:
        case _: pass
except NameError as e:
    print(e)
