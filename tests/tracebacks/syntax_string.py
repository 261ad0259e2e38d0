x = 1
print("never ends)
