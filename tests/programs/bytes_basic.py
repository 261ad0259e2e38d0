# bytes: literals, indexing, methods, errors.
b = b"hello\x00\xff"
print(b, len(b), b[0], b[-1], b[1:3], b[::-1], list(b[:3]), b == b"hello\x00\xff")
print(b != "hello", b"a" < b"b", b"ab" + b"c", b"ab" * 2, 104 in b, b"ell" in b, bytes(3))
print(bytes([1, 2, 255]), bytes("é", "utf-8"), bytes(b"x"), bytes(), bytes(range(3)))
print(b"a,b,c".split(b","), b" x ".strip(), b"abc".upper(), b"abc".find(b"c"))
print(b"abc".replace(b"b", b"XX"), b",".join([b"a", b"b"]), b"abc".startswith(b"ab"))
print(b"a b".split(), b"abc".hex(), bytes.fromhex("61 62ff"), b"abc".index(b"b"))
print(b"abab".count(b"a"), b"12".isdigit(), b"abc".decode())
print(repr(b"'"), repr(b'"'), repr(b"'\""), b"\t\n\r\\\x07", str(b"abc"), bool(b""))
print(hash(b"abc") == hash(b"abc"), {b"k": 1}[b"k"], b"abc" == "abc", [c for c in b"ab"])
print(sorted(b"cab"), max(b"abc"), b"\101\x42", br"\n", type(b"a"[0]).__name__)
print(type(b"a"[:1]).__name__)
def assign():
    x = b"abc"
    x[0] = 1
for f in (
    assign,
    lambda: b"a" + "b",
    lambda: "a" + b"b",
    lambda: b"abc"[10],
    lambda: bytes([256]),
    lambda: bytes([-1]),
    lambda: bytes("abc"),
    lambda: bytes(["a"]),
    lambda: b"a" < "a",
    lambda: "a" in b"abc",
    lambda: 300 in b"abc",
    lambda: b"abc".find("a"),
    lambda: b",".join(["a"]),
    lambda: bytes.fromhex("zz"),
    lambda: bytes(-1),
    lambda: bytes(1.5),
    lambda: b"a".split(b""),
    lambda: b"abc".index(b"z"),
    lambda: b"a" * 1.5,
    lambda: b["x"],
):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)

# ---- an unsupported conversion is named as it is, where text has a question mark
for code in b'q\x00\n\x7f':
    for template in (b'ab%' + bytes([code]), 'ab%' + chr(code)):
        try:
            template % 3
        except ValueError as e:
            print(ascii(str(e)))
