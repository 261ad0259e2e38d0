print("pkg runs")
version = "1.0"
from .base import Base
