//! `int`: making integers, and their methods. Operators are in [`int_operators`](super::int_operators).

use super::common::{fail, Res};
use super::convert::{
    built, exact, index, index_i64, index_opt, instance_of, int_kind, max_str_digits, memory_error,
    named_text, With,
};
use super::{format, int_operators as op, repr};
use crate::object::classes;
use crate::object::native::{self, Args, NativeDef};
use crate::object::raise::Raised;
use crate::object::{
    attr, bool, buffer, bytes, call, class, compare, float, int, iter, names, shape_of, shapes, str, tuple,
};
use crate::text::float::truncate_to_int;
use crate::text::int::{bit_count, bit_length, parse_int_bytes, parse_int_text, round_int, to_float, IntRef};
use num_bigint::{BigInt, Sign};
use num_traits::{Signed, ToPrimitive};
use taipan_gc::{Cx, Handle};

/// Methods of `int`.
pub(crate) const METHODS: &[NativeDef] = &[
    NativeDef::new_static("__new__", new, "cls, x=, /, base="),
    NativeDef::new("__repr__", repr_of, "self, /"),
    NativeDef::new("__format__", format_spec, "self, format_spec, /"),
    NativeDef::new("__hash__", hash, "self, /"),
    NativeDef::new("__bool__", truth, "self, /"),
    NativeDef::new("__int__", itself, "self, /"),
    NativeDef::new("__index__", itself, "self, /"),
    NativeDef::new("__trunc__", itself, "self, /"),
    NativeDef::new("__floor__", itself, "self, /"),
    NativeDef::new("__ceil__", itself, "self, /"),
    NativeDef::new("__pos__", itself, "self, /"),
    NativeDef::new("__float__", as_float, "self, /"),
    NativeDef::new("__round__", round, "self, ndigits=, /"),
    NativeDef::new("__getnewargs__", getnewargs, "self, /"),
    NativeDef::new("__eq__", op::eq, "self, value, /"),
    NativeDef::new("__ne__", op::ne, "self, value, /"),
    NativeDef::new("__lt__", op::lt, "self, value, /"),
    NativeDef::new("__le__", op::le, "self, value, /"),
    NativeDef::new("__gt__", op::gt, "self, value, /"),
    NativeDef::new("__ge__", op::ge, "self, value, /"),
    NativeDef::new("__add__", op::add, "self, value, /"),
    NativeDef::new("__radd__", op::radd, "self, value, /"),
    NativeDef::new("__sub__", op::sub, "self, value, /"),
    NativeDef::new("__rsub__", op::rsub, "self, value, /"),
    NativeDef::new("__mul__", op::mul, "self, value, /"),
    NativeDef::new("__rmul__", op::rmul, "self, value, /"),
    NativeDef::new("__truediv__", op::truediv, "self, value, /"),
    NativeDef::new("__rtruediv__", op::rtruediv, "self, value, /"),
    NativeDef::new("__floordiv__", op::floordiv, "self, value, /"),
    NativeDef::new("__rfloordiv__", op::rfloordiv, "self, value, /"),
    NativeDef::new("__mod__", op::modulo, "self, value, /"),
    NativeDef::new("__rmod__", op::rmodulo, "self, value, /"),
    NativeDef::new("__divmod__", op::divmod, "self, value, /"),
    NativeDef::new("__rdivmod__", op::rdivmod, "self, value, /"),
    NativeDef::new("__pow__", op::pow, "self, value, mod=None, /"),
    NativeDef::new("__rpow__", op::rpow, "self, value, mod=None, /"),
    NativeDef::new("__and__", op::and, "self, value, /"),
    NativeDef::new("__rand__", op::rand, "self, value, /"),
    NativeDef::new("__or__", op::or, "self, value, /"),
    NativeDef::new("__ror__", op::ror, "self, value, /"),
    NativeDef::new("__xor__", op::xor, "self, value, /"),
    NativeDef::new("__rxor__", op::rxor, "self, value, /"),
    NativeDef::new("__lshift__", op::lshift, "self, value, /"),
    NativeDef::new("__rlshift__", op::rlshift, "self, value, /"),
    NativeDef::new("__rshift__", op::rshift, "self, value, /"),
    NativeDef::new("__rrshift__", op::rrshift, "self, value, /"),
    NativeDef::new("__neg__", op::neg, "self, /"),
    NativeDef::new("__abs__", op::abs, "self, /"),
    NativeDef::new("__invert__", op::invert, "self, /"),
    NativeDef::new("as_integer_ratio", ratio, "self, /"),
    NativeDef::new("bit_count", count_bits, "self, /"),
    NativeDef::new("bit_length", length_in_bits, "self, /"),
    NativeDef::new("conjugate", itself, "self, /"),
    NativeDef::new_class("from_bytes", from_bytes, "cls, /, bytes, byteorder='big', *, signed=False"),
    NativeDef::new("to_bytes", to_bytes, "self, /, length=1, byteorder='big', *, signed=False"),
    NativeDef::getter("real", itself),
    NativeDef::getter("numerator", itself),
    NativeDef::getter("imag", zero),
    NativeDef::getter("denominator", one),
];

/// The exact integer of `self`.
pub(super) fn self_int<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let value = args.at(cx, 0);
    if int_kind(cx, value.get(cx)) {
        return Ok(exact(cx, value));
    }
    Err(native::wrong_self(cx, args, "int"))
}

/// Reads an integer.
pub(super) fn view<R>(cx: &Cx<'_>, value: Handle<'_>, read: impl FnOnce(IntRef<'_>) -> R) -> R {
    read(int::view(cx, value.get(cx)).unwrap_or(IntRef::Small(0)))
}

/// What `int(value)` gives for anything but text; `None` when the value is no number.
pub(crate) fn to_int<'s>(cx: &mut Cx<'s>, value: Handle<'_>) -> Result<Option<Handle<'s>>, Raised> {
    let local = value.get(cx);
    match shape_of(local) {
        shapes::INT | shapes::BIGINT | shapes::BOOL => return Ok(Some(exact(cx, value))),
        shapes::FLOAT => {
            let whole = truncate_to_int(local.value().float_unchecked()).with(cx)?;
            return int::from_int(cx, whole).map(Some);
        }
        shapes::STR_ASCII | shapes::STR_WIDE | shapes::BYTES => return Ok(None),
        _ => {}
    }
    if let Some(found) = call::call_special(cx, value, names::INT, &[])? {
        if !int_kind(cx, found.get(cx)) {
            let given = class::type_name(cx, found.get(cx));
            fail!(cx, TYPE_ERROR, "__int__ returned non-int (type {given})");
        }
        return Ok(Some(exact(cx, found)));
    }
    if let Some(found) = index_opt(cx, value)? {
        return Ok(Some(found));
    }
    let Some(found) = call::call_special(cx, value, names::TRUNC, &[])? else { return Ok(None) };
    match index_opt(cx, found)? {
        Some(found) => Ok(Some(found)),
        None => {
            let given = class::type_name(cx, found.get(cx));
            fail!(cx, TYPE_ERROR, "__trunc__ returned non-Integral (type {given})")
        }
    }
}

fn new<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let class = class::new_target(cx, args, classes::INT)?;
    let value = match (args.get(cx, 1), args.get(cx, 2)) {
        (None, None) => int::from_i64(cx, 0)?,
        (None, Some(_)) => fail!(cx, TYPE_ERROR, "int() missing string argument"),
        (Some(value), None) => convert(cx, value)?,
        (Some(value), Some(base)) => {
            let base = index(cx, base)?;
            let base = int::to_i64(cx, base.get(cx)).unwrap_or(i64::MAX);
            parse(cx, value, base)?
        }
    };
    instance_of(cx, class, classes::INT, value)
}

fn convert<'s>(cx: &mut Cx<'s>, value: Handle<'s>) -> Res<'s> {
    if let Some(found) = to_int(cx, value)? {
        return Ok(found);
    }
    let local = value.get(cx);
    if str::of(cx, local).is_some() || bytes::of(cx, local).is_some() {
        return parse(cx, value, 10);
    }
    if buffer::is_plain(cx, value) {
        let data = buffer::content(cx, value, false)?.unwrap_or_default();
        let data = bytes::new(cx, &data)?.any();
        return parse(cx, data, 10);
    }
    let local = value.get(cx);
    let given = class::type_name(cx, local);
    let wanted = "a string, a bytes-like object or a real number";
    fail!(cx, TYPE_ERROR, "int() argument must be {wanted}, not '{given}'")
}

fn parse<'s>(cx: &mut Cx<'s>, value: Handle<'s>, base: i64) -> Res<'s> {
    let digits = max_str_digits(cx);
    let local = value.get(cx);
    let parsed = if let Some(text) = str::of(cx, local) {
        parse_int_text(str::text(text), base, digits)
    } else if let Some(data) = bytes::of(cx, local) {
        parse_int_bytes(bytes::content(data), base, digits)
    } else if base != 0 && !(2..=36).contains(&base) {
        fail!(cx, VALUE_ERROR, "int() base must be >= 2 and <= 36, or 0")
    } else {
        fail!(cx, TYPE_ERROR, "int() can't convert non-string with explicit base")
    };
    let parsed = parsed.with(cx)?;
    int::from_int(cx, parsed)
}

fn repr_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let value = self_int(cx, args)?;
    Ok(repr::repr(cx, value)?.any())
}

fn format_spec<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    self_int(cx, args)?;
    format::method(cx, args.at(cx, 0), args.at(cx, 1))
}

fn hash<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let value = self_int(cx, args)?;
    let hash = compare::hash(cx, value)?;
    int::from_i64(cx, hash)
}

fn truth<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let value = self_int(cx, args)?;
    let zero = view(cx, value, |i| i.is_zero());
    Ok(bool(cx, !zero))
}

fn itself<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    self_int(cx, args)
}

fn zero<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    self_int(cx, args)?;
    int::from_i64(cx, 0)
}

fn one<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    self_int(cx, args)?;
    int::from_i64(cx, 1)
}

fn as_float<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let value = self_int(cx, args)?;
    let x = view(cx, value, to_float).with(cx)?;
    Ok(float(cx, x))
}

fn round<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let value = self_int(cx, args)?;
    let Some(digits) = args.get(cx, 1) else { return Ok(value) };
    let digits = index(cx, digits)?;
    let digits = int::to_big(cx, digits.get(cx)).unwrap_or_default();
    if !digits.is_negative() {
        return Ok(value);
    }
    let digits = digits.to_i64().unwrap_or(i64::MIN);
    let rounded = view(cx, value, |i| round_int(i, digits));
    int::from_int(cx, rounded)
}

fn getnewargs<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let value = self_int(cx, args)?;
    Ok(tuple::new(cx, &[value])?.any())
}

fn ratio<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let value = self_int(cx, args)?;
    let one = int::from_i64(cx, 1)?;
    Ok(tuple::new(cx, &[value, one])?.any())
}

fn count_bits<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let value = self_int(cx, args)?;
    let bits = view(cx, value, bit_count);
    int::from_usize(cx, bits as usize)
}

fn length_in_bits<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let value = self_int(cx, args)?;
    let bits = view(cx, value, bit_length);
    int::from_usize(cx, bits as usize)
}

/// Whether the `byteorder` argument says `big`, and the `signed` one.
fn order(cx: &mut Cx<'_>, args: &Args<'_>, at: usize, name: &str) -> Result<(bool, bool), Raised> {
    let order = named_text(cx, args, at, &format!("{name}() argument 'byteorder'"))?;
    let big = match order.as_deref() {
        None | Some("big") => true,
        Some("little") => false,
        Some(_) => fail!(cx, VALUE_ERROR, "byteorder must be either 'little' or 'big'"),
    };
    let signed = match args.get(cx, at + 1) {
        Some(signed) => compare::truth(cx, signed)?,
        None => false,
    };
    Ok((big, signed))
}

fn to_bytes<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let value = self_int(cx, args)?;
    let length = match args.get(cx, 1) {
        Some(length) => index_i64(cx, length)?,
        None => 1,
    };
    let (big_endian, signed) = order(cx, args, 2, "to_bytes")?;
    let Ok(length) = usize::try_from(length) else {
        fail!(cx, VALUE_ERROR, "length argument must be non-negative");
    };
    let value = int::to_big(cx, value.get(cx)).unwrap_or_default();
    if value.is_negative() && !signed {
        fail!(cx, OVERFLOW_ERROR, "can't convert negative int to unsigned");
    }
    let mut data = if signed { value.to_signed_bytes_le() } else { value.to_bytes_le().1 };
    if value.sign() == Sign::NoSign {
        data.clear();
    }
    if data.len() > length {
        fail!(cx, OVERFLOW_ERROR, "int too big to convert");
    }
    if data.try_reserve_exact(length - data.len()).is_err() {
        return Err(memory_error(cx));
    }
    data.resize(length, if value.is_negative() { 0xff } else { 0 });
    if big_endian {
        data.reverse();
    }
    Ok(bytes::new(cx, &data)?.any())
}

fn from_bytes<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let source = args.at(cx, 1);
    let (big_endian, signed) = order(cx, args, 2, "from_bytes")?;
    let data = content_of(cx, source)?;
    let value = match (big_endian, signed) {
        (true, true) => BigInt::from_signed_bytes_be(&data),
        (false, true) => BigInt::from_signed_bytes_le(&data),
        (true, false) => BigInt::from_bytes_be(Sign::Plus, &data),
        (false, false) => BigInt::from_bytes_le(Sign::Plus, &data),
    };
    let value = int::new(cx, value)?;
    let class = args.at(cx, 0);
    if class.get(cx).is(classes::local(cx, classes::INT).any()) {
        return Ok(value);
    }
    call::call(cx, class, &[value])
}

/// The bytes that `bytes(source)` would have, for bytes and iterables of numbers.
fn content_of(cx: &mut Cx<'_>, source: Handle<'_>) -> Result<Vec<u8>, Raised> {
    if let Some(data) = buffer::content(cx, source, true)? {
        return Ok(data);
    }
    let local = source.get(cx);
    let text = str::of(cx, local).is_some();
    if text || attr::special(cx, local, names::ITER).is_none() {
        fail!(cx, TYPE_ERROR, "cannot convert '{}' object to bytes", class::type_name(cx, local));
    }
    cx.scoped(|cx| {
        let items = iter::to_vec(cx, source)?;
        super::bytes_type::from_items(cx, &items)
    })
}

/// An integer as text in base 2, 8 or 16, with its prefix.
pub(super) fn prefixed<'s>(cx: &mut Cx<'s>, value: Handle<'s>, radix: u32, prefix: &str) -> Res<'s> {
    let value = index(cx, value)?;
    let digits = view(cx, value, |i| crate::text::int::to_radix(i, radix));
    let text = match digits.strip_prefix('-') {
        Some(digits) => format!("-{prefix}{digits}"),
        None => format!("{prefix}{digits}"),
    };
    built(cx, Ok(crate::text::TextOwned::Ascii(text)))
}

/// The float of an exact integer.
pub(super) fn float_of(cx: &mut Cx<'_>, value: Handle<'_>) -> Result<f64, Raised> {
    view(cx, value, to_float).with(cx)
}
