def convert(s):
    try:
        return int(s)
    except ValueError:
        raise TypeError(f"not a count: {s!r}") from None


try:
    convert("x")
finally:
    print("finally runs")
    raise LookupError("from finally") from ValueError("a cause without a traceback")
