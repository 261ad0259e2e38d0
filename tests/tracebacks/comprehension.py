def divide(values):
    return [100 // v for v in values if v != 3]


print(divide([1, 2, 3]))
print({k: divide(v) for k, v in {"a": [4], "b": [5, 0]}.items()})
