# What a dead class held, here through a closure of a method, dies with it, also when objects of the class lived before.
import gc

dead = []


class Final:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        dead.append(self.name)


def ring():
    held = Final('held by a method')

    class Local(Final):
        def method(self):
            return held

    class Sub(Local):
        pass

    ring = [Sub(i) for i in range(3)]
    for i in range(3):
        ring[i].next = ring[i - 1]


def kept_by_object():
    held = Final('held by a class in use')

    class Local:
        def method(self):
            return held

    return Local()


def use():
    kept = kept_by_object()
    gc.collect()
    print(sorted(map(str, dead)), kept.method().name)


ring()
use()
gc.collect()
print(sorted(map(str, dead)))
