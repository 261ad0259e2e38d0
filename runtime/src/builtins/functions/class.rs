//! `__build_class__`: what a class statement calls.

use crate::builtins::common::{fail, Res};
use crate::object::layout::Dict;
use crate::object::names;
use crate::object::native::{Args, NativeDef};
use crate::object::raise::Raised;
use crate::object::{attr, call, class, classes, define, dict, shapes, str, tuple};
use taipan_gc::{Cx, Handle};

/// `__build_class__`
pub(in crate::builtins) const FUNCTIONS: &[NativeDef] =
    &[NativeDef::new("__build_class__", build_class, "func, name, /, *bases, **kwds")];

fn build_class<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let (body, name) = (args.at(cx, 0), args.at(cx, 1));
    if body.get(cx).shape() != Some(shapes::FUNCTION) {
        fail!(cx, TYPE_ERROR, "__build_class__: func must be a function");
    }
    if str::of(cx, name.get(cx)).is_none() {
        fail!(cx, TYPE_ERROR, "__build_class__: name is not a string");
    }
    let original = args.rest_all(cx);
    let bases = resolve_bases(cx, &original)?;
    let keywords = args.keywords();
    let metaclass = choose_metaclass(cx, keywords, &bases)?;
    let bases_tuple = tuple::new(cx, &bases)?;
    let namespace = prepare(cx, metaclass, name, bases_tuple.any(), args)?;
    call::call(cx, body, &[namespace])?;
    if bases.len() != original.len() || bases.iter().zip(&original).any(|(a, b)| !a.get(cx).is(b.get(cx))) {
        let original = tuple::new(cx, &original)?;
        set_item(cx, namespace, "__orig_bases__", original.any())?;
    }
    let cell = class_cell(cx, namespace);
    let made = make(cx, metaclass, &[name, bases_tuple.any(), namespace], args)?;
    check_cell(cx, cell, made, name)?;
    Ok(made)
}

fn set_item(cx: &mut Cx<'_>, namespace: Handle<'_>, name: &str, value: Handle<'_>) -> Result<(), Raised> {
    let key = str::new(cx, name)?;
    crate::object::subscript::set(cx, namespace, key.any(), value)
}

/// Replaces bases that are not classes by what their `__mro_entries__` says.
fn resolve_bases<'s>(cx: &mut Cx<'s>, bases: &[Handle<'s>]) -> Result<Vec<Handle<'s>>, Raised> {
    if bases.iter().all(|b| class::as_class(cx, b.get(cx)).is_some()) {
        return Ok(bases.to_vec());
    }
    let entries = names::intern(cx, "__mro_entries__")?;
    let mut resolved = Vec::new();
    for &base in bases {
        let method = match class::as_class(cx, base.get(cx)) {
            Some(_) => None,
            None => attr::get_opt(cx, base, entries)?,
        };
        let Some(method) = method else {
            resolved.push(base);
            continue;
        };
        let all = tuple::new(cx, bases)?;
        let found = call::call(cx, method, &[all.any()])?;
        match tuple::of_handle(cx, found) {
            Some(found) => resolved.extend(tuple::handles(cx, found)?),
            None => fail!(cx, TYPE_ERROR, "__mro_entries__ must return a tuple"),
        }
    }
    Ok(resolved)
}

/// The `metaclass` argument (taken out of the keywords) or the type of the first base, made the most derived.
fn choose_metaclass<'s>(
    cx: &mut Cx<'s>,
    keywords: Option<Handle<'s, Dict>>,
    bases: &[Handle<'s>],
) -> Result<Handle<'s>, Raised> {
    let key = names::handle(cx, names::METACLASS);
    let given = keywords.and_then(|k| dict::get_name(cx, k.get(cx), key.get(cx)).map(|v| cx.root(v)));
    let metaclass = match (given, keywords) {
        (Some(given), Some(keywords)) => {
            dict::remove_name(cx, keywords, key)?;
            given
        }
        _ => match bases.first() {
            Some(first) => class::of_value(cx, first.get(cx)).any(),
            None => classes::handle(cx, classes::TYPE).any(),
        },
    };
    match class::of_handle(cx, metaclass) {
        Some(class) => Ok(define::winner(cx, class, bases)?.any()),
        None => Ok(metaclass),
    }
}

fn prepare<'s>(
    cx: &mut Cx<'s>,
    metaclass: Handle<'s>,
    name: Handle<'s>,
    bases: Handle<'s>,
    args: &Args<'s>,
) -> Res<'s> {
    if metaclass.get(cx).is(classes::local(cx, classes::TYPE)) {
        return Ok(dict::new(cx)?.any());
    }
    let Some(prepare) = attr::get_opt(cx, metaclass, names::PREPARE)? else {
        return Ok(dict::new(cx)?.any());
    };
    let (values, keywords) = crate::builtins::common::spread(cx, args.keywords())?;
    let mut all = vec![name, bases];
    all.extend(values);
    let namespace = call::call_named(cx, prepare, &all, keywords)?;
    let is_mapping = attr::special(cx, namespace.get(cx), names::GETITEM).is_some();
    if !is_mapping {
        let shown = match class::as_class(cx, metaclass.get(cx)) {
            Some(class) => class::name(cx, class),
            None => "<metaclass>".to_owned(),
        };
        let given = class::type_name(cx, namespace.get(cx));
        fail!(cx, TYPE_ERROR, "{shown}.__prepare__() must return a mapping, not {given}");
    }
    Ok(namespace)
}

fn class_cell<'s>(cx: &Cx<'s>, namespace: Handle<'_>) -> Option<Handle<'s>> {
    let attributes = dict::of(cx, namespace.get(cx))?;
    dict::get_name(cx, attributes, names::local(cx, names::CLASSCELL)).map(|c| cx.root(c))
}

fn make<'s>(cx: &mut Cx<'s>, metaclass: Handle<'s>, three: &[Handle<'s>], args: &Args<'s>) -> Res<'s> {
    let (values, keywords) = crate::builtins::common::spread(cx, args.keywords())?;
    let mut all = three.to_vec();
    all.extend(values);
    call::call_named(cx, metaclass, &all, keywords)
}

/// A metaclass must hand `__classcell__` on to `type.__new__`.
fn check_cell(
    cx: &mut Cx<'_>,
    cell: Option<Handle<'_>>,
    made: Handle<'_>,
    name: Handle<'_>,
) -> Result<(), Raised> {
    let Some(cell) = cell.and_then(|c| c.downcast::<crate::object::layout::CellObject>(cx)) else {
        return Ok(());
    };
    let Some(class) = class::as_class(cx, made.get(cx)) else { return Ok(()) };
    let content = cell.get(cx).value.get(cx);
    let name = crate::builtins::common::text_of(cx, name.get(cx)).unwrap_or_default();
    match content {
        Some(content) if content.is(class) => Ok(()),
        Some(_) => fail!(cx, TYPE_ERROR, "__class__ set to something else defining '{name}'"),
        None => fail!(
            cx,
            RUNTIME_ERROR,
            "__class__ not set defining '{name}'. Was __classcell__ propagated to type.__new__?"
        ),
    }
}
