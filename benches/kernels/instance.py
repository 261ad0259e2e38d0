class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y


def kernel(n):
    for i in range(n):
        point = Point(i, i)
    return point.x
