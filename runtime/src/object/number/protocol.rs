//! The `__op__`/`__rop__` protocol.

use super::scalar::{self, number};
use super::{sequence, BinaryOp};
use crate::object::raise::{type_error, value_error, Raised};
use crate::object::{bytes, call, class, int, list, names, root, rt, shapes, str, tuple, Root};
use crate::text::int as text_int;
use taipan_gc::{Cx, Handle, Local};

/// `a op b`
pub fn binary<'s>(cx: &mut Cx<'s>, op: BinaryOp, a: Handle<'_>, b: Handle<'_>) -> Result<Handle<'s>, Raised> {
    match try_binary(cx, op, a, b)? {
        Some(result) => Ok(result),
        None => Err(unsupported(cx, op.sign(), op, a, b)),
    }
}

/// `a op= b`
pub fn inplace<'s>(
    cx: &mut Cx<'s>,
    op: BinaryOp,
    a: Handle<'_>,
    b: Handle<'_>,
) -> Result<Handle<'s>, Raised> {
    if a.get(cx).shape().is_some() {
        if let Some(found) = call::call_special(cx, a, op.inplace(), &[b])? {
            if !is_not_implemented(cx, found.get(cx)) {
                return Ok(found);
            }
        }
    }
    match try_binary(cx, op, a, b)? {
        Some(result) => Ok(result),
        None => Err(unsupported(cx, &format!("{}=", op.sign()), op, a, b)),
    }
}

/// `a op b` after `a`'s own method has said NotImplemented.
pub(crate) fn binary_after_left<'s>(
    cx: &mut Cx<'s>,
    op: BinaryOp,
    in_place: bool,
    a: Handle<'_>,
    b: Handle<'_>,
) -> Result<Handle<'s>, Raised> {
    let same = class::of(cx, a.get(cx)).is(class::of(cx, b.get(cx)));
    let found = if same { None } else { attempt(cx, b, op.reflected(), a)? };
    match found {
        Some(result) => Ok(result),
        None if in_place => Err(unsupported(cx, &format!("{}=", op.sign()), op, a, b)),
        None => Err(unsupported(cx, op.sign(), op, a, b)),
    }
}

/// Whether CPython finds slots of sequences in the value's type, though none to repeat it: then `*=` does not ask the right operand.
fn is_like_sequence(value: Local<'_>) -> bool {
    let likes = [shapes::DICT, shapes::SET, shapes::FROZENSET, shapes::DICT_VIEW, shapes::RANGE];
    is_user(value) || value.shape().is_some_and(|shape| likes.contains(&shape))
}

fn is_not_implemented(cx: &Cx<'_>, value: Local<'_>) -> bool {
    value.is(root(cx, Root::NotImplemented))
}

/// Whether the value's class is written in Python, so that its special methods count.
fn is_user(value: Local<'_>) -> bool {
    value.shape().is_some_and(|s| s.0 >= taipan_gc::STATIC_SHAPES)
}

fn try_binary<'s>(
    cx: &mut Cx<'s>,
    op: BinaryOp,
    a: Handle<'_>,
    b: Handle<'_>,
) -> Result<Option<Handle<'s>>, Raised> {
    let (la, lb) = (a.get(cx), b.get(cx));
    let views = la.shape() == Some(shapes::DICT_VIEW) || lb.shape() == Some(shapes::DICT_VIEW);
    let classes = la.shape() == Some(shapes::CLASS) || lb.shape() == Some(shapes::CLASS);
    if !is_user(la) && !is_user(lb) && !views && !classes {
        return binary_builtin(cx, op, a, b);
    }
    let (ca, cb) = (class::of_value(cx, la), class::of_value(cx, lb));
    let reflected = class::lookup(cx, cb.get(cx), op.reflected()).map(|m| cx.root(m));
    let derived = !ca.get(cx).is(cb.get(cx)) && class::is_subclass(cx, cb.get(cx), ca.get(cx));
    let overrides = reflected
        .is_some_and(|m| class::lookup(cx, ca.get(cx), op.reflected()).is_none_or(|own| !own.is(m.get(cx))));
    let reflected_first = derived && overrides;
    if reflected_first {
        if let Some(found) = attempt(cx, b, op.reflected(), a)? {
            return Ok(Some(found));
        }
    }
    if let Some(found) = attempt(cx, a, op.name(), b)? {
        return Ok(Some(found));
    }
    if !reflected_first && !ca.get(cx).is(cb.get(cx)) {
        if let Some(found) = attempt(cx, b, op.reflected(), a)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

fn attempt<'s>(
    cx: &mut Cx<'s>,
    receiver: Handle<'_>,
    name: names::NameId,
    argument: Handle<'_>,
) -> Result<Option<Handle<'s>>, Raised> {
    let Some(found) = call::call_special(cx, receiver, name, &[argument])? else {
        let method = class::lookup(cx, class::of(cx, receiver.get(cx)), name);
        // A class takes an operator away by setting it to None.
        return match method.is_some_and(|m| m.value().is_none()) {
            true => Err(type_error(cx, "'NoneType' object is not callable")),
            false => Ok(None),
        };
    };
    Ok(Some(found).filter(|f| !is_not_implemented(cx, f.get(cx))))
}

/// The operation as the builtin types define it, whatever subclasses override; `None` for NotImplemented.
pub fn binary_builtin<'s>(
    cx: &mut Cx<'s>,
    op: BinaryOp,
    a: Handle<'_>,
    b: Handle<'_>,
) -> Result<Option<Handle<'s>>, Raised> {
    if op == BinaryOp::Mod {
        let local = a.get(cx);
        if str::of(cx, local).is_some() || bytes::of(cx, local).is_some() {
            let hook = rt(cx).hooks.format_percent;
            let (a, b) = (cx.root(a.get(cx)), cx.root(b.get(cx)));
            return hook(cx, a, b).map(Some);
        }
    }
    if let (Some(x), Some(y)) = (number(cx, a.get(cx)), number(cx, b.get(cx))) {
        let bools = a.get(cx).value().is_bool() && b.get(cx).value().is_bool();
        let result = scalar::apply(cx, op, x, y)?;
        // Bools stay bools under the bitwise operators.
        if let (true, Some(found), BinaryOp::And | BinaryOp::Or | BinaryOp::Xor) = (bools, result, op) {
            let truth = found.get(cx).value().as_int() == Some(1);
            return Ok(Some(crate::object::bool(cx, truth)));
        }
        return Ok(result);
    }
    sequence::apply(cx, op, a, b)
}

/// `pow(a, b, m)`
pub fn power3<'s>(
    cx: &mut Cx<'s>,
    a: Handle<'_>,
    b: Handle<'_>,
    m: Handle<'_>,
) -> Result<Handle<'s>, Raised> {
    if m.get(cx).value().is_none() {
        return match try_binary(cx, BinaryOp::Pow, a, b)? {
            Some(result) => Ok(result),
            None => Err(unsupported(cx, "** or pow()", BinaryOp::Pow, a, b)),
        };
    }
    let owned = |cx: &Cx<'_>, v: Handle<'_>| int::view(cx, v.get(cx)).map(|i| i.to_int());
    if let (Some(x), Some(y), Some(z)) = (owned(cx, a), owned(cx, b), owned(cx, m)) {
        if z.view().is_zero() {
            return Err(value_error(cx, "pow() 3rd argument cannot be 0"));
        }
        let result = text_int::power_modulo(x.view(), y.view(), z.view());
        let result = result.map_err(|error| crate::object::raise::text_error(cx, error))?;
        return int::from_int(cx, result);
    }
    if is_user(a.get(cx)) {
        if let Some(found) = call::call_special(cx, a, names::POW, &[b, m])? {
            if !is_not_implemented(cx, found.get(cx)) {
                return Ok(found);
            }
        }
    }
    let float = |cx: &Cx<'_>, v: Handle<'_>| scalar::float_of(cx, v.get(cx)).is_some();
    if float(cx, a) || float(cx, b) || float(cx, m) {
        return Err(type_error(cx, "pow() 3rd argument not allowed unless all arguments are integers"));
    }
    let names: Vec<String> =
        [a, b, m].iter().map(|v| format!("'{}'", class::type_name(cx, v.get(cx)))).collect();
    let message = format!("unsupported operand type(s) for ** or pow(): {}", names.join(", "));
    Err(type_error(cx, message))
}

#[cold]
fn unsupported(cx: &mut Cx<'_>, sign: &str, op: BinaryOp, a: Handle<'_>, b: Handle<'_>) -> Raised {
    let (la, lb) = (a.get(cx), b.get(cx));
    let (ta, tb) = (class::type_name(cx, la), class::type_name(cx, lb));
    if op == BinaryOp::Add {
        let what = if str::of(cx, la).is_some() {
            Some("str")
        } else if list::of(cx, la).is_some() {
            Some("list")
        } else if tuple::of(cx, la).is_some() {
            Some("tuple")
        } else {
            None
        };
        if let Some(what) = what {
            return type_error(cx, format!("can only concatenate {what} (not \"{tb}\") to {what}"));
        }
        if bytes::of(cx, la).is_some() {
            return type_error(cx, format!("can't concat {tb} to bytes"));
        }
    }
    if op == BinaryOp::Mul {
        let other = match (sequence::is_sequence(cx, la), sequence::is_sequence(cx, lb)) {
            (true, _) => Some(&tb),
            (_, true) if sign == "*" || !is_like_sequence(la) => Some(&ta),
            _ => None,
        };
        if let Some(other) = other {
            return type_error(cx, format!("can't multiply sequence by non-int of type '{other}'"));
        }
    }
    let sign = if sign == "**" { "** or pow()" } else { sign };
    type_error(cx, format!("unsupported operand type(s) for {sign}: '{ta}' and '{tb}'"))
}
