# Text processing: wrapping, tables, Caesar, run lengths, CSV, templates, anagrams.
text = """It was the best of times, it was the worst of times, it was the age of
wisdom, it was the age of foolishness, it was the epoch of belief"""
def wrap(t, width):
    lines, cur = [], ""
    for w in t.split():
        if cur and len(cur) + 1 + len(w) > width:
            lines.append(cur)
            cur = w
        else:
            cur = f"{cur} {w}" if cur else w
    return lines + [cur]
for line in wrap(text, 28):
    print(f"|{line:<28}|{line:>28}|{line:^28}|")
def justify(line, width):
    words = line.split()
    gaps = len(words) - 1
    spare = width - sum(map(len, words))
    return "".join(w + " " * (spare // gaps + (i < spare % gaps)) for i, w in enumerate(words[:-1])) + words[-1] if gaps else line
for line in wrap(text, 30)[:-1]:
    print(repr(justify(line, 30)), len(justify(line, 30)))
freq = {}
for w in text.lower().replace(",", "").split():
    freq[w] = freq.get(w, 0) + 1
for w, n in sorted(freq.items(), key=lambda p: (-p[1], p[0]))[:5]:
    print(f"{w:.<10}{n:03d} {'#' * n}")
def caesar(s, k):
    return "".join(chr((ord(c) - b + k) % 26 + b) if c.isascii() and c.isalpha() and (b := 65 if c.isupper() else 97) else c for c in s)
print(caesar("Hello, Wörld!", 3), caesar(caesar("Hello, Wörld!", 3), -3))
def rle(s):
    out, i = [], 0
    while i < len(s):
        j = i
        while j < len(s) and s[j] == s[i]:
            j += 1
        out.append((s[i], j - i))
        i = j
    return out
print(rle("aaabccd😀😀"), "".join(c * n for c, n in rle("aaabccd😀😀")))
def csv_row(line):
    fields, cur, quoted = [], "", False
    it = iter(line)
    for c in it:
        if quoted:
            if c == '"':
                quoted = False
            else:
                cur += c
        elif c == '"':
            if cur:
                cur += '"'
            quoted = True
        elif c == ",":
            fields.append(cur)
            cur = ""
        else:
            cur += c
    return fields + [cur]
print(csv_row('a,"b,c",,"say ""hi""",d'))
groups = {}
for w in "listen silent enlist google elbow below inlets".split():
    groups.setdefault("".join(sorted(w)), []).append(w)
print(sorted(groups.values(), key=lambda g: (-len(g), g)))
rows = [("name", "qty", "price"), ("apple", 3, 0.5), ("kiwi", 12, 0.25), ("melón", 1, 3.999)]
widths = [max(len(f"{r[i]:.2f}" if isinstance(r[i], float) else str(r[i])) for r in rows) for i in range(3)]
for r in rows:
    print(" | ".join(f"{c:>{w}.2f}" if isinstance(c, float) else f"{c:<{w}}" if isinstance(c, str) else f"{c:>{w}}" for c, w in zip(r, widths)).rstrip())
print(sum(r[1] * r[2] for r in rows[1:]), "total: %-8.2f|" % sum(r[1] * r[2] for r in rows[1:]))
def template(t, **kw):
    out, rest = "", t
    while "{{" in rest:
        before, _, rest = rest.partition("{{")
        key, _, rest = rest.partition("}}")
        out += before + str(kw.get(key.strip(), f"<{key.strip()}?>"))
    return out + rest
print(template("Dear {{ name }}, you owe {{amount}} {{ missing }}.", name="Zoë", amount=5))
print("racecar"[::-1] == "racecar", "".join(sorted(set("mississippi"))))
print("mississippi".translate({ord("s"): "z", ord("p"): None}))
