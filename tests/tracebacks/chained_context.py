def parse(s):
    return int(s)


def load(s):
    try:
        return parse(s)
    except ValueError:
        print("recovering")
        return {}["fallback"]


load("not a number")
