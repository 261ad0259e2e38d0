//! `bytes`: its table of methods, making bytes, and the special methods. The others are in [`bytes_methods`](super::bytes_methods).
//!
//! Leaves out `bytearray`.

use super::bytes_methods::{self as m, self_bytes};
use super::common::{fail, not_implemented, Res};
use super::convert::{index_opt, instance_of, memory_error, named_text};
use super::str_methods::codec;
use super::{percent, repr};
use crate::object::compare::CompareOp;
use crate::object::native::{Args, NativeDef};
use crate::object::raise::Raised;
use crate::object::{
    attr, bool, buffer, bytes, call, class, classes, compare, int, iter, names, number, str, subscript, tuple,
};
use num_traits::{Signed, ToPrimitive};
use taipan_gc::{Cx, Handle};

/// Methods of `bytes`.
pub(crate) const METHODS: &[NativeDef] = &[
    NativeDef::new_static("__new__", new, "cls, /, source=, encoding=, errors="),
    NativeDef::new("__repr__", repr_of, "self, /"),
    NativeDef::new("__str__", repr_of, "self, /"),
    NativeDef::new("__bytes__", itself, "self, /"),
    NativeDef::new("__hash__", hash, "self, /"),
    NativeDef::new("__eq__", eq, "self, value, /"),
    NativeDef::new("__ne__", ne, "self, value, /"),
    NativeDef::new("__lt__", lt, "self, value, /"),
    NativeDef::new("__le__", le, "self, value, /"),
    NativeDef::new("__gt__", gt, "self, value, /"),
    NativeDef::new("__ge__", ge, "self, value, /"),
    NativeDef::new("__add__", add, "self, value, /"),
    NativeDef::new("__mul__", multiply, "self, value, /"),
    NativeDef::new("__rmul__", multiply, "self, value, /"),
    NativeDef::new("__mod__", modulo, "self, value, /"),
    NativeDef::new("__len__", len, "self, /"),
    NativeDef::new("__getitem__", getitem, "self, key, /"),
    NativeDef::new("__contains__", m::contains, "self, key, /"),
    NativeDef::new("__iter__", iterate, "self, /"),
    NativeDef::new("__getnewargs__", getnewargs, "self, /"),
    NativeDef::new("capitalize", m::case::capitalize, "self, /"),
    NativeDef::new("center", m::case::center, "self, width, fillchar=b' ', /"),
    NativeDef::new("count", m::count, "self, sub, start=None, end=None, /"),
    NativeDef::new("decode", m::decode, "self, /, encoding='utf-8', errors='strict'"),
    NativeDef::new("endswith", m::endswith, "self, suffix, start=None, end=None, /"),
    NativeDef::new("expandtabs", m::case::expandtabs, "self, /, tabsize=8"),
    NativeDef::new("find", m::find, "self, sub, start=None, end=None, /"),
    NativeDef::new_class("fromhex", m::codec::fromhex, "cls, string, /"),
    NativeDef::new("hex", m::codec::hex, "self, /, sep=, bytes_per_sep=1"),
    NativeDef::new("index", m::index, "self, sub, start=None, end=None, /"),
    NativeDef::new("isalnum", m::case::isalnum, "self, /"),
    NativeDef::new("isalpha", m::case::isalpha, "self, /"),
    NativeDef::new("isascii", m::case::isascii, "self, /"),
    NativeDef::new("isdigit", m::case::isdigit, "self, /"),
    NativeDef::new("islower", m::case::islower, "self, /"),
    NativeDef::new("isspace", m::case::isspace, "self, /"),
    NativeDef::new("istitle", m::case::istitle, "self, /"),
    NativeDef::new("isupper", m::case::isupper, "self, /"),
    NativeDef::new("join", m::split::join, "self, iterable_of_bytes, /"),
    NativeDef::new("ljust", m::case::ljust, "self, width, fillchar=b' ', /"),
    NativeDef::new("lower", m::case::lower, "self, /"),
    NativeDef::new("lstrip", m::split::lstrip, "self, bytes=None, /"),
    NativeDef::new_static("maketrans", m::codec::maketrans, "frm, to, /"),
    NativeDef::new("partition", m::split::partition, "self, sep, /"),
    NativeDef::new("removeprefix", m::removeprefix, "self, prefix, /"),
    NativeDef::new("removesuffix", m::removesuffix, "self, suffix, /"),
    NativeDef::new("replace", m::split::replace, "self, old, new, count=-1, /"),
    NativeDef::new("rfind", m::rfind, "self, sub, start=None, end=None, /"),
    NativeDef::new("rindex", m::rindex, "self, sub, start=None, end=None, /"),
    NativeDef::new("rjust", m::case::rjust, "self, width, fillchar=b' ', /"),
    NativeDef::new("rpartition", m::split::rpartition, "self, sep, /"),
    NativeDef::new("rsplit", m::split::rsplit, "self, /, sep=None, maxsplit=-1"),
    NativeDef::new("rstrip", m::split::rstrip, "self, bytes=None, /"),
    NativeDef::new("split", m::split::split, "self, /, sep=None, maxsplit=-1"),
    NativeDef::new("splitlines", m::split::splitlines, "self, /, keepends=False"),
    NativeDef::new("startswith", m::startswith, "self, prefix, start=None, end=None, /"),
    NativeDef::new("strip", m::split::strip, "self, bytes=None, /"),
    NativeDef::new("swapcase", m::case::swapcase, "self, /"),
    NativeDef::new("title", m::case::title, "self, /"),
    NativeDef::new("translate", m::codec::translate, "self, table, /, delete=b''"),
    NativeDef::new("upper", m::case::upper, "self, /"),
    NativeDef::new("zfill", m::case::zfill, "self, width, /"),
];

fn new<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let class = class::new_target(cx, args, classes::BYTES)?;
    let encoding = named_text(cx, args, 2, "bytes() argument 'encoding'")?;
    let errors = named_text(cx, args, 3, "bytes() argument 'errors'")?;
    let value = match args.get(cx, 1) {
        None if encoding.is_some() => fail!(cx, TYPE_ERROR, "encoding without a string argument"),
        None if errors.is_some() => fail!(cx, TYPE_ERROR, "errors without a string argument"),
        None => bytes::new(cx, b"")?.any(),
        Some(source) if str::of(cx, source.get(cx)).is_some() => {
            if encoding.is_none() {
                fail!(cx, TYPE_ERROR, "string argument without an encoding");
            }
            let data = codec::encode_text(cx, source, encoding.as_deref(), errors.as_deref())?;
            bytes::new(cx, &data)?.any()
        }
        Some(_) if encoding.is_some() => fail!(cx, TYPE_ERROR, "encoding without a string argument"),
        Some(_) if errors.is_some() => fail!(cx, TYPE_ERROR, "errors without a string argument"),
        Some(source) => convert(cx, source)?,
    };
    instance_of(cx, class, classes::BYTES, value)
}

/// `bytes(source)` of anything but strings.
fn convert<'s>(cx: &mut Cx<'s>, source: Handle<'s>) -> Res<'s> {
    if source.get(cx).shape() == Some(crate::object::shapes::BYTES) {
        return Ok(source);
    }
    if let Some(made) = call::call_special(cx, source, names::BYTES, &[])? {
        if bytes::of(cx, made.get(cx)).is_none() {
            let given = class::type_name(cx, made.get(cx));
            fail!(cx, TYPE_ERROR, "__bytes__ returned non-bytes (type {given})");
        }
        return Ok(super::convert::exact(cx, made));
    }
    if let Some(count) = index_opt(cx, source)? {
        let count = int::to_big(cx, count.get(cx)).unwrap_or_default();
        if count.is_negative() && count.to_i64().is_some() {
            fail!(cx, VALUE_ERROR, "negative count");
        }
        let Some(count) = count.to_i64() else {
            fail!(cx, OVERFLOW_ERROR, "cannot fit 'int' into an index-sized integer");
        };
        let mut data = Vec::new();
        if data.try_reserve_exact(count as usize).is_err() {
            return Err(memory_error(cx));
        }
        data.resize(count as usize, 0);
        return Ok(bytes::new(cx, &data)?.any());
    }
    if let Some(data) = buffer::content(cx, source, true)? {
        return Ok(bytes::new(cx, &data)?.any());
    }
    let local = source.get(cx);
    let iterable =
        attr::special(cx, local, names::ITER).is_some() || attr::special(cx, local, names::GETITEM).is_some();
    if !iterable {
        fail!(cx, TYPE_ERROR, "cannot convert '{}' object to bytes", class::type_name(cx, local));
    }
    let items = iter::to_vec(cx, source)?;
    let data = from_items(cx, &items)?;
    Ok(bytes::new(cx, &data)?.any())
}

/// The bytes that these numbers are.
pub(super) fn from_items(cx: &mut Cx<'_>, items: &[Handle<'_>]) -> Result<Vec<u8>, Raised> {
    let mut data = Vec::new();
    for &item in items {
        let number = match item.get(cx).value().as_int() {
            Some(small) => Some(small),
            None => cx.scoped(|cx| super::convert::index_big(cx, item))?.to_i64(),
        };
        match number.and_then(|n| u8::try_from(n).ok()) {
            Some(byte) => data.push(byte),
            None => fail!(cx, VALUE_ERROR, "bytes must be in range(0, 256)"),
        }
    }
    Ok(data)
}

fn repr_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let data = self_bytes(cx, args)?;
    Ok(repr::repr(cx, data.any())?.any())
}

fn itself<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    Ok(self_bytes(cx, args)?.any())
}

fn hash<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let data = self_bytes(cx, args)?;
    let hash = compare::hash(cx, data.any())?;
    int::from_i64(cx, hash)
}

fn compared<'s>(cx: &mut Cx<'s>, args: &Args<'s>, op: CompareOp) -> Res<'s> {
    let left = self_bytes(cx, args)?;
    let Some(right) = bytes::of(cx, args.at(cx, 1).get(cx)) else { return Ok(not_implemented(cx)) };
    let order = bytes::content(left.get(cx)).cmp(bytes::content(right));
    let holds = match op {
        CompareOp::Lt => order.is_lt(),
        CompareOp::Le => order.is_le(),
        CompareOp::Gt => order.is_gt(),
        CompareOp::Ge => order.is_ge(),
        CompareOp::Eq => order.is_eq(),
        CompareOp::Ne => order.is_ne(),
    };
    Ok(bool(cx, holds))
}

macro_rules! comparisons {
    ($($name:ident $op:ident;)*) => { $(
        fn $name<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
            compared(cx, args, CompareOp::$op)
        }
    )* };
}
comparisons! { eq Eq; ne Ne; lt Lt; le Le; gt Gt; ge Ge; }

fn add<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let left = self_bytes(cx, args)?;
    match number::concat_bytes(cx, left.any(), args.at(cx, 1))? {
        Some(joined) => Ok(joined),
        None => Ok(not_implemented(cx)),
    }
}

fn multiply<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let data = self_bytes(cx, args)?;
    let Some(times) = number::repetitions(cx, args.at(cx, 1))? else { return Ok(not_implemented(cx)) };
    let len = bytes::content(data.get(cx)).len();
    let size = number::repeated_len(cx, len, times, "bytes are")?;
    let mut made: Vec<u8> = Vec::new();
    if made.try_reserve_exact(size).is_err() {
        return Err(memory_error(cx));
    }
    let content = bytes::content(data.get(cx));
    (0..if size == 0 { 0 } else { times }).for_each(|_| made.extend_from_slice(content));
    Ok(bytes::new(cx, &made)?.any())
}

fn modulo<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let data = self_bytes(cx, args)?;
    let template = bytes::content(data.get(cx)).to_vec();
    percent::format_bytes(cx, &template, args.at(cx, 1))
}

fn len<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let data = self_bytes(cx, args)?;
    let len = data.get(cx).len.get() as usize;
    int::from_usize(cx, len)
}

fn getitem<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let data = self_bytes(cx, args)?;
    subscript::get(cx, data.any(), args.at(cx, 1))
}

fn iterate<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let data = self_bytes(cx, args)?;
    iter::iter(cx, data.any())
}

fn getnewargs<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let data = self_bytes(cx, args)?;
    Ok(tuple::new(cx, &[data.any()])?.any())
}
