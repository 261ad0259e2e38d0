//! Unicode 14 properties and case mappings of code points, equal to CPython 3.11's.
//!
//! Rust's own tables follow a newer Unicode, in which other characters are printable, letters or
//! have capitals, so `generate.py` writes CPython's answers into `tables.bin`: a two-level table
//! from code point to one of some 350 records. Leaves out names, numeric values beyond digits,
//! bidirectional classes and normalisation.

static TABLES: &[u8] = include_bytes!("tables.bin");

const SHIFT: u32 = u16_at(0) as u32;
const RECORDS: usize = 10;
const RECORD_SIZE: usize = 20;
const SPECIALS: usize = RECORDS + u16_at(2) as usize * RECORD_SIZE;
const INDEX: usize = SPECIALS + u16_at(6) as usize * 4;
const BLOCKS: usize = INDEX + u16_at(8) as usize * 2;

const fn u16_at(at: usize) -> u16 {
    u16::from_le_bytes([TABLES[at], TABLES[at + 1]])
}

fn i32_at(at: usize) -> i32 {
    i32::from_le_bytes([TABLES[at], TABLES[at + 1], TABLES[at + 2], TABLES[at + 3]])
}

/// A set of properties, or the position of one in the flags of a record.
type Flag = u16;
const ALPHA: Flag = 1;
const DECIMAL: Flag = 1 << 1;
const DIGIT: Flag = 1 << 2;
const NUMERIC: Flag = 1 << 3;
const SPACE: Flag = 1 << 4;
const LOWER: Flag = 1 << 5;
const UPPER: Flag = 1 << 6;
const TITLE: Flag = 1 << 7;
const ID_START: Flag = 1 << 8;
const ID_CONTINUE: Flag = 1 << 9;
const PRINTABLE: Flag = 1 << 10;
const CASED: Flag = 1 << 11;
const CASE_IGNORABLE: Flag = 1 << 12;
const LINE_BREAK: Flag = 1 << 13;

const CATEGORIES: [&str; 30] = [
    "Cn", "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Pc", "Pd", "Ps", "Pe", "Pi",
    "Pf", "Po", "Sm", "Sc", "Sk", "So", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co",
];

/// Where the record of `c` starts; code points that don't exist have U+10FFFF's (unassigned).
fn record(c: u32) -> usize {
    let c = c.min(0x10_ffff);
    let block = u16_at(INDEX + (c >> SHIFT) as usize * 2) as usize;
    let within = (c & ((1 << SHIFT) - 1)) as usize;
    RECORDS + u16_at(BLOCKS + ((block << SHIFT) + within) * 2) as usize * RECORD_SIZE
}

fn has(c: u32, flags: Flag) -> bool {
    u16_at(record(c)) & flags != 0
}

macro_rules! predicates {
    ($($(#[$doc:meta])* $name:ident = $flags:expr;)*) => {
        $($(#[$doc])* pub fn $name(c: u32) -> bool { has(c, $flags) })*
    };
}

predicates! {
    /// A letter: `isalpha`.
    is_alpha = ALPHA;
    /// A decimal digit: `isdecimal`, and what `int()` and `float()` accept.
    is_decimal = DECIMAL;
    /// A digit, superscripts included: `isdigit`.
    is_digit = DIGIT;
    /// A character with a numeric value: `isnumeric`.
    is_numeric = NUMERIC;
    /// Letter or number: `isalnum`.
    is_alnum = ALPHA | DECIMAL | DIGIT | NUMERIC;
    /// White space: `isspace`, `strip()` and `split()`.
    is_space = SPACE;
    /// Has the property Lowercase.
    is_lower = LOWER;
    /// Has the property Uppercase.
    is_upper = UPPER;
    /// A titlecase letter (category Lt).
    is_title = TITLE;
    /// May start an identifier.
    is_id_start = ID_START;
    /// May continue an identifier.
    is_id_continue = ID_CONTINUE;
    /// Shown as itself by `repr`.
    is_printable = PRINTABLE;
    /// Has upper, lower or title case.
    is_cased = CASED;
    /// Skipped when looking for the cased letters around a final sigma.
    is_case_ignorable = CASE_IGNORABLE;
    /// Ends a line for `splitlines`.
    is_line_break = LINE_BREAK;
}

/// The value of a decimal digit of any script.
pub fn decimal_value(c: u32) -> Option<u32> {
    is_decimal(c).then(|| u32::from(TABLES[record(c) + 3]))
}

/// The value of a digit of any script, superscripts and the like included.
pub fn digit_value(c: u32) -> Option<u32> {
    is_digit(c).then(|| u32::from(TABLES[record(c) + 3]))
}

/// The two-letter general category, e.g. `Lu`.
pub fn category(c: u32) -> &'static str {
    if c > 0x10_ffff {
        return "Cn";
    }
    CATEGORIES.get(TABLES[record(c) + 2] as usize).copied().unwrap_or("Cn")
}

/// Which mapping of a character to take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaseMap {
    /// To upper case.
    Upper,
    /// To lower case.
    Lower,
    /// To title case.
    Title,
    /// Case folding.
    Fold,
}

/// Calls `push` with the one to three code points that `c` maps to.
pub fn map_case(c: u32, map: CaseMap, mut push: impl FnMut(u32)) {
    if c > 0x10_ffff {
        return push(c);
    }
    let mapping = i32_at(record(c) + 4 + map as usize * 4);
    if mapping >= 1 << 30 {
        let length = (mapping >> 16 & 0xff) as usize;
        let offset = (mapping & 0xffff) as usize;
        for i in offset..offset + length {
            push(i32_at(SPECIALS + i * 4) as u32);
        }
    } else {
        push(c.wrapping_add_signed(mapping));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many code points have each property in CPython 3.11.
    #[test]
    fn counts_match_cpython() {
        let count = |flags| (0..0x11_0000).filter(|&c| has(c, flags)).count();
        let found = [ALPHA, DECIMAL, DIGIT, NUMERIC, SPACE, LOWER, UPPER, PRINTABLE, LINE_BREAK].map(count);
        assert_eq!(found, [131_756, 660, 788, 1_872, 29, 2_471, 1_951, 144_516, 10]);
    }

    #[test]
    fn maps_specials() {
        let mapped = |c: char, map| {
            let mut out = String::new();
            map_case(c as u32, map, |c| out.extend(char::from_u32(c)));
            out
        };
        assert_eq!(mapped('ß', CaseMap::Upper), "SS");
        assert_eq!(mapped('ß', CaseMap::Title), "Ss");
        assert_eq!(mapped('ß', CaseMap::Fold), "ss");
        assert_eq!(mapped('İ', CaseMap::Lower), "i\u{307}");
        assert_eq!(mapped('ǆ', CaseMap::Title), "ǅ");
        assert_eq!(mapped('a', CaseMap::Lower), "a");
        assert_eq!(decimal_value('٣' as u32), Some(3));
        assert_eq!(digit_value('²' as u32), Some(2));
        assert_eq!(decimal_value('²' as u32), None);
        assert_eq!(category('ǅ' as u32), "Lt");
    }
}
