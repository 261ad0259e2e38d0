class Base:
    registry = {}


class Broken(Base):
    name = "broken"
    registry = Base.registry

    class Nested:
        value = undefined_name + 1
