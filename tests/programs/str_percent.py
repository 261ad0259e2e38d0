# %-formatting of strings.
print("%s" % "a", "%s %s" % ("a", "b"), "%r" % "a", "%s" % None, "%s" % [1, 2], "%s" % (1,))
print("%s" % ((1, 2),), "%%" % (), "100%% %s" % "x", "%s" % {"a": 1})
print("%10s|%-10s|%.2s|%10.3s|%-5.1s|%5s|" % ("abc", "abc", "abc", "abcdef", "xyz", "é😀"))
print("%(a)s %(b)d %(a)r" % {"a": "x", "b": 5}, "%(k)05.1f" % {"k": 2.25})
print("%(a b)s" % {"a b": 1}, "no args" % {}, "no args" % (), "x" % [])
print("%c%c%c" % ("a", 98, "é"), "%5c|%-3c|" % ("a", "b"), "%a" % "é", "%i" % 5.9, "%o" % 8)
print("%e" % 1, "%g" % 1e-7, "%G" % 1e-7, "%#x" % 255, "%#X" % 255, "%ld %hd" % (1, 2))
print("%s %s" % ("a", 1.0), "%d%%" % 50, "%5.1f%%" % 12.34, "%+d % d" % (3, 3))
print("%05d %-5d| %5d" % (-42, -42, -42), "%x" % 2**70, "%.3s" % 12345, "%s" % True, "%d" % True)
class D:
    def __getitem__(self, k):
        return k.upper()
class M:
    def __index__(self):
        return 77
    def __repr__(self):
        return "M()"
    def __float__(self):
        return 7.5
print("%(a)s-%(b)s" % D(), "%x %s %.1f" % (M(), M(), M()))
for f in (
    lambda: "%d" % "a",
    lambda: "%s %s" % "a",
    lambda: "%s" % ("a", "b"),
    lambda: "%s" % (),
    lambda: "%(a)s" % {},
    lambda: "%(a)s" % 5,
    lambda: "%(a)s" % ("x",),
    lambda: "%z" % 1,
    lambda: "%" % 1,
    lambda: "%c" % "ab",
    lambda: "%c" % -1,
    lambda: "%f" % "x",
    lambda: "%x" % 1.5,
    lambda: "abc" % 1,
    lambda: "%*d" % ("a", 1),
    lambda: "%d" % None,
    lambda: "%(a" % {},
    lambda: "%d" % float("inf"),
    lambda: "%d" % float("nan"),
    lambda: "%c" % 1.5,
    lambda: "%5" % 1,
    lambda: "a%yb" % 1,
    lambda: "%i" % "5",
    lambda: "%o" % "5",
    lambda: "%s" % 1 % 2,
    lambda: "%.1.2f" % 3,
):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)
s = "%s-%s"
s %= (1, 2)
print(s)
