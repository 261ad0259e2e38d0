# Non-ASCII text: encode/decode, casing, identifiers.
s = "naïve café €5 😀 日本語"
print(s, len(s), s.upper(), s.title(), s.split(), s.encode()[:12], len(s.encode("utf-8")), s.encode().decode() == s)
print(s.encode("ascii", "replace"), s.encode("ascii", "ignore"), s[:6].encode("latin-1"))
print("é".encode("utf-8"), "😀".encode("utf-8"), b"caf\xc3\xa9".decode())
print(b"caf\xe9".decode("latin-1"), b"a\xffb".decode("utf-8", "replace"))
print(b"a\xffb".decode("ascii", "ignore"))
for f in (
    lambda: "é".encode("ascii"),
    lambda: "a€b".encode("latin-1"),
    lambda: b"\xff".decode(),
    lambda: b"a\xc3".decode(),
    lambda: b"\xe9x".decode("utf-8"),
    lambda: b"\x80".decode("ascii"),
    lambda: "x".encode("no-such"),
    lambda: "\ud800".encode(),
    lambda: "abéé".encode("ascii"),
):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)
naïve = 1
π = 3.14
def größe(ñ, *, 名前="x"):
    return ñ, 名前
print(naïve + 1, π, größe(1, 名前="é"), sorted(k for k in globals() if not k.isascii()))
class Étoile:
    été = 5
print(Étoile.__name__, Étoile().été, getattr(Étoile, "été"))
try:
    Étoile.hiver
except AttributeError as e:
    print(e)
try:
    größe()
except TypeError as e:
    print(e)
print("ﬁ".upper(), "ŉ".upper(), "Σ".lower(), "ΑΣ".lower(), "ΑΣΑ".lower(), "ß".title())
print("ß".casefold(), "ÿ".upper(), "µ".upper(), "ı".upper(), "é".swapcase(), "𐐀".lower())
print("Ǆ".title())
print(sorted(["é", "e", "z", "a", "É", "😀", "日"]), max("aé日😀b"), "é" == "e\u0301", "日本" < "日語")
print("a".ljust(3, "日"), "日" * 3, "日本語".index("語"), "日本語"[::-1], "x日".partition("日"))
print("٣".isdigit(), int("٣") + 1, "日".isalpha(), "日".isidentifier(), "½".isnumeric())
print("\u00a0".isspace(), "Ⅷ".isnumeric(), "Ⅷ".isalpha(), "😀".isalpha(), "😀".isprintable())
print("\u200b".isprintable())
