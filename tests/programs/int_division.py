# //, % and divmod round towards minus infinity, for every combination of signs.
pairs = [(7, 2), (-7, 2), (7, -2), (-7, -2), (0, 5), (0, -5), (6, 3), (-6, 3), (6, -3), (-6, -3),
         (1, 10), (-1, 10), (1, -10), (10**20, 7), (-10**20, 7), (10**20, -7), (-10**20, -7),
         (7, 10**20), (-7, 10**20), (7, -10**20), (2**64, 2**32), (-2**64, 2**32 + 1),
         (123456789012345678901234567890, 987654321987654321),
         (-123456789012345678901234567890, 987654321987654321)]
for a, b in pairs:
    q, r = a // b, a % b
    print(a, b, q, r, divmod(a, b) == (q, r), q * b + r == a, r == 0 or (r < 0) == (b < 0))

for expr in ("1 // 0", "1 % 0", "1 / 0", "divmod(1, 0)", "10**30 // 0", "10**30 % 0", "0 ** -1",
             "1.0 // 0", "1.0 % 0", "1.0 / 0", "divmod(1.0, 0)", "0.0 ** -1", "pow(2, 3, 0)", "True // False"):
    try:
        print(eval(expr))
    except Exception as e:
        print(expr, "->", type(e).__name__, e)

print(7 / 2, -7 / 2, 6 / 3, 1 / 3, 10**20 / 10**18, (2**64) / (2**63), 10**400 / 10**399)
try:
    10**400 / 3
except OverflowError as e:
    print(type(e).__name__, e)
print(True / 2, True // 1, True % 2, 5 // True)
