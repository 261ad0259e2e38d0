print("before")
x = 1
raise ValueError("something is wrong")
print("never")
