//! Comparison, truth and hashing: builtin types first, then the special methods.

use super::call::enter_native;
use super::int::view;
use super::layout::{BoundMethod, Dict, Slice};
use super::names::{self, NameId};
use super::raise::{type_error, Raised};
use super::{
    bytes, call, casts, class, dict, list, root, set, shapes, str, subscript, table, tuple, Root,
};
use crate::text::{int as text_int, IntRef};
use std::cmp::Ordering;
use taipan_gc::{Cx, Handle, Local, Value};

/// A comparison operator.
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
    /// The operator as written.
    pub fn sign(self) -> &'static str {
        ["<", "<=", ">", ">=", "==", "!="][self as usize]
    }

    /// Its special method.
    pub fn name(self) -> NameId {
        [names::LT, names::LE, names::GT, names::GE, names::EQ, names::NE][self as usize]
    }

    /// The operator with its operands exchanged.
    pub fn reflected(self) -> CompareOp {
        [CompareOp::Gt, CompareOp::Ge, CompareOp::Lt, CompareOp::Le, CompareOp::Eq, CompareOp::Ne][self as usize]
    }

    /// What an ordering means for the operator.
    pub fn holds(self, ordering: Ordering) -> bool {
        match self {
            CompareOp::Lt => ordering.is_lt(),
            CompareOp::Le => ordering.is_le(),
            CompareOp::Gt => ordering.is_gt(),
            CompareOp::Ge => ordering.is_ge(),
            CompareOp::Eq => ordering.is_eq(),
            CompareOp::Ne => ordering.is_ne(),
        }
    }
}

/// `a op b`
pub fn rich<'s>(cx: &mut Cx<'s>, op: CompareOp, a: Handle<'_>, b: Handle<'_>) -> Result<Handle<'s>, Raised> {
    let user = |v: Local<'_>| v.shape().is_some_and(|s| s.0 >= taipan_gc::STATIC_SHAPES);
    if !user(a.get(cx)) && !user(b.get(cx)) {
        if let Some(holds) = rich_builtin(cx, op, a, b)? {
            return Ok(super::bool(cx, holds));
        }
    } else if let Some(found) = protocol(cx, op, a, b)? {
        return Ok(found);
    }
    match op {
        CompareOp::Eq => Ok(super::bool(cx, a.get(cx).is(b.get(cx)))),
        CompareOp::Ne => Ok(super::bool(cx, !a.get(cx).is(b.get(cx)))),
        _ => {
            let (ta, tb) = (class::type_name(cx, a.get(cx)), class::type_name(cx, b.get(cx)));
            let sign = op.sign();
            Err(type_error(cx, format!("'{sign}' not supported between instances of '{ta}' and '{tb}'")))
        }
    }
}

fn protocol<'s>(
    cx: &mut Cx<'s>,
    op: CompareOp,
    a: Handle<'_>,
    b: Handle<'_>,
) -> Result<Option<Handle<'s>>, Raised> {
    let (ca, cb) = (class::of_value(cx, a.get(cx)), class::of_value(cx, b.get(cx)));
    let derived = !ca.get(cx).is(cb.get(cx)) && class::is_subclass(cx, cb.get(cx), ca.get(cx));
    if derived {
        if let Some(found) = attempt(cx, op.reflected(), b, a)? {
            return Ok(Some(found));
        }
    }
    if let Some(found) = attempt(cx, op, a, b)? {
        return Ok(Some(found));
    }
    if !derived {
        return attempt(cx, op.reflected(), b, a);
    }
    Ok(None)
}

fn attempt<'s>(
    cx: &mut Cx<'s>,
    op: CompareOp,
    receiver: Handle<'_>,
    other: Handle<'_>,
) -> Result<Option<Handle<'s>>, Raised> {
    let class = class::of(cx, receiver.get(cx));
    let method = class::lookup(cx, class, op.name());
    // `object`'s own methods compare identities, and `!=` inverts `==`.
    if method.is_none_or(|m| class::is_of_object(cx, m)) {
        if op != CompareOp::Ne || method.is_none() {
            return Ok(None);
        }
        return match attempt(cx, CompareOp::Eq, receiver, other)? {
            Some(equal) => {
                let equal = truth(cx, equal)?;
                Ok(Some(super::bool(cx, !equal)))
            }
            None => Ok(None),
        };
    }
    let found = call::call_special(cx, receiver, op.name(), &[other])?;
    Ok(found.filter(|f| !f.get(cx).is(root(cx, Root::NotImplemented))))
}

/// `a op b` as the builtin types define it, whatever subclasses override; `None` for NotImplemented.
pub fn rich_builtin(
    cx: &mut Cx<'_>,
    op: CompareOp,
    a: Handle<'_>,
    b: Handle<'_>,
) -> Result<Option<bool>, Raised> {
    let (la, lb) = (a.get(cx), b.get(cx));
    if let Some(ordering) = numbers(cx, la, lb) {
        // NaN is unordered: only `!=` holds.
        return Ok(Some(ordering.map_or(op == CompareOp::Ne, |o| op.holds(o))));
    }
    if let (Some(x), Some(y)) = (str::of(cx, la), str::of(cx, lb)) {
        return Ok(Some(match op {
            CompareOp::Eq => str::equal(x, y),
            CompareOp::Ne => !str::equal(x, y),
            _ => op.holds(str::text(x).cmp(&str::text(y))),
        }));
    }
    if let (Some(x), Some(y)) = (bytes::of(cx, la), bytes::of(cx, lb)) {
        return Ok(Some(op.holds(bytes::content(x).cmp(bytes::content(y)))));
    }
    let sequences = (list::of(cx, la).is_some() && list::of(cx, lb).is_some())
        || (tuple::of(cx, la).is_some() && tuple::of(cx, lb).is_some());
    if sequences {
        return enter_native(cx, |cx| compare_sequences(cx, op, a, b)).map(Some);
    }
    let equality = matches!(op, CompareOp::Eq | CompareOp::Ne);
    if dict::of(cx, la).is_some() && dict::of(cx, lb).is_some() {
        if !equality {
            return Ok(None);
        }
        let equal = enter_native(cx, |cx| dicts_equal(cx, a, b))?;
        return Ok(Some(equal == (op == CompareOp::Eq)));
    }
    if let (Some(x), Some(y)) = (as_set(cx, a)?, as_set(cx, b)?) {
        return enter_native(cx, |cx| compare_sets(cx, op, x, y)).map(Some);
    }
    if equality {
        if let Some(equal) = parts_equal(cx, a, b)? {
            return Ok(Some(equal == (op == CompareOp::Eq)));
        }
    }
    Ok(None)
}

/// Ordering of two numbers; the inner `None` is for NaN.
fn numbers(cx: &Cx<'_>, a: Local<'_>, b: Local<'_>) -> Option<Option<Ordering>> {
    use super::number::float_value;
    match (float_value(cx, a), float_value(cx, b)) {
        (Some(x), Some(y)) => Some(x.partial_cmp(&y)),
        (Some(x), None) => view(cx, b).map(|y| int_float(y, x).map(Ordering::reverse)),
        (None, Some(y)) => view(cx, a).map(|x| int_float(x, y)),
        (None, None) => Some(Some(text_int::compare(view(cx, a)?, view(cx, b)?))),
    }
}

/// Exact comparison of an int with a float.
fn int_float(x: IntRef<'_>, y: f64) -> Option<Ordering> {
    if y.is_nan() {
        return None;
    }
    if y.is_infinite() {
        return Some(if y > 0.0 { Ordering::Less } else { Ordering::Greater });
    }
    let whole = crate::text::float::truncate_to_int(y).ok()?;
    let ordering = text_int::compare(x, whole.view());
    Some(ordering.then_with(|| 0.0_f64.partial_cmp(&y.fract()).unwrap_or(Ordering::Equal)))
}

fn sequence_item<'a>(cx: &'a Cx<'_>, sequence: Local<'a>, n: usize) -> Option<Local<'a>> {
    match list::of(cx, sequence) {
        Some(list) => list::item(cx, list, n),
        None => tuple::get(cx, sequence, n),
    }
}

fn sequence_len(cx: &Cx<'_>, sequence: Local<'_>) -> usize {
    match list::of(cx, sequence) {
        Some(list) => list::len(list),
        None => tuple::of(cx, sequence).map_or(0, tuple::len),
    }
}

fn compare_sequences(cx: &mut Cx<'_>, op: CompareOp, a: Handle<'_>, b: Handle<'_>) -> Result<bool, Raised> {
    let lengths = |cx: &Cx<'_>| (sequence_len(cx, a.get(cx)), sequence_len(cx, b.get(cx)));
    let (la, lb) = lengths(cx);
    if la != lb && matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(op == CompareOp::Ne);
    }
    let mut n = 0;
    loop {
        // Comparing items may change the sequences.
        let (la, lb) = lengths(cx);
        if n >= la || n >= lb {
            return Ok(op.holds(la.cmp(&lb)));
        }
        let decided = cx.scoped(|cx| {
            let (Some(x), Some(y)) = (
                sequence_item(cx, a.get(cx), n).map(|v| cx.root(v)),
                sequence_item(cx, b.get(cx), n).map(|v| cx.root(v)),
            ) else {
                return Ok(None);
            };
            if equal(cx, x, y)? {
                return Ok(None);
            }
            match op {
                CompareOp::Eq => Ok(Some(false)),
                CompareOp::Ne => Ok(Some(true)),
                _ => {
                    let result = rich(cx, op, x, y)?;
                    truth(cx, result).map(Some)
                }
            }
        })?;
        if let Some(holds) = decided {
            return Ok(holds);
        }
        n += 1;
    }
}

fn dicts_equal(cx: &mut Cx<'_>, a: Handle<'_>, b: Handle<'_>) -> Result<bool, Raised> {
    let (Some(x), Some(y)) =
        (dict::of(cx, a.get(cx)).map(|d| cx.root(d)), dict::of(cx, b.get(cx)).map(|d| cx.root(d)))
    else {
        return Ok(false);
    };
    if dict::len(x.get(cx)) != dict::len(y.get(cx)) {
        return Ok(false);
    }
    let mut at = 0;
    while let Some(entry) = table::next(cx, x.get(cx), at) {
        at = entry + 1;
        let same = cx.scoped(|cx| {
            let local = x.get(cx);
            let (Some(key), Some(value)) = (
                table::key_of(cx, local, entry).map(|v| cx.root(v)),
                table::value_of(cx, local, entry).map(|v| cx.root(v)),
            ) else {
                return Ok(true);
            };
            match dict::get(cx, y, key)? {
                Some(other) => equal(cx, value, other),
                None => Ok(false),
            }
        })?;
        if !same {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The value as a set to compare: sets, frozensets, and key and item views.
fn as_set<'s>(cx: &mut Cx<'s>, value: Handle<'_>) -> Result<Option<Handle<'s, Dict>>, Raised> {
    if let Some(found) = set::of(cx, value.get(cx)) {
        return Ok(Some(cx.root(found)));
    }
    if value.get(cx).shape() == Some(shapes::DICT_VIEW) {
        let values = casts::dict_view(value.get(cx)).is_some_and(|v| v.what.get() == table::VALUES);
        if !values {
            return set::from_iterable(cx, value, false).map(Some);
        }
    }
    Ok(None)
}

fn compare_sets(
    cx: &mut Cx<'_>,
    op: CompareOp,
    a: Handle<'_, Dict>,
    b: Handle<'_, Dict>,
) -> Result<bool, Raised> {
    let (la, lb) = (dict::len(a.get(cx)), dict::len(b.get(cx)));
    match op {
        CompareOp::Eq => Ok(la == lb && set::is_subset(cx, a, b)?),
        CompareOp::Ne => Ok(la != lb || !set::is_subset(cx, a, b)?),
        CompareOp::Le => set::is_subset(cx, a, b),
        CompareOp::Lt => Ok(la < lb && set::is_subset(cx, a, b)?),
        CompareOp::Ge => set::is_subset(cx, b, a),
        CompareOp::Gt => Ok(la > lb && set::is_subset(cx, b, a)?),
    }
}

/// Equality of ranges, slices and bound methods by their parts.
fn parts_equal(cx: &mut Cx<'_>, a: Handle<'_>, b: Handle<'_>) -> Result<Option<bool>, Raised> {
    let (la, lb) = (a.get(cx), b.get(cx));
    if la.shape() != lb.shape() {
        return Ok(None);
    }
    match la.shape() {
        Some(shapes::RANGE) => subscript::ranges_equal(cx, a, b).map(Some),
        Some(shapes::SLICE) => {
            let parts = |cx: &Cx<'_>, v: Local<'_>| {
                v.downcast::<Slice>(cx).map(|s| [s.start.raw(), s.stop.raw(), s.step.raw()])
            };
            let (Some(x), Some(y)) = (parts(cx, la), parts(cx, lb)) else { return Ok(None) };
            words_equal(cx, &x, &y).map(Some)
        }
        Some(shapes::BOUND_METHOD) => {
            let parts = |cx: &Cx<'_>, v: Local<'_>| {
                v.downcast::<BoundMethod>(cx).map(|m| (m.function.raw(), m.receiver.raw()))
            };
            let (Some(x), Some(y)) = (parts(cx, la), parts(cx, lb)) else { return Ok(None) };
            Ok(Some(x.1 == y.1 && words_equal(cx, &[x.0], &[y.0])?))
        }
        _ => Ok(None),
    }
}

fn words_equal(cx: &mut Cx<'_>, a: &[Value], b: &[Value]) -> Result<bool, Raised> {
    cx.scoped(|cx| {
        let rooted: Vec<_> = a
            .iter()
            .zip(b)
            // SAFETY: read from live objects just now.
            .map(|(&x, &y)| unsafe { (cx.root(Local::from_value(x)), cx.root(Local::from_value(y))) })
            .collect();
        for (x, y) in rooted {
            if !equal(cx, x, y)? {
                return Ok(false);
            }
        }
        Ok(true)
    })
}

/// `a is b or a == b`
pub fn equal(cx: &mut Cx<'_>, a: Handle<'_>, b: Handle<'_>) -> Result<bool, Raised> {
    if a.get(cx).is(b.get(cx)) {
        return Ok(true);
    }
    cx.scoped(|cx| {
        let result = rich(cx, CompareOp::Eq, a, b)?;
        truth(cx, result)
    })
}

/// `a < b`
pub fn less(cx: &mut Cx<'_>, a: Handle<'_>, b: Handle<'_>) -> Result<bool, Raised> {
    cx.scoped(|cx| {
        let result = rich(cx, CompareOp::Lt, a, b)?;
        truth(cx, result)
    })
}

/// `bool(x)`
pub fn truth(cx: &mut Cx<'_>, x: Handle<'_>) -> Result<bool, Raised> {
    let local = x.get(cx);
    let word = local.value();
    if word.is_bool() || word.is_none() {
        return Ok(word == Value::TRUE);
    }
    if let Some(x) = word.as_float() {
        return Ok(x != 0.0);
    }
    if let Some(i) = word.as_int() {
        return Ok(i != 0);
    }
    let user = local.shape().is_some_and(|s| s.0 >= taipan_gc::STATIC_SHAPES);
    if !user {
        return builtin_truth(cx, x);
    }
    cx.scoped(|cx| {
        if let Some(found) = call::call_special(cx, x, names::BOOL, &[])? {
            let value = found.get(cx).value();
            if value.is_bool() {
                return Ok(value == Value::TRUE);
            }
            let given = class::type_name(cx, found.get(cx));
            return Err(type_error(cx, format!("__bool__ should return bool, returned {given}")));
        }
        if class::lookup(cx, class::of(cx, x.get(cx)), names::LEN).is_some() {
            return Ok(subscript::len(cx, x)? != 0);
        }
        Ok(true)
    })
}

fn builtin_truth(cx: &mut Cx<'_>, x: Handle<'_>) -> Result<bool, Raised> {
    let local = x.get(cx);
    if let Some(text) = str::of(cx, local) {
        return Ok(text.len.get() != 0);
    }
    if let Some(found) = dict::table_of(cx, local) {
        return Ok(dict::len(found) != 0);
    }
    let sized = matches!(
        local.shape(),
        Some(
            shapes::LIST
                | shapes::TUPLE
                | shapes::BYTES
                | shapes::RANGE
                | shapes::DICT_VIEW
                | shapes::MAPPING_PROXY
        )
    );
    if sized {
        return Ok(subscript::len(cx, x)? != 0);
    }
    Ok(true)
}

/// `hash(x)`
pub fn hash(cx: &mut Cx<'_>, x: Handle<'_>) -> Result<i64, Raised> {
    let user = x.get(cx).shape().is_some_and(|s| s.0 >= taipan_gc::STATIC_SHAPES);
    if user {
        return user_hash(cx, x);
    }
    hash_builtin(cx, x)
}

fn user_hash(cx: &mut Cx<'_>, x: Handle<'_>) -> Result<i64, Raised> {
    cx.scoped(|cx| {
        let class = class::of(cx, x.get(cx));
        match class::lookup(cx, class, names::HASH) {
            Some(method) if class::is_of_object(cx, method) => return identity_hash(cx, x.get(cx)),
            Some(method) if method.value().is_none() => return Err(unhashable(cx, x)),
            None => return hash_builtin(cx, x),
            Some(_) => {}
        }
        let Some(found) = call::call_special(cx, x, names::HASH, &[])? else { return Err(unhashable(cx, x)) };
        match view(cx, found.get(cx)) {
            Some(int) => Ok(match int.hash() {
                -1 => -2,
                hash => hash,
            }),
            None => Err(type_error(cx, "__hash__ method should return an integer")),
        }
    })
}

#[cold]
fn unhashable(cx: &mut Cx<'_>, x: Handle<'_>) -> Raised {
    let given = class::type_name(cx, x.get(cx));
    type_error(cx, format!("unhashable type: '{given}'"))
}

/// A hash of the object's identity.
pub fn identity_hash(cx: &Cx<'_>, x: Local<'_>) -> Result<i64, Raised> {
    Ok((cx.id(x)? >> 4) as i64)
}

/// The hash as the builtin types define it, whatever subclasses override.
pub fn hash_builtin(cx: &mut Cx<'_>, x: Handle<'_>) -> Result<i64, Raised> {
    let local = x.get(cx);
    if let Some(float) = super::number::float_value(cx, local) {
        if float.is_nan() {
            return identity_hash(cx, local);
        }
        return Ok(crate::text::hash::hash_float(float).unwrap_or(0));
    }
    if let Some(int) = view(cx, local) {
        return Ok(int.hash());
    }
    if let Some(text) = str::of(cx, local) {
        return Ok(i64::from(str::hash(text)));
    }
    if let Some(content) = bytes::of(cx, local) {
        let text: String = bytes::content(content).iter().map(|&b| char::from(b)).collect();
        return Ok(text.bytes().fold(7i64, |h, b| h.wrapping_mul(1_000_003) ^ i64::from(b)));
    }
    if tuple::of(cx, local).is_some() {
        return enter_native(cx, |cx| hash_tuple(cx, x));
    }
    if local.shape() == Some(shapes::FROZENSET) || set::is_frozen(cx, local) {
        return hash_frozenset(cx, x);
    }
    match local.shape() {
        Some(shapes::LIST | shapes::DICT | shapes::SET | shapes::SLICE) => Err(unhashable(cx, x)),
        Some(shapes::BOUND_METHOD) => {
            let parts = local.downcast::<BoundMethod>(cx).map(|m| (m.function.raw(), m.receiver.raw()));
            let Some((function, receiver)) = parts else { return identity_hash(cx, x.get(cx)) };
            // SAFETY: read from a live object just now.
            let (a, b) = unsafe {
                (
                    identity_hash(cx, Local::from_value(function))?,
                    identity_hash(cx, Local::from_value(receiver))?,
                )
            };
            Ok(a ^ b.rotate_left(7))
        }
        Some(shapes::RANGE) => {
            let len = subscript::len(cx, x)?;
            Ok(len as i64)
        }
        Some(_) if matches!(class::kind_of(cx, local), super::classes::KIND_LIST | super::classes::KIND_DICT | super::classes::KIND_SET) => {
            Err(unhashable(cx, x))
        }
        Some(_) => identity_hash(cx, local),
        None => Ok((local.value().bits() as i64).wrapping_mul(0x5851_f42d)),
    }
}

fn hash_tuple(cx: &mut Cx<'_>, x: Handle<'_>) -> Result<i64, Raised> {
    // xxHash's mixing, as CPython's tuples since 3.8.
    let (p1, p2, p5) = (11_400_714_785_074_694_791_u64, 14_029_467_366_897_019_727_u64, 2_870_177_450_012_600_261_u64);
    let mut sum = p5;
    let len = tuple::of(cx, x.get(cx)).map_or(0, tuple::len);
    for n in 0..len {
        let lane = cx.scoped(|cx| {
            let item = tuple::get(cx, x.get(cx), n).map(|v| cx.root(v));
            item.map_or(Ok(0), |item| hash(cx, item))
        })? as u64;
        sum = sum.wrapping_add(lane.wrapping_mul(p2)).rotate_left(31).wrapping_mul(p1);
    }
    sum = sum.wrapping_add(len as u64 ^ (p5 ^ 3_527_539));
    Ok(if sum == u64::MAX { 1_546_275_796 } else { sum as i64 })
}

fn hash_frozenset(cx: &mut Cx<'_>, x: Handle<'_>) -> Result<i64, Raised> {
    let mut sum = 1_927_868_237_i64;
    let Some(items) = set::of(cx, x.get(cx)).map(|s| cx.root(s)) else { return Ok(sum) };
    let mut at = 0;
    while let Some(entry) = table::next(cx, items.get(cx), at) {
        at = entry + 1;
        let hash = table::hash_of(cx, items.get(cx), entry).as_int().unwrap_or(0);
        sum ^= (hash ^ 89_869_747 ^ hash << 16).wrapping_mul(3_644_798_167);
    }
    Ok(sum.wrapping_mul(69_069).wrapping_add(907_133_923))
}
