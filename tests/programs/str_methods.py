# String methods.
s = "Hello, World"
print(s.lower(), s.upper(), s.swapcase(), s.title(), "hELLO wORLD".capitalize())
print("they're bill's".title(), "ß".upper(), "ǅ".lower(), "Straße".casefold())
print("İ".lower() == "i̇")
print(s.find("o"), s.find("o", 5), s.find("zz"), s.rfind("o"), s.index("W"), s.rindex("l"))
print(s.count("l"), s.count("l", 4), "aaaa".count("aa"), "abc".count(""), s.find(""))
print(s.rfind(""), s.find("", 99), s.find("H", -100, 100), "abc".find("", 3), "abc".find("", 4))
print(s.startswith("Hell"), s.startswith(("x", "He")), s.startswith("ello", 1), s.endswith("ld"))
print(s.endswith(("a", "ld"), 3), s.startswith(""), s.endswith("o", 0, 5), "".startswith(""))
print("a".startswith("", 2))
print("  x y ".strip() + "|", "  x ".lstrip() + "|", "  x ".rstrip() + "|", "xxabcxx".strip("x"))
print("abcba".strip("ab"), "abcba".lstrip("ab"), "abcba".rstrip("ab"))
print("\t\n x\u2003\u00a0".strip() + "|", "abc".strip(""))
print("a-b-c".replace("-", "+"), "a-b-c".replace("-", "+", 1), "aaa".replace("a", "aa"))
print("abc".replace("", "-"), "abc".replace("", "-", 2), "abc".replace("x", "y"))
print("".replace("", "x"), "aXbX".replace("X", ""), "é€😀é".replace("é", "E"))
print("abc".center(9, "*"), "abc".center(8, "*"), "ab".center(5, "*"), "abc".ljust(6, "."))
print("abc".rjust(6, "."), "abc".center(2), "42".zfill(5), "-42".zfill(6), "+4".zfill(4))
print("abc".zfill(2), "".zfill(3), "é".rjust(3, "€"))
print("abc".isalpha(), "ab1".isalpha(), "".isalpha(), "123".isdigit(), "²".isdigit())
print("²".isdecimal(), "½".isnumeric(), "½".isdigit(), "a1".isalnum(), " \t\n".isspace())
print("".isspace(), "Abc".istitle(), "ABC".isupper(), "A1".isupper(), "1".isupper())
print("abc".islower(), "a_1".isidentifier(), "1a".isidentifier(), "é".isidentifier())
print("class".isidentifier(), "a\n".isprintable(), "é ".isprintable(), "abc".isascii())
print("é".isascii(), "".isascii())
print("a,b".partition(","), "ab".partition(","), "a,b,c".rpartition(","), "ab".rpartition(","), "a::b".partition("::"))
print("prefix-x".removeprefix("prefix-"), "x".removeprefix("y"), "x.py".removesuffix(".py"), "x".removesuffix(""))
print("a\tb\tcd".expandtabs(), "a\tb".expandtabs(4), "ab\tc\n\td".expandtabs(4), "a\tb".expandtabs(0))
print("abc".translate({97: "A", 98: None, 99: 0x43}), "abc".translate(str.maketrans("ab", "xy")))
print("abc".translate(str.maketrans("ab", "xy", "c")))
print("abc".translate(str.maketrans({"a": "11", "b": None})))
print("abc" "def", "ab" * 3, 3 * "ab", "ab" * 0, "ab" * -1, "a" + "b", "b" in "abc", "" in "abc")
print("ac" in "abc", "x" not in "abc")
print("abc" < "abd", "abc" < "ab", "" < "a", "Z" < "a", "é" > "z", "😀" > "\uffff", "a" == "a")
print("a" != "b", max("hello"), min("hello"), sorted("hello"), list("aé😀"), len("aé😀"))
print("abc".__len__())
for f in (
    lambda: "abc".index("z"),
    lambda: "abc".rindex("z"),
    lambda: "a".join([1]),
    lambda: "a".join(["b", None]),
    lambda: "a".join(5),
    lambda: "a" + 1,
    lambda: 1 + "a",
    lambda: "a" * 1.5,
    lambda: "a" * "b",
    lambda: "a" < 1,
    lambda: "a" - "b",
    lambda: "abc"[5],
    lambda: s["a"],
    lambda: s[1.0],
    lambda: 1 in "abc",
    lambda: "a".partition(""),
    lambda: "a".split(""),
    lambda: "a".find(1),
    lambda: "a".startswith(1),
    lambda: "a".startswith((1,)),
    lambda: "a".replace("a"),
    lambda: "a".center("x"),
    lambda: "a".center(5, "xx"),
    lambda: "a".strip(1),
    lambda: "a".upper(1),
    lambda: "a".nope,
    lambda: "a".endswith([]),
    lambda: str.upper(1),
    lambda: str.maketrans("a", "bc"),
    lambda: "a".zfill(),
    lambda: "a".count(),
):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)
