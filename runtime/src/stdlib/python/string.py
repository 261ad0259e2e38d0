"""Constants of characters, Template, and Formatter."""

__all__ = [
    "ascii_letters", "ascii_lowercase", "ascii_uppercase", "capwords", "digits", "hexdigits", "octdigits",
    "printable", "punctuation", "whitespace", "Formatter", "Template",
]

whitespace = " \t\n\r\v\f"
ascii_lowercase = "abcdefghijklmnopqrstuvwxyz"
ascii_uppercase = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ascii_letters = ascii_lowercase + ascii_uppercase
digits = "0123456789"
hexdigits = digits + "abcdef" + "ABCDEF"
octdigits = "01234567"
punctuation = r"""!"#$%&'()*+,-./:;<=>?@[\]^_`{|}~"""
printable = digits + ascii_letters + punctuation + whitespace


def capwords(s, sep=None):
    """Capitalizes every word."""
    return (sep or " ").join(map(str.capitalize, s.split(sep)))


class Template:
    """Text with $names to be replaced. Other patterns than the usual one are left out."""

    delimiter = "$"

    def __init__(self, template):
        self.template = template

    def _pieces(self):
        """The parts of the template: (text before, kind, name, position)."""
        text, delimiter = self.template, self.delimiter
        width = len(delimiter)
        start = 0
        while True:
            at = text.find(delimiter, start)
            if at < 0:
                yield text[start:], None, None, len(text)
                return
            before = text[start:at]
            i = at + width
            if text.startswith(delimiter, i):
                yield before, "escaped", None, at
                start = i + width
                continue
            braced = text.startswith("{", i)
            j = i + braced
            end = j
            while end < len(text) and _is_word(text[end], end == j):
                end += 1
            if end == j or (braced and not text.startswith("}", end)):
                yield before, "invalid", None, i
                start = i
                continue
            start = end + braced
            yield before, "braced" if braced else "named", text[j:end], at

    def _invalid(self, at):
        lines = self.template[:at].splitlines(keepends=True)
        if not lines:
            colno, lineno = 1, 1
        else:
            colno, lineno = at - len("".join(lines[:-1])), len(lines)
        raise ValueError("Invalid placeholder in string: line %d, col %d" % (lineno, colno))

    def _replaced(self, mapping, kws, safe):
        result = []
        for before, kind, name, at in self._pieces():
            result.append(before)
            if kind is None:
                continue
            if kind == "escaped":
                result.append(self.delimiter)
            elif kind == "invalid":
                if not safe:
                    self._invalid(at)
                result.append(self.delimiter)
            else:
                try:
                    value = str(kws[name] if name in kws else mapping[name])
                except KeyError:
                    if not safe:
                        raise
                    value = self.delimiter + ("{%s}" % name if kind == "braced" else name)
                result.append(value)
        return "".join(result)

    def substitute(self, mapping={}, /, **kws):
        return self._replaced(mapping, kws, False)

    def safe_substitute(self, mapping={}, /, **kws):
        return self._replaced(mapping, kws, True)

    def is_valid(self):
        return all(kind != "invalid" for _, kind, _, _ in self._pieces())

    def get_identifiers(self):
        return list(dict.fromkeys(name for _, _, name, _ in self._pieces() if name is not None))


def _is_word(c, first):
    return c.isascii() and (c == "_" or (c.isalpha() if first else c.isalnum()))


class Formatter:
    """What str.format does, in parts that can be replaced."""

    def format(self, format_string, /, *args, **kwargs):
        return self.vformat(format_string, args, kwargs)

    def vformat(self, format_string, args, kwargs):
        used_args = set()
        result, _ = self._vformat(format_string, args, kwargs, used_args, 2)
        self.check_unused_args(used_args, args, kwargs)
        return result

    def _vformat(self, format_string, args, kwargs, used_args, recursion_depth, auto_arg_index=0):
        if recursion_depth < 0:
            raise ValueError("Max string recursion exceeded")
        result = []
        for literal_text, field_name, format_spec, conversion in self.parse(format_string):
            if literal_text:
                result.append(literal_text)
            if field_name is None:
                continue
            if field_name == "":
                if auto_arg_index is False:
                    raise ValueError(
                        "cannot switch from manual field specification to automatic field numbering"
                    )
                field_name = str(auto_arg_index)
                auto_arg_index += 1
            elif field_name.isdigit():
                if auto_arg_index:
                    raise ValueError(
                        "cannot switch from manual field specification to automatic field numbering"
                    )
                auto_arg_index = False
            obj, arg_used = self.get_field(field_name, args, kwargs)
            used_args.add(arg_used)
            obj = self.convert_field(obj, conversion)
            format_spec, auto_arg_index = self._vformat(
                format_spec, args, kwargs, used_args, recursion_depth - 1, auto_arg_index
            )
            result.append(self.format_field(obj, format_spec))
        return "".join(result), auto_arg_index

    def get_value(self, key, args, kwargs):
        return args[key] if isinstance(key, int) else kwargs[key]

    def check_unused_args(self, used_args, args, kwargs):
        pass

    def format_field(self, value, format_spec):
        return format(value, format_spec)

    def convert_field(self, value, conversion):
        if conversion is None:
            return value
        if conversion == "s":
            return str(value)
        if conversion == "r":
            return repr(value)
        if conversion == "a":
            return ascii(value)
        raise ValueError("Unknown conversion specifier {0!s}".format(conversion))

    def parse(self, format_string):
        """The parts of a format string: literal text, field name, format spec, conversion."""
        text, i, literal = format_string, 0, []
        while i < len(text):
            c = text[i]
            if c == "{" and text.startswith("{{", i) or c == "}" and text.startswith("}}", i):
                # The doubled brace ends a piece, as CPython's parser has it.
                yield "".join(literal) + c, None, None, None
                literal = []
                i += 2
            elif c == "}":
                raise ValueError("Single '}' encountered in format string")
            elif c == "{":
                depth, j = 1, i + 1
                while j < len(text) and depth:
                    depth += {"{": 1, "}": -1}.get(text[j], 0)
                    j += 1
                if depth:
                    message = "Single '{' encountered in format string"
                    raise ValueError(message if i + 1 == len(text) else "expected '}' before end of string")
                yield ("".join(literal),) + _split_field(text[i + 1:j - 1])
                literal = []
                i = j
            else:
                literal.append(c)
                i += 1
        if literal:
            yield "".join(literal), None, None, None

    def get_field(self, field_name, args, kwargs):
        first, rest = _split_name(field_name)
        obj = self.get_value(first, args, kwargs)
        for is_attr, key in rest:
            obj = getattr(obj, key) if is_attr else obj[key]
        return obj, first


def _split_field(field):
    """Name, format spec and conversion of a replacement field."""
    depth = 0
    for at, c in enumerate(field):
        if c == "[":
            depth += 1
        elif c == "]":
            depth -= 1
        elif c in ":!" and depth <= 0:
            break
    else:
        return field, "", None
    name = field[:at]
    if field[at] == ":":
        return name, field[at + 1:], None
    conversion, colon, spec = field[at + 1:].partition(":")
    if len(conversion) != 1:
        raise ValueError("expected ':' after conversion specifier")
    return name, spec, conversion


def _split_name(name):
    """The first part of a field's name, and the attributes and items behind it."""
    end = len(name)
    for at, c in enumerate(name):
        if c in ".[":
            end = at
            break
    first = name[:end]
    rest = []
    i = end
    while i < len(name):
        if name[i] == ".":
            j = i + 1
            while j < len(name) and name[j] not in ".[":
                j += 1
            rest.append((True, name[i + 1:j]))
        elif name[i] == "[":
            j = name.find("]", i)
            if j < 0:
                raise ValueError("Missing ']' in format string")
            key = name[i + 1:j]
            rest.append((False, int(key) if key.isdigit() else key))
            j += 1
        else:
            raise ValueError("Only '.' or '[' may follow ']' in format field specifier")
        i = j
    return (int(first) if first.isdigit() else first), rest
