def f(flag):
    if flag:
        value = 1
    del flag
    return value


print(f(True))
f(False)
