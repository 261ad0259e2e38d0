#!/usr/bin/env python3
"""Write tables.bin (read by mod.rs) from the Unicode data of the interpreter that runs this.

Run it with CPython 3.11 (Unicode 14): the tables are what makes Taipan's str predicates and
case mappings equal to CPython's. Layout, all little-endian:

  u16 shift, u16 record_count, u16 block_count, u16 special_count, u16 index_count
  records   record_count * (u16 flags, u8 category, u8 digit, i32 upper, i32 lower, i32 title, i32 fold)
  specials  special_count * u32        mappings of more than one code point, one after another
  index     index_count * u16          block number of each run of 1 << shift code points
  blocks    block_count * (1 << shift) * u16   record numbers

A mapping is a difference to add to the code point, or, with bit 30 set, length << 16 | offset into
the specials.
"""
import struct
import sys
import unicodedata

CATEGORIES = ("Cn Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Zs Zl Zp Cc Cf Cs Co").split()
SHIFT = 6
specials = []
special_at = {}


def mapping(c, text):
    if len(text) == 1:
        return ord(text) - c
    if text not in special_at:
        special_at[text] = len(specials)
        specials.extend(map(ord, text))
    return 1 << 30 | len(text) << 16 | special_at[text]


def record(c):
    s = chr(c)
    category = unicodedata.category(s)
    lower, upper, title = s.islower(), s.isupper(), category == "Lt"
    cased = lower or upper or title
    if cased:
        ignorable = (s + "\u03a3").lower()[-1] == "\u03c3"
    else:
        ignorable = ("A\u03a3" + s + "A").lower()[1] == "\u03c3"
    bits = (
        s.isalpha(), s.isdecimal(), s.isdigit(), s.isnumeric(), s.isspace(), lower, upper, title,
        s.isidentifier(), ("a" + s).isidentifier(), s.isprintable(), cased, ignorable,
        len(("a" + s + "b").splitlines()) == 2,
    )
    flags = sum(1 << i for i, bit in enumerate(bits) if bit)
    digit = unicodedata.digit(s, 255)
    return (flags, CATEGORIES.index(category), digit, mapping(c, s.upper()), mapping(c, s.lower()),
            mapping(c, s.title()), mapping(c, s.casefold()))


def main(path):
    records, numbers = {}, []
    for c in range(0x110000):
        numbers.append(records.setdefault(record(c), len(records)))
    blocks, index = {}, []
    for start in range(0, 0x110000, 1 << SHIFT):
        index.append(blocks.setdefault(tuple(numbers[start:start + (1 << SHIFT)]), len(blocks)))
    out = [struct.pack("<5H", SHIFT, len(records), len(blocks), len(specials), len(index))]
    out += [struct.pack("<HBB4i", *r) for r in records]
    out += [struct.pack("<I", c) for c in specials]
    out += [struct.pack("<H", i) for i in index]
    out += [struct.pack("<%dH" % (1 << SHIFT), *block) for block in blocks]
    with open(path, "wb") as file:
        file.write(b"".join(out))
    print(unicodedata.unidata_version, len(records), "records", len(blocks), "blocks", len(specials), "specials")


main(sys.argv[1])
