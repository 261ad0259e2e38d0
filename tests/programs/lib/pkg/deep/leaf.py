print("leaf runs as", __name__, "in", __package__)
from ..base import Base
import pkg.sub as s
LEAF = Base.__name__ + " " + s.name


def too_far():
    from .... import nothing
