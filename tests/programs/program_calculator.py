# A tokenizer, a precedence-climbing parser and an evaluator, with error reports.
class CalcError(Exception):
    def __init__(self, msg, pos):
        super().__init__(msg)
        self.pos = pos
def tokens(text):
    i = 0
    while i < len(text):
        c = text[i]
        if c.isspace():
            i += 1
        elif c.isdigit() or c == ".":
            j = i
            while j < len(text) and (text[j].isdigit() or text[j] == "."):
                j += 1
            s = text[i:j]
            yield ("num", float(s) if "." in s else int(s), i)
            i = j
        elif c.isalpha():
            j = i
            while j < len(text) and text[j].isalnum():
                j += 1
            yield ("name", text[i:j], i)
            i = j
        elif text[i:i + 2] in ("**", "//", "<=", ">=", "=="):
            yield ("op", text[i:i + 2], i)
            i += 2
        elif c in "+-*/%()<>=,":
            yield ("op", c, i)
            i += 1
        else:
            raise CalcError(f"unexpected {c!r}", i)
    yield ("end", None, len(text))
BINARY = {"=": (1, True), "<": (2, False), ">": (2, False), "==": (2, False), "<=": (2, False), "+": (3, False), "-": (3, False),
          "*": (4, False), "/": (4, False), "//": (4, False), "%": (4, False), "**": (6, True)}
class Parser:
    def __init__(self, text):
        self.toks = list(tokens(text))
        self.i = 0
    @property
    def tok(self): return self.toks[self.i]
    def take(self):
        t = self.tok
        self.i += 1
        return t
    def expect(self, op):
        kind, v, pos = self.take()
        if v != op:
            raise CalcError(f"expected {op!r}, found {v!r}", pos)
    def expr(self, least=0):
        left = self.unary()
        while self.tok[0] == "op" and self.tok[1] in BINARY:
            op = self.tok[1]
            prec, right = BINARY[op]
            if prec < least:
                break
            self.take()
            left = (op, left, self.expr(prec if right else prec + 1))
        return left
    def unary(self):
        kind, v, pos = self.take()
        if kind == "num":
            return v
        if v == "-":
            return ("neg", self.expr(5))
        if v == "(":
            e = self.expr()
            self.expect(")")
            return e
        if kind == "name":
            if self.tok[1] == "(":
                self.take()
                args = []
                while self.tok[1] != ")":
                    args.append(self.expr())
                    if self.tok[1] == ",":
                        self.take()
                self.take()
                return ("call", v, *args)
            return ("var", v)
        raise CalcError(f"unexpected {'end' if kind == 'end' else repr(v)}", pos)
OPS = {"+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "/": lambda a, b: a / b, "//": lambda a, b: a // b,
       "%": lambda a, b: a % b, "**": lambda a, b: a ** b, "<": lambda a, b: a < b, ">": lambda a, b: a > b, "==": lambda a, b: a == b, "<=": lambda a, b: a <= b}
def run(e, env):
    if not isinstance(e, tuple):
        return e
    op, *args = e
    if op == "var":
        return env[args[0]]
    if op == "=":
        env[args[0][1]] = v = run(args[1], env)
        return v
    if op == "neg":
        return -run(args[0], env)
    if op == "call":
        return env[args[0]](*(run(a, env) for a in args[1:]))
    return OPS[op](*[run(a, env) for a in args])
env = {"max": max, "abs": abs, "pi": 3.5}
for src in (
    "1 + 2 * 3", "(1 + 2) * 3", "2 ** 3 ** 2", "-2 ** 2", "10 - 4 - 3", "7 // 2 % 2",
    "x = y = 5", "x * y + pi", "max(1, x, 2 + 2) - abs(-9)", "1 < 2 == 1", "1 / 0", "z + 1",
    "1 +", "(1", "2 $ 3", "max()", "1.2.3", "2 ** 100 // 3",
):
    try:
        p = Parser(src)
        tree = p.expr()
        if p.tok[0] != "end":
            raise CalcError("trailing input", p.tok[2])
        print(src, "=>", tree, "=", run(tree, env))
    except CalcError as e:
        print(src, "=> syntax error at", e.pos, e)
    except Exception as e:
        print(src, "=>", type(e).__name__, e)
