# String building, splitting and formatting in bulk.
s = ""
for i in range(100000):
    s += chr(97 + i % 26)
print(len(s), s[:30], s[-5:], s.count("abc"))
parts = [f"{i:05d}:{i * i:x}" for i in range(10000)]
text = ",".join(parts)
print(len(text), text[1000:1040], len(text.split(",")), sum(int(p.split(":")[1], 16) for p in text.split(",")))
u = "".join("é€😀a"[i % 4] for i in range(10000))
print(len(u), len(u.encode()), u.count("😀"), u[5000:5004], u.replace("é", "ee").count("e"), u[::-1][:4])
words = ("the quick brown fox jumps over the lazy dog " * 200).split()
counts = {}
for w in words:
    counts[w] = counts.get(w, 0) + 1
print(sorted(counts.items()), " ".join(w.capitalize() for w in words[:4]))
def is_pal(n):
    t = str(n)
    return t == t[::-1]
print(sum(is_pal(i) for i in range(150000)))
rev = ""
for c in s[:3000]:
    rev = c + rev
print(rev == s[:3000][::-1])
acc = 0
for i in range(100000):
    acc = (acc * 31 + len("%d-%s-%r" % (i, i, str(i)))) % 1000003
print(acc)
t = text
for a, b in (("0", "zero"), (":", ""), ("zero", "O"), (",", " , ")):
    t = t.replace(a, b)
print(len(t), t[:40])
lines = "\n".join(" " * (i % 5) + f"line {i}" for i in range(5000)).splitlines()
print(len(lines), sum(len(l) - len(l.lstrip()) for l in lines), lines[7].strip().partition(" ")[2])
