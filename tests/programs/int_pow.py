# ** and pow(), with two and three arguments.
print(2 ** 10, 2 ** 0, 0 ** 0, (-2) ** 3, -2 ** 2, (-2) ** 2, 2 ** -1, 2 ** -2, (-2) ** -3, 10 ** -3)
print(2 ** 63, 2 ** 64, 3 ** 40, 3 ** 41, (-3) ** 41, 7 ** 77)
print(2 ** 3 ** 2, (2 ** 3) ** 2, -1 ** 0, (-1) ** 101)
print(type(2 ** -1).__name__, type(2 ** 1).__name__, 2 ** 0.5, 4 ** 0.5, 2.0 ** 3, True ** 5)
print(pow(3, 4, 5), pow(3, 0, 1), pow(0, 0, 1), pow(2, 100, 1000000007), pow(-3, 5, 7), pow(3, 5, -7), pow(-3, 4, -7))
print(pow(3, -1, 7), pow(10, -2, 17), pow(123456789, 987654321, 10**9 + 7), pow(2**70, 2**70, 2**61 - 1))
print(pow(base=2, exp=5), pow(base=2, exp=5, mod=6), pow(2, 10), pow(2.0, -1))
for expr in ("pow(2, -1, 4)", "pow(2, 3, 0)", "pow(2.0, 3, 5)", "0 ** -2", "0.0 ** -2", "'a' ** 2", "pow('a', 2)",
             "2 ** None", "10.0 ** 400", "pow(2, 3, 'a')", "2 ** [1]"):
    try:
        print(eval(expr))
    except Exception as e:
        print(expr, "->", type(e).__name__, e)
x = 3
x **= 3
print(x)
x **= 5
print(x)
print((-8) ** (1.0) , 9 ** 0.5, 1 ** 10**9, (-1) ** (10**9 + 1), 0 ** 10**9)
