//! `itemgetter`, `attrgetter`, `methodcaller`: records whose first slot holds the tuple of keys, of names (each a tuple of the parts
//! between dots), or of arguments; `methodcaller` keeps the name in the second and the keywords in the third.

use crate::builtins::common::{fail, has_keywords, spread, string, text_of, Res};
use crate::builtins::repr;
use crate::object::classes::ClassId;
use crate::object::layout::{Record, Tuple};
use crate::object::native::{wrong_self, Args, NativeDef};
use crate::object::raise::Raised;
use crate::object::{attr, call, class, classes, names, record, str, subscript, tuple};
use taipan_gc::{Cx, Handle};

pub(super) const ITEMGETTER: &[NativeDef] = &[
    NativeDef::new_static("__new__", new_itemgetter, "cls, /, *args, **kwargs"),
    NativeDef::new("__call__", call_itemgetter, "self, /, *args, **kwargs"),
    NativeDef::new("__repr__", repr_itemgetter, "self, /"),
    NativeDef::new("__reduce__", reduce_itemgetter, "self, /"),
];

pub(super) const ATTRGETTER: &[NativeDef] = &[
    NativeDef::new_static("__new__", new_attrgetter, "cls, /, *args, **kwargs"),
    NativeDef::new("__call__", call_attrgetter, "self, /, *args, **kwargs"),
    NativeDef::new("__repr__", repr_attrgetter, "self, /"),
];

pub(super) const METHODCALLER: &[NativeDef] = &[
    NativeDef::new_static("__new__", new_methodcaller, "cls, /, *args, **kwargs"),
    NativeDef::new("__call__", call_methodcaller, "self, /, *args, **kwargs"),
    NativeDef::new("__repr__", repr_methodcaller, "self, /"),
];

fn own<'s>(cx: &mut Cx<'s>, args: &Args<'s>, id: ClassId) -> Result<Handle<'s, Record>, Raised> {
    match record::of(cx, args.at(cx, 0), id) {
        Some(own) => Ok(own),
        None => Err(wrong_self(cx, args, classes::TABLE[id.0 as usize].0)),
    }
}

/// The tuple in the first slot, as handles.
fn parts<'s>(cx: &Cx<'s>, own: Handle<'_, Record>) -> Result<Vec<Handle<'s>>, Raised> {
    let held = own.get(cx).a.get(cx).map(|a| cx.root(a)).and_then(|a| tuple::of_handle(cx, a));
    held.map_or(Ok(Vec::new()), |t| tuple::handles(cx, t))
}

/// The arguments of `__new__`, at least one and no keywords.
fn given<'s>(cx: &mut Cx<'s>, args: &Args<'s>, name: &str) -> Result<Vec<Handle<'s>>, Raised> {
    if has_keywords(cx, args) {
        fail!(cx, TYPE_ERROR, "{name}() takes no keyword arguments");
    }
    match args.rest_len() {
        0 => fail!(cx, TYPE_ERROR, "{name} expected 1 argument, got 0"),
        _ => Ok(args.rest_all(cx)),
    }
}

/// The one argument of `__call__`.
fn operand<'s>(cx: &mut Cx<'s>, args: &Args<'s>, name: &str) -> Res<'s> {
    if has_keywords(cx, args) {
        fail!(cx, TYPE_ERROR, "{name}() takes no keyword arguments");
    }
    match args.rest_len() {
        1 => Ok(args.rest(cx, 0)),
        n => fail!(cx, TYPE_ERROR, "{name} expected 1 argument, got {n}"),
    }
}

fn make<'s>(
    cx: &mut Cx<'s>,
    args: &Args<'s>,
    id: ClassId,
    parts: &[Handle<'s>],
) -> Result<Handle<'s, Record>, Raised> {
    let class = class::new_target(cx, args, id)?;
    let parts = tuple::new(cx, parts)?;
    let made = record::new(cx, class)?;
    made.get(cx).put(cx, Record::a, Some(parts.get(cx).any()));
    Ok(made)
}

fn new_itemgetter<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let keys = given(cx, args, "itemgetter")?;
    Ok(make(cx, args, classes::ITEMGETTER, &keys)?.any())
}

fn call_itemgetter<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args, classes::ITEMGETTER)?;
    let operand = operand(cx, args, "itemgetter")?;
    let keys = parts(cx, own)?;
    if let [key] = keys[..] {
        return subscript::get(cx, operand, key);
    }
    let mut found = Vec::with_capacity(keys.len());
    for key in keys {
        found.push(subscript::get(cx, operand, key)?);
    }
    Ok(tuple::new(cx, &found)?.any())
}

fn shown(cx: &mut Cx<'_>, values: &[Handle<'_>]) -> Result<Vec<String>, Raised> {
    let mut texts = Vec::new();
    for &value in values {
        let text = repr::repr(cx, value)?;
        texts.push(str::lossy(text.get(cx)));
    }
    Ok(texts)
}

fn repr_itemgetter<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args, classes::ITEMGETTER)?;
    let texts = shown(cx, &parts(cx, own)?)?;
    string(cx, &format!("operator.itemgetter({})", texts.join(", ")))
}

fn reduce_itemgetter<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args, classes::ITEMGETTER)?;
    let class = class::of_value(cx, own.get(cx).any()).any();
    let keys = tuple::new(cx, &parts(cx, own)?)?.any();
    Ok(tuple::new(cx, &[class, keys])?.any())
}

fn new_attrgetter<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let mut paths = Vec::new();
    for name in given(cx, args, "attrgetter")? {
        let Some(text) = text_of(cx, name.get(cx)) else {
            fail!(cx, TYPE_ERROR, "attribute name must be a string");
        };
        let mut steps = Vec::new();
        for step in text.split('.') {
            let id = names::intern(cx, step)?;
            steps.push(names::handle(cx, id).any());
        }
        paths.push(tuple::new(cx, &steps)?.any());
    }
    Ok(make(cx, args, classes::ATTRGETTER, &paths)?.any())
}

/// Follows the names of a path from an object.
fn follow<'s>(cx: &mut Cx<'s>, operand: Handle<'s>, path: Handle<'s>) -> Res<'s> {
    let steps: Option<Handle<'s, Tuple>> = tuple::of_handle(cx, path);
    let mut at = operand;
    for step in steps.map_or(Ok(Vec::new()), |s| tuple::handles(cx, s))? {
        let Some(step) = str::of_handle(cx, step) else { continue };
        let id = str::intern(cx, step.get(cx))?;
        at = attr::get(cx, at, id)?;
    }
    Ok(at)
}

fn call_attrgetter<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args, classes::ATTRGETTER)?;
    let operand = operand(cx, args, "attrgetter")?;
    let paths = parts(cx, own)?;
    if let [path] = paths[..] {
        return follow(cx, operand, path);
    }
    let mut found = Vec::with_capacity(paths.len());
    for path in paths {
        found.push(follow(cx, operand, path)?);
    }
    Ok(tuple::new(cx, &found)?.any())
}

fn repr_attrgetter<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args, classes::ATTRGETTER)?;
    let mut texts = Vec::new();
    for path in parts(cx, own)? {
        let steps = tuple::of_handle(cx, path).map_or(Ok(Vec::new()), |s| tuple::handles(cx, s))?;
        let steps: Vec<String> = steps.into_iter().filter_map(|s| text_of(cx, s.get(cx))).collect();
        let name = str::new(cx, &steps.join("."))?.any();
        texts.extend(shown(cx, &[name])?);
    }
    string(cx, &format!("operator.attrgetter({})", texts.join(", ")))
}

fn new_methodcaller<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    if args.rest_len() == 0 {
        fail!(cx, TYPE_ERROR, "methodcaller needs at least one argument, the method name");
    }
    let name = args.rest(cx, 0);
    if str::of(cx, name.get(cx)).is_none() {
        fail!(cx, TYPE_ERROR, "method name must be a string");
    }
    let made = make(cx, args, classes::METHODCALLER, &args.rest_all(cx)[1..])?;
    made.get(cx).put(cx, Record::b, Some(name.get(cx)));
    made.get(cx).put(cx, Record::c, args.keywords().map(|k| k.get(cx).any()));
    Ok(made.any())
}

fn call_methodcaller<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args, classes::METHODCALLER)?;
    let operand = operand(cx, args, "methodcaller")?;
    let name = own.get(cx).b.get(cx).map(|n| cx.root(n)).and_then(|n| str::of_handle(cx, n));
    let Some(name) = name else { return Ok(operand) };
    let id = str::intern(cx, name.get(cx))?;
    let method = attr::get(cx, operand, id)?;
    let mut all = parts(cx, own)?;
    let keywords =
        own.get(cx).c.get(cx).map(|k| cx.root(k)).and_then(|k| crate::object::dict::of_handle(cx, k));
    let (values, keys) = spread(cx, keywords)?;
    all.extend(values);
    call::call_named(cx, method, &all, keys)
}

fn repr_methodcaller<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args, classes::METHODCALLER)?;
    let name = own.get(cx).b.get(cx).map(|n| cx.root(n));
    let mut values: Vec<Handle<'s>> = name.into_iter().collect();
    values.extend(parts(cx, own)?);
    let mut texts = shown(cx, &values)?;
    let keywords =
        own.get(cx).c.get(cx).map(|k| cx.root(k)).and_then(|k| crate::object::dict::of_handle(cx, k));
    let (values, keys) = spread(cx, keywords)?;
    let keys = keys.map_or(Ok(Vec::new()), |k| tuple::handles(cx, k))?;
    for (key, value) in keys.into_iter().zip(shown(cx, &values)?) {
        texts.push(format!("{}={value}", text_of(cx, key.get(cx)).unwrap_or_default()));
    }
    string(cx, &format!("operator.methodcaller({})", texts.join(", ")))
}
