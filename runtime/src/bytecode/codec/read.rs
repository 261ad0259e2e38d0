//! Reading units from bytes that nobody vouches for: each length is compared with what is left before anything is allocated for it, and
//! each thing has one form, so that equal units have equal bytes.

use super::{tag, LoadError, HEADER, MAX_DEPTH, SHARED_NAME};
use crate::bytecode::{CodeUnit, Const, Handler, Params, Position};
use num_bigint::{BigInt, Sign};
use num_traits::ToPrimitive;

type Read<T> = Result<T, LoadError>;

/// The unit that begins behind the header and takes all the rest.
pub(super) fn unit(bytes: &[u8]) -> Read<CodeUnit> {
    let mut reader = Reader { bytes, at: HEADER, depth: 0 };
    let unit = reader.unit(None)?;
    match reader.left() {
        0 => Ok(unit),
        left => reader.refuse(format!("{left} bytes behind the end of the unit")),
    }
}

struct Reader<'b> {
    bytes: &'b [u8],
    at: usize,
    /// How many units and collections are open.
    depth: usize,
}

impl<'b> Reader<'b> {
    fn refuse<T>(&self, why: impl Into<String>) -> Read<T> {
        self.refuse_at(self.at, why)
    }

    fn refuse_at<T>(&self, at: usize, why: impl Into<String>) -> Read<T> {
        Err(LoadError::Malformed { at, why: why.into() })
    }

    fn left(&self) -> usize {
        self.bytes.len() - self.at
    }

    fn take(&mut self, count: usize, what: &str) -> Read<&'b [u8]> {
        if count > self.left() {
            let left = self.left();
            return self.refuse(format!("{what} of {count} bytes where {left} are left"));
        }
        let taken = &self.bytes[self.at..self.at + count];
        self.at += count;
        Ok(taken)
    }

    fn byte(&mut self, what: &str) -> Read<u8> {
        match self.bytes.get(self.at) {
            Some(&byte) => {
                self.at += 1;
                Ok(byte)
            }
            None => self.refuse(format!("the end, where {what} should be")),
        }
    }

    /// A number up to `most`.
    fn number(&mut self, most: u64, what: &str) -> Read<u64> {
        let start = self.at;
        let mut number = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte(what)?;
            let bits = u64::from(byte & 0x7f);
            if bits << shift >> shift != bits {
                break;
            }
            number |= bits << shift;
            if byte & 0x80 != 0 {
                continue;
            }
            if byte == 0 && shift > 0 {
                return self.refuse_at(start, format!("{what} that is written too long"));
            }
            if number > most {
                break;
            }
            return Ok(number);
        }
        self.refuse_at(start, format!("{what} beyond {most}"))
    }

    fn half(&mut self, what: &str) -> Read<u16> {
        Ok(self.number(u64::from(u16::MAX), what)? as u16)
    }

    fn word(&mut self, what: &str) -> Read<u32> {
        Ok(self.number(u64::from(u32::MAX), what)? as u32)
    }

    fn signed(&mut self, what: &str) -> Read<i64> {
        let number = self.number(u64::MAX, what)?;
        Ok((number >> 1) as i64 ^ -((number & 1) as i64))
    }

    /// The number at this distance from another.
    fn step(&mut self, from: u32, what: &str) -> Read<u32> {
        let start = self.at;
        match i32::try_from(self.signed(what)?) {
            Ok(step) => Ok(from.wrapping_add(step as u32)),
            Err(_) => self.refuse_at(start, format!("{what} out of range")),
        }
    }

    /// How many items of at least `each` bytes follow.
    fn count(&mut self, each: usize, what: &str) -> Read<usize> {
        let start = self.at;
        let count = self.number(u64::MAX, what)?;
        let left = self.left();
        match usize::try_from(count) {
            Ok(count) if count <= left / each => Ok(count),
            _ => self.refuse_at(start, format!("{count} {what} where {left} bytes are left")),
        }
    }

    fn list<T>(
        &mut self,
        each: usize,
        what: &str,
        mut item: impl FnMut(&mut Self) -> Read<T>,
    ) -> Read<Vec<T>> {
        let count = self.count(each, what)?;
        let mut items = Vec::new();
        if items.try_reserve_exact(count).is_err() {
            return self.refuse(format!("no memory for {count} {what}"));
        }
        for _ in 0..count {
            items.push(item(self)?);
        }
        Ok(items)
    }

    fn run_of_bytes(&mut self, what: &str) -> Read<&'b [u8]> {
        let count = self.count(1, what)?;
        self.take(count, what)
    }

    fn utf8(&self, start: usize, bytes: &'b [u8], what: &str) -> Read<&'b str> {
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(text),
            Err(error) => self.refuse_at(start + error.valid_up_to(), format!("{what} that is no UTF-8")),
        }
    }

    fn text(&mut self, what: &str) -> Read<Box<str>> {
        let bytes = self.run_of_bytes(what)?;
        Ok(self.utf8(self.at - bytes.len(), bytes, what)?.into())
    }

    /// A text that may be missing.
    fn optional(&mut self, what: &str) -> Read<Option<Box<str>>> {
        let start = self.at;
        let Some(count) = self.number(u64::MAX, what)?.checked_sub(1) else { return Ok(None) };
        let left = self.left();
        let Some(count) = usize::try_from(count).ok().filter(|count| *count <= left) else {
            return self.refuse_at(start, format!("{what} of {count} bytes where {left} are left"));
        };
        let start = self.at;
        let bytes = self.take(count, what)?;
        Ok(Some(self.utf8(start, bytes, what)?.into()))
    }

    /// Something that may hold things of its own kind.
    fn nested<T>(&mut self, body: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        if self.depth == MAX_DEPTH {
            return self.refuse(format!("units and constants nest more than {MAX_DEPTH} deep"));
        }
        self.depth += 1;
        let result = body(self);
        self.depth -= 1;
        result
    }

    /// A unit; `around` is the file name of the unit around it.
    fn unit(&mut self, around: Option<&str>) -> Read<CodeUnit> {
        let (name, qualname) = (self.text("a name")?, self.text("a qualified name")?);
        let start = self.at;
        let filename = match (self.optional("a file name")?, around) {
            (Some(own), Some(around)) if own.len() <= SHARED_NAME && *own == *around => {
                return self.refuse_at(start, "a file name that is the same as around the unit");
            }
            (Some(own), _) => own,
            (None, Some(around)) if around.len() <= SHARED_NAME => around.into(),
            (None, _) => return self.refuse_at(start, "no file name"),
        };
        let doc = self.optional("a docstring")?;
        let (first_line, flags) = (self.word("a line")?, self.word("flags")?);
        let stars = self.number(3, "the kinds of parameters")?;
        let params = Params {
            positional_only: self.half("a number of parameters")?,
            positional: self.half("a number of parameters")?,
            keyword_only: self.half("a number of parameters")?,
            var_positional: stars & 1 != 0,
            var_keyword: stars & 2 != 0,
        };
        let mut unit = CodeUnit {
            name,
            qualname,
            filename,
            doc,
            first_line,
            flags,
            params,
            registers: self.half("a number of registers")?,
            first_temp: self.half("a number of registers")?,
            caches: self.half("a number of caches")?,
            attribute_hint: self.half("a number of attributes")?,
            local_names: self.list(1, "names", |reader| reader.text("a name"))?,
            cell_registers: self.run_of_bytes("registers")?.to_vec(),
            free_registers: self.run_of_bytes("registers")?.to_vec(),
            words: self.words()?,
            names: self.list(1, "names", |reader| reader.text("a name"))?,
            handlers: self.list(4, "handlers", Self::handler)?,
            positions: self.positions()?,
            constants: Vec::new(),
        };
        unit.constants =
            self.nested(|reader| reader.list(1, "constants", |reader| reader.constant(&unit.filename)))?;
        Ok(unit)
    }

    fn words(&mut self) -> Read<Vec<u32>> {
        self.list(4, "instruction words", |reader| match *reader.take(4, "a word")? {
            [a, b, c, d] => Ok(u32::from_le_bytes([a, b, c, d])),
            _ => reader.refuse("a word that is cut"),
        })
    }

    fn handler(&mut self) -> Read<Handler> {
        let start = self.word("a handler's start")?;
        let end = self.step(start, "a handler's end")?;
        let target = self.step(end, "a handler's target")?;
        Ok(Handler { start, end, target, depth: self.byte("a handler's depth")? })
    }

    fn positions(&mut self) -> Read<Vec<Position>> {
        let mut before = Position::default();
        self.list(5, "positions", |reader| {
            let pc = reader.step(before.pc, "a position")?;
            let line = reader.step(before.line, "a line")?;
            let end_line = reader.step(line, "a line")?;
            let column = reader.word("a column")?;
            let end_column = reader.step(column, "a column")?;
            before = Position { pc, line, end_line, column, end_column };
            Ok(before)
        })
    }

    /// A constant of a unit with this file name.
    fn constant(&mut self, filename: &str) -> Read<Const> {
        let start = self.at;
        Ok(match self.byte("a constant")? {
            tag::NONE => Const::None,
            tag::FALSE => Const::Bool(false),
            tag::TRUE => Const::Bool(true),
            tag::ELLIPSIS => Const::Ellipsis,
            tag::INT => Const::Int(self.signed("an integer")?),
            tag::POSITIVE => self.big(Sign::Plus)?,
            tag::NEGATIVE => self.big(Sign::Minus)?,
            tag::FLOAT => Const::Float(self.float()?),
            tag::IMAGINARY => Const::Imaginary(self.float()?),
            tag::STR => Const::Str(self.text("a string")?),
            tag::WIDE => Const::Wide(self.list(1, "code points", Self::point)?.into()),
            tag::BYTES => Const::Bytes(self.run_of_bytes("bytes")?.into()),
            tag::TUPLE => Const::Tuple(self.items(filename)?),
            tag::FROZENSET => Const::FrozenSet(self.items(filename)?),
            tag::CODE => Const::Code(Box::new(self.unit(Some(filename))?)),
            unknown => return self.refuse_at(start, format!("an unknown kind of constant, {unknown},")),
        })
    }

    fn items(&mut self, filename: &str) -> Read<Box<[Const]>> {
        let items = self.nested(|reader| reader.list(1, "items", |reader| reader.constant(filename)))?;
        Ok(items.into())
    }

    fn point(&mut self) -> Read<u32> {
        Ok(self.number(0x10_ffff, "a code point")? as u32)
    }

    fn big(&mut self, sign: Sign) -> Read<Const> {
        let start = self.at;
        let magnitude = self.run_of_bytes("bytes of an integer")?;
        let value = BigInt::from_bytes_le(sign, magnitude);
        if magnitude.last() == Some(&0) || value.to_i64().is_some() {
            return self.refuse_at(start, "an integer that is written too long");
        }
        Ok(Const::BigInt(value))
    }

    /// A float; NaNs are all the same one.
    fn float(&mut self) -> Read<f64> {
        let mut bits = [0; 8];
        bits.copy_from_slice(self.take(8, "a float")?);
        let value = f64::from_bits(u64::from_le_bytes(bits));
        Ok(if value.is_nan() { f64::NAN } else { value })
    }
}
