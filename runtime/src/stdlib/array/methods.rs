//! Methods of arrays, and how they are made and shown.

use super::{append_bytes, content, item, items, kind, len, make, of, own, plain, put, replace, text, Kind};
use crate::builtins::common::{fail, no_keywords, string, Res};
use crate::builtins::{convert, repr};
use crate::object::buffer::pinned;
use crate::object::layout::Record;
use crate::object::native::Args;
use crate::object::raise::Raised;
use crate::object::{bytes, class, classes, compare, int, iter, list, none, str, tuple};
use taipan_gc::{Cx, Handle};

pub(super) fn new<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let class = class::new_target(cx, args, classes::ARRAY)?;
    if class.get(cx).is(classes::local(cx, classes::ARRAY)) {
        no_keywords(cx, args, "array.array")?;
    }
    match args.rest_len() {
        0 => fail!(cx, TYPE_ERROR, "array() takes at least 1 argument (0 given)"),
        1 | 2 => {}
        n => fail!(cx, TYPE_ERROR, "array() takes at most 2 arguments ({n} given)"),
    }
    let kind = items::kind_of(cx, args.rest(cx, 0))?;
    let made = make(cx, class, kind, &[])?;
    if args.rest_len() == 2 {
        let given = args.rest(cx, 1);
        if str::of(cx, given.get(cx)).is_some() {
            let code = kind.code();
            let Some(content) = items::text_bytes(cx, given).filter(|_| kind.is_text()) else {
                fail!(cx, TYPE_ERROR, "cannot use a str to initialize an array with typecode '{code}'");
            };
            append_bytes(cx, made, &content)?;
        } else if let Some(content) = bytes::of(cx, given.get(cx)).map(|b| bytes::content(b).to_vec()) {
            add_content(cx, made, kind, &content)?;
        } else {
            match of(cx, given) {
                Some(other) if super::kind(other.get(cx)) == kind => {
                    let all = content(cx, other.get(cx));
                    append_bytes(cx, made, &all)?;
                }
                Some(other) if super::kind(other.get(cx)).is_text() => {
                    let what = "cannot use a unicode array to initialize an array with typecode";
                    fail!(cx, TYPE_ERROR, "{what} '{}'", kind.code());
                }
                _ => extend_by(cx, made, given)?,
            }
        }
    }
    Ok(made.any())
}

fn add_content(cx: &mut Cx<'_>, array: Handle<'_, Record>, kind: Kind, more: &[u8]) -> Result<(), Raised> {
    if !more.len().is_multiple_of(kind.size()) {
        fail!(cx, VALUE_ERROR, "bytes length not a multiple of item size");
    }
    append_bytes(cx, array, more)
}

fn extend_by(cx: &mut Cx<'_>, array: Handle<'_, Record>, given: Handle<'_>) -> Result<(), Raised> {
    iter::for_each(cx, given, |cx, value| push(cx, array, value))
}

fn push(cx: &mut Cx<'_>, array: Handle<'_, Record>, value: Handle<'_>) -> Result<(), Raised> {
    let kind = kind(array.get(cx));
    let item = items::store(cx, kind, value)?;
    append_bytes(cx, array, &item[..kind.size()])
}

pub(super) fn repr_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    let class = class::of_value(cx, own.get(cx).any());
    let (name, code) = (class::name(cx, class.get(cx)), kind(own.get(cx)).code());
    if len(own.get(cx)) == 0 {
        return string(cx, &format!("{name}('{code}')"));
    }
    let shown = if kind(own.get(cx)).is_text() { text(cx, own)? } else { list_of(cx, own)? };
    let shown = repr::repr(cx, shown)?;
    let shown = str::lossy(shown.get(cx));
    string(cx, &format!("{name}('{code}', {shown})"))
}

fn list_of<'s>(cx: &mut Cx<'s>, own: Handle<'s, Record>) -> Res<'s> {
    let made = list::with_capacity(cx, len(own.get(cx)))?;
    let mut at = 0;
    while at < len(own.get(cx)) {
        cx.scoped(|cx| {
            let (kind, item) = (kind(own.get(cx)), item(cx, own.get(cx), at));
            let value = items::load(cx, kind, item)?;
            list::append(cx, made, value)
        })?;
        at += 1;
    }
    Ok(made.any())
}

pub(super) fn tolist<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    list_of(cx, own)
}

pub(super) fn copy<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    let all = content(cx, own.get(cx));
    plain(cx, kind(own.get(cx)), &all)
}

pub(super) fn append<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    push(cx, own, args.at(cx, 1))?;
    Ok(none(cx))
}

/// The address is an identity, as everywhere: storage may move.
pub(super) fn buffer_info<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    let id = cx.id(own.get(cx).any())?;
    let (id, count) = (int::from_u64(cx, id)?, int::from_usize(cx, len(own.get(cx)))?);
    Ok(tuple::new(cx, &[id, count])?.any())
}

pub(super) fn byteswap<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    let size = kind(own.get(cx)).size();
    let mut all = content(cx, own.get(cx));
    all.chunks_exact_mut(size).for_each(<[u8]>::reverse);
    replace(cx, own, &all)?;
    Ok(none(cx))
}

/// The first index from `start` on, before `stop`, at which something equal is.
fn find(
    cx: &mut Cx<'_>,
    own: Handle<'_, Record>,
    value: Handle<'_>,
    start: usize,
    stop: usize,
) -> Result<Option<usize>, Raised> {
    let mut at = start;
    while at < stop.min(len(own.get(cx))) {
        let (kind, item) = (kind(own.get(cx)), item(cx, own.get(cx), at));
        let found = cx.scoped(|cx| {
            let own = items::load(cx, kind, item)?;
            compare::equal(cx, own, value)
        })?;
        if found {
            return Ok(Some(at));
        }
        at += 1;
    }
    Ok(None)
}

pub(super) fn has(cx: &mut Cx<'_>, own: Handle<'_, Record>, value: Handle<'_>) -> Result<bool, Raised> {
    Ok(find(cx, own, value, 0, usize::MAX)?.is_some())
}

pub(super) fn count<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    let (mut count, mut at) = (0, 0);
    while let Some(found) = find(cx, own, args.at(cx, 1), at, usize::MAX)? {
        count += 1;
        at = found + 1;
    }
    int::from_i64(cx, count)
}

pub(super) fn index<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    let (start, stop) = convert::bounds(cx, args, 2, len(own.get(cx)))?;
    match find(cx, own, args.at(cx, 1), start, stop)? {
        Some(at) => int::from_usize(cx, at),
        None => fail!(cx, VALUE_ERROR, "array.index(x): x not in array"),
    }
}

/// Takes an item out.
fn take<'s>(cx: &mut Cx<'s>, own: Handle<'s, Record>, at: usize) -> Res<'s> {
    pinned::check_resize(cx, own)?;
    let (kind, count) = (kind(own.get(cx)), len(own.get(cx)));
    let found = item(cx, own.get(cx), at);
    let found = items::load(cx, kind, found)?;
    if at + 1 < count {
        let mut all = content(cx, own.get(cx));
        all.drain(at * kind.size()..(at + 1) * kind.size());
        replace(cx, own, &all)?;
    }
    own.get(cx).x.set(count as i64 - 1);
    Ok(found)
}

pub(super) fn pop<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    let at = match args.get(cx, 1) {
        Some(at) => convert::index_i64(cx, at)?,
        None => -1,
    };
    let count = len(own.get(cx)) as i64;
    if count == 0 {
        fail!(cx, INDEX_ERROR, "pop from empty array");
    }
    let at = if at < 0 { at + count } else { at };
    if !(0..count).contains(&at) {
        fail!(cx, INDEX_ERROR, "pop index out of range");
    }
    take(cx, own, at as usize)
}

pub(super) fn remove<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    match find(cx, own, args.at(cx, 1), 0, usize::MAX)? {
        Some(at) => take(cx, own, at)?,
        None => fail!(cx, VALUE_ERROR, "array.remove(x): x not in array"),
    };
    Ok(none(cx))
}

pub(super) fn insert<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    let at = convert::index_i64(cx, args.at(cx, 1))?;
    let kind = kind(own.get(cx));
    let item = items::store(cx, kind, args.at(cx, 2))?;
    let count = len(own.get(cx)) as i64;
    let at = if at < 0 { (at + count).max(0) } else { at.min(count) } as usize;
    let mut all = content(cx, own.get(cx));
    all.splice(at * kind.size()..at * kind.size(), item[..kind.size()].iter().copied());
    replace(cx, own, &all)?;
    Ok(none(cx))
}

pub(super) fn extend<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    extend_with(cx, own, args.at(cx, 1))?;
    Ok(none(cx))
}

/// `extend`: by an array of the same kind, or by an iterable.
pub(super) fn extend_with(cx: &mut Cx<'_>, own: Handle<'_, Record>, with: Handle<'_>) -> Result<(), Raised> {
    match of(cx, with) {
        Some(other) if kind(other.get(cx)) == kind(own.get(cx)) => {
            let more = content(cx, other.get(cx));
            append_bytes(cx, own, &more)
        }
        Some(_) => fail!(cx, TYPE_ERROR, "can only extend with array of same kind"),
        None => extend_by(cx, own, with),
    }
}

pub(super) fn frombytes<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    let more = convert::bytes_argument(cx, args.at(cx, 1))?;
    if !more.is_empty() && args.at(cx, 1).get(cx).is(own.get(cx)) {
        // Its items are looked at while they are added.
        fail!(cx, BUFFER_ERROR, "cannot resize an array that is exporting buffers");
    }
    add_content(cx, own, kind(own.get(cx)), &more)?;
    Ok(none(cx))
}

pub(super) fn fromlist<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    if list::of(cx, args.at(cx, 1).get(cx)).is_none() {
        fail!(cx, TYPE_ERROR, "arg must be list");
    }
    let before = own.get(cx).x.get();
    let result = extend_by(cx, own, args.at(cx, 1));
    if result.is_err() {
        own.get(cx).x.set(before);
    }
    result.map(|()| none(cx))
}

pub(super) fn fromunicode<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    if !kind(own.get(cx)).is_text() {
        fail!(cx, VALUE_ERROR, "fromunicode() may only be called on unicode type arrays");
    }
    let Some(more) = items::text_bytes(cx, args.at(cx, 1)) else {
        let given = convert::given_name(cx, args.at(cx, 1).get(cx));
        fail!(cx, TYPE_ERROR, "fromunicode() argument must be str, not {given}");
    };
    append_bytes(cx, own, &more)?;
    Ok(none(cx))
}

pub(super) fn reverse<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    let count = len(own.get(cx));
    for at in 0..count / 2 {
        let local = own.get(cx);
        let (low, high) = (item(cx, local, at), item(cx, local, count - 1 - at));
        put(cx, local, at, high);
        put(cx, local, count - 1 - at, low);
    }
    Ok(none(cx))
}

pub(super) fn tobytes<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    let all = content(cx, own.get(cx));
    Ok(bytes::new(cx, &all)?.any())
}

pub(super) fn tounicode<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    if !kind(own.get(cx)).is_text() {
        fail!(cx, VALUE_ERROR, "tounicode() may only be called on unicode type arrays");
    }
    text(cx, own)
}

pub(super) fn itemsize<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    let size = kind(own.get(cx)).size();
    int::from_usize(cx, size)
}

pub(super) fn typecode<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    let code = kind(own.get(cx)).code();
    string(cx, &code.to_string())
}
