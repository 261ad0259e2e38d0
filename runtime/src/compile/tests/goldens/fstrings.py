def f(x, w):
    return f"a{x}b{x!r:>{w}}{x=}" f"c" "d", f"{x}", f"plain"
