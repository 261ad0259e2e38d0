print("cycle_b starts")
import cycle_a
print("cycle_b sees", cycle_a.first, hasattr(cycle_a, "name"))
try:
    from cycle_a import name
except ImportError as e:
    print("cycle_b:", str(e).split(" (/")[0])
name = "cycle_b"
