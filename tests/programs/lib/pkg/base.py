print("pkg.base runs, package", __package__)


class Base:
    pass
