//! `partial`: a record of a callable, a tuple of arguments and a dict of keywords.

use crate::builtins::common::{fail, forward, spread, text_of, Res};
use crate::builtins::{convert, repr};
use crate::object::layout::{Dict, Record, Tuple};
use crate::object::native::{wrong_self, Args, NativeDef};
use crate::object::raise::Raised;
use crate::object::{attr, call, class, classes, dict, names, none, record, str, tuple};
use taipan_gc::{Cx, Handle};

pub(super) const METHODS: &[NativeDef] = &[
    NativeDef::new_static("__new__", new, "cls, /, *args, **kwargs"),
    NativeDef::new("__call__", call_it, "self, /, *args, **kwargs"),
    NativeDef::new("__repr__", repr_of, "self, /"),
    NativeDef::new("__reduce__", reduce, "self, /"),
    NativeDef::new("__setstate__", setstate, "self, state, /"),
    NativeDef::getter("func", |cx, args| part(cx, args, 0)),
    NativeDef::getter("args", |cx, args| part(cx, args, 1)),
    NativeDef::getter("keywords", |cx, args| part(cx, args, 2)),
    crate::builtins::CLASS_GETITEM,
];

/// What a partial is made of.
struct Parts<'s> {
    function: Handle<'s>,
    arguments: Handle<'s, Tuple>,
    keywords: Handle<'s, Dict>,
}

fn own<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Result<Handle<'s, Record>, Raised> {
    match record::of(cx, args.at(cx, 0), classes::PARTIAL) {
        Some(own) => Ok(own),
        None => Err(wrong_self(cx, args, "functools.partial")),
    }
}

fn parts<'s>(cx: &mut Cx<'s>, own: Handle<'_, Record>) -> Result<Parts<'s>, Raised> {
    let local = own.get(cx);
    let [function, arguments, keywords] =
        [local.a.get(cx), local.b.get(cx), local.c.get(cx)].map(|slot| slot.map(|v| cx.root(v)));
    let arguments = arguments.and_then(|a| tuple::of_handle(cx, a));
    let keywords = keywords.and_then(|k| dict::of_handle(cx, k));
    match (function, arguments, keywords) {
        (Some(function), Some(arguments), Some(keywords)) => Ok(Parts { function, arguments, keywords }),
        _ => fail!(cx, TYPE_ERROR, "the partial has not been made by its class"),
    }
}

fn put(
    cx: &Cx<'_>,
    own: Handle<'_, Record>,
    function: Handle<'_>,
    arguments: Handle<'_>,
    keywords: Handle<'_>,
) {
    let own = own.get(cx);
    own.put(cx, Record::a, Some(function.get(cx)));
    own.put(cx, Record::b, Some(arguments.get(cx)));
    own.put(cx, Record::c, Some(keywords.get(cx)));
}

fn new<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let class = class::new_target(cx, args, classes::PARTIAL)?;
    if args.rest_len() == 0 {
        fail!(cx, TYPE_ERROR, "type 'partial' takes at least one argument");
    }
    let mut function = args.rest(cx, 0);
    if !call::is_callable(cx, function.get(cx)) {
        fail!(cx, TYPE_ERROR, "the first argument must be callable");
    }
    let given = args.keywords();
    let mut all = Vec::new();
    let keywords = dict::new(cx)?;
    // A partial of a partial holds what both do.
    if let Some(inner) = record::of(cx, function, classes::PARTIAL) {
        let attributes = attr::get_opt(cx, function, names::DICT)?.and_then(|d| dict::of_handle(cx, d));
        let bare = attributes.is_none_or(|d| dict::len(d.get(cx)) == 0);
        let inner_class = class::of(cx, function.get(cx));
        if inner_class.is(classes::local(cx, classes::PARTIAL)) && bare {
            let inner = parts(cx, inner)?;
            all.extend(tuple::handles(cx, inner.arguments)?);
            dict::update(cx, keywords, inner.keywords.any())?;
            function = inner.function;
        }
    }
    all.extend_from_slice(&args.rest_all(cx)[1..]);
    if let Some(given) = given {
        dict::update(cx, keywords, given.any())?;
    }
    let all = tuple::new(cx, &all)?;
    let made = record::new(cx, class)?;
    put(cx, made, function, all.any(), keywords.any());
    Ok(made.any())
}

fn call_it<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    let held = parts(cx, own)?;
    let mut all = tuple::handles(cx, held.arguments)?;
    if dict::len(held.keywords.get(cx)) == 0 {
        let (more, names) = forward(cx, args, &all)?;
        return call::call_named(cx, held.function, &more, names);
    }
    let keywords = dict::copy(cx, held.keywords)?;
    if let Some(given) = args.keywords() {
        dict::update(cx, keywords, given.any())?;
    }
    all.extend(args.rest_all(cx));
    let (values, names) = spread(cx, Some(keywords))?;
    all.extend(values);
    call::call_named(cx, held.function, &all, names)
}

fn repr_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    let held = parts(cx, own)?;
    let class = class::of_value(cx, own.get(cx).any());
    let name = if class.get(cx).is(classes::local(cx, classes::PARTIAL)) {
        "functools.partial".to_owned()
    } else {
        crate::builtins::common::qualname(cx, class.get(cx))
    };
    let mut texts = Vec::new();
    let ran = repr::guarded(cx, own.any(), |cx| {
        let mut values = vec![held.function];
        values.extend(tuple::handles(cx, held.arguments)?);
        for value in values {
            let shown = repr::repr(cx, value)?;
            texts.push(str::lossy(shown.get(cx)));
        }
        let (values, names) = spread(cx, Some(held.keywords))?;
        for (n, value) in values.into_iter().enumerate() {
            let shown = repr::repr(cx, value)?;
            let key = names.and_then(|k| tuple::item(k.get(cx), n).and_then(|key| text_of(cx, key)));
            texts.push(format!("{}={}", key.unwrap_or_default(), str::lossy(shown.get(cx))));
        }
        Ok(())
    })?;
    match ran {
        true => crate::builtins::common::string(cx, &format!("{name}({})", texts.join(", "))),
        false => crate::builtins::common::string(cx, "..."),
    }
}

fn part<'s>(cx: &mut Cx<'s>, args: &Args<'s>, n: usize) -> Res<'s> {
    let own = own(cx, args)?;
    let held = parts(cx, own)?;
    Ok([held.function, held.arguments.any(), held.keywords.any()][n])
}

fn reduce<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    let held = parts(cx, own)?;
    let class = class::of_value(cx, own.get(cx).any()).any();
    let how = tuple::new(cx, &[held.function])?.any();
    let attributes = match attr::get_opt(cx, own.any(), names::DICT)? {
        Some(attributes) if dict::of(cx, attributes.get(cx)).is_some_and(|d| dict::len(d) > 0) => attributes,
        _ => none(cx),
    };
    let state = [held.function, held.arguments.any(), held.keywords.any(), attributes];
    let state = tuple::new(cx, &state)?.any();
    Ok(tuple::new(cx, &[class, how, state])?.any())
}

fn setstate<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    let state = tuple::of_handle(cx, args.at(cx, 1)).map_or(Ok(Vec::new()), |s| tuple::handles(cx, s))?;
    let fits = match state[..] {
        [function, arguments, keywords, _] => {
            call::is_callable(cx, function.get(cx))
                && tuple::of(cx, arguments.get(cx)).is_some()
                && (keywords.get(cx).value().is_none() || dict::of(cx, keywords.get(cx)).is_some())
        }
        _ => false,
    };
    if !fits {
        fail!(cx, TYPE_ERROR, "invalid partial state");
    }
    let arguments = convert::exact(cx, state[1]);
    let keywords = match dict::of_handle(cx, state[2]) {
        Some(keywords) => dict::copy(cx, keywords)?,
        None => dict::new(cx)?,
    };
    put(cx, own, state[0], arguments, keywords.any());
    if dict::of(cx, state[3].get(cx)).is_some() {
        attr::set(cx, own.any(), names::DICT, state[3])?;
    }
    Ok(none(cx))
}
