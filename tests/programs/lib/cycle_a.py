print("cycle_a starts")
first = "a first"
import cycle_b
print("cycle_a sees", cycle_b.name)
name = "cycle_a"
