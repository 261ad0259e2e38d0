//! The exception classes with attributes of their own: `StopIteration`, `SystemExit`, `KeyError`, `OSError`, `ImportError`,
//! `NameError`, `AttributeError`, `SyntaxError` and the Unicode errors.
//!
//! The attributes are kept as ordinary attributes of the instances (CPython keeps them in C structs, so there they don't show up in
//! `__dict__`). What is not given reads as None through the class.

use super::common::{fail, string, Res};
use super::exception_type::{arguments, base_str, self_exception, set_arguments};
use super::repr;
use crate::object::classes::{self, ClassId};
use crate::object::native::{Args, NativeDef};
use crate::object::raise::{self, Raised};
use crate::object::{class, dict, instance, names, none, str, tuple};
use taipan_gc::{Cx, Handle};

/// Methods of `StopIteration`.
pub(super) const STOP_ITERATION: &[NativeDef] = &[NativeDef::getter("value", stop_value)];
/// Methods of `SystemExit`.
pub(super) const SYSTEM_EXIT: &[NativeDef] = &[NativeDef::new("__init__", exit_init, "self, /, *args")];
/// Methods of `KeyError`.
pub(super) const KEY_ERROR: &[NativeDef] = &[NativeDef::new("__str__", key_str, "self, /")];
/// Methods of `OSError`.
pub(super) const OS_ERROR: &[NativeDef] = &[
    NativeDef::new_static("__new__", os_new, "cls, /, *args, **kwargs"),
    NativeDef::new("__init__", os_init, "self, /, *args, **kwargs"),
    NativeDef::new("__str__", os_str, "self, /"),
];
/// Methods of `ImportError`.
pub(super) const IMPORT_ERROR: &[NativeDef] = &[
    NativeDef::new("__init__", import_init, "self, /, *args, **kwargs"),
    NativeDef::new("__str__", import_str, "self, /"),
];
/// Methods of `NameError`.
pub(super) const NAME_ERROR: &[NativeDef] =
    &[NativeDef::new("__init__", name_init, "self, /, *args, **kwargs")];
/// Methods of `AttributeError`.
pub(super) const ATTRIBUTE_ERROR: &[NativeDef] =
    &[NativeDef::new("__init__", attribute_init, "self, /, *args, **kwargs")];
/// Methods of `SyntaxError`.
pub(super) const SYNTAX_ERROR: &[NativeDef] = &[
    NativeDef::new("__init__", syntax_init, "self, /, *args, **kwargs"),
    NativeDef::new("__str__", syntax_str, "self, /"),
];
/// Methods of `UnicodeDecodeError`.
pub(super) const UNICODE_DECODE_ERROR: &[NativeDef] = &[
    NativeDef::new("__init__", unicode_init, "self, encoding, object, start, end, reason, /"),
    NativeDef::new("__str__", decode_str, "self, /"),
];
/// Methods of `UnicodeEncodeError`.
pub(super) const UNICODE_ENCODE_ERROR: &[NativeDef] = &[
    NativeDef::new("__init__", unicode_init, "self, encoding, object, start, end, reason, /"),
    NativeDef::new("__str__", encode_str, "self, /"),
];

/// Attributes that read as None unless an instance has its own.
pub(super) const NONE_ATTRIBUTES: &[(ClassId, &[&str])] = &[
    (classes::SYSTEM_EXIT, &["code"]),
    (classes::OS_ERROR, &["errno", "strerror", "filename", "filename2"]),
    (classes::IMPORT_ERROR, &["msg", "name", "path"]),
    (classes::NAME_ERROR, &["name"]),
    (classes::ATTRIBUTE_ERROR, &["name", "obj"]),
    (
        classes::SYNTAX_ERROR,
        &["msg", "filename", "lineno", "offset", "text", "end_lineno", "end_offset", "print_file_and_line"],
    ),
];

/// Sets an attribute of the exception itself.
pub(super) fn put(
    cx: &mut Cx<'_>,
    exception: Handle<'_>,
    name: &str,
    value: Handle<'_>,
) -> Result<(), Raised> {
    let name = names::intern(cx, name)?;
    instance::set(cx, exception, name, value)
}

/// An attribute of the exception itself, unless it is None.
pub(super) fn own<'s>(
    cx: &mut Cx<'s>,
    exception: Handle<'_>,
    name: &str,
) -> Result<Option<Handle<'s>>, Raised> {
    let name = names::intern(cx, name)?;
    let found = instance::get(cx, exception.get(cx), name).filter(|v| !v.value().is_none());
    Ok(found.map(|v| cx.root(v)))
}

fn stop_value<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let exception = self_exception(cx, args)?;
    Ok(raise::stop_value(cx, exception))
}

fn exit_init<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let exception = self_exception(cx, args)?;
    let given = args.rest_all(cx);
    set_arguments(cx, exception, &given)?;
    let code = match given[..] {
        [] => return Ok(none(cx)),
        [code] => code,
        _ => tuple::new(cx, &given)?.any(),
    };
    put(cx, exception, "code", code)?;
    Ok(none(cx))
}

fn key_str<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let exception = self_exception(cx, args)?;
    let items = arguments(cx, exception);
    if tuple::len(items.get(cx)) == 1 {
        let key = tuple::handles(cx, items)?[0];
        return Ok(repr::repr(cx, key)?.any());
    }
    base_str(cx, exception)
}

/// The keyword arguments `allowed` become attributes; any other is an error. The positional ones become `args`.
fn init_with(
    cx: &mut Cx<'_>,
    args: &Args<'_>,
    exception: Handle<'_>,
    class_name: &str,
    allowed: &[&str],
) -> Result<(), Raised> {
    set_arguments(cx, exception, &args.rest_all(cx))?;
    let Some(keywords) = args.keywords() else { return Ok(()) };
    let mut at = 0;
    let mut given = Vec::new();
    while let Some((key, value)) = dict::next_entry(cx, keywords.get(cx), &mut at) {
        given.push((str::of(cx, key).map(str::lossy).unwrap_or_default(), cx.root(value)));
    }
    for (key, value) in given {
        if !allowed.contains(&key.as_str()) {
            fail!(cx, TYPE_ERROR, "'{key}' is an invalid keyword argument for {class_name}()");
        }
        put(cx, exception, &key, value)?;
    }
    Ok(())
}

fn import_init<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let exception = self_exception(cx, args)?;
    init_with(cx, args, exception, "ImportError", &["name", "path"])?;
    if args.rest_len() == 1 {
        let message = args.rest(cx, 0);
        put(cx, exception, "msg", message)?;
    }
    Ok(none(cx))
}

fn import_str<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let exception = self_exception(cx, args)?;
    match own(cx, exception, "msg")? {
        Some(message) if str::of(cx, message.get(cx)).is_some() => Ok(message),
        _ => base_str(cx, exception),
    }
}

fn name_init<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let exception = self_exception(cx, args)?;
    init_with(cx, args, exception, "NameError", &["name"])?;
    Ok(none(cx))
}

fn attribute_init<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let exception = self_exception(cx, args)?;
    init_with(cx, args, exception, "AttributeError", &["name", "obj"])?;
    Ok(none(cx))
}

/// Subclasses of `OSError` by error number.
const BY_ERRNO: &[(i64, ClassId)] = &[
    (2, classes::FILE_NOT_FOUND_ERROR),
    (17, classes::FILE_EXISTS_ERROR),
    (21, classes::IS_A_DIRECTORY_ERROR),
    (20, classes::NOT_A_DIRECTORY_ERROR),
    (13, classes::PERMISSION_ERROR),
    (1, classes::PERMISSION_ERROR),
    (32, classes::BROKEN_PIPE_ERROR),
    (108, classes::BROKEN_PIPE_ERROR),
];

fn os_new<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let mut class = class::new_target(cx, args, classes::OS_ERROR)?;
    if super::common::is_exactly(cx, class, classes::OS_ERROR) && (2..=5).contains(&args.rest_len()) {
        let number = args.rest(cx, 0).get(cx).value().as_int();
        if let Some((_, special)) = BY_ERRNO.iter().find(|(n, _)| Some(*n) == number) {
            class = classes::handle(cx, *special);
        }
    }
    let exception = instance::new(cx, class)?;
    set_arguments(cx, exception, &args.rest_all(cx))?;
    Ok(exception)
}

fn os_init<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let exception = self_exception(cx, args)?;
    if super::common::has_keywords(cx, args) {
        fail!(cx, TYPE_ERROR, "{}() takes no keyword arguments", class::type_name(cx, exception.get(cx)));
    }
    let given = args.rest_all(cx);
    if !(2..=5).contains(&given.len()) {
        set_arguments(cx, exception, &given)?;
        return Ok(none(cx));
    }
    put(cx, exception, "errno", given[0])?;
    put(cx, exception, "strerror", given[1])?;
    let has_filename = given.get(2).is_some_and(|f| !f.get(cx).value().is_none());
    if has_filename {
        put(cx, exception, "filename", given[2])?;
        if let Some(&second) = given.get(4) {
            put(cx, exception, "filename2", second)?;
        }
        set_arguments(cx, exception, &given[..2])?;
    } else {
        set_arguments(cx, exception, &given)?;
    }
    Ok(none(cx))
}

fn shown(cx: &mut Cx<'_>, value: Option<Handle<'_>>, quoted: bool) -> Result<String, Raised> {
    let value = match value {
        Some(value) => cx.root(value.get(cx)),
        None => none(cx),
    };
    let text = if quoted { repr::repr(cx, value)? } else { repr::str(cx, value)? };
    Ok(str::lossy(text.get(cx)))
}

fn os_str<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let exception = self_exception(cx, args)?;
    let number = own(cx, exception, "errno")?;
    let reason = own(cx, exception, "strerror")?;
    let filename = own(cx, exception, "filename")?;
    let second = own(cx, exception, "filename2")?;
    if filename.is_none() && (number.is_none() || reason.is_none()) {
        return base_str(cx, exception);
    }
    let (number, reason) = (shown(cx, number, false)?, shown(cx, reason, false)?);
    let text = match (filename, second) {
        (Some(_), Some(_)) => {
            let (first, second) = (shown(cx, filename, true)?, shown(cx, second, true)?);
            format!("[Errno {number}] {reason}: {first} -> {second}")
        }
        (Some(_), None) => format!("[Errno {number}] {reason}: {}", shown(cx, filename, true)?),
        _ => format!("[Errno {number}] {reason}"),
    };
    string(cx, &text)
}

fn syntax_init<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let exception = self_exception(cx, args)?;
    init_with(cx, args, exception, "SyntaxError", &[])?;
    if args.rest_len() == 0 {
        return Ok(none(cx));
    }
    let message = args.rest(cx, 0);
    put(cx, exception, "msg", message)?;
    if args.rest_len() != 2 {
        return Ok(none(cx));
    }
    let info = crate::object::iter::to_vec(cx, args.rest(cx, 1))?;
    if !(4..=6).contains(&info.len()) {
        let (bound, wanted) = if info.len() < 4 { ("least", 4) } else { ("most", 6) };
        fail!(cx, TYPE_ERROR, "function takes at {bound} {wanted} arguments ({} given)", info.len());
    }
    if info.len() == 5 {
        fail!(cx, TYPE_ERROR, "end_offset must be provided when end_lineno is provided");
    }
    let fields = ["filename", "lineno", "offset", "text", "end_lineno", "end_offset"];
    for (field, value) in fields.iter().zip(info) {
        put(cx, exception, field, value)?;
    }
    Ok(none(cx))
}

fn syntax_str<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let exception = self_exception(cx, args)?;
    let message = own(cx, exception, "msg")?;
    let message = shown(cx, message, false)?;
    let filename = own(cx, exception, "filename")?.and_then(|f| super::common::text_of(cx, f.get(cx)));
    let line = own(cx, exception, "lineno")?.and_then(|l| l.get(cx).value().as_int());
    let base = filename.map(|f| f.rsplit('/').next().unwrap_or_default().to_owned());
    let text = match (base, line) {
        (Some(file), Some(line)) => format!("{message} ({file}, line {line})"),
        (Some(file), None) => format!("{message} ({file})"),
        (None, Some(line)) => format!("{message} (line {line})"),
        (None, None) => message,
    };
    string(cx, &text)
}

fn unicode_init<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let exception = self_exception(cx, args)?;
    let given: Vec<_> = (1..6).map(|i| args.at(cx, i)).collect();
    set_arguments(cx, exception, &given)?;
    for (name, value) in ["encoding", "object", "start", "end", "reason"].iter().zip(given) {
        put(cx, exception, name, value)?;
    }
    Ok(none(cx))
}

/// Start and end (clamped as CPython does), encoding and reason.
fn unicode_parts(
    cx: &mut Cx<'_>,
    exception: Handle<'_>,
    len: usize,
) -> Result<(usize, usize, String, String), Raised> {
    let start = own(cx, exception, "start")?.and_then(|v| v.get(cx).value().as_int()).unwrap_or(0);
    let end = own(cx, exception, "end")?.and_then(|v| v.get(cx).value().as_int()).unwrap_or(0);
    let start = start.clamp(0, len.saturating_sub(1) as i64) as usize;
    let end = end.clamp(1, len.max(1) as i64) as usize;
    let encoding = own(cx, exception, "encoding")?;
    let reason = own(cx, exception, "reason")?;
    Ok((start, end, shown(cx, encoding, false)?, shown(cx, reason, false)?))
}

fn decode_str<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let exception = self_exception(cx, args)?;
    let Some(object) = own(cx, exception, "object")? else { return string(cx, "") };
    let bytes = match crate::object::bytes::of(cx, object.get(cx)) {
        Some(bytes) => crate::object::bytes::content(bytes).to_vec(),
        None => Vec::new(),
    };
    let (start, end, encoding, reason) = unicode_parts(cx, exception, bytes.len())?;
    let text = match bytes.get(start) {
        Some(byte) if end == start + 1 => {
            format!("'{encoding}' codec can't decode byte 0x{byte:02x} in position {start}: {reason}")
        }
        _ => format!(
            "'{encoding}' codec can't decode bytes in position {start}-{}: {reason}",
            end.saturating_sub(1)
        ),
    };
    string(cx, &text)
}

fn encode_str<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let exception = self_exception(cx, args)?;
    let Some(object) = own(cx, exception, "object")? else { return string(cx, "") };
    let points: Vec<u32> = match str::of(cx, object.get(cx)) {
        Some(string) => match str::text(string) {
            crate::text::Text::Ascii(text) => text.bytes().map(u32::from).collect(),
            crate::text::Text::Wide(points) => points.to_vec(),
        },
        None => Vec::new(),
    };
    let (start, end, encoding, reason) = unicode_parts(cx, exception, points.len())?;
    let text = match points.get(start) {
        Some(&point) if end == start + 1 => {
            let shown = match point {
                0..=0xff => format!("\\x{point:02x}"),
                0x100..=0xffff => format!("\\u{point:04x}"),
                _ => format!("\\U{point:08x}"),
            };
            format!("'{encoding}' codec can't encode character '{shown}' in position {start}: {reason}")
        }
        _ => format!(
            "'{encoding}' codec can't encode characters in position {start}-{}: {reason}",
            end.saturating_sub(1)
        ),
    };
    string(cx, &text)
}
