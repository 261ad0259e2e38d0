//! Making strings of strings: `replace`, `join`, `translate`, `maketrans`.

use crate::builtins::common::{fail, Res};
use crate::builtins::convert::{built, index_i64, int_kind, owned_text, self_str, str_argument, text_error};
use crate::object::layout::Str;
use crate::object::native::Args;
use crate::object::raise::{self, Raised};
use crate::object::{check_size, class, classes, dict, int, iter, list, none, shapes, str, subscript, tuple};
use crate::text::str_ops::edit::{self, Translation};
use crate::text::str_ops::search;
use crate::text::{TextBuf, TextError};
use taipan_gc::{Cx, Handle, Local};

pub(in crate::builtins) fn replace<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let string = self_str(cx, args)?;
    let old = str_argument(cx, args.at(cx, 1), "replace() argument 1")?;
    let new = str_argument(cx, args.at(cx, 2), "replace() argument 2")?;
    let count = match args.get(cx, 3) {
        Some(count) => usize::try_from(index_i64(cx, count)?).ok(),
        None => None,
    };
    let (text, old_text) = (str::text(string.get(cx)), str::text(old.get(cx)));
    let added = str::text(new.get(cx)).size();
    let places = search::count(text, old_text, (0, text.len())).unwrap_or(0).min(count.unwrap_or(usize::MAX));
    let size = text.size().saturating_add(places.saturating_mul(added));
    check_size(cx, size)?;
    let (text, old) = (str::text(string.get(cx)), str::text(old.get(cx)));
    let made = edit::replace(text, old, str::text(new.get(cx)), count);
    built(cx, made)
}

pub(in crate::builtins) fn join<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let separator = self_str(cx, args)?;
    let iterable = args.at(cx, 1);
    let shape = iterable.get(cx).shape();
    let parts = if shape == Some(shapes::LIST) || shape == Some(shapes::TUPLE) {
        iterable
    } else {
        if !is_iterable(cx, iterable) {
            fail!(cx, TYPE_ERROR, "can only join an iterable");
        }
        iter::to_list(cx, iterable)?.any()
    };
    let size = joined_size(cx, separator, parts);
    check_size(cx, size)?;
    let mut out = TextBuf::new();
    match write_joined(cx, separator, parts, &mut out) {
        Ok(()) => built(cx, Ok(out.finish())),
        Err(Failed::Text(error)) => Err(text_error(cx, error, None)),
        Err(Failed::Item(at, given)) => {
            fail!(cx, TYPE_ERROR, "sequence item {at}: expected str instance, {given} found")
        }
    }
}

fn is_iterable(cx: &Cx<'_>, value: Handle<'_>) -> bool {
    use crate::object::{attr, names};
    let local = value.get(cx);
    attr::special(cx, local, names::ITER).is_some() || attr::special(cx, local, names::GETITEM).is_some()
}

enum Failed {
    Text(TextError),
    Item(usize, String),
}

fn part<'a>(cx: &'a Cx<'_>, parts: Local<'a>, at: usize) -> Option<Local<'a>> {
    match tuple::of(cx, parts) {
        Some(items) => tuple::item(items, at),
        None => list::of(cx, parts).and_then(|items| list::item(cx, items, at)),
    }
}

/// Bytes of what joining makes.
fn joined_size(cx: &Cx<'_>, separator: Handle<'_, Str>, parts: Handle<'_>) -> usize {
    let gap = str::text(separator.get(cx)).size();
    let strings = (0..).map_while(|at| str::of(cx, part(cx, parts.get(cx), at)?));
    strings.fold(0, |size: usize, s| size.saturating_add(str::text(s).size()).saturating_add(gap))
}

/// Nothing runs meanwhile that could change the list.
fn write_joined(
    cx: &Cx<'_>,
    separator: Handle<'_, Str>,
    parts: Handle<'_>,
    out: &mut TextBuf,
) -> Result<(), Failed> {
    let parts = parts.get(cx);
    let separator = str::text(separator.get(cx));
    let mut at = 0;
    loop {
        let Some(item) = part(cx, parts, at) else { return Ok(()) };
        let Some(part) = str::of(cx, item) else {
            return Err(Failed::Item(at, class::type_name(cx, item)));
        };
        if at > 0 {
            out.try_push_text(separator).map_err(Failed::Text)?;
        }
        out.try_push_text(str::text(part)).map_err(Failed::Text)?;
        at += 1;
    }
}

/// An error of translating: the text room's, or an exception.
enum Stop {
    Text(TextError),
    Raised(Raised),
}

impl From<TextError> for Stop {
    fn from(error: TextError) -> Stop {
        Stop::Text(error)
    }
}

pub(in crate::builtins) fn translate<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let string = self_str(cx, args)?;
    let table = args.at(cx, 1);
    let text = owned_text(cx, string)?;
    let mut seen: Vec<(u32, Translation)> = Vec::new();
    let made = edit::translate(text.as_text(), |point| {
        if let Some((_, known)) = seen.iter().find(|(p, _)| *p == point) {
            return Ok(known.clone());
        }
        let found = cx.scoped(|cx| look_up(cx, table, point)).map_err(Stop::Raised)?;
        if seen.len() < 64 {
            seen.push((point, found.clone()));
        }
        Ok(found)
    });
    match made {
        Ok(text) => built(cx, Ok(text)),
        Err(Stop::Text(error)) => Err(text_error(cx, error, None)),
        Err(Stop::Raised(raised)) => Err(raised),
    }
}

fn look_up(cx: &mut Cx<'_>, table: Handle<'_>, point: u32) -> Result<Translation, Raised> {
    let key = int::from_i64(cx, i64::from(point))?;
    let found = match subscript::get(cx, table, key) {
        Ok(found) => found,
        Err(raised) => {
            raise::catch(cx, raised, classes::LOOKUP_ERROR)?;
            return Ok(Translation::Keep);
        }
    };
    let local = found.get(cx);
    if local.value().is_none() {
        return Ok(Translation::Delete);
    }
    if let Some(string) = str::of_handle(cx, found) {
        return Ok(Translation::Text(owned_text(cx, string)?));
    }
    if int_kind(cx, local) {
        return match int::to_i64(cx, local).and_then(|i| u32::try_from(i).ok()).filter(|&c| c <= 0x10ffff) {
            Some(point) => Ok(Translation::Point(point)),
            None => fail!(cx, VALUE_ERROR, "character mapping must be in range(0x110000)"),
        };
    }
    fail!(cx, TYPE_ERROR, "character mapping must return integer, None or str")
}

pub(in crate::builtins) fn maketrans<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let table = dict::new(cx)?;
    let first = args.at(cx, 0);
    let Some(second) = args.get(cx, 1) else {
        copy_table(cx, first, table)?;
        return Ok(table.any());
    };
    let Some(from) = str::of_handle(cx, first) else {
        fail!(cx, TYPE_ERROR, "first maketrans argument must be a string if there is a second argument");
    };
    let to = str_argument(cx, second, "maketrans() argument 2")?;
    let (from, to) = (owned_text(cx, from)?, owned_text(cx, to)?);
    if from.as_text().len() != to.as_text().len() {
        fail!(cx, VALUE_ERROR, "the first two maketrans arguments must have equal length");
    }
    for (from, to) in from.as_text().iter().zip(to.as_text().iter()) {
        cx.scoped(|cx| {
            let key = int::from_i64(cx, i64::from(from))?;
            let value = int::from_i64(cx, i64::from(to))?;
            dict::set(cx, table, key, value)
        })?;
    }
    if let Some(deleted) = args.get(cx, 2) {
        let deleted = str_argument(cx, deleted, "maketrans() argument 3")?;
        for point in owned_text(cx, deleted)?.as_text().iter() {
            cx.scoped(|cx| {
                let key = int::from_i64(cx, i64::from(point))?;
                let value = none(cx);
                dict::set(cx, table, key, value)
            })?;
        }
    }
    Ok(table.any())
}

fn copy_table(
    cx: &mut Cx<'_>,
    source: Handle<'_>,
    table: Handle<'_, crate::object::layout::Dict>,
) -> Result<(), Raised> {
    let source = cx.root(source.get(cx));
    let Some(source) = dict::of_handle(cx, source) else {
        fail!(cx, TYPE_ERROR, "if you give only one argument to maketrans it must be a dict");
    };
    let mut at = 0;
    loop {
        let more = cx.scoped(|cx| {
            let Some((key, value)) = dict::next_entry(cx, source.get(cx), &mut at) else {
                return Ok::<_, Raised>(false);
            };
            let (key, value) = (cx.root(key), cx.root(value));
            let point = str::of(cx, key.get(cx)).map(|s| (str::text(s).len(), str::text(s).get(0)));
            let key = match point {
                Some((1, Some(point))) => int::from_i64(cx, i64::from(point))?,
                Some(_) => fail!(cx, VALUE_ERROR, "string keys in translate table must be of length 1"),
                None if int_kind(cx, key.get(cx)) => key,
                None => fail!(cx, TYPE_ERROR, "keys in translate table must be strings or integers"),
            };
            dict::set(cx, table, key, value)?;
            Ok(true)
        })?;
        if !more {
            return Ok(());
        }
    }
}
