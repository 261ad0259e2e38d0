# split, rsplit, splitlines, join.
print("a b  c".split(), " a b ".split(), "".split(), "   ".split(), "a b c".split(None, 1))
print(" a  b  c ".split(None, 1), "a b".split(" "), "a  b".split(" "), " ".split(" "))
print("".split(","))
print("a,b,c".split(","), "a,b,c".split(",", 1), "a,b,c".split(",", 0), "a,b,c".split(",", -1))
print(",a,".split(","), "a<>b<>c".split("<>"), "aXbXc".split("x"), "abc".split("abc"))
print("a,b,c".split(sep=",", maxsplit=1))
print("a,b,c".rsplit(",", 1), "a b  c ".rsplit(None, 1), " a b ".rsplit(), "a,b,c".rsplit(","))
print("aaa".split("a"), "aaa".rsplit("aa"), "aaa".split("aa"))
print("a\nb\r\nc\rd".splitlines(), "a\nb\n".splitlines(True), "".splitlines(), "\n".splitlines())
print("a\n\nb".splitlines(), "a\x0bb\x0cc\u2028d\x85e\x1cf".splitlines())
print("a\u2003b\u00a0c\td".split(), "x\x1fy".split(), "é€é€é".split("€"), "😀-😀".split("-"), "a😀b😀c".split("😀", 1))
print(",".join([]), ",".join(["a"]), ",".join(["a", "b"]), "".join("abc"), "-".join("abc"))
print(", ".join(str(i) for i in range(4)), "é".join(("a", "b")), ",".join({"k": 1, "j": 2}))
print("ab".join(["", "", ""]), "".join([]))
print("|".join("a b c".split()), " ".join("  x   y ".split()), "\n".join(["1", "2"]).splitlines(), "".join(reversed("añb😀")))
class S(str):
    pass
print(",".join([S("p"), "q"]), type("".join([S("p")])).__name__, type(S("a b").split()[0]).__name__)
for f in (
    lambda: ",".join([1, "a"]),
    lambda: ",".join(["a", b"b"]),
    lambda: ",".join(None),
    lambda: "a".split(1),
    lambda: "a".split(""),
    lambda: "a".split(",", "x"),
    lambda: "a".rsplit(""),
    lambda: "".join(),
    lambda: "a".split(",", 1, 2),
):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)
