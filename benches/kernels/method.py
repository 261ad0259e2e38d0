class Point:
    def __init__(self, x):
        self.x = x

    def get(self):
        return self.x


def kernel(n):
    point = Point(3)
    result = 0
    for i in range(n):
        result = point.get()
    return result
