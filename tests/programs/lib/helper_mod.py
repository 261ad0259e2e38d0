"""A module for the import tests."""
print("helper_mod runs as", __name__)
value = 10
_private = "hidden"
counter = 0


def bump(by=1):
    global counter
    counter += by
    return counter


def where():
    return __name__


class Thing:
    kind = "thing"

    def __init__(self, n):
        self.n = n

    def __repr__(self):
        return f"Thing({self.n})"


if __name__ == "__main__":
    print("not when imported")
