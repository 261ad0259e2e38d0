//! What `lru_cache` makes of a function: a record of the function, a dict of results in the order of their last use, and a tuple of
//! whether types count and the class of `cache_info()`. Its numbers: how many results are kept (-1: all), hits, misses.

use crate::builtins::common::{fail, forward, Res};
use crate::builtins::convert;
use crate::object::layout::{Dict, Record};
use crate::object::native::{wrong_self, Args, NativeDef};
use crate::object::raise::Raised;
use crate::object::{call, class, classes, compare, descriptor, dict, int, none, record, shapes, tuple};
use taipan_gc::{Cx, Handle, Value};

pub(super) const METHODS: &[NativeDef] = &[
    NativeDef::new_static("__new__", new, "cls, user_function, maxsize, typed, cache_info_type, /"),
    NativeDef::new("__call__", call_it, "self, /, *args, **kwargs"),
    NativeDef::new("__get__", get, "self, instance, owner=None, /"),
    NativeDef::new("__copy__", keep, "self, /"),
    NativeDef::new("__deepcopy__", keep, "self, memo, /"),
    NativeDef::new("cache_info", info, "self, /"),
    NativeDef::new("cache_clear", clear, "self, /"),
];

fn own<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Result<Handle<'s, Record>, Raised> {
    match record::of(cx, args.at(cx, 0), classes::LRU_CACHE) {
        Some(own) => Ok(own),
        None => Err(wrong_self(cx, args, "functools._lru_cache_wrapper")),
    }
}

fn new<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let class = class::new_target(cx, args, classes::LRU_CACHE)?;
    let function = args.at(cx, 1);
    if !call::is_callable(cx, function.get(cx)) {
        fail!(cx, TYPE_ERROR, "the first argument must be callable");
    }
    let maxsize = match args.some(cx, 2) {
        Some(maxsize) if int::is(cx, maxsize.get(cx)) => convert::index_i64(cx, maxsize)?.max(0),
        Some(_) => fail!(cx, TYPE_ERROR, "maxsize should be integer or None"),
        None => -1,
    };
    let typed = compare::truth(cx, args.at(cx, 3))?;
    let typed = crate::object::bool(cx, typed);
    let how = tuple::new(cx, &[typed, args.at(cx, 4)])?;
    let results = dict::new(cx)?;
    let made = record::new(cx, class)?;
    let local = made.get(cx);
    local.put(cx, Record::a, Some(function.get(cx)));
    local.put(cx, Record::b, Some(results.get(cx).any()));
    local.put(cx, Record::c, Some(how.get(cx).any()));
    local.x.set(maxsize);
    Ok(made.any())
}

fn results<'s>(cx: &mut Cx<'s>, own: Handle<'_, Record>) -> Result<Handle<'s, Dict>, Raised> {
    match own.get(cx).b.get(cx).map(|b| cx.root(b)).and_then(|b| dict::of_handle(cx, b)) {
        Some(results) => Ok(results),
        None => fail!(cx, TYPE_ERROR, "the cache has not been made by its class"),
    }
}

/// The n-th part of how the cache was made.
fn setting<'s>(cx: &Cx<'s>, own: Handle<'_, Record>, n: usize) -> Handle<'s> {
    let how = own.get(cx).c.get(cx);
    how.and_then(|h| tuple::get(cx, h, n)).map(|v| cx.root(v)).unwrap_or_else(|| none(cx))
}

/// The key of a call: its only argument if that is an exact int or string, or a tuple of everything.
fn key<'s>(cx: &mut Cx<'s>, args: &Args<'s>, typed: bool) -> Res<'s> {
    let given = args.rest_all(cx);
    let has_keywords = args.keywords().is_some_and(|k| dict::len(k.get(cx)) > 0);
    if let ([only], false, false) = (&given[..], has_keywords, typed) {
        let shape = crate::object::shape_of(only.get(cx));
        if matches!(shape, shapes::INT | shapes::BIGINT | shapes::STR_ASCII | shapes::STR_WIDE) {
            return Ok(*only);
        }
    }
    let mut all = given.clone();
    let mut kinds: Vec<Handle<'s>> = Vec::new();
    if let (Some(keywords), true) = (args.keywords(), has_keywords) {
        // Nobody passes this class: it tells positional arguments from named ones.
        all.push(classes::handle(cx, classes::LRU_CACHE).any());
        let mut at = 0;
        while let Some((key, value)) = dict::next_entry(cx, keywords.get(cx), &mut at) {
            let (key, value) = (cx.root(key), cx.root(value));
            all.extend([key, value]);
            kinds.push(value);
        }
    }
    if typed {
        for value in given.into_iter().chain(kinds) {
            all.push(class::of_value(cx, value.get(cx)).any());
        }
    }
    Ok(tuple::new(cx, &all)?.any())
}

fn call_it<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    let maxsize = own.get(cx).x.get();
    if maxsize == 0 {
        own.get(cx).z.set(own.get(cx).z.get() + 1);
        return compute(cx, args, own);
    }
    let typed = setting(cx, own, 0).get(cx).value() == Value::TRUE;
    let key = key(cx, args, typed)?;
    let known = results(cx, own)?;
    if let Some(found) = dict::get(cx, known, key)? {
        own.get(cx).y.set(own.get(cx).y.get() + 1);
        if maxsize > 0 {
            // It has been used last now.
            dict::remove(cx, known, key)?;
            dict::set(cx, known, key, found)?;
        }
        return Ok(found);
    }
    own.get(cx).z.set(own.get(cx).z.get() + 1);
    let found = compute(cx, args, own)?;
    if maxsize > 0 && !dict::contains(cx, known, key)? && dict::len(known.get(cx)) as i64 >= maxsize {
        let oldest = dict::next_entry(cx, known.get(cx), &mut 0).map(|(key, _)| cx.root(key));
        if let Some(oldest) = oldest {
            dict::remove(cx, known, oldest)?;
        }
    }
    dict::set(cx, known, key, found)?;
    Ok(found)
}

fn compute<'s>(cx: &mut Cx<'s>, args: &Args<'s>, own: Handle<'s, Record>) -> Res<'s> {
    let function = own.get(cx).a.get(cx).map(|f| cx.root(f)).unwrap_or_else(|| none(cx));
    let (all, names) = forward(cx, args, &[])?;
    call::call_named(cx, function, &all, names)
}

/// In a class it is a method.
fn get<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    match args.some(cx, 1) {
        Some(instance) => descriptor::new_method(cx, own.any(), instance),
        None => Ok(own.any()),
    }
}

fn keep<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    Ok(own(cx, args)?.any())
}

fn info<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    let (maxsize, hits, misses) = (own.get(cx).x.get(), own.get(cx).y.get(), own.get(cx).z.get());
    let size = dict::len(results(cx, own)?.get(cx));
    let maxsize = if maxsize < 0 { none(cx) } else { int::from_i64(cx, maxsize)? };
    let (hits, misses) = (int::from_i64(cx, hits)?, int::from_i64(cx, misses)?);
    let size = int::from_usize(cx, size)?;
    let made_by = setting(cx, own, 1);
    call::call(cx, made_by, &[hits, misses, maxsize, size])
}

fn clear<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    let known = results(cx, own)?;
    dict::clear(cx, known.get(cx));
    own.get(cx).y.set(0);
    own.get(cx).z.set(0);
    Ok(none(cx))
}
