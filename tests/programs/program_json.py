# A small JSON reader and writer, checked by round trips.
def parse(s):
    pos = 0
    def ws():
        nonlocal pos
        while pos < len(s) and s[pos] in " \t\n\r":
            pos += 1
    def fail(what):
        line = s.count("\n", 0, pos) + 1
        raise ValueError(f"{what} at {pos} (line {line})")
    def value():
        nonlocal pos
        ws()
        if pos >= len(s):
            fail("unexpected end")
        c = s[pos]
        if c == "{":
            pos += 1
            d = {}
            ws()
            if s[pos:pos + 1] == "}":
                pos += 1
                return d
            while True:
                ws()
                if s[pos:pos + 1] != '"':
                    fail("expected a key")
                k = string()
                ws()
                if s[pos:pos + 1] != ":":
                    fail("expected ':'")
                pos += 1
                d[k] = value()
                ws()
                if s[pos:pos + 1] == "}":
                    pos += 1
                    return d
                if s[pos:pos + 1] != ",":
                    fail("expected ',' or '}'")
                pos += 1
        if c == "[":
            pos += 1
            l = []
            ws()
            if s[pos:pos + 1] == "]":
                pos += 1
                return l
            while True:
                l.append(value())
                ws()
                if s[pos:pos + 1] == "]":
                    pos += 1
                    return l
                if s[pos:pos + 1] != ",":
                    fail("expected ',' or ']'")
                pos += 1
        if c == '"':
            return string()
        for word, v in (("true", True), ("false", False), ("null", None)):
            if s.startswith(word, pos):
                pos += len(word)
                return v
        start = pos
        while pos < len(s) and s[pos] in "+-.eE0123456789":
            pos += 1
        if start == pos:
            fail(f"unexpected {c!r}")
        t = s[start:pos]
        return float(t) if set(t) & set(".eE") else int(t)
    def string():
        nonlocal pos
        pos += 1
        out = []
        while True:
            if pos >= len(s):
                fail("unterminated string")
            c = s[pos]
            pos += 1
            if c == '"':
                return "".join(out)
            if c == "\\":
                e = s[pos]
                pos += 1
                if e == "u":
                    out.append(chr(int(s[pos:pos + 4], 16)))
                    pos += 4
                else:
                    out.append({"n": "\n", "t": "\t", '"': '"', "\\": "\\", "/": "/", "b": "\b"}[e])
            else:
                out.append(c)
    v = value()
    ws()
    if pos != len(s):
        fail("extra data")
    return v
def dump(v, indent=None, level=0):
    pad = "" if indent is None else "\n" + " " * (indent * (level + 1))
    end = "" if indent is None else "\n" + " " * (indent * level)
    match v:
        case None: return "null"
        case bool(): return "true" if v else "false"
        case int() | float(): return repr(v)
        case str():
            return '"' + "".join({'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}.get(c) or (c if " " <= c < "\x7f" else f"\\u{ord(c):04x}") for c in v) + '"'
        case [] | {} if not v: return "[]" if isinstance(v, list) else "{}"
        case [*items]: return "[" + ",".join(pad + dump(x, indent, level + 1) for x in items) + end + "]"
        case {**d}: return "{" + ",".join(f"{pad}{dump(k)}: {dump(x, indent, level + 1)}" for k, x in d.items()) + end + "}"
        case _: raise TypeError(f"cannot dump {type(v).__name__}")
doc = '{"name": "caf\\u00e9 \\"x\\"", "n": [1, -2, 3.5, 1e3, 12345678901234567890], "deep": {"a": {"b": []}, "e": {}}, "t": true, "f": false, "z": null, "s": "tab\\t"}'
v = parse(doc)
print(v)
print(dump(v))
print(dump(v, 2))
print(parse(dump(v)) == v, parse(dump(v, 4)) == v, list(v))
for bad in ("", "{", "[1, 2", '{"a" 1}', "[1 2]", "nul", '"abc', "1 2", "{1: 2}", "\n\n ?", "1-2"):
    try:
        print(parse(bad))
    except ValueError as e:
        print(repr(bad), "->", e)
try:
    dump({"k": {1, 2}})
except TypeError as e:
    print(e)
