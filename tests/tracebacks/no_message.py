class Outer:
    class Inner(Exception):
        pass


def fail():
    raise Outer.Inner


fail()
