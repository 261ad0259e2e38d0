class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y


def kernel(n):
    point = Point(0, 1)
    for i in range(n):
        point.x = point.x + point.y
    return point.x
