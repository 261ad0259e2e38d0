//! Comparison, truth and hashes.
//!
//! Each operation has a builtin half, which knows the core types (and instances of their subclasses) and never looks at special methods, and a full
//! half, which gives special methods of classes their turn as CPython does. Numbers compare exactly across int and float.

mod containers;
mod hashing;
mod numbers;

pub(crate) use containers::is_set_like;
pub(crate) use hashing::hash_quick;
pub use hashing::{hash, hash_builtin, identity_hash};

use super::layout::{BoundMethod, Slice};
use super::names::{self, NameId};
use super::protocol::{is_not_implemented, is_static, own_method};
use super::raise::{type_error, Raised};
use super::{
    bool, buffer, bytes, call, class, classes, dict, int, list, range, shape_of, shapes, str, subscript,
    tuple,
};
use crate::text::int::IntRef;
use std::cmp::Ordering;
use taipan_gc::{Cx, Handle, Local, Value, STATIC_SHAPES};

/// A comparison.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CompareOp {
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
    /// `==`
    Eq,
    /// `!=`
    Ne,
}

impl CompareOp {
    /// As it is written.
    pub fn symbol(self) -> &'static str {
        ["<", "<=", ">", ">=", "==", "!="][self as usize]
    }

    /// The special method's name.
    pub fn name(self) -> NameId {
        [names::LT, names::LE, names::GT, names::GE, names::EQ, names::NE][self as usize]
    }

    /// The comparison with its sides exchanged.
    pub fn reflected(self) -> CompareOp {
        match self {
            CompareOp::Lt => CompareOp::Gt,
            CompareOp::Le => CompareOp::Ge,
            CompareOp::Gt => CompareOp::Lt,
            CompareOp::Ge => CompareOp::Le,
            other => other,
        }
    }

    /// The answer for sides in this order; unordered sides (NaN) are unequal and nothing else.
    #[inline]
    pub fn holds(self, order: Option<Ordering>) -> bool {
        match (self, order) {
            (CompareOp::Lt, Some(Ordering::Less)) | (CompareOp::Gt, Some(Ordering::Greater)) => true,
            (CompareOp::Le, Some(order)) => order != Ordering::Greater,
            (CompareOp::Ge, Some(order)) => order != Ordering::Less,
            (CompareOp::Eq, order) => order == Some(Ordering::Equal),
            (CompareOp::Ne, order) => order != Some(Ordering::Equal),
            _ => false,
        }
    }

    fn is_equality(self) -> bool {
        matches!(self, CompareOp::Eq | CompareOp::Ne)
    }
}

// ---- without Python code ----

/// A number for comparisons and arithmetic.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Num<'a> {
    /// An int or bool.
    Int(IntRef<'a>),
    /// A float.
    Float(f64),
}

/// The value as a number: int, bool, float, instances of subclasses.
#[inline]
pub(crate) fn num<'a>(cx: &'a Cx<'_>, value: Local<'a>) -> Option<Num<'a>> {
    if let Some(x) = value.value().as_float() {
        return Some(Num::Float(x));
    }
    if let Some(i) = int::view(cx, value) {
        return Some(Num::Int(i));
    }
    if is_static(value) || class::kind_of(cx, value) != classes::KIND_FLOAT {
        return None;
    }
    class::boxed_value(cx, value)?.value().as_float().map(Num::Float)
}

/// The order of two numbers; `None` when a NaN is among them.
pub(crate) fn order_numbers(a: Num<'_>, b: Num<'_>) -> Option<Ordering> {
    match (a, b) {
        (Num::Int(a), Num::Int(b)) => Some(crate::text::int::compare(a, b)),
        (Num::Float(a), Num::Float(b)) => a.partial_cmp(&b),
        (Num::Int(a), Num::Float(b)) => numbers::int_and_float(a, b),
        (Num::Float(a), Num::Int(b)) => numbers::int_and_float(b, a).map(Ordering::reverse),
    }
}

/// Order of values that are numbers, strings or bytes both; the outer `None` when they are not.
fn order_simple(cx: &Cx<'_>, a: Local<'_>, b: Local<'_>) -> Option<Option<Ordering>> {
    if let Some(x) = num(cx, a) {
        return Some(order_numbers(x, num(cx, b)?));
    }
    if let Some(x) = str::of(cx, a) {
        return Some(Some(str::text(x).compare(str::text(str::of(cx, b)?))));
    }
    let (x, y) = (bytes::of(cx, a)?, bytes::of(cx, b)?);
    Some(Some(bytes::content(x).cmp(bytes::content(y))))
}

/// How a static shape compares without Python code.
#[derive(PartialEq, Eq)]
enum Sort {
    Number,
    Str,
    Bytes,
    Tuple,
    Identity,
    Other,
}

fn sort_of(value: Local<'_>) -> Sort {
    match shape_of(value) {
        shapes::INT | shapes::FLOAT | shapes::BOOL | shapes::BIGINT => Sort::Number,
        shapes::STR_ASCII | shapes::STR_WIDE => Sort::Str,
        shapes::BYTES => Sort::Bytes,
        shapes::TUPLE => Sort::Tuple,
        shapes::NONE
        | shapes::FUNCTION
        | shapes::NATIVE
        | shapes::CLASS
        | shapes::MODULE
        | shapes::GENERATOR
        | shapes::SINGLETON
        | shapes::NOT_IMPLEMENTED => Sort::Identity,
        _ => Sort::Other,
    }
}

const QUICK_DEPTH: usize = 4;

/// Whether two values are equal (or the same), if that can be told without running Python code.
#[inline]
pub(crate) fn equal_quick(cx: &Cx<'_>, a: Local<'_>, b: Local<'_>) -> Option<bool> {
    if a.is(b) {
        return Some(true);
    }
    let (x, y) = (a.value(), b.value());
    if str::is_exact(x, a.shape()) && str::is_exact(y, b.shape()) {
        // SAFETY: the shapes say so.
        return Some(unsafe { str::equal(Local::from_value(x), Local::from_value(y)) });
    }
    if x.both_int(y) {
        return Some(false);
    }
    equal_without_code(cx, a, b, QUICK_DEPTH)
}

/// Whether one of the values, which are items of a live object, equals the item; `None` when telling takes Python code.
pub(crate) fn any_equal_quick(cx: &Cx<'_>, values: &[Value], item: Local<'_>) -> Option<bool> {
    for &value in values {
        // SAFETY: items of live objects are live.
        if equal_quick(cx, unsafe { Local::from_value(value) }, item)? {
            return Some(true);
        }
    }
    Some(false)
}

/// Whether two strings are equal; `None` for other values.
#[inline]
pub(crate) fn equal_strings(a: Local<'_>, b: Local<'_>) -> Option<bool> {
    let (x, y) = (a.value(), b.value());
    if !str::is_exact(x, a.shape()) || !str::is_exact(y, b.shape()) {
        return None;
    }
    // SAFETY: the shapes say so.
    Some(x == y || unsafe { str::equal(Local::from_value(x), Local::from_value(y)) })
}

fn equal_without_code(cx: &Cx<'_>, a: Local<'_>, b: Local<'_>, depth: usize) -> Option<bool> {
    if a.is(b) {
        return Some(true);
    }
    if !is_static(a) || !is_static(b) {
        return None;
    }
    match (sort_of(a), sort_of(b)) {
        (Sort::Other, _) | (_, Sort::Other) => None,
        (Sort::Tuple, Sort::Tuple) => {
            let (x, y) = (tuple::of(cx, a)?, tuple::of(cx, b)?);
            if tuple::len(x) != tuple::len(y) {
                return Some(false);
            }
            let depth = depth.checked_sub(1)?;
            for (&x, &y) in tuple::values(x).iter().zip(tuple::values(y)) {
                // SAFETY: items of live tuples are live.
                let (x, y): (Local<'_>, Local<'_>) = unsafe { (Local::from_value(x), Local::from_value(y)) };
                if !equal_without_code(cx, x, y, depth)? {
                    return Some(false);
                }
            }
            Some(true)
        }
        (x, y) if x != y || x == Sort::Identity => Some(false),
        _ => Some(order_simple(cx, a, b)? == Some(Ordering::Equal)),
    }
}

/// Whether `a < b`, if that can be told without running Python code.
pub(crate) fn less_quick(cx: &Cx<'_>, a: Local<'_>, b: Local<'_>) -> Option<bool> {
    let (x, y) = (a.value(), b.value());
    if x.both_int(y) {
        return Some(x.int_unchecked() < y.int_unchecked());
    }
    order_without_code(cx, a, b, QUICK_DEPTH).map(|order| order == Some(Ordering::Less))
}

/// The order of numbers, texts, bytes, and of tuples of such; the outer `None` for everything else.
fn order_without_code(cx: &Cx<'_>, a: Local<'_>, b: Local<'_>, depth: usize) -> Option<Option<Ordering>> {
    match (sort_of(a), sort_of(b)) {
        (Sort::Tuple, Sort::Tuple) => {
            let (x, y) = (tuple::of(cx, a)?, tuple::of(cx, b)?);
            let depth = depth.checked_sub(1)?;
            for (&x, &y) in tuple::values(x).iter().zip(tuple::values(y)) {
                // SAFETY: items of live tuples are live.
                let (x, y): (Local<'_>, Local<'_>) = unsafe { (Local::from_value(x), Local::from_value(y)) };
                if !equal_without_code(cx, x, y, depth)? {
                    return order_without_code(cx, x, y, depth);
                }
            }
            Some(Some(tuple::len(x).cmp(&tuple::len(y))))
        }
        (Sort::Number, Sort::Number) | (Sort::Str, Sort::Str) | (Sort::Bytes, Sort::Bytes) => {
            order_simple(cx, a, b)
        }
        _ => None,
    }
}

// ---- rich comparison ----

/// `a op b`
pub fn rich<'s>(cx: &mut Cx<'s>, op: CompareOp, a: Handle<'_>, b: Handle<'_>) -> Result<Handle<'s>, Raised> {
    let (x, y) = (a.get(cx), b.get(cx));
    if is_static(x) && is_static(y) {
        return match rich_builtin(cx, op, a, b)? {
            Some(answer) => Ok(answer),
            None => without_answer(cx, op, a, b),
        };
    }
    if op.is_equality() && by_identity(cx, x) && by_identity(cx, y) {
        return Ok(bool(cx, x.is(y) == (op == CompareOp::Eq)));
    }
    cx.scoped_keep(|cx| match rich_protocol(cx, op, a, b)? {
        Some(answer) => Ok(answer),
        None => without_answer(cx, op, a, b),
    })
}

/// Whether the value's class is written in Python and says nothing of equality.
fn by_identity(cx: &Cx<'_>, value: Local<'_>) -> bool {
    !is_static(value) && class::of(cx, value).flags.get() & class::PLAIN_EQ != 0
}

/// Identity for `==` and `!=`, TypeError for the others.
fn without_answer<'s>(
    cx: &mut Cx<'s>,
    op: CompareOp,
    a: Handle<'_>,
    b: Handle<'_>,
) -> Result<Handle<'s>, Raised> {
    let same = a.get(cx).is(b.get(cx));
    match op {
        CompareOp::Eq => Ok(bool(cx, same)),
        CompareOp::Ne => Ok(bool(cx, !same)),
        _ => {
            let (left, right) = (class::type_name(cx, a.get(cx)), class::type_name(cx, b.get(cx)));
            let symbol = op.symbol();
            let message = format!("'{symbol}' not supported between instances of '{left}' and '{right}'");
            Err(type_error(cx, message))
        }
    }
}

fn rich_protocol<'s>(
    cx: &mut Cx<'s>,
    op: CompareOp,
    a: Handle<'_>,
    b: Handle<'_>,
) -> Result<Option<Handle<'s>>, Raised> {
    let (left, right) = (class::of(cx, a.get(cx)), class::of(cx, b.get(cx)));
    let right_first = !left.is(right) && class::is_subclass(cx, right, left);
    if right_first {
        if let Some(answer) = half(cx, op.reflected(), b, a)? {
            return Ok(Some(answer));
        }
    }
    if let Some(answer) = half(cx, op, a, b)? {
        return Ok(Some(answer));
    }
    if !right_first {
        return half(cx, op.reflected(), b, a);
    }
    Ok(None)
}

/// `type(a).__op__(a, b)`; `None` for NotImplemented.
fn half<'s>(
    cx: &mut Cx<'s>,
    op: CompareOp,
    a: Handle<'_>,
    b: Handle<'_>,
) -> Result<Option<Handle<'s>>, Raised> {
    if is_static(a.get(cx)) {
        return rich_builtin(cx, op, a, b);
    }
    if own_method(cx, a.get(cx), op.name()).is_some() {
        let answer = call::call_special(cx, a, op.name(), &[b])?;
        return Ok(answer.filter(|answer| !is_not_implemented(answer.get(cx))));
    }
    // `object.__ne__` inverts `__eq__`, unless a builtin base has a `__ne__` of its own.
    let plain = matches!(class::kind_of(cx, a.get(cx)), classes::KIND_OBJECT | classes::KIND_EXCEPTION);
    if op == CompareOp::Ne && (plain || inherits_ne(cx, a.get(cx))) {
        if own_method(cx, a.get(cx), names::EQ).is_none() {
            return if plain { core_method(cx, op, a, b) } else { rich_builtin(cx, op, a, b) };
        }
        let answer = call::call_special(cx, a, names::EQ, &[b])?;
        let Some(answer) = answer.filter(|answer| !is_not_implemented(answer.get(cx))) else {
            return Ok(None);
        };
        let equal = truth(cx, answer)?;
        return Ok(Some(bool(cx, !equal)));
    }
    match rich_builtin(cx, op, a, b)? {
        Some(answer) => Ok(Some(answer)),
        None if plain => core_method(cx, op, a, b),
        None => Ok(None),
    }
}

/// Whether the class finds `__ne__` in `object`.
fn inherits_ne(cx: &Cx<'_>, value: Local<'_>) -> bool {
    class::lookup(cx, class::of(cx, value), names::NE).is_none_or(|found| class::is_of_object(cx, found))
}

/// Calls a native method of a core class that is not one of those this room knows; `object`'s own have no opinion.
fn core_method<'s>(
    cx: &mut Cx<'s>,
    op: CompareOp,
    a: Handle<'_>,
    b: Handle<'_>,
) -> Result<Option<Handle<'s>>, Raised> {
    let found = class::lookup(cx, class::of(cx, a.get(cx)), op.name());
    if found.is_none_or(|found| class::is_of_object(cx, found)) {
        return Ok(None);
    }
    let answer = call::call_special(cx, a, op.name(), &[b])?;
    Ok(answer.filter(|answer| !is_not_implemented(answer.get(cx))))
}

/// What the core types answer: `int.__lt__`, `list.__eq__` and so on. `None` is NotImplemented.
pub fn rich_builtin<'s>(
    cx: &mut Cx<'s>,
    op: CompareOp,
    a: Handle<'_>,
    b: Handle<'_>,
) -> Result<Option<Handle<'s>>, Raised> {
    let (x, y) = (a.get(cx), b.get(cx));
    if let Some(order) = order_simple(cx, x, y) {
        let answer = op.holds(order);
        return Ok(Some(bool(cx, answer)));
    }
    if !x.value().is_ref() || !y.value().is_ref() {
        return Ok(None);
    }
    if let (Some(_), Some(_)) = (list::of(cx, x), list::of(cx, y)) {
        return containers::sequences(cx, op, a, b).map(Some);
    }
    if let (Some(_), Some(_)) = (tuple::of(cx, x), tuple::of(cx, y)) {
        return containers::sequences(cx, op, a, b).map(Some);
    }
    if let (Some(a), Some(b)) = (dict::of_handle(cx, a), dict::of_handle(cx, b)) {
        return containers::dicts(cx, op, a, b);
    }
    if is_set_like(cx, x) && is_set_like(cx, y) {
        return containers::sets(cx, op, a, b);
    }
    match (x.shape(), y.shape()) {
        (Some(shapes::MAPPING_PROXY), _) | (_, Some(shapes::MAPPING_PROXY)) => {
            containers::proxies(cx, op, a, b)
        }
        (Some(shapes::RANGE), Some(shapes::RANGE)) if op.is_equality() => {
            let equal = match (range::of(x), range::of(y)) {
                (Some(x), Some(y)) => range::equal(cx, x, y),
                _ => false,
            };
            Ok(Some(bool(cx, equal == (op == CompareOp::Eq))))
        }
        (Some(shapes::BOUND_METHOD), Some(shapes::BOUND_METHOD)) if op.is_equality() => {
            let equal = equal_methods(cx, x, y);
            Ok(Some(bool(cx, equal == (op == CompareOp::Eq))))
        }
        (Some(shapes::MEMORY_VIEW), _) | (_, Some(shapes::MEMORY_VIEW)) if op.is_equality() => {
            views(cx, op, a, b)
        }
        (Some(shapes::SLICE), Some(shapes::SLICE)) => {
            let (a, b) = (slice_parts(cx, a)?, slice_parts(cx, b)?);
            containers::sequences(cx, op, a, b).map(Some)
        }
        _ => Ok(None),
    }
}

/// Two bytes-like values, one of them a view.
fn views<'s>(
    cx: &mut Cx<'s>,
    op: CompareOp,
    a: Handle<'_>,
    b: Handle<'_>,
) -> Result<Option<Handle<'s>>, Raised> {
    let (view, other) = match buffer::view::of_handle(cx, a) {
        Some(view) => (view, b),
        None => match buffer::view::of_handle(cx, b) {
            Some(view) => (view, a),
            None => return Ok(None),
        },
    };
    let equal = buffer::equal(cx, view, other)?;
    Ok(equal.map(|equal| bool(cx, equal == (op == CompareOp::Eq))))
}

/// Bound methods are equal when they are the same function of the same object.
fn equal_methods(cx: &Cx<'_>, a: Local<'_>, b: Local<'_>) -> bool {
    let (Some(a), Some(b)) = (a.downcast::<BoundMethod>(cx), b.downcast::<BoundMethod>(cx)) else {
        return false;
    };
    a.function.raw() == b.function.raw() && a.receiver.raw() == b.receiver.raw()
}

/// The parts of a slice as a tuple.
fn slice_parts<'s>(cx: &mut Cx<'s>, slice: Handle<'_>) -> Result<Handle<'s>, Raised> {
    let parts = tuple::from_fn(cx, 3, |cx, i| {
        let Some(slice) = slice.get(cx).downcast::<Slice>(cx) else { return Value::NONE };
        let part = [&slice.start, &slice.stop, &slice.step][i].raw();
        if part.is_hole() {
            Value::NONE
        } else {
            part
        }
    })?;
    Ok(parts.any())
}

/// `a is b or a == b`
#[inline]
pub fn equal(cx: &mut Cx<'_>, a: Handle<'_>, b: Handle<'_>) -> Result<bool, Raised> {
    match equal_quick(cx, a.get(cx), b.get(cx)) {
        Some(answer) => Ok(answer),
        None => test(cx, CompareOp::Eq, a, b),
    }
}

/// `a < b`, as a truth value.
#[inline]
pub fn less(cx: &mut Cx<'_>, a: Handle<'_>, b: Handle<'_>) -> Result<bool, Raised> {
    match less_quick(cx, a.get(cx), b.get(cx)) {
        Some(answer) => Ok(answer),
        None => test(cx, CompareOp::Lt, a, b),
    }
}

/// `bool(a op b)`
pub fn test(cx: &mut Cx<'_>, op: CompareOp, a: Handle<'_>, b: Handle<'_>) -> Result<bool, Raised> {
    cx.scoped(|cx| {
        let answer = rich(cx, op, a, b)?;
        truth(cx, answer)
    })
}

/// Whether the value is an instance of a class written in Python with this flag.
#[inline]
fn is_plain(cx: &Cx<'_>, value: Local<'_>, flag: u16) -> bool {
    value.shape().is_some_and(|s| s.0 >= STATIC_SHAPES) && class::of(cx, value).flags.get() & flag != 0
}

/// `a == b` of an instance that is equal to itself alone and another one, or an immediate.
#[inline]
pub(crate) fn equal_instances(cx: &Cx<'_>, a: Local<'_>, b: Local<'_>) -> Option<bool> {
    let plain = |value: Local<'_>| !value.value().is_ref() || is_plain(cx, value, class::PLAIN_EQ);
    (plain(a) && plain(b) && (a.value().is_ref() || b.value().is_ref())).then(|| a.is(b))
}

/// Whether the value is an instance of a class whose instances are all true.
#[inline]
pub(crate) fn is_always_true(cx: &Cx<'_>, value: Local<'_>) -> bool {
    is_plain(cx, value, class::PLAIN_TRUTH)
}

// ---- truth ----

/// `bool(value)`
pub fn truth(cx: &mut Cx<'_>, value: Handle<'_>) -> Result<bool, Raised> {
    let local = value.get(cx);
    if let Some(answer) = truth_quick(local.value()) {
        return Ok(answer);
    }
    if local.shape().is_some_and(|s| s.0 < STATIC_SHAPES) {
        return Ok(match subscript::len_builtin(cx, value)? {
            Some(len) => len != 0,
            None => num(cx, value.get(cx)).is_none_or(|n| !matches!(n, Num::Int(i) if i.is_zero())),
        });
    }
    if class::of(cx, local).flags.get() & class::PLAIN_TRUTH != 0 {
        return Ok(true);
    }
    cx.scoped(|cx| truth_of_instance(cx, value))
}

fn truth_quick(value: Value) -> Option<bool> {
    if let Some(i) = value.as_int() {
        return Some(i != 0);
    }
    if let Some(x) = value.as_float() {
        return Some(x != 0.0);
    }
    (!value.is_ref()).then_some(value == Value::TRUE)
}

fn truth_of_instance(cx: &mut Cx<'_>, value: Handle<'_>) -> Result<bool, Raised> {
    if own_method(cx, value.get(cx), names::BOOL).is_some() {
        if let Some(answer) = call::call_special(cx, value, names::BOOL, &[])? {
            let answer = answer.get(cx);
            if !answer.value().is_bool() {
                let given = class::type_name(cx, answer);
                return Err(type_error(cx, format!("__bool__ should return bool, returned {given}")));
            }
            return Ok(answer.value() == Value::TRUE);
        }
    }
    if let Some(number) = num(cx, value.get(cx)) {
        return Ok(match number {
            Num::Int(i) => !i.is_zero(),
            Num::Float(x) => x != 0.0,
        });
    }
    let class = class::of(cx, value.get(cx));
    if class::lookup(cx, class, names::LEN).is_some_and(|l| !l.value().is_none()) {
        return Ok(subscript::len(cx, value)? != 0);
    }
    match subscript::len_builtin(cx, value)? {
        Some(len) => Ok(len != 0),
        None => Ok(true),
    }
}
