class Box:
    def __init__(self, item):
        self.item = item


def show(box):
    print(len("prefix"), box.item.name.upper(), "suffix")


show(Box(None))
