def f(s):
    match s:
        case 1 | "two":
            return 1
        case [x, _, *rest] if x:
            return rest
        case {"k": v, **kw}:
            return v, kw
        case Point(0, y=b):
            return b
        case None:
            pass
