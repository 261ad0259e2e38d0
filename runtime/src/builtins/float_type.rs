//! `float`: making floats, their methods and operators.

use super::common::{fail, not_implemented, string, Res};
use super::convert::{exact, float_value, index, index_opt, instance_of, int_kind, With};
use super::int_type::float_of;
use super::{format, repr};
use crate::object::compare::{self, CompareOp};
use crate::object::native::{self, Args, NativeDef};
use crate::object::number::{self, BinaryOp};
use crate::object::raise::Raised;
use crate::object::{bool, buffer, bytes, call, class, classes, float, int, names, str, tuple};
use crate::text::float::{
    as_integer_ratio, from_hex, parse_float_bytes, parse_float_text, round_to_digits, round_to_int, to_hex,
    truncate_to_int,
};
use num_traits::{Signed, ToPrimitive};
use taipan_gc::{Cx, Handle};

/// Methods of `float`.
pub(crate) const METHODS: &[NativeDef] = &[
    NativeDef::new_static("__new__", new, "cls, x=, /"),
    NativeDef::new("__repr__", repr_of, "self, /"),
    NativeDef::new("__format__", format_spec, "self, format_spec, /"),
    NativeDef::new("__hash__", hash, "self, /"),
    NativeDef::new("__bool__", truth, "self, /"),
    NativeDef::new("__int__", trunc, "self, /"),
    NativeDef::new("__trunc__", trunc, "self, /"),
    NativeDef::new("__floor__", floor, "self, /"),
    NativeDef::new("__ceil__", ceil, "self, /"),
    NativeDef::new("__float__", itself, "self, /"),
    NativeDef::new("__pos__", itself, "self, /"),
    NativeDef::new("__neg__", neg, "self, /"),
    NativeDef::new("__abs__", abs, "self, /"),
    NativeDef::new("__round__", round, "self, ndigits=None, /"),
    NativeDef::new("__getnewargs__", getnewargs, "self, /"),
    NativeDef::new("__eq__", eq, "self, value, /"),
    NativeDef::new("__ne__", ne, "self, value, /"),
    NativeDef::new("__lt__", lt, "self, value, /"),
    NativeDef::new("__le__", le, "self, value, /"),
    NativeDef::new("__gt__", gt, "self, value, /"),
    NativeDef::new("__ge__", ge, "self, value, /"),
    NativeDef::new("__add__", add, "self, value, /"),
    NativeDef::new("__radd__", radd, "self, value, /"),
    NativeDef::new("__sub__", sub, "self, value, /"),
    NativeDef::new("__rsub__", rsub, "self, value, /"),
    NativeDef::new("__mul__", mul, "self, value, /"),
    NativeDef::new("__rmul__", rmul, "self, value, /"),
    NativeDef::new("__truediv__", truediv, "self, value, /"),
    NativeDef::new("__rtruediv__", rtruediv, "self, value, /"),
    NativeDef::new("__floordiv__", floordiv, "self, value, /"),
    NativeDef::new("__rfloordiv__", rfloordiv, "self, value, /"),
    NativeDef::new("__mod__", modulo, "self, value, /"),
    NativeDef::new("__rmod__", rmodulo, "self, value, /"),
    NativeDef::new("__divmod__", divmod, "self, value, /"),
    NativeDef::new("__rdivmod__", rdivmod, "self, value, /"),
    NativeDef::new("__pow__", pow, "self, value, mod=None, /"),
    NativeDef::new("__rpow__", rpow, "self, value, mod=None, /"),
    NativeDef::new("as_integer_ratio", ratio, "self, /"),
    NativeDef::new("conjugate", itself, "self, /"),
    NativeDef::new_class("fromhex", fromhex, "cls, string, /"),
    NativeDef::new("hex", hex, "self, /"),
    NativeDef::new("is_integer", is_integer, "self, /"),
    NativeDef::getter("real", itself),
    NativeDef::getter("imag", zero),
];

fn self_float(cx: &mut Cx<'_>, args: &Args<'_>) -> Result<f64, Raised> {
    let found = args.get(cx, 0).and_then(|v| float_value(cx, v.get(cx)));
    match found {
        Some(x) => Ok(x),
        None => Err(native::wrong_self(cx, args, "float")),
    }
}

/// The value as a C double, as natives that take one convert it; `None` when it is no number.
fn double_opt(cx: &mut Cx<'_>, value: Handle<'_>) -> Result<Option<f64>, Raised> {
    if let Some(x) = float_value(cx, value.get(cx)) {
        return Ok(Some(x));
    }
    cx.scoped(|cx| {
        let local = value.get(cx);
        if int_kind(cx, local) && local.shape().is_none_or(|s| s.0 < taipan_gc::STATIC_SHAPES) {
            let whole = exact(cx, value);
            return float_of(cx, whole).map(Some);
        }
        if let Some(found) = call::call_special(cx, value, names::FLOAT, &[])? {
            return match float_value(cx, found.get(cx)) {
                Some(x) => Ok(Some(x)),
                None => {
                    let (class, given) =
                        (class::type_name(cx, value.get(cx)), class::type_name(cx, found.get(cx)));
                    fail!(cx, TYPE_ERROR, "{class}.__float__ returned non-float (type {given})")
                }
            };
        }
        match index_opt(cx, value)? {
            Some(found) => float_of(cx, found).map(Some),
            None => Ok(None),
        }
    })
}

/// The value as a C double: `"must be real number, not str"`.
pub(crate) fn as_double(cx: &mut Cx<'_>, value: Handle<'_>) -> Result<f64, Raised> {
    match double_opt(cx, value)? {
        Some(x) => Ok(x),
        None => fail!(cx, TYPE_ERROR, "must be real number, not {}", class::type_name(cx, value.get(cx))),
    }
}

fn new<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let class = class::new_target(cx, args, classes::FLOAT)?;
    let x = match args.get(cx, 1) {
        None => 0.0,
        Some(value) => convert(cx, value)?,
    };
    let value = float(cx, x);
    instance_of(cx, class, classes::FLOAT, value)
}

fn convert(cx: &mut Cx<'_>, value: Handle<'_>) -> Result<f64, Raised> {
    let local = value.get(cx);
    let exact_text = local.shape().is_some_and(|s| s.0 < taipan_gc::STATIC_SHAPES);
    if !(exact_text && (str::of(cx, local).is_some() || bytes::of(cx, local).is_some())) {
        if let Some(x) = subclass_float(cx, value)? {
            return Ok(x);
        }
    }
    let local = value.get(cx);
    let parsed = if let Some(text) = str::of(cx, local) {
        parse_float_text(str::text(text))
    } else if buffer::is_plain(cx, value) {
        parse_float_bytes(&buffer::content(cx, value, false)?.unwrap_or_default())
    } else {
        let given = class::type_name(cx, local);
        fail!(cx, TYPE_ERROR, "float() argument must be a string or a real number, not '{given}'")
    };
    parsed.with(cx)
}

/// As [`double_opt`], asking subclasses of float for `__float__` first, as `float()` does.
fn subclass_float(cx: &mut Cx<'_>, value: Handle<'_>) -> Result<Option<f64>, Raised> {
    let local = value.get(cx);
    if local.shape().is_none() || class::kind_of(cx, local) != classes::KIND_FLOAT {
        return double_opt(cx, value);
    }
    cx.scoped(|cx| {
        let found = call::call_special(cx, value, names::FLOAT, &[])?;
        Ok(found.and_then(|f| float_value(cx, f.get(cx))))
    })
}

fn repr_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let x = self_float(cx, args)?;
    let value = float(cx, x);
    Ok(repr::repr(cx, value)?.any())
}

fn format_spec<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    self_float(cx, args)?;
    format::method(cx, args.at(cx, 0), args.at(cx, 1))
}

fn hash<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let x = self_float(cx, args)?;
    // A NaN hashes by identity.
    let value = if x.is_nan() { args.at(cx, 0) } else { float(cx, x) };
    let boxed = value.get(cx).shape().is_some();
    let hash = if boxed { compare::identity_hash(cx, value.get(cx))? } else { compare::hash(cx, value)? };
    int::from_i64(cx, hash)
}

fn truth<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let x = self_float(cx, args)?;
    Ok(bool(cx, x != 0.0))
}

fn whole<'s>(cx: &mut Cx<'s>, x: f64) -> Res<'s> {
    let whole = truncate_to_int(x).with(cx)?;
    int::from_int(cx, whole)
}

fn trunc<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let x = self_float(cx, args)?;
    whole(cx, x)
}

fn floor<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let x = self_float(cx, args)?;
    whole(cx, x.floor())
}

fn ceil<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let x = self_float(cx, args)?;
    whole(cx, x.ceil())
}

fn itself<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let x = self_float(cx, args)?;
    Ok(float(cx, x))
}

fn zero<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    self_float(cx, args)?;
    Ok(float(cx, 0.0))
}

fn neg<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let x = self_float(cx, args)?;
    Ok(float(cx, -x))
}

fn abs<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let x = self_float(cx, args)?;
    Ok(float(cx, x.abs()))
}

fn round<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let x = self_float(cx, args)?;
    let Some(digits) = args.some(cx, 1) else {
        let whole = round_to_int(x).with(cx)?;
        return int::from_int(cx, whole);
    };
    let digits = index(cx, digits)?;
    let digits = int::to_big(cx, digits.get(cx)).unwrap_or_default();
    let digits = digits.to_i64().unwrap_or(if digits.is_negative() { i64::MIN } else { i64::MAX });
    let rounded = round_to_digits(x, digits).with(cx)?;
    Ok(float(cx, rounded))
}

fn getnewargs<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let value = itself(cx, args)?;
    Ok(tuple::new(cx, &[value])?.any())
}

/// Both operands, exact; `None` when the other is neither float nor int.
fn operands<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Result<Option<(Handle<'s>, Handle<'s>)>, Raised> {
    let left = itself(cx, args)?;
    let right = args.at(cx, 1);
    let local = right.get(cx);
    if !int_kind(cx, local) && float_value(cx, local).is_none() {
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
        fn $name<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
            binary(cx, args, BinaryOp::$op, false)
        }
        fn $reversed<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
            binary(cx, args, BinaryOp::$op, true)
        }
    )* };
}
binaries! {
    add radd Add; sub rsub Sub; mul rmul Mul; truediv rtruediv TrueDiv; floordiv rfloordiv FloorDiv;
    modulo rmodulo Mod;
}

macro_rules! comparisons {
    ($($name:ident $op:ident;)*) => { $(
        fn $name<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
            match operands(cx, args)? {
                Some((a, b)) => compare::rich(cx, CompareOp::$op, a, b),
                None => Ok(not_implemented(cx)),
            }
        }
    )* };
}
comparisons! { eq Eq; ne Ne; lt Lt; le Le; gt Gt; ge Ge; }

fn power<'s>(cx: &mut Cx<'s>, args: &Args<'s>, swapped: bool) -> Res<'s> {
    if args.some(cx, 2).is_some() {
        fail!(cx, TYPE_ERROR, "pow() 3rd argument not allowed unless all arguments are integers");
    }
    binary(cx, args, BinaryOp::Pow, swapped)
}

fn pow<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    power(cx, args, false)
}

fn rpow<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    power(cx, args, true)
}

/// `divmod` of two numbers, at least one of which is a float.
pub(super) fn divide<'s>(cx: &mut Cx<'s>, a: Handle<'s>, b: Handle<'s>) -> Res<'s> {
    let (x, y) = (as_double(cx, a)?, as_double(cx, b)?);
    if y == 0.0 {
        fail!(cx, ZERO_DIVISION_ERROR, "float divmod()");
    }
    let mut rest = x % y;
    let mut quotient = (x - rest) / y;
    if rest == 0.0 {
        rest = 0f64.copysign(y);
    } else if (y < 0.0) != (rest < 0.0) {
        rest += y;
        quotient -= 1.0;
    }
    let floored = if quotient == 0.0 {
        0f64.copysign(x / y)
    } else {
        let floored = quotient.floor();
        if quotient - floored > 0.5 {
            floored + 1.0
        } else {
            floored
        }
    };
    let (floored, rest) = (float(cx, floored), float(cx, rest));
    Ok(tuple::new(cx, &[floored, rest])?.any())
}

fn divmod<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    match operands(cx, args)? {
        Some((a, b)) => divide(cx, a, b),
        None => Ok(not_implemented(cx)),
    }
}

fn rdivmod<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    match operands(cx, args)? {
        Some((a, b)) => divide(cx, b, a),
        None => Ok(not_implemented(cx)),
    }
}

fn ratio<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let x = self_float(cx, args)?;
    let (above, below) = as_integer_ratio(x).with(cx)?;
    let above = int::from_int(cx, above)?;
    let below = int::from_int(cx, below)?;
    Ok(tuple::new(cx, &[above, below])?.any())
}

fn fromhex<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let Some(text) = str::of(cx, args.at(cx, 1).get(cx)) else {
        fail!(cx, TYPE_ERROR, "bad argument type for built-in operation");
    };
    let x = from_hex(str::text(text));
    let x = x.with(cx)?;
    let value = float(cx, x);
    let class = args.at(cx, 0);
    if class.get(cx).is(classes::local(cx, classes::FLOAT).any()) {
        return Ok(value);
    }
    call::call(cx, class, &[value])
}

fn hex<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let x = self_float(cx, args)?;
    string(cx, &to_hex(x))
}

fn is_integer<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let x = self_float(cx, args)?;
    Ok(bool(cx, x.is_finite() && x.floor() == x))
}
