"""Flags: enumerations whose members are bits; and checks of enumerations. A part of `enum`."""

import sys
from builtins import bin as _bin
from enum import Enum, ReprEnum, StrEnum, auto

__all__ = [
    "CONFORM", "CONTINUOUS", "EJECT", "EnumCheck", "Flag", "FlagBoundary", "IntFlag", "KEEP", "NAMED_FLAGS",
    "STRICT", "UNIQUE", "bin", "global_enum", "global_enum_repr", "global_flag_repr", "global_str",
    "show_flag_values", "unique", "verify",
]


def _is_single_bit(num):
    return num > 0 and num & (num - 1) == 0


def _bits(num):
    """The single bits of a number, lowest first."""
    while num > 0:
        lowest = num & -num
        yield lowest
        num ^= lowest


def bin(num, max_bits=None):
    """A number in binary, two's complement, with its sign in front."""
    sign = "1" if num < 0 else "0"
    width = num.bit_length()
    digits = _bin(num % (1 << width))[2:].zfill(width) if width else ""
    if max_bits is not None:
        digits = digits.rjust(max_bits, sign)
    return "0b%s %s" % (sign, digits)


class FlagBoundary(StrEnum):
    """What becomes of bits that no member has."""

    STRICT = auto()
    CONFORM = auto()
    EJECT = auto()
    KEEP = auto()


STRICT, CONFORM, EJECT, KEEP = FlagBoundary


class Flag(Enum, boundary=CONFORM):
    """Members are bits that can be combined."""

    _numeric_repr_ = repr

    def _generate_next_value_(name, start, count, last_values):
        if not last_values:
            return start if start is not None else 1
        last_value = max(last_values)
        try:
            high_bit = last_value.bit_length() - 1
        except Exception:
            raise TypeError("invalid flag value %r" % last_value) from None
        return 2 ** (high_bit + 1)

    _kind_ = "flag"

    @classmethod
    def _is_canonical_(cls, value):
        if not isinstance(value, int):
            return True
        cls._flag_mask_ |= value
        cls._all_bits_ = (1 << cls._flag_mask_.bit_length()) - 1
        if not _is_single_bit(value):
            return False
        cls._singles_mask_ |= value
        return True

    @classmethod
    def _finish_(cls, namespace):
        # The operators are the flag's, and not those of the data type.
        for name in ("__or__", "__and__", "__xor__", "__ror__", "__rand__", "__rxor__", "__invert__"):
            if name not in namespace:
                setattr(cls, name, Flag.__dict__[name])
        values = [m._value_ for m in cls._member_map_.values()]
        if cls._boundary_ is not KEEP:
            combined = 0
            for value in values:
                if value > 0:
                    combined |= value
            missed = list(_bits(combined & ~cls._singles_mask_))
            if missed:
                raise TypeError(
                    "invalid Flag %r -- missing values: %s" % (cls.__name__, ", ".join(map(str, missed)))
                )
        singles = [cls._member_map_[n]._value_ for n in cls._member_names_]
        if singles != sorted(singles):
            cls._iter_member_ = cls._iter_member_by_def_

    @classmethod
    def _iter_member_by_value_(cls, value):
        for bit in _bits(value & cls._flag_mask_):
            yield cls._value2member_map_.get(bit)

    _iter_member_ = _iter_member_by_value_

    @classmethod
    def _iter_member_by_def_(cls, value):
        yield from sorted(cls._iter_member_by_value_(value), key=lambda m: m._sort_order_)

    @classmethod
    def _bounded_(cls, value):
        """What the boundary makes of a value with bits that no member has."""
        boundary = cls._boundary_
        if boundary is STRICT:
            width = max(value.bit_length(), cls._flag_mask_.bit_length())
            raise ValueError(
                "%r invalid value %r\n    given %s\n  allowed %s"
                % (cls, value, bin(value, width), bin(cls._flag_mask_, width))
            )
        if boundary is CONFORM:
            return value & cls._flag_mask_
        if boundary is KEEP and value < 0:
            return value + max(cls._all_bits_ + 1, 1 << value.bit_length())
        return value

    @classmethod
    def _missing_(cls, value):
        if not isinstance(value, int):
            raise ValueError("%r is not a valid %s" % (value, cls.__qualname__))
        every = cls._all_bits_
        if not ~every <= value <= every or value & (every ^ cls._flag_mask_):
            value = cls._bounded_(value)
            if cls._boundary_ is EJECT:
                return value
        negative = value if value < 0 else None
        if negative is not None:
            value += every + 1
        member = cls._value2member_map_.setdefault(value, cls._combined_(value))
        if negative is not None:
            cls._value2member_map_[negative] = member
        return member

    @classmethod
    def _combined_(cls, value):
        """The member that has just these bits."""
        unknown = value & ~cls._flag_mask_
        if unknown and cls._boundary_ is not KEEP:
            raise ValueError(
                "%s(%r) -->  unknown values %r [%s]" % (cls.__name__, value, unknown, bin(unknown))
            )
        base = cls._member_type_
        member = object.__new__(cls) if base is object else base.__new__(cls, value)
        if not hasattr(member, "_value_"):
            member._value_ = value
        parts = list(cls._iter_member_(value & cls._singles_mask_))
        if value & ~cls._singles_mask_:
            for alias in cls._member_map_.values():
                bits = alias._value_
                if alias not in parts and bits and bits & value == bits:
                    parts.append(alias)
        rest = value
        for part in parts:
            rest &= ~part._value_
        names = [part._name_ for part in parts]
        if names and rest:
            names.append(cls._numeric_repr_(rest))
        member._name_ = "|".join(names) if names else None
        return member

    def __contains__(self, other):
        if not isinstance(other, self.__class__):
            raise TypeError(
                "unsupported operand type(s) for 'in': %r and %r"
                % (type(other).__qualname__, self.__class__.__qualname__)
            )
        return other._value_ & self._value_ == other._value_

    def __iter__(self):
        yield from self._iter_member_(self._value_)

    def __len__(self):
        return self._value_.bit_count()

    def __repr__(self):
        cls_name = self.__class__.__name__
        show = self.__class__._value_repr_ or repr
        if self._name_ is None:
            return "<%s: %s>" % (cls_name, show(self._value_))
        return "<%s.%s: %s>" % (cls_name, self._name_, show(self._value_))

    def __str__(self):
        cls_name = self.__class__.__name__
        if self._name_ is None:
            return "%s(%r)" % (cls_name, self._value_)
        return "%s.%s" % (cls_name, self._name_)

    def __bool__(self):
        return bool(self._value_)

    def _get_value(self, flag):
        if isinstance(flag, self.__class__):
            return flag._value_
        if self._member_type_ is not object and isinstance(flag, self._member_type_):
            return flag
        return NotImplemented

    def __or__(self, other):
        other_value = self._get_value(other)
        if other_value is NotImplemented:
            return NotImplemented
        return self.__class__(self._value_ | other_value)

    def __and__(self, other):
        other_value = self._get_value(other)
        if other_value is NotImplemented:
            return NotImplemented
        return self.__class__(self._value_ & other_value)

    def __xor__(self, other):
        other_value = self._get_value(other)
        if other_value is NotImplemented:
            return NotImplemented
        return self.__class__(self._value_ ^ other_value)

    def __invert__(self):
        if self._boundary_ in (EJECT, KEEP):
            return self.__class__(~self._value_)
        return self.__class__(self._singles_mask_ & ~self._value_)

    __rand__ = __and__
    __ror__ = __or__
    __rxor__ = __xor__


class IntFlag(int, ReprEnum, Flag, boundary=KEEP):
    """Members are integers and bits."""


def unique(enumeration):
    """A class decorator that refuses aliases."""
    duplicates = [
        (name, m.name) for name, m in enumeration.__members__.items() if name != m.name
    ]
    if duplicates:
        details = ", ".join(["%s -> %s" % pair for pair in duplicates])
        raise ValueError("duplicate values found in %r: %s" % (enumeration, details))
    return enumeration


class EnumCheck(StrEnum):
    """What verify() checks."""

    CONTINUOUS = "no skipped integer values"
    NAMED_FLAGS = "multi-flag aliases may not contain unnamed flags"
    UNIQUE = "one name per value"


CONTINUOUS, NAMED_FLAGS, UNIQUE = EnumCheck


class verify:
    """A class decorator that checks an enumeration."""

    def __init__(self, *checks):
        self.checks = checks

    def __call__(self, enumeration):
        cls_name = enumeration.__name__
        is_flag = issubclass(enumeration, Flag)
        if not is_flag and not issubclass(enumeration, Enum):
            raise TypeError("the 'verify' decorator only works with Enum and Flag")
        for check in self.checks:
            if check is UNIQUE:
                unique_names = [(n, m.name) for n, m in enumeration.__members__.items() if n != m.name]
                if unique_names:
                    details = ", ".join(["%s -> %s" % pair for pair in unique_names])
                    raise ValueError("aliases found in %r: %s" % (enumeration, details))
            elif check is CONTINUOUS:
                values = set(e.value for e in enumeration)
                if len(values) < 2:
                    continue
                low, high = min(values), max(values)
                if is_flag:
                    missing = [
                        2 ** i
                        for i in range(low.bit_length(), high.bit_length())
                        if 2 ** i not in values
                    ]
                else:
                    missing = [i for i in range(low + 1, high) if i not in values]
                if missing:
                    kind = "flag" if is_flag else "enum"
                    shown = ", ".join(str(m) for m in missing)
                    raise ValueError(("invalid %s %r: missing values %s" % (kind, cls_name, shown))[:256])
            elif check is NAMED_FLAGS:
                member_values = [m.value for m in enumeration]
                names, missing = [], 0
                for name, alias in enumeration._member_map_.items():
                    if name in enumeration._member_names_ or alias.value < 0:
                        continue
                    missed = [v for v in _bits(alias.value) if v not in member_values]
                    if missed:
                        names.append(name)
                        for v in missed:
                            missing |= v
                if names:
                    if len(names) == 1:
                        alias = "alias %s is missing" % names[0]
                    else:
                        alias = "aliases %s and %s are missing" % (", ".join(names[:-1]), names[-1])
                    raise ValueError(
                        "invalid Flag %r: %s combined values of %#x [use enum.show_flag_values(value) for details]"
                        % (cls_name, alias, missing)
                    )
        return enumeration


def show_flag_values(value):
    return list(_bits(value))


def global_enum_repr(self):
    """A member shown as a constant of its module."""
    return "%s.%s" % (self.__class__.__module__.split(".")[-1], self._name_)


def global_flag_repr(self):
    module = self.__class__.__module__.split(".")[-1]
    cls_name = self.__class__.__name__
    if self._name_ is None:
        return "%s.%s(%r)" % (module, cls_name, self._value_)
    if _is_single_bit(self._value_):
        return "%s.%s" % (module, self._name_)
    if self._boundary_ is not FlagBoundary.KEEP:
        return "|".join(["%s.%s" % (module, name) for name in self.name.split("|")])
    return "|".join([n if n[0].isdigit() else "%s.%s" % (module, n) for n in self._name_.split("|")])


def global_str(self):
    if self._name_ is None:
        return "%s(%r)" % (self.__class__.__name__, self._value_)
    return self._name_


def global_enum(cls, update_str=False):
    """A class decorator: members are constants of the module, too."""
    cls.__repr__ = global_flag_repr if issubclass(cls, Flag) else global_enum_repr
    if not issubclass(cls, ReprEnum) or update_str:
        cls.__str__ = global_str
    sys.modules[cls.__module__].__dict__.update(cls.__members__)
    return cls
