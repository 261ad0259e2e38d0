//! The operators of `int` as methods: `int.__add__` and its kin. What is no int gives `NotImplemented`.

use super::common::{not_implemented, Res};
use super::convert::{exact, int_kind, With};
use super::int_type::{self_int, view};
use crate::object::compare::{self, CompareOp};
use crate::object::native::Args;
use crate::object::number::{self, BinaryOp};
use crate::object::raise::Raised;
use crate::object::{int, tuple};
use crate::text::int::divide_modulo;
use taipan_gc::{Cx, Handle};

/// Both operands as exact ints; `None` when the other is none.
fn operands<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Result<Option<(Handle<'s>, Handle<'s>)>, Raised> {
    let left = self_int(cx, args)?;
    let right = args.at(cx, 1);
    if !int_kind(cx, right.get(cx)) {
        return Ok(None);
    }
    Ok(Some((left, exact(cx, right))))
}

fn binary<'s>(cx: &mut Cx<'s>, args: &Args<'s>, op: BinaryOp, swapped: bool) -> Res<'s> {
    match operands(cx, args)? {
        Some((a, b)) if swapped => number::binary(cx, op, b, a),
        Some((a, b)) => number::binary(cx, op, a, b),
        None => Ok(not_implemented(cx)),
    }
}

macro_rules! binaries {
    ($($name:ident $reversed:ident $op:ident;)*) => { $(
        pub(super) fn $name<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
            binary(cx, args, BinaryOp::$op, false)
        }
        pub(super) fn $reversed<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
            binary(cx, args, BinaryOp::$op, true)
        }
    )* };
}
binaries! {
    add radd Add; sub rsub Sub; mul rmul Mul; truediv rtruediv TrueDiv; floordiv rfloordiv FloorDiv;
    modulo rmodulo Mod; and rand And; or ror Or; xor rxor Xor; lshift rlshift Shl; rshift rrshift Shr;
}

fn divide<'s>(cx: &mut Cx<'s>, a: Handle<'s>, b: Handle<'s>) -> Res<'s> {
    let parts = view(cx, a, |a| view(cx, b, |b| divide_modulo(a, b)));
    let (quotient, rest) = parts.with(cx)?;
    let quotient = int::from_int(cx, quotient)?;
    let rest = int::from_int(cx, rest)?;
    Ok(tuple::new(cx, &[quotient, rest])?.any())
}

pub(super) fn divmod<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    match operands(cx, args)? {
        Some((a, b)) => divide(cx, a, b),
        None => Ok(not_implemented(cx)),
    }
}

pub(super) fn rdivmod<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    match operands(cx, args)? {
        Some((a, b)) => divide(cx, b, a),
        None => Ok(not_implemented(cx)),
    }
}

fn power<'s>(cx: &mut Cx<'s>, args: &Args<'s>, swapped: bool) -> Res<'s> {
    let Some((mut a, mut b)) = operands(cx, args)? else { return Ok(not_implemented(cx)) };
    if swapped {
        (a, b) = (b, a);
    }
    match args.some(cx, 2) {
        None => number::binary(cx, BinaryOp::Pow, a, b),
        Some(modulus) if int_kind(cx, modulus.get(cx)) => {
            let modulus = exact(cx, modulus);
            number::power3(cx, a, b, modulus)
        }
        Some(_) => Ok(not_implemented(cx)),
    }
}

pub(super) fn pow<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    power(cx, args, false)
}

pub(super) fn rpow<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    power(cx, args, true)
}

pub(super) fn neg<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let value = self_int(cx, args)?;
    number::negate(cx, value)
}

pub(super) fn abs<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let value = self_int(cx, args)?;
    number::absolute(cx, value)
}

pub(super) fn invert<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let value = self_int(cx, args)?;
    number::invert(cx, value)
}

macro_rules! comparisons {
    ($($name:ident $op:ident;)*) => { $(
        pub(super) fn $name<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
            match operands(cx, args)? {
                Some((a, b)) => compare::rich(cx, CompareOp::$op, a, b),
                None => Ok(not_implemented(cx)),
            }
        }
    )* };
}
comparisons! { eq Eq; ne Ne; lt Lt; le Le; gt Gt; ge Ge; }
