//! Constant folding: what can be computed before the program runs, exactly as it would be computed then.
//!
//! Never to an error (`1 // 0` is left for run time) and never to anything large.

use crate::bytecode::Const;
use num_bigint::{BigInt, Sign};
use num_integer::Integer;
use num_traits::{Pow, Signed, ToPrimitive, Zero};
use ruff_python_ast::{Operator, UnaryOp};

/// The largest integer that is folded, in bits.
const MAX_BITS: u64 = 128;
/// The longest string or bytes that repetition is folded to.
const MAX_TEXT: usize = 4096;
/// The longest string that concatenation is folded to.
const MAX_JOINED: usize = 1 << 16;
/// The longest tuple that is folded.
const MAX_TUPLE: usize = 256;

/// A constant integer in its canonical form.
pub(super) fn integer(value: BigInt) -> Const {
    match value.to_i64() {
        Some(small) => Const::Int(small),
        None => Const::BigInt(value),
    }
}

/// The truth of a constant.
pub(super) fn truth(value: &Const) -> bool {
    match value {
        Const::None => false,
        Const::Bool(value) => *value,
        Const::Int(value) => *value != 0,
        Const::BigInt(value) => !value.is_zero(),
        Const::Float(value) | Const::Imaginary(value) => *value != 0.0,
        Const::Str(value) => !value.is_empty(),
        Const::Wide(value) => !value.is_empty(),
        Const::Bytes(value) => !value.is_empty(),
        Const::Tuple(items) | Const::FrozenSet(items) => !items.is_empty(),
        Const::Ellipsis | Const::Code(_) => true,
    }
}

fn big(value: &Const) -> Option<BigInt> {
    match value {
        Const::Int(value) => Some(BigInt::from(*value)),
        Const::BigInt(value) => Some(value.clone()),
        Const::Bool(value) => Some(BigInt::from(u8::from(*value))),
        _ => None,
    }
}

/// A number as a float, when it is one or is an integer that a float holds exactly.
fn float(value: &Const) -> Option<f64> {
    match value {
        Const::Float(value) => Some(*value),
        Const::Int(value) if value.unsigned_abs() <= 1 << 53 => Some(*value as f64),
        Const::Bool(value) => Some(f64::from(u8::from(*value))),
        _ => None,
    }
}

/// A unary operation on a constant.
pub(super) fn unary(op: UnaryOp, value: &Const) -> Option<Const> {
    match (op, value) {
        (UnaryOp::Not, Const::Code(_)) => None,
        (UnaryOp::Not, value) => Some(Const::Bool(!truth(value))),
        (UnaryOp::USub, Const::Float(value)) => Some(Const::Float(-value)),
        (UnaryOp::UAdd, Const::Float(value)) => Some(Const::Float(*value)),
        (UnaryOp::UAdd, Const::Imaginary(value)) => Some(Const::Imaginary(*value)),
        (UnaryOp::USub, value) => Some(integer(-big(value)?)),
        (UnaryOp::UAdd, value) => Some(integer(big(value)?)),
        (UnaryOp::Invert, value) => Some(integer(-big(value)? - 1)),
    }
}

/// A binary operation on constants.
pub(super) fn binary(op: Operator, left: &Const, right: &Const) -> Option<Const> {
    match (left, right) {
        (Const::Str(_), _) | (Const::Bytes(_), _) | (Const::Tuple(_), _) => sequence(op, left, right),
        (_, Const::Str(_)) | (_, Const::Bytes(_)) | (_, Const::Tuple(_)) if op == Operator::Mult => {
            sequence(op, right, left)
        }
        (Const::Float(_), _) | (_, Const::Float(_)) => floats(op, float(left)?, float(right)?),
        (Const::Bool(left), Const::Bool(right)) if op != Operator::Div => bools(op, *left, *right),
        _ if op == Operator::Div => {
            let (left, right) = (float(left)?, float(right)?);
            (right != 0.0).then_some(Const::Float(left / right))
        }
        _ => integers(op, &big(left)?, &big(right)?),
    }
}

/// `&`, `|` and `^` of bools are bools.
fn bools(op: Operator, left: bool, right: bool) -> Option<Const> {
    Some(Const::Bool(match op {
        Operator::BitAnd => left & right,
        Operator::BitOr => left | right,
        Operator::BitXor => left ^ right,
        _ => return integers(op, &BigInt::from(u8::from(left)), &BigInt::from(u8::from(right))),
    }))
}

fn integers(op: Operator, left: &BigInt, right: &BigInt) -> Option<Const> {
    let bits = left.bits() + right.bits();
    let value = match op {
        Operator::Add => left + right,
        Operator::Sub => left - right,
        Operator::Mult if bits <= MAX_BITS => left * right,
        Operator::FloorDiv if !right.is_zero() => left.div_floor(right),
        Operator::Mod if !right.is_zero() => left.mod_floor(right),
        Operator::BitAnd => left & right,
        Operator::BitOr => left | right,
        Operator::BitXor => left ^ right,
        Operator::LShift if right.sign() != Sign::Minus => {
            let by = right.to_u64()?;
            if by.checked_add(left.bits())? > MAX_BITS {
                return None;
            }
            left << by
        }
        Operator::RShift if right.sign() != Sign::Minus => left >> right.to_u64()?,
        Operator::Pow if !right.is_negative() => {
            let by = right.to_u32()?;
            if left.bits().checked_mul(u64::from(by))? > MAX_BITS {
                return None;
            }
            Pow::pow(left, by)
        }
        _ => return None,
    };
    (value.bits() <= MAX_BITS.max(bits)).then(|| integer(value))
}

fn floats(op: Operator, left: f64, right: f64) -> Option<Const> {
    Some(Const::Float(match op {
        Operator::Add => left + right,
        Operator::Sub => left - right,
        Operator::Mult => left * right,
        Operator::Div if right != 0.0 => left / right,
        _ => return None,
    }))
}

/// Concatenation and repetition.
fn sequence(op: Operator, left: &Const, right: &Const) -> Option<Const> {
    match (op, left, right) {
        (Operator::Add, Const::Str(a), Const::Str(b)) if a.len() + b.len() <= MAX_JOINED => {
            Some(Const::Str(format!("{a}{b}").into()))
        }
        (Operator::Add, Const::Bytes(a), Const::Bytes(b)) if a.len() + b.len() <= MAX_JOINED => {
            Some(Const::Bytes([&a[..], &b[..]].concat().into()))
        }
        (Operator::Add, Const::Tuple(a), Const::Tuple(b)) if a.len() + b.len() <= MAX_TUPLE => {
            Some(Const::Tuple([&a[..], &b[..]].concat().into()))
        }
        (Operator::Mult, sequence, Const::Int(times)) => {
            let times = usize::try_from(*times).unwrap_or(0);
            let fits = |len: usize, most: usize| len.checked_mul(times).is_some_and(|total| total <= most);
            match sequence {
                Const::Str(text) if fits(text.len(), MAX_TEXT) => Some(Const::Str(text.repeat(times).into())),
                Const::Bytes(bytes) if fits(bytes.len(), MAX_TEXT) => {
                    Some(Const::Bytes(bytes.repeat(times).into()))
                }
                Const::Tuple(items) if fits(items.len(), MAX_TUPLE) && items.iter().all(is_plain) => {
                    // However often nothing is repeated, it is done at once.
                    let times = if items.is_empty() { 0 } else { times };
                    Some(Const::Tuple((0..times).flat_map(|_| items.iter().cloned()).collect()))
                }
                _ => None,
            }
        }
        _ => None,
    }
}

/// Whether copying a constant is cheap: no tuple within a tuple is multiplied.
fn is_plain(value: &Const) -> bool {
    !matches!(value, Const::Tuple(_) | Const::FrozenSet(_))
}
