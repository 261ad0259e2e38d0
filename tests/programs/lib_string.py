# string: constants, Template, Formatter, capwords.
import string
from string import *


def attempt(f, *args, **kwargs):
    try:
        print(repr(f(*args, **kwargs)))
    except Exception as error:
        print(type(error).__name__, error)


for name in ["ascii_letters", "ascii_lowercase", "ascii_uppercase", "digits", "hexdigits", "octdigits", "printable", "punctuation", "whitespace"]:
    print(name, repr(getattr(string, name)))
print(capwords("hello  wide world"), capwords("a-b-c", "-"))
t = Template("$who likes ${what} for $$5, ${who}s")
print(t.substitute(who="Ann", what="tea"), t.substitute({"who": "Bob"}, what="pie"), t.safe_substitute(who="X"), t.template, t.get_identifiers(), t.is_valid())
attempt(t.substitute, who="only")
for text in ["$", "a $ b", "${", "${x", "$1x", "line\nsecond $", "${ x}", "$ñ", "$_ok $a1", "$$", ""]:
    print(repr(text), Template(text).is_valid(), Template(text).get_identifiers())
    attempt(Template(text).substitute, x=1, _ok=2, a1=3)
    attempt(Template(text).safe_substitute, x=1)
f = Formatter()
print(f.format("{} {0.real} {x!r:>5} {y[0]} {{}}".replace("{0.real}", "{}"), 1, 2, x="a", y=[3]), f.format("{0}{1}{0}", "a", "b"), f.format("{:>{w}}", "r", w=4))
attempt(f.format, "{0} {}", 1, 2)
attempt(f.format, "{missing}")
attempt(f.format, "{0}")
attempt(f.format, "{")
attempt(f.format, "}")
attempt(f.format, "{0!x}", 1)
print(list(f.parse("a{b!r:c}d{{e}}{f.g[h]}")), f.vformat("{a}", (), {"a": 5}))


class Default(Formatter):
    def get_value(self, key, args, kwargs):
        return kwargs.get(key, "?") if isinstance(key, str) else args[key]

    def convert_field(self, value, conversion):
        return str(value).upper() if conversion == "u" else super().convert_field(value, conversion)


print(Default().format("{x} {y!u}", y="up"))
