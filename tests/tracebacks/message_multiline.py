class Report(Exception):
    def __str__(self):
        return "first line\n  second line\nthird: " + repr(self.args)


def fail():
    raise Report("a\nb", 2)


fail()
