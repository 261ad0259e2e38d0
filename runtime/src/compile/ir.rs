//! The intermediate form that the code generator writes: instructions over virtual registers and labels.
//!
//! The numbers of hidden locals and of temporaries are known only when a unit is finished, so registers carry their
//! class here and become plain numbers in [`assemble`](super::assemble). Every instruction names the handler that
//! covers it; ranges of the exception table come out of that.

use crate::bytecode::{Const, Op};
use ruff_text_size::TextRange;
use std::collections::HashMap;

const HIDDEN: u32 = 0x1000;
const TEMP: u32 = 0x2000;
const CLASS: u32 = 0x3000;

/// A virtual register: a local, a hidden local or a temporary.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub(super) struct Reg(u32);

impl Reg {
    pub(super) fn local(number: usize) -> Reg {
        Reg(number as u32 & 0xfff)
    }

    pub(super) fn hidden(number: usize) -> Reg {
        Reg(HIDDEN | number as u32 & 0xfff)
    }

    pub(super) fn temp(number: usize) -> Reg {
        Reg(TEMP | number as u32 & 0xfff)
    }

    pub(super) fn is_local(self) -> bool {
        self.0 & CLASS == 0
    }

    pub(super) fn is_temp(self) -> bool {
        self.0 & CLASS == TEMP
    }

    /// The register after this one, of the same class.
    pub(super) fn next(self, by: usize) -> Reg {
        Reg(self.0 + by as u32)
    }

    /// Its number when locals, then hidden locals, then temporaries are counted.
    pub(super) fn number(raw: u32, locals: usize, hidden: usize) -> usize {
        let index = (raw & 0xfff) as usize;
        match raw & CLASS {
            HIDDEN => locals + index,
            TEMP => locals + hidden + index,
            _ => index,
        }
    }

    /// The local's number in an operand, if it is a local.
    pub(super) fn local_in(raw: u32) -> Option<usize> {
        (raw & CLASS == 0).then_some(raw as usize)
    }
}

/// An operand: a register, the index of a constant, or a number.
#[derive(Clone, Copy)]
pub(super) struct Arg(pub(super) u32);

impl From<Reg> for Arg {
    fn from(reg: Reg) -> Arg {
        Arg(reg.0)
    }
}

impl From<u32> for Arg {
    fn from(number: u32) -> Arg {
        Arg(number)
    }
}

impl From<i32> for Arg {
    fn from(number: i32) -> Arg {
        Arg(number as u32)
    }
}

impl From<bool> for Arg {
    fn from(flag: bool) -> Arg {
        Arg(u32::from(flag))
    }
}

/// A place in the code, bound or yet to be bound.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Label(pub(super) u32);

/// The position of a label that has not been bound.
pub(super) const UNBOUND: u32 = u32::MAX;

/// One instruction.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ins {
    pub(super) op: Op,
    /// Operands a, b, c; a jump's label is in `ext`.
    pub(super) args: [u32; 3],
    /// A name, a constant, a number or a label, as the format says.
    pub(super) ext: u32,
    /// Index of the handler that covers it, plus 1; 0: none.
    pub(super) handler: u32,
    /// Where it comes from.
    pub(super) at: TextRange,
}

/// Where exceptions go, and what is kept.
#[derive(Clone, Copy, Debug)]
pub(super) struct Target {
    pub(super) label: Label,
    /// How many hidden locals are kept.
    pub(super) depth: usize,
}

/// The constants of a unit, each kept once.
#[derive(Default)]
pub(super) struct Constants {
    items: Vec<Const>,
    known: HashMap<Vec<u8>, u32>,
    /// Whether a constant is used as an 8-bit operand, and so must be among the first 256.
    short: Vec<bool>,
    shorts: usize,
}

impl Constants {
    pub(super) fn id(&mut self, value: Const) -> u32 {
        let mut key = Vec::new();
        if !write_key(&value, &mut key) {
            return self.push(value);
        }
        if let Some(id) = self.known.get(&key) {
            return *id;
        }
        let id = self.push(value);
        self.known.insert(key, id);
        id
    }

    fn push(&mut self, value: Const) -> u32 {
        self.items.push(value);
        self.short.push(false);
        self.items.len() as u32 - 1
    }

    /// The id of a constant for an 8-bit operand, if there is room for one.
    pub(super) fn short_id(&mut self, value: &Const) -> Option<u32> {
        if self.shorts >= 256 {
            return None;
        }
        let id = self.id(value.clone());
        let short = &mut self.short[id as usize];
        if !*short {
            *short = true;
            self.shorts += 1;
        }
        Some(id)
    }

    pub(super) fn len(&self) -> usize {
        self.items.len()
    }

    pub(super) fn is_short(&self, id: usize) -> bool {
        self.short[id]
    }

    /// Takes the constants out, in the order that `order` gives by old ids.
    pub(super) fn take(self, order: &[u32]) -> Vec<Const> {
        let mut items: Vec<Option<Const>> = self.items.into_iter().map(Some).collect();
        order.iter().filter_map(|id| items[*id as usize].take()).collect()
    }
}

/// Writes what identifies a constant; `false` for code, which is never shared.
pub(super) fn write_key(value: &Const, key: &mut Vec<u8>) -> bool {
    let (tag, bytes): (u8, Vec<u8>) = match value {
        Const::None => (0, Vec::new()),
        Const::Bool(value) => (1, vec![u8::from(*value)]),
        Const::Ellipsis => (2, Vec::new()),
        Const::Int(value) => (3, value.to_le_bytes().to_vec()),
        Const::BigInt(value) => (4, value.to_signed_bytes_le()),
        Const::Float(value) => (5, value.to_bits().to_le_bytes().to_vec()),
        Const::Imaginary(value) => (6, value.to_bits().to_le_bytes().to_vec()),
        Const::Str(value) => (7, value.as_bytes().to_vec()),
        Const::Wide(value) => (8, value.iter().flat_map(|c| c.to_le_bytes()).collect()),
        Const::Bytes(value) => (9, value.to_vec()),
        Const::Tuple(items) | Const::FrozenSet(items) => {
            key.push(if matches!(value, Const::Tuple(_)) { 10 } else { 11 });
            key.extend((items.len() as u64).to_le_bytes());
            return items.iter().all(|item| write_key(item, key));
        }
        Const::Code(_) => return false,
    };
    key.push(tag);
    key.extend((bytes.len() as u64).to_le_bytes());
    key.extend(bytes);
    true
}

/// The names of globals and attributes of a unit, each kept once.
#[derive(Default)]
pub(super) struct Names {
    pub(super) items: Vec<Box<str>>,
    known: HashMap<Box<str>, u32>,
}

impl Names {
    pub(super) fn id(&mut self, name: &str) -> u32 {
        if let Some(id) = self.known.get(name) {
            return *id;
        }
        let id = self.items.len() as u32;
        self.items.push(name.into());
        self.known.insert(name.into(), id);
        id
    }
}
