//! What the text-like and numeric types share: arguments as integers and text, errors of the text room as exceptions, instances of
//! subclasses of boxed types.

use super::common::{fail, Res};
use crate::object::classes::{self, ClassId};
use crate::object::layout::{Class, Str};
use crate::object::names::NameId;
use crate::object::native::{self, Args};
use crate::object::raise::{self, Raised};
use crate::object::{buffer, call, class, immediate, instance, int, names, rt, shape_of, shapes, str};
use crate::text::{TextError, TextOwned};
use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive};
use taipan_gc::{Cx, Handle, Local, Value};

/// Runs `body` with the state of this type that the heap's runtime keeps; made at need.
pub(crate) fn with_state<T: Default + Send + 'static, R>(cx: &Cx<'_>, body: impl FnOnce(&mut T) -> R) -> R {
    let mut extensions = rt(cx).extensions.borrow_mut();
    let at = match extensions.iter().position(|e| e.is::<T>()) {
        Some(at) => at,
        None => {
            extensions.push(Box::new(T::default()));
            extensions.len() - 1
        }
    };
    match extensions[at].downcast_mut::<T>() {
        Some(state) => body(state),
        None => body(&mut T::default()),
    }
}

/// As [`with_state`], of a state that is there already; `None` when it is not.
pub(crate) fn with_known_state<T: 'static, R>(cx: &Cx<'_>, body: impl FnOnce(&mut T) -> R) -> Option<R> {
    let mut extensions = rt(cx).extensions.borrow_mut();
    extensions.iter_mut().find_map(|extension| extension.downcast_mut::<T>()).map(body)
}

/// The exception for a failed text operation; `object` is what was being encoded or decoded.
#[cold]
pub(crate) fn text_error(cx: &mut Cx<'_>, error: TextError, object: Option<Handle<'_>>) -> Raised {
    let (class, failed) = match &error {
        TextError::Value(m) => return raise::value_error(cx, m),
        TextError::Type(m) => return raise::type_error(cx, m),
        TextError::Overflow(m) => return raise::raise(cx, classes::OVERFLOW_ERROR, m),
        TextError::ZeroDivision(m) => return raise::raise(cx, classes::ZERO_DIVISION_ERROR, m),
        TextError::Lookup(m) => return raise::raise(cx, classes::LOOKUP_ERROR, m),
        TextError::Memory => return memory_error(cx),
        TextError::Encode(failed) => (classes::UNICODE_ENCODE_ERROR, failed),
        TextError::Decode(failed) => (classes::UNICODE_DECODE_ERROR, failed),
    };
    let made = cx.scoped(|cx| {
        let encoding = str::new(cx, failed.encoding)?.any();
        let object = match object {
            Some(object) => cx.root(object.get(cx)),
            None => str::new(cx, "")?.any(),
        };
        let start = int::from_usize(cx, failed.start)?;
        let end = int::from_usize(cx, failed.end)?;
        let reason = str::new(cx, failed.reason)?.any();
        let class = classes::handle(cx, class).any();
        let exception = call::call(cx, class, &[encoding, object, start, end, reason])?;
        Ok(raise::raise_object(cx, exception))
    });
    match made {
        Ok(raised) | Err(raised) => raised,
    }
}

/// `MemoryError`
#[cold]
pub(crate) fn memory_error(cx: &mut Cx<'_>) -> Raised {
    raise::raise_with(cx, classes::MEMORY_ERROR, &[])
}

/// A string from a finished text operation.
pub(crate) fn built<'s>(cx: &mut Cx<'s>, text: Result<TextOwned, TextError>) -> Res<'s> {
    match text {
        Ok(text) => Ok(str::from_owned(cx, &text)?.any()),
        Err(error) => Err(text_error(cx, error, None)),
    }
}

/// A string argument `self`.
pub(crate) fn self_str<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Result<Handle<'s, Str>, Raised> {
    match str::of_handle(cx, args.at(cx, 0)) {
        Some(string) => Ok(string),
        None => Err(native::wrong_self(cx, args, "str")),
    }
}

/// The exact value of an instance of `int`, `float`, `str`, `bytes` or `tuple` or of a subclass; True and False become integers.
pub(crate) fn exact<'s>(cx: &Cx<'s>, value: Handle<'_>) -> Handle<'s> {
    let local = value.get(cx);
    match shape_of(local) {
        shapes::BOOL => immediate(cx, Value::int32(i32::from(local.value() == Value::TRUE))),
        shape if shape.0 >= taipan_gc::STATIC_SHAPES && is_boxed(class::kind_of(cx, local)) => {
            cx.root(class::boxed_value(cx, local).unwrap_or(local))
        }
        _ => cx.root(local),
    }
}

fn is_boxed(kind: u8) -> bool {
    (classes::KIND_INT..=classes::KIND_TUPLE).contains(&kind)
}

/// An instance of `class`, which derives from the boxed builtin class `base`, of this exact value.
pub(crate) fn instance_of<'s>(
    cx: &mut Cx<'s>,
    class: Handle<'_, Class>,
    base: ClassId,
    value: Handle<'s>,
) -> Res<'s> {
    if super::common::is_exactly(cx, class, base) {
        return Ok(value);
    }
    let object = instance::new(cx, class)?;
    instance::put_word(cx, object.get(cx), 1, value.get(cx));
    Ok(object)
}

/// The value as an integer, through `__index__` if it is none; `None` when it has no `__index__` either.
pub(crate) fn index_opt<'s>(cx: &mut Cx<'s>, value: Handle<'_>) -> Result<Option<Handle<'s>>, Raised> {
    if int_kind(cx, value.get(cx)) {
        return Ok(Some(exact(cx, value)));
    }
    let Some(found) = call::call_special(cx, value, names::INDEX, &[])? else { return Ok(None) };
    if !int_kind(cx, found.get(cx)) {
        let given = class::type_name(cx, found.get(cx));
        fail!(cx, TYPE_ERROR, "__index__ returned non-int (type {given})");
    }
    Ok(Some(exact(cx, found)))
}

/// Whether the value is an instance of `int` or a subclass.
pub(crate) fn int_kind(cx: &Cx<'_>, value: Local<'_>) -> bool {
    match shape_of(value) {
        shapes::INT | shapes::BOOL | shapes::BIGINT => true,
        shape if shape.0 >= taipan_gc::STATIC_SHAPES => class::kind_of(cx, value) == classes::KIND_INT,
        _ => false,
    }
}

/// The float of an instance of `float` or a subclass.
pub(crate) fn float_value(cx: &Cx<'_>, value: Local<'_>) -> Option<f64> {
    if let Some(x) = value.value().as_float() {
        return Some(x);
    }
    value.shape()?;
    (class::kind_of(cx, value) == classes::KIND_FLOAT)
        .then(|| class::boxed_value(cx, value).and_then(|v| v.value().as_float()))?
}

/// The value as an integer, through `__index__`.
pub(crate) fn index<'s>(cx: &mut Cx<'s>, value: Handle<'_>) -> Res<'s> {
    match index_opt(cx, value)? {
        Some(found) => Ok(found),
        None => {
            let given = class::type_name(cx, value.get(cx));
            fail!(cx, TYPE_ERROR, "'{given}' object cannot be interpreted as an integer");
        }
    }
}

/// As [`index`], any size.
pub(crate) fn index_big(cx: &mut Cx<'_>, value: Handle<'_>) -> Result<BigInt, Raised> {
    let found = index(cx, value)?;
    Ok(int::to_big(cx, found.get(cx)).unwrap_or_default())
}

/// As [`index`], for a C `Py_ssize_t`.
pub(crate) fn index_i64(cx: &mut Cx<'_>, value: Handle<'_>) -> Result<i64, Raised> {
    if let Some(small) = value.get(cx).value().as_int() {
        return Ok(small);
    }
    match index_big(cx, value)?.to_i64() {
        Some(i) => Ok(i),
        None => fail!(cx, OVERFLOW_ERROR, "Python int too large to convert to C ssize_t"),
    }
}

/// As [`index`], for a C `int`.
pub(crate) fn index_i32(cx: &mut Cx<'_>, value: Handle<'_>) -> Result<i32, Raised> {
    match index_big(cx, value)?.to_i32() {
        Some(i) => Ok(i),
        None => fail!(cx, OVERFLOW_ERROR, "Python int too large to convert to C int"),
    }
}

/// A bound of a slice: None is absent, what doesn't fit is clamped.
pub(crate) fn bound(cx: &mut Cx<'_>, value: Option<Handle<'_>>) -> Result<Option<i64>, Raised> {
    let Some(value) = value.filter(|v| !v.get(cx).value().is_none()) else { return Ok(None) };
    if let Some(small) = value.get(cx).value().as_int() {
        return Ok(Some(small));
    }
    match index_opt(cx, value)? {
        Some(found) => {
            let big = int::to_big(cx, found.get(cx)).unwrap_or_default();
            Ok(Some(big.to_i64().unwrap_or(if big.is_negative() { i64::MIN } else { i64::MAX })))
        }
        None => fail!(cx, TYPE_ERROR, "slice indices must be integers or None or have an __index__ method"),
    }
}

/// Start and end arguments of `find` and its like, resolved for a length.
pub(crate) fn bounds(
    cx: &mut Cx<'_>,
    args: &Args<'_>,
    first: usize,
    len: usize,
) -> Result<(usize, usize), Raised> {
    let (start, end) = (args.get(cx, first), args.get(cx, first + 1));
    let start = bound(cx, start)?;
    let end = bound(cx, end)?;
    Ok(crate::text::view::adjust_indices(start, end, len))
}

/// The type's name in messages of clinic converters, which call None so.
pub(crate) fn given_name(cx: &Cx<'_>, value: Local<'_>) -> String {
    if value.value().is_none() {
        "None".to_owned()
    } else {
        class::type_name(cx, value)
    }
}

/// An argument that must be a string: `"{what} must be str, not int"`.
pub(crate) fn str_argument<'s>(
    cx: &mut Cx<'s>,
    value: Handle<'s>,
    what: &str,
) -> Result<Handle<'s, Str>, Raised> {
    match str::of_handle(cx, value) {
        Some(string) => Ok(string),
        None => {
            let given = given_name(cx, value.get(cx));
            fail!(cx, TYPE_ERROR, "{what} must be str, not {given}");
        }
    }
}

/// The argument at `n` as UTF-8 text, if it was given: `"encode() argument 'encoding' must be str, not int"`.
pub(crate) fn named_text(
    cx: &mut Cx<'_>,
    args: &Args<'_>,
    n: usize,
    what: &str,
) -> Result<Option<String>, Raised> {
    let Some(value) = args.get(cx, n) else { return Ok(None) };
    let value = cx.root(value.get(cx));
    let string = str_argument(cx, value, what)?;
    match str::to_utf8(string.get(cx)) {
        Some(text) if text.contains('\0') => fail!(cx, VALUE_ERROR, "embedded null character"),
        Some(text) => Ok(Some(text)),
        None => {
            let error = str::text(string.get(cx)).to_utf8().err().unwrap_or(TextError::Memory);
            Err(text_error(cx, error, Some(string.any())))
        }
    }
}

/// A list of parts of a text, as strings.
pub(crate) fn list_of_pieces<'s>(
    cx: &mut Cx<'s>,
    string: Handle<'_, Str>,
    spans: &[(usize, usize)],
) -> Res<'s> {
    let list = crate::object::list::with_capacity(cx, spans.len())?;
    for &(start, end) in spans {
        cx.scoped(|cx| {
            let piece = piece(cx, string, start, end)?;
            crate::object::list::append(cx, list, piece)
        })?;
    }
    Ok(list.any())
}

/// A part of a string; the string itself when that is all of it.
pub(crate) fn piece<'s>(cx: &mut Cx<'s>, string: Handle<'_, Str>, start: usize, end: usize) -> Res<'s> {
    let local = string.get(cx);
    let len = local.len.get() as usize;
    if start == 0 && end >= len {
        return Ok(cx.root(local.any()));
    }
    if end == start + 1 {
        let point = str::text(local).get(start).unwrap_or(0);
        return Ok(str::from_point(cx, point)?.any());
    }
    let made = crate::object::retrying(cx, |cx| {
        let local = string.get(cx);
        str::alloc_text(cx, str::text(local).piece(start, end).as_text())
    })?;
    Ok(made.any())
}

/// The method `name` of an object, called.
pub(crate) fn method<'s>(
    cx: &mut Cx<'s>,
    object: Handle<'_>,
    name: &str,
    arguments: &[Handle<'_>],
) -> Res<'s> {
    let name: NameId = names::intern(cx, name)?;
    call::call_method(cx, object, name, arguments)
}

/// The bytes of an argument that must be bytes-like.
pub(crate) fn bytes_argument(cx: &mut Cx<'_>, value: Handle<'_>) -> Result<Vec<u8>, Raised> {
    match buffer::content(cx, value, false)? {
        Some(found) => Ok(found),
        None => {
            let given = class::type_name(cx, value.get(cx));
            fail!(cx, TYPE_ERROR, "a bytes-like object is required, not '{given}'");
        }
    }
}

/// The text of a value that is a string, copied.
pub(crate) fn owned_text(cx: &mut Cx<'_>, string: Handle<'_, Str>) -> Result<TextOwned, Raised> {
    let copy = str::text(string.get(cx)).to_owned_text();
    copy.map_err(|e| text_error(cx, e, None))
}

/// How many digits a decimal integer may have when it is converted (`sys.set_int_max_str_digits`).
struct DigitLimit(usize);

impl Default for DigitLimit {
    fn default() -> DigitLimit {
        DigitLimit(crate::text::int::DEFAULT_MAX_DIGITS)
    }
}

/// `sys.get_int_max_str_digits()`
pub(crate) fn max_str_digits(cx: &Cx<'_>) -> usize {
    with_state::<DigitLimit, _>(cx, |limit| limit.0)
}

/// `sys.set_int_max_str_digits()`
pub(crate) fn set_max_str_digits(cx: &Cx<'_>, digits: usize) {
    with_state::<DigitLimit, _>(cx, |limit| limit.0 = digits);
}

/// Results of the text room, with their errors raised.
pub(crate) trait With<T> {
    /// The value, or the exception for the error.
    fn with(self, cx: &mut Cx<'_>) -> Result<T, Raised>;
}

impl<T> With<T> for Result<T, TextError> {
    fn with(self, cx: &mut Cx<'_>) -> Result<T, Raised> {
        self.map_err(|error| text_error(cx, error, None))
    }
}
