table = {"rows": [{"cells": [1, 2]}]}


def lookup(t, i):
    return t["rows"][0]["cells"][i] + 1


print(lookup(table, 1))
print(lookup(table, 7))
