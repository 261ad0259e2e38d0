"""doc"""
x: int
global g
g = x
assert x, "message"
print(x)
