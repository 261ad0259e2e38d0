//! Sources and programs that are out to break the command: each ends in an error that is told, or that the program can catch, and none in an
//! abort; what never ends, ends with its fuel.

use std::process::Command;

struct Ended {
    status: Option<i32>,
    output: String,
    errors: String,
}

fn run(source: &[u8], arguments: &[&str]) -> Ended {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("hostile.py"), source).expect("a temporary file");
    let mut command = Command::new(env!("CARGO_BIN_EXE_taipan"));
    command.arg("run").args(arguments).arg("hostile.py").current_dir(folder.path());
    let output = command.env_remove("TAIPAN_PATH").output().expect("the command");
    // Tracebacks name the file with its folder.
    let real = folder.path().canonicalize().expect("a folder");
    let errors = String::from_utf8_lossy(&output.stderr);
    Ended {
        status: output.status.code(),
        output: String::from_utf8_lossy(&output.stdout).into_owned(),
        errors: errors.replace(&format!("{}/", real.display()), ""),
    }
}

/// Runs a program under every manager; it must end well and print this.
fn prints(source: &str, arguments: &[&str], expected: &str) {
    prints_under(|_| true, source, arguments, expected);
}

/// As [`prints`], under the managers that collect: the program needs the memory of what has died.
fn reclaims(source: &str, arguments: &[&str], expected: &str) {
    prints_under(|facts| facts.collects, source, arguments, expected);
}

fn prints_under(which: fn(&taipan_gc::Facts) -> bool, source: &str, arguments: &[&str], expected: &str) {
    for facts in taipan_gc::managers::all().into_iter().filter(which) {
        let ended = run(source.as_bytes(), &[&["--manager", facts.name], arguments].concat());
        let start: String = ended.errors.chars().take(1000).collect();
        assert_eq!(
            (ended.output.as_str(), ended.status),
            (expected, Some(0)),
            "{}: {source}\n{start}",
            facts.name
        );
    }
}

const MANY: usize = 1_000_000;

#[test]
fn sources_nested_without_end() {
    let around = |open: &str, close: &str| format!("x = {}1{}", open.repeat(MANY), close.repeat(MANY));
    for source in [
        format!("{}\"1\"", "-".repeat(MANY)),
        format!("{}1", "1+".repeat(MANY)),
        format!("x = {}1", "2**".repeat(MANY)),
        format!("x = {}1", "not ".repeat(MANY)),
        format!("x = {}1", "lambda:".repeat(MANY)),
        format!("x = {}1", "1 if 1 else ".repeat(MANY)),
        format!("a{}", ".b".repeat(MANY)),
        format!("a{}", "[0]".repeat(MANY)),
        format!("a{}", "()".repeat(MANY)),
        format!("{}1)", "(a:=".repeat(MANY)),
        format!("import a{}", ".a".repeat(MANY)),
        format!("match x:\n case {}", "[".repeat(MANY)),
        format!("async def f():\n x = {}1", "await ".repeat(MANY)),
        format!("x = {}", "f'{".repeat(5_000)),
        around("(", ")"),
        around("[", "]"),
        around("{", "}"),
        around("(1 or ", ")"),
        (0..2_000).map(|n| format!("{}if 1:\n", " ".repeat(n))).collect(),
    ] {
        let ended = run(source.as_bytes(), &[]);
        let start: String = source.chars().take(20).collect();
        assert_eq!(ended.status, Some(1), "{start}");
        let last = ended.errors.lines().last().unwrap_or_default();
        let kinds = ["SyntaxError: ", "RecursionError: ", "IndentationError: "];
        assert!(kinds.iter().any(|kind| last.starts_with(kind)), "{start}: {last}");
    }
}

#[test]
fn sources_long_without_end() {
    for (source, expected) in [
        (format!("x = 1 #{}\nprint(x)", "a".repeat(10_000_000)), "1\n"),
        (format!("x = '{}'\nprint(len(x))", "a".repeat(10_000_000)), "10000000\n"),
        (format!("{}print(x)", "x = 1\n".repeat(100_000)), "1\n"),
        (format!("x = [{}]\nprint(len(x))", "1,".repeat(MANY)), "1000000\n"),
        (format!("x = 0x{}\nprint(x.bit_length())", "f".repeat(MANY)), "4000000\n"),
        (format!("{}print(1)", "\\\n".repeat(100_000)), "1\n"),
        (format!("{}print(1)", "\n".repeat(MANY)), "1\n"),
        (format!("if 0: pass\n{}print(1)", "elif 0: pass\n".repeat(10_000)), "1\n"),
        (format!("{}1\nprint(a)", "a = ".repeat(100_000)), "1\n"),
    ] {
        let ended = run(source.as_bytes(), &[]);
        let start: String = source.chars().take(20).collect();
        assert_eq!((ended.output.as_str(), ended.status), (expected, Some(0)), "{start}\n{}", ended.errors);
    }
}

#[test]
fn broken_sources_have_a_place() {
    for (source, expected) in [
        (&b"x = 1\ny = 'open\n"[..], "  File \"hostile.py\", line 2\n    y = 'open\n        ^\nSyntaxError: unterminated string literal (detected at line 2)\n"),
        (b"x = 1\n\ny = '''open\n", "  File \"hostile.py\", line 3\n    y = '''open\n        ^\nSyntaxError: unterminated triple-quoted string literal (detected at line 3)\n"),
        (b"x = (1,\ny", "  File \"hostile.py\", line 1\n    x = (1,\n        ^\nSyntaxError: '(' was never closed\n"),
        (b"x = 1\nz = \"a\0b\"\n", "  File \"hostile.py\", line 2\n    z = \"a\n          ^\nSyntaxError: source code cannot contain null bytes\n"),
        (b"if 1:\n\tx=1\n        y=2\n", "  File \"hostile.py\", line 3\n    y=2\nTabError: inconsistent use of tabs and spaces in indentation\n"),
        (b"if 1:\n    x\n  y\n", "  File \"hostile.py\", line 3\n    y\n     ^\nIndentationError: unindent does not match any outer indentation level\n"),
        (b"x = $\n", "  File \"hostile.py\", line 1\n    x = $\n        ^\nSyntaxError: invalid syntax\n"),
    ] {
        let ended = run(source, &[]);
        assert_eq!((ended.errors.as_str(), ended.status), (expected, Some(1)));
    }
    let ended = run(b"x = '\xff'\n", &[]);
    assert!(
        ended.errors.contains("line 1\nSyntaxError: Non-UTF-8 code starting with '\\xff'"),
        "{}",
        ended.errors
    );
}

/// Bodies of a function that ask for more memory without end.
const ENDLESS: &[&str] = &[
    "l = []\n    while True: l.append([1])",
    "l = [1]\n    while True: l.extend(l)",
    "l = [0]\n    while True: l[1:1] = l",
    "d, i = {}, 0\n    while True: d[i] = i; i += 1",
    "d, i = {}, 0\n    while True: d[str(i)] = [i]; i += 1",
    "s, i = set(), 0\n    while True: s.add(i); i += 1",
    "s = 'x'\n    while True: s += s",
    "s = 'x' * 1000\n    while True: s = f'{s}{s}'",
    "s = b'x'\n    while True: s += s",
    "class N:\n        def __init__(self, a, b): self.a = a; self.b = b\n    t = None\n    while True: t = N(t, N(None, None))",
    "t = ()\n    while True: t = (t, (), [])",
    "n = 1\n    while True: n <<= 1000000",
    "n, i, l = 1, 1, []\n    while True: n *= i; i += 1; l.append(n)",
    "g = None\n    def make(g): return lambda: g\n    while True: g = make(g)",
    "l = []\n    while True:\n        try: 1 / 0\n        except ZeroDivisionError as e: l.append(e)",
    "l = [1]\n    def g(*a): return a\n    while True: l = list(g(*l, *l))",
    "return [x for x in iter(int, 1)]",
    "return tuple(iter(int, 1))",
    "return ''.join('abc' for _ in iter(int, 1))",
    "return 'x'.center(10 ** 9)",
    "return 'a' * 10 ** 15",
    "return open('/dev/zero').read()",
    "return open('/dev/zero', 'rb').readline()",
];

#[test]
fn endless_allocation_is_an_error_that_programs_can_catch() {
    for body in ENDLESS {
        let source = format!(
            "def f():\n    {body}\nfor n in range(2):\n    try: f()\n    except MemoryError: print('caught')\n    \
             x = [str(i) * 10 for i in range(2000)]\n    print(len(x), len({{s: s for s in x}}))\n"
        );
        reclaims(&source, &["--heap-limit", "16M"], "caught\n2000 2000\ncaught\n2000 2000\n");
    }
}

#[test]
fn an_allocation_that_is_too_large_raises_an_exception_of_its_own() {
    let source = "
class T:
    def __init__(self, name): self.name = name
    def __del__(self): print('del', self.name)
def f(n):
    t = T(n)
    try: raise ValueError
    finally: (1,) * (1 << 26)
for n in range(2):
    try: f(n)
    except MemoryError as e: print(type(e.__context__).__name__, e.__traceback__ is not None)
    print('after')
try: (1,) * (1 << 26)
except MemoryError as e: print(e.__context__)
";
    let expected = "ValueError True\ndel 0\nafter\nValueError True\ndel 1\nafter\nNone\n";
    prints_under(|facts| facts.prompt, source, &["--heap-limit", "64M"], expected);
}

#[test]
fn deep_data_is_no_problem() {
    let source = "
def deep(make):
    a = None
    for i in range(10 ** 6): a = make(a)
    return a
class N:
    def __init__(self, n): self.n = n
    def __repr__(self): return repr(self.n)
    def __eq__(self, other): return self.n == other.n
    def __hash__(self): return hash((self.n,))
    def __del__(self): pass
for make in (lambda a: [a], lambda a: (a,), lambda a: {1: a}, N):
    a, b = deep(make), deep(make)
    for use in (repr, str, lambda a: a == b, lambda a: a in [b], lambda a: '%s' % (a,)):
        try: use(a)
        except RecursionError: print('R', end='')
    try: hash(a)
    except (RecursionError, TypeError) as e: print(type(e).__name__)
    del a, b
print('end')
";
    let lines = "RRRRRTypeError\nRRRRRRecursionError\nRRRRRTypeError\nRRRRRRecursionError\nend\n";
    prints(source, &[], lines);
}

#[test]
fn special_methods_that_call_themselves_are_recursion_errors() {
    let source = "
import sys
class A:
    def __repr__(self): return repr(self)
    def __eq__(self, other): return self == other
    def __hash__(self): return hash(self)
    def __getattr__(self, name): return self.missing
    def __call__(self): return self()
    def __iter__(self): return iter(self)
    def __len__(self): return len(self)
    def __getitem__(self, i): return self[i]
    def __add__(self, other): return self + other
    def __lt__(self, other): return self < other
    def __format__(self, spec): return format(self, spec)
    def __setattr__(self, name, value): self.x = value
    def __enter__(self):
        with self: pass
    def __exit__(self, *a): pass
def entered():
    with a: pass
def g(): yield from g()
a = A()
for use in (lambda: repr(a), lambda: a == 1, lambda: hash(a), lambda: a.b, a, lambda: iter(a), lambda: len(a), lambda: a[0],
            lambda: a + 1, lambda: sorted([a, a]), lambda: f'{a}', lambda: setattr(a, 'b', 1), entered, lambda: next(g()),
            lambda: {a: 1}, lambda: print(a), lambda: bool(a)):
    for limit in (1000, 10 ** 6):
        sys.setrecursionlimit(limit)
        try: use()
        except RecursionError: print('R', end='')
sys.setrecursionlimit(1000)
class D:
    def __del__(self): self.__del__()
D()
class E:
    count = 0
    def __del__(self):
        E.count += 1
        if E.count < 1000: E()
E()
print()
";
    prints(source, &[], &format!("{}\n", "R".repeat(34)));
}

#[test]
fn many_keyword_arguments() {
    let source = "
def g(**k): return len(k)
d = {'k%d' % i: i for i in range(100000)}
print(g(**d), len(dict(**d)))
l = list(range(10 ** 6))
l[:] = range(2 * 10 ** 6)
print(len(l), (lambda *a: len(a))(*l[:500000]))
";
    prints(source, &[], "100000 100000\n2000000 500000\n");
}

#[test]
fn keys_and_comparisons_that_fail_leave_the_containers_usable() {
    let source = "
class E(Exception): pass
def key(x):
    if x == 1: raise E
    return x
l = [3, 2, 1] * 10
for use in (lambda: l.sort(key=key), lambda: sorted(l, key=key), lambda: max(l, key=key)):
    try: use()
    except E: print(len(l), end=' ')
class C:
    def __lt__(self, other): m.clear(); return True
m = [C() for _ in range(50)]
m.sort()
class H:
    def __hash__(self): return 1
    def __eq__(self, other): d.clear(); return False
d = {}
for i in range(20): d[H()] = i
print(len(d) < 20)
l = [0] * 5
l[:] = (l.append(1) for _ in range(3))
print(l)
";
    prints(source, &[], "30 30 30 True\n[None, None, None, 1, 1, 1]\n");
}

#[test]
fn classes_without_end_die_with_their_objects() {
    reclaims(
        "class Base: pass\nfor n in range(30000):\n    type('C', (Base,), {'n': n})().n\nprint('done')\n",
        &["--heap-limit", "16M"],
        "done\n",
    );
}

/// Bodies that never end by themselves.
const LOOPS: &[&str] = &[
    "while True: pass",
    "for i in iter(int, 1): pass",
    "while True:\n        try:\n            while True: pass\n        except BaseException: pass",
    "def g():\n        while True:\n            try: yield 1\n            except BaseException: pass\n    for i in g(): pass",
    "def g():\n        try: g()\n        finally: g()\n    g()",
    "sum(iter(int, 1))",
    "n = 3\n    while True: n *= n",
    "n = 3 ** 10 ** 9",
    "any(iter(int, 1))",
    "max(iter(int, 1))",
    "1 in iter(int, 1)",
    "list(filter(None, iter(int, 1)))",
    "set(iter(int, 1))",
    "next(filter(None, iter(int, 1)))",
    "for i in map(str, iter(int, 1)): pass",
    "[].extend(x for x in iter(int, 1) if x)",
    "l = [0]\n    for x in l: l.append(x)",
    "a = []\n    for _ in range(50): a = [a, a]\n    b = []\n    for _ in range(50): b = [b, b]\n    a == b",
    "a = ()\n    for _ in range(50): a = (a, a)\n    hash(a)",
    "a = ()\n    for _ in range(50): a = (a, a)\n    repr(a)",
    "class C:\n        def __getattr__(self, name): return getattr(self, name + 'x')\n    while True:\n        try: C().a\n        except RecursionError: pass",
    "class C:\n        def __del__(self): C()\n    C()\n    while True: C()",
];

#[test]
fn fuel_ends_what_never_ends() {
    for body in LOOPS {
        let source = format!("def f():\n    {body}\nf()\nprint('ended')\n");
        for facts in taipan_gc::managers::all() {
            let ended =
                run(source.as_bytes(), &["--manager", facts.name, "--fuel", "20000", "--heap-limit", "256M"]);
            let last = ended.errors.lines().last().unwrap_or_default();
            assert_eq!(
                (last, ended.output.as_str(), ended.status),
                ("taipan.FuelExhausted: the program has used up its fuel", "", Some(1)),
                "{}: {source}",
                facts.name
            );
        }
    }
    prints("for i in range(1000): pass\nprint('ended')", &["--fuel", "20000"], "ended\n");
}

#[test]
fn numbers_that_grow_without_end_are_memory_errors() {
    for body in [
        "n = 3\n    while True: n *= n",
        "n = 3\n    while True: n = n ** 3",
        "n = 10 ** 10 ** 9",
        "n = 2 ** 2 ** 40",
        "n = 1 << 2 ** 40",
        "n = pow(3, 10 ** 18)",
        "s = 'a'\n    while True: s = s.replace('a', 'aa')",
        "s = 'a'.join(['b' * 10 ** 6] * 10 ** 6)",
        "s = b'a'.join([b'b' * 10 ** 6] * 10 ** 6)",
        "s = b'a'\n    while True: s = s.replace(b'a', b'aaa')",
        "s = b'x' * (2 ** 32 - 10)",
        "s = ('\\ta' * 100).expandtabs(10 ** 9)",
    ] {
        let source = format!("def f():\n    {body}\ntry: f()\nexcept MemoryError: print('caught')\n");
        prints(&source, &["--heap-limit", "6M"], "caught\n");
    }
}

#[test]
fn a_soft_limit_changes_nothing_for_programs() {
    let source = "
class N: pass
for i in range(30000):
    a = N(); a.self = a; a.load = [i] * 20
print('ended')
";
    prints(source, &["--soft-limit", "4M", "--heap-limit", "16M"], "ended\n");
    prints(source, &["--soft-limit", "1K"], "ended\n");
}
