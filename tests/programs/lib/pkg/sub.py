print("pkg.sub runs")
from . import base
from .base import Base as B
from . import version
name = f"sub of {__package__}, {version}"


def same():
    return B is base.Base
