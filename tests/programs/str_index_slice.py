# Indexing and slicing strings by code point, whatever their widest character.
for s in ("abcdef", "abçdéf", "ab€d€f", "a😀c😀ef"):
    print(len(s), s[0], s[-1], s[1], s[2:4], s[:2], s[4:], s[::-1], s[::2], s[1::2], s[-3:], s[:-3], s[5:1:-2], s[10:], s[-100:2], s[3:3] == "", s[3:1] == "", s[-1:-4:-1])
    print([ord(c) for c in s], [c for c in s], s[1:] + s[:1], s.find(s[3]), s.index(s[-1]), s[::-1][::-1] == s, s[:] == s, s * 2)
    for i in (6, -7, 10**30):
        try:
            print(s[i])
        except IndexError as e:
            print(type(e).__name__, e)
t = "abc"
print("abc"[True], "abc"[slice(1, None)], "abc"[None:2], "hello"[1:10**30], "hello"[-10**30:2])
print("hello"[::10**30], "hello"[::-10**30])
for f in (
    lambda: t[::0],
    lambda: t["1"],
    lambda: t[1.0:],
    lambda: t[None],
    lambda: t[1, 2],
    lambda: chr(-1),
    lambda: chr(0x110000),
    lambda: chr("a"),
    lambda: ord("ab"),
    lambda: ord(""),
    lambda: ord(5),
    lambda: chr(1.0),
):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)
def assign():
    s = "abc"
    s[0] = "x"
def delete():
    s = "abc"
    del s[0]
for f in (assign, delete):
    try:
        f()
    except TypeError as e:
        print(e)
print(chr(65), chr(233), chr(8364), chr(128512), ord("A"), ord("é"), ord("😀"), ord("\0"), len(chr(0x10FFFF)))
# narrowing: slices of a wide string compare and hash like narrow ones
w = "abc😀"
d = {"abc": 1}
print(w[:3] == "abc", d[w[:3]], hash(w[:3]) == hash("abc"), w[:3].isascii(), w.replace("😀", "") == "abc", w[0] in d, w[3] > w[2])
