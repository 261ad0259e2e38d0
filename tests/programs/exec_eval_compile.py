# exec, eval, compile with their namespaces; errors in them.
print(eval("1 + 2"), eval(" 3 * 4 "), eval("[i for i in range(3)]"))
print(eval("x + y", {"x": 1, "y": 2}), eval("x", {"x": 1}, {"x": "local wins"}))
print(eval("(\n1,\n2)"), eval("lambda a: a + 1")(2), exec("1 + 1"))
ns = {}
exec("a = 1\ndef f(n):\n    return n + a\nb = f(5)\n", ns)
print(ns["a"], ns["b"], ns["f"](10), "__builtins__" in ns, sorted(k for k in ns if not k.startswith("__")))
ns["a"] = 100
print(ns["f"](1))
g, l = {"v": "global"}, {}
exec("w = v\nv = 'new'\nclass K:\n    z = v\n", g, l)
print(g["v"], l["v"], l["w"], l["K"].z, sorted(k for k in g if k != "__builtins__"))
exec("made_here = 5"); print(made_here)
def func():
    x = 1
    exec("x = 2; y = 3")
    r = eval("x + 10")
    return x, r, eval("x", {"x": "g"})
print(func())
c = compile("p * 2", "<expr>", "eval"); print(eval(c, {"p": 21}), c.co_name, c.co_filename)
c = compile("q = 1\nq += 1", "file.py", "exec"); n = {}; exec(c, n); exec(c, n); print(n["q"])
c = compile("'shown'; 7", "<s>", "single"); exec(c)
for src in (
    "1 +", "x = 1", "", "1\n2", "def f(): pass", "(", "foo bar", "'abc", "1 = x", "f() = 1",
    "return 1", "if True:", "for", "a b", "print 1", "lambda: (yield", "None = 1", "x +* 2",
    "[1, 2", "{1: }", "not", "import x", "a := 1", "*a", "**a", "f(**a, *b)", "f(a=1, 2)",
    "f(a=1, a=2)", "0777", "1_", "0b2", "1__0", "\"\\x4\"", "é$", "a ? b", "yield 1", "await x",
):
    try:
        print(repr(src), eval(src, {}))
    except SyntaxError as e:
        print(repr(src), type(e).__name__)
    except Exception as e:
        print(repr(src), type(e).__name__, e)
for src in (
    "break", "continue", "return", "def f():\n return\nx = ]", "  x = 1", "if 1:\nx = 1",
    "def f(a, a): pass", "def f(a=1, b): pass", "x = 1\n  y = 2", "class C:\n",
    "global x\nx = 1", "def f():\n x = 1\n global x", "def f():\n nonlocal x", "nonlocal x",
    "del f()", "del 1", "for 1 in x: pass", "with 1 as 2: pass", "try:\n pass",
    "try:\n pass\nexcept:\n pass\nexcept ValueError:\n pass", "else: pass", "def f(*): pass",
    "def f(**a, b): pass", "def f(a, /, b, /): pass", "import a.b as", "from x import",
    "x: int = ", "a, b += 1", "x = yield", "f'{'", "f'{}'", "f'{a b}'", "'\\N{no such}'",
    "b'é'", "while 1\n pass", "def f(x):\n def x: pass", "@\ndef f(): pass",
    "match x:\n case 1: pass\n case _: pass\n case 2: pass",
    "async def f():\n  yield\n  return 1", "class C(x for x in y): pass", "{**a for a in b}",
    "(x for x in y) = 1", "[a, b for a in c]", "f(x for x in y, 1)", "a = b = 1 = c", "x = *a",
    "print(*)", "raise x from", "assert", "(a, b): int = 1", "if x = 1: pass",
):
    try:
        exec(src, {})
        print(repr(src), "ran")
    except SyntaxError as e:
        print(repr(src), type(e).__name__, e.lineno)
    except Exception as e:
        print(repr(src), type(e).__name__, e)
for f in (
    lambda: eval("nope"),
    lambda: eval("1/0"),
    lambda: eval(5),
    lambda: exec(5),
    lambda: eval("1", 5),
    lambda: compile("1", "f", "bad"),
    lambda: exec("x", {}),
    lambda: eval("a\0b"),
    lambda: exec("raise KeyError('k')"),
    lambda: eval(compile("1", "f", "exec")),
    lambda: eval("f()", {"f": lambda: 5}),
    lambda: exec("def g(): return undefined\ng()", {}),
):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)
