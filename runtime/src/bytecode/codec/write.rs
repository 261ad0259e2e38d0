//! Writing units. Numbers are as short as they can be: seven bits to a byte, the low ones first, the top bit says that more follow.

use super::{tag, SHARED_NAME};
use crate::bytecode::{CodeUnit, Const, Handler, Position};
use num_bigint::Sign;

/// The bytes of a unit, without a header.
pub(super) fn unit(unit: &CodeUnit) -> Vec<u8> {
    let mut writer = Writer(Vec::new());
    writer.unit(unit, None);
    writer.0
}

struct Writer(Vec<u8>);

impl Writer {
    fn byte(&mut self, byte: u8) {
        self.0.push(byte);
    }

    fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.byte(number as u8 | 0x80);
            number >>= 7;
        }
        self.byte(number as u8);
    }

    /// A number of either sign: small ones are short.
    fn signed(&mut self, number: i64) {
        self.number((number << 1 ^ number >> 63) as u64);
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.0.extend(bytes);
    }

    fn texts(&mut self, texts: &[Box<str>]) {
        self.number(texts.len() as u64);
        texts.iter().for_each(|text| self.bytes(text.as_bytes()));
    }

    /// A text that may be missing: its length and 1, or 0.
    fn optional(&mut self, text: Option<&str>) {
        match text {
            None => self.byte(0),
            Some(text) => {
                self.number(text.len() as u64 + 1);
                self.0.extend(text.as_bytes());
            }
        }
    }

    /// A number as the difference to the one before; they wrap round, so that any has one.
    fn step(&mut self, from: u32, to: u32) {
        self.signed(i64::from(to.wrapping_sub(from) as i32));
    }

    /// A unit; `around` is the file name of the unit around it.
    fn unit(&mut self, unit: &CodeUnit, around: Option<&str>) {
        self.bytes(unit.name.as_bytes());
        self.bytes(unit.qualname.as_bytes());
        let shared = around == Some(&*unit.filename) && unit.filename.len() <= SHARED_NAME;
        self.optional((!shared).then_some(&unit.filename));
        self.optional(unit.doc.as_deref());
        let params = unit.params;
        let stars = u64::from(params.var_positional) | u64::from(params.var_keyword) << 1;
        let counts = [params.positional_only, params.positional, params.keyword_only].map(u64::from);
        let sizes = [unit.registers, unit.first_temp, unit.caches, unit.attribute_hint].map(u64::from);
        [u64::from(unit.first_line), u64::from(unit.flags), stars].into_iter().for_each(|n| self.number(n));
        counts.into_iter().chain(sizes).for_each(|n| self.number(n));
        self.texts(&unit.local_names);
        self.bytes(&unit.cell_registers);
        self.bytes(&unit.free_registers);
        self.number(unit.words.len() as u64);
        unit.words.iter().for_each(|word| self.0.extend(word.to_le_bytes()));
        self.texts(&unit.names);
        self.handlers(&unit.handlers);
        self.positions(&unit.positions);
        self.constants(&unit.constants, unit);
    }

    fn handlers(&mut self, handlers: &[Handler]) {
        self.number(handlers.len() as u64);
        for handler in handlers {
            self.number(u64::from(handler.start));
            self.step(handler.start, handler.end);
            self.step(handler.end, handler.target);
            self.byte(handler.depth);
        }
    }

    fn positions(&mut self, positions: &[Position]) {
        self.number(positions.len() as u64);
        let mut before = Position::default();
        for position in positions {
            self.step(before.pc, position.pc);
            self.step(before.line, position.line);
            self.step(position.line, position.end_line);
            self.number(u64::from(position.column));
            self.step(position.column, position.end_column);
            before = *position;
        }
    }

    fn constants(&mut self, constants: &[Const], unit: &CodeUnit) {
        self.number(constants.len() as u64);
        constants.iter().for_each(|constant| self.constant(constant, unit));
    }

    fn constant(&mut self, constant: &Const, around: &CodeUnit) {
        match constant {
            Const::None => self.byte(tag::NONE),
            Const::Bool(false) => self.byte(tag::FALSE),
            Const::Bool(true) => self.byte(tag::TRUE),
            Const::Ellipsis => self.byte(tag::ELLIPSIS),
            Const::Int(value) => {
                self.byte(tag::INT);
                self.signed(*value);
            }
            Const::BigInt(value) => {
                let (sign, magnitude) = value.to_bytes_le();
                self.byte(if sign == Sign::Minus { tag::NEGATIVE } else { tag::POSITIVE });
                self.bytes(&magnitude);
            }
            Const::Float(value) => self.float(tag::FLOAT, *value),
            Const::Imaginary(value) => self.float(tag::IMAGINARY, *value),
            Const::Str(text) => {
                self.byte(tag::STR);
                self.bytes(text.as_bytes());
            }
            Const::Wide(points) => {
                self.byte(tag::WIDE);
                self.number(points.len() as u64);
                points.iter().for_each(|point| self.number(u64::from(*point)));
            }
            Const::Bytes(bytes) => {
                self.byte(tag::BYTES);
                self.bytes(bytes);
            }
            Const::Tuple(items) => {
                self.byte(tag::TUPLE);
                self.constants(items, around);
            }
            Const::FrozenSet(items) => {
                self.byte(tag::FROZENSET);
                self.constants(items, around);
            }
            Const::Code(unit) => {
                self.byte(tag::CODE);
                self.unit(unit, Some(&around.filename));
            }
        }
    }

    fn float(&mut self, tag: u8, value: f64) {
        let value = if value.is_nan() { f64::NAN } else { value };
        self.byte(tag);
        self.0.extend(value.to_bits().to_le_bytes());
    }
}
