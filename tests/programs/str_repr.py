# repr of strings: which quotes, which escapes.
for s in (
    "", "a", "it's", 'say "hi"', "both ' and \"", "tab\t nl\n cr\r bs\\",
    "\0\x01\x1f\x7f\x80\x9f\xa0\xad", "é€😀", "\u200b\u2028\ufeff\ue000", "\ud800",
    "\U0010ffff\U000e0001", "\a\b\f\v", "a\
b", r"raw\n", "\x41\u0042\103\N{BULLET}", "\\'",
    '\'', "\"'",
):
    print(repr(s), ascii(s), len(s))
print(["a'b", 'c"d', "\n"], ("x",), {"k\t": "v\x00"}, "%r %a" % ("é\n", "é\n"))
print("""multi
line 'and' "quotes" \
joined""", '''a
b''', "a" 'b' """c""", r"\d+\"", rb"\x", b"a" b"b")
print("\\x41", r"\x41", len(r"\\"), len("\\"), "\x41", "a\u0301", len("a\u0301"), "\101\60", "\18")
print(repr("x" * 3 + "'"), str("it's"), str(["it's"]), repr(str), str(None), repr(...))
print(str(NotImplemented), repr(b"it's \"q\" \x00\xff\n"))
class R:
    def __repr__(self):
        return "R<é>"
class S:
    def __str__(self):
        return "S!"
    def __repr__(self):
        return "S()"
print(R(), str(R()), [R()], ascii(R()), S(), [S()], {"k": S()}, (S(),), f"{S()} {S()!r} {R()!a}", "%s %r" % (S(), S()))
class Bad:
    def __repr__(self):
        return 5
    def __str__(self):
        return None
for f in (repr, str, ascii):
    try:
        f(Bad())
    except TypeError as e:
        print(e)
l = [1]
l.append(l)
d = {}
d["self"] = d
t = ([],)
t[0].append(t)
print(l, d, t, [l, l])
