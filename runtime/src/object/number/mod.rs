//! Arithmetic: builtin types first, then the `__op__`/`__rop__` protocol of the data model.

mod protocol;
mod scalar;
mod sequence;
mod unary;

pub(crate) use protocol::binary_after_left;
pub use protocol::{binary, binary_builtin, inplace, power3};
pub(crate) use scalar::quick_big;
pub(crate) use sequence::quick_join;
pub use sequence::{concat_bytes, repeated_len, repetitions};
pub use unary::{
    absolute, as_float, as_index, as_index_big, index_clamped, index_i64, invert, negate, positive, try_float,
};

use super::names::{self, NameId};

/// A binary operator.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BinaryOp {
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`
    TrueDiv,
    /// `//`
    FloorDiv,
    /// `%`
    Mod,
    /// `**`
    Pow,
    /// `&`
    And,
    /// `|`
    Or,
    /// `^`
    Xor,
    /// `<<`
    Shl,
    /// `>>`
    Shr,
    /// `@`
    MatMul,
}

/// Sign, `__op__`, `__rop__`, `__iop__` of each operator, in the order of [`BinaryOp`].
const OPERATORS: [(&str, NameId, NameId, NameId); 13] = [
    ("+", names::ADD, names::RADD, names::IADD),
    ("-", names::SUB, names::RSUB, names::ISUB),
    ("*", names::MUL, names::RMUL, names::IMUL),
    ("/", names::TRUEDIV, names::RTRUEDIV, names::ITRUEDIV),
    ("//", names::FLOORDIV, names::RFLOORDIV, names::IFLOORDIV),
    ("%", names::MOD, names::RMOD, names::IMOD),
    ("**", names::POW, names::RPOW, names::IPOW),
    ("&", names::AND, names::RAND, names::IAND),
    ("|", names::OR, names::ROR, names::IOR),
    ("^", names::XOR, names::RXOR, names::IXOR),
    ("<<", names::LSHIFT, names::RLSHIFT, names::ILSHIFT),
    (">>", names::RSHIFT, names::RRSHIFT, names::IRSHIFT),
    ("@", names::MATMUL, names::RMATMUL, names::IMATMUL),
];

impl BinaryOp {
    /// The operator as written.
    pub fn sign(self) -> &'static str {
        OPERATORS[self as usize].0
    }

    /// `__op__`
    pub fn name(self) -> NameId {
        OPERATORS[self as usize].1
    }

    /// `__rop__`
    pub fn reflected(self) -> NameId {
        OPERATORS[self as usize].2
    }

    /// `__iop__`
    pub fn inplace(self) -> NameId {
        OPERATORS[self as usize].3
    }
}
