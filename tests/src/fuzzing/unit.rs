//! Code units as bytes, for the fuzzer: any bytes are some unit, and each unit of moderate size has bytes.
//!
//! No format to keep programs in: it has no version, and only the fuzzer's corpus is written in it.

use taipan::bytecode::{CodeUnit, Const, Handler, Params, Position};

/// How deep units nest.
const DEPTH: usize = 3;

/// The unit that these bytes are; what is missing at the end counts as zeros.
pub fn decode(data: &[u8]) -> CodeUnit {
    Reader(data).unit(DEPTH)
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn byte(&mut self) -> u8 {
        match self.0.split_first() {
            Some((&byte, rest)) => {
                self.0 = rest;
                byte
            }
            None => 0,
        }
    }

    fn half(&mut self) -> u16 {
        u16::from_le_bytes([self.byte(), self.byte()])
    }

    fn word(&mut self) -> u32 {
        self.half() as u32 | (self.half() as u32) << 16
    }

    fn text(&mut self) -> Box<str> {
        let bytes: Vec<u8> = (0..self.byte() % 32).map(|_| self.byte()).collect();
        String::from_utf8_lossy(&bytes).into()
    }

    fn list<T>(&mut self, mut item: impl FnMut(&mut Self) -> T) -> Vec<T> {
        let mut items = Vec::new();
        for _ in 0..self.half() % 2048 {
            if self.0.is_empty() {
                break;
            }
            items.push(item(self));
        }
        items
    }

    fn unit(&mut self, depth: usize) -> CodeUnit {
        let name = self.text();
        CodeUnit {
            qualname: name.clone(),
            name,
            filename: "fuzz.py".into(),
            first_line: 1,
            params: Params {
                positional_only: self.byte() as u16,
                positional: self.byte() as u16,
                keyword_only: self.byte() as u16,
                var_positional: self.byte() & 1 != 0,
                var_keyword: self.byte() & 1 != 0,
            },
            registers: self.half(),
            first_temp: self.half(),
            flags: self.word(),
            caches: self.half(),
            attribute_hint: self.half(),
            doc: None,
            local_names: self.list(Self::text),
            cell_registers: self.list(Self::byte),
            free_registers: self.list(Self::byte),
            words: self.list(Self::word),
            names: self.list(Self::text),
            handlers: self.list(|r| Handler {
                start: r.half() as u32,
                end: r.half() as u32,
                target: r.half() as u32,
                depth: r.byte(),
            }),
            positions: self.list(|r| Position {
                pc: r.half() as u32,
                line: r.half() as u32,
                end_line: r.half() as u32,
                column: r.byte() as u32,
                end_column: r.byte() as u32,
            }),
            constants: self.list(|r| r.constant(depth)),
        }
    }

    fn constant(&mut self, depth: usize) -> Const {
        match self.byte() % 12 {
            1 => Const::Bool(self.byte() & 1 != 0),
            2 => Const::Ellipsis,
            3 => Const::Int((self.word() as u64 | (self.word() as u64) << 32) as i64),
            4 => Const::BigInt(num_bigint::BigInt::from(self.word()) << 70),
            5 => Const::Float(f64::from_bits(self.word() as u64 | (self.word() as u64) << 32)),
            6 => Const::Str(self.text()),
            7 => Const::Wide(Box::new([self.word() % 0x11_0000, 0xd800])),
            8 => Const::Bytes(self.list(Self::byte).into()),
            9 if depth > 0 => Const::Tuple(self.list(|r| r.constant(depth - 1)).into()),
            10 if depth > 0 => Const::FrozenSet(self.list(|r| r.constant(depth - 1)).into()),
            11 if depth > 0 => Const::Code(Box::new(self.unit(depth - 1))),
            _ => Const::None,
        }
    }
}

/// The bytes of a unit, as far as they can say it: names and texts are cut, large numbers are others.
pub fn encode(unit: &CodeUnit) -> Vec<u8> {
    let mut writer = Writer(Vec::new());
    writer.unit(unit);
    writer.0
}

struct Writer(Vec<u8>);

impl Writer {
    fn byte(&mut self, byte: u8) {
        self.0.push(byte);
    }

    fn half(&mut self, half: u16) {
        self.0.extend(half.to_le_bytes());
    }

    fn word(&mut self, word: u32) {
        self.0.extend(word.to_le_bytes());
    }

    fn long(&mut self, long: u64) {
        self.0.extend(long.to_le_bytes());
    }

    fn text(&mut self, text: &str) {
        let mut end = text.len().min(31);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        self.byte(end as u8);
        self.0.extend(&text.as_bytes()[..end]);
    }

    fn list<T>(&mut self, items: &[T], mut item: impl FnMut(&mut Self, &T)) {
        let items = &items[..items.len().min(2047)];
        self.half(items.len() as u16);
        items.iter().for_each(|each| item(self, each));
    }

    fn unit(&mut self, unit: &CodeUnit) {
        self.text(&unit.name);
        let params = unit.params;
        for count in [params.positional_only, params.positional, params.keyword_only] {
            self.byte(count as u8);
        }
        self.byte(params.var_positional as u8);
        self.byte(params.var_keyword as u8);
        self.half(unit.registers);
        self.half(unit.first_temp);
        self.word(unit.flags);
        self.half(unit.caches);
        self.half(unit.attribute_hint);
        self.list(&unit.local_names, |w, name| w.text(name));
        self.list(&unit.cell_registers, |w, &register| w.byte(register));
        self.list(&unit.free_registers, |w, &register| w.byte(register));
        self.list(&unit.words, |w, &word| w.word(word));
        self.list(&unit.names, |w, name| w.text(name));
        self.list(&unit.handlers, |w, handler| {
            for place in [handler.start, handler.end, handler.target] {
                w.half(place as u16);
            }
            w.byte(handler.depth);
        });
        self.list(&unit.positions, |w, position| {
            for number in [position.pc, position.line, position.end_line] {
                w.half(number as u16);
            }
            w.byte(position.column as u8);
            w.byte(position.end_column as u8);
        });
        self.list(&unit.constants, Self::constant);
    }

    fn constant(&mut self, constant: &Const) {
        match constant {
            Const::Bool(value) => self.0.extend([1, *value as u8]),
            Const::Ellipsis => self.byte(2),
            Const::Int(value) => {
                self.byte(3);
                self.long(*value as u64);
            }
            Const::BigInt(_) => {
                self.byte(4);
                self.word(1);
            }
            Const::Float(value) => {
                self.byte(5);
                self.long(value.to_bits());
            }
            Const::Str(text) => {
                self.byte(6);
                self.text(text);
            }
            Const::Wide(points) => {
                self.byte(7);
                self.word(points.first().copied().unwrap_or(0));
            }
            Const::Bytes(bytes) => {
                self.byte(8);
                self.list(bytes, |w, &byte| w.byte(byte));
            }
            Const::Tuple(items) => {
                self.byte(9);
                self.list(items, Self::constant);
            }
            Const::FrozenSet(items) => {
                self.byte(10);
                self.list(items, Self::constant);
            }
            Const::Code(unit) => {
                self.byte(11);
                self.unit(unit);
            }
            Const::None | Const::Imaginary(_) => self.byte(0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};
    use taipan::compile::{compile_source, Options};
    use taipan::syntax::Mode;

    #[test]
    fn compiled_units_survive_the_trip() {
        let source = "def f(a, *b, c=1):\n    try:\n        return [x + a for x in b], 'text', 2.5\n    finally:\n        c.d\n";
        let unit = compile_source(source, "fuzz.py", Mode::Exec, Options::default()).expect("it compiles");
        let again = decode(&encode(&unit));
        assert_eq!((&again.words, &again.names, &again.handlers), (&unit.words, &unit.names, &unit.handlers));
        assert!(taipan::bytecode::verify::verify(&again).is_ok());
        assert_eq!(encode(&again), encode(&unit));
    }

    #[test]
    fn any_bytes_are_a_unit() {
        for seed in 0..200 {
            let mut random = crate::generate::Random::new(seed);
            let bytes: Vec<u8> = (0..random.below(300)).map(|_| random.bits() as u8).collect();
            let _ = taipan::bytecode::verify::verify(&decode(&bytes));
        }
        assert_eq!(decode(&[]).words, []);
    }
}
