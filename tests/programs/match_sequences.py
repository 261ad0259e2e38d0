# match: sequence patterns.
def seq(x):
    match x:
        case []: return "empty"
        case [1]: return "just one"
        case [a]: return f"single {a!r}"
        case [1, 2, *rest]: return f"starts 1 2, rest {rest}"
        case ["go", ("north" | "south") as d]: return f"go {d}"
        case [a, [b, c]]: return f"nested {a} {b} {c}"
        case [first, *_, "end"]: return f"from {first} to end"
        case (a, b): return f"pair {a} {b}"
        case [*all_] if len(all_) > 4: return f"long {len(all_)}"
        case [a, *mid, z]: return f"{a} {mid} {z}"
        case _: return "no sequence"
class L(list): pass
for v in (
    [], (), [1], [7], (1,), [1, 2], [1, 2, 3, 4], (1, 2), ["go", "north"], ("go", "west"),
    [1, [2, 3]], (1, (2, 3)), [5, 6, "end"], [0, "end"], [1, 3], [3, 4, 5], range(5), range(3),
    "ab", b"ab", {1, 2}, {"a": 1}, 5, None, L([1]), iter([1]), (i for i in "ab"), [[1]],
    [[], []],
):
    print(type(v).__name__, seq(v))
def nested(x):
    match x:
        case [[a, b], [c, *d]]: return a, b, c, d
        case [[*_], *_]: return "list of lists"
        case _: return None
print(nested([[1, 2], [3, 4, 5]]), nested([[], 1]), nested([1, []]), nested([[1, 2], []]))
def star_positions(x):
    match x:
        case [*a, 0]: return "ends in 0", a
        case [0, *a]: return "starts with 0", a
        case [_, _, *_] as whole: return "two or more", whole
        case [_]: return "one"
print(star_positions([1, 2, 0]), star_positions([0, 1]), star_positions((4, 5, 6)))
print(star_positions("x"), star_positions([9]), star_positions([]))
class Tricky:
    def __len__(self): return 2
    def __getitem__(self, i): return i
print(nested(Tricky()), seq(Tricky()))
def partial(x):
    a = b = "unset"
    match x:
        case [a, 1, b]: pass
        case [b, *_]: pass
    return a, b
print(partial([5, 1, 6]), partial([5, 2]), partial(0))
def cmds(line):
    match line.split():
        case ["quit" | "exit"]: return "bye"
        case ["add", *nums] if all(n.isdigit() for n in nums): return sum(map(int, nums))
        case ["add", *_]: return "not numbers"
        case [cmd, arg]: return f"{cmd}({arg})"
        case [cmd, *args]: return f"{cmd} with {len(args)}"
        case []: return "nothing"
print([cmds(c) for c in ("quit", "exit", "add 1 2 3", "add x", "add", "get k", "f a b c", "", "solo")])
