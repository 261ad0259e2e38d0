//! `_abc`: what the metaclass `abc.ABCMeta` does natively, since `isinstance` against an abstract class is hot.
//!
//! A class keeps four things in a list under `_abc_impl`: the set of registered classes, the numbers of classes known to be subclasses
//! and of those known not to be, and the version at which the latter was learnt. Numbers are never given twice, so that caches keep no class alive;
//! the registry does, other than CPython's.

use super::{with_extension, ModuleDef};
use crate::builtins::common::{fail, Res};
use crate::builtins::is_subclass;
use crate::object::layout::{Class, Dict, List};
use crate::object::native::{Args, NativeDef};
use crate::object::raise::Raised;
use crate::object::{
    attr, bool, call, class, compare, dict, immediate, int, iter, list, names, none, set, subclasses, tuple,
};
use taipan_gc::{Cx, Handle, Value};

/// The module.
pub const MODULE: ModuleDef = ModuleDef {
    name: "_abc",
    functions: &[
        NativeDef::new("_abc_init", init, "self, /"),
        NativeDef::new("_abc_register", register, "self, subclass, /"),
        NativeDef::new("_abc_instancecheck", instance_check, "self, instance, /"),
        NativeDef::new("_abc_subclasscheck", subclass_check, "self, subclass, /"),
        NativeDef::new("_abc_abstracts", abstracts, "self, /"),
        NativeDef::new("_reset_caches", reset_caches, "self, /"),
        NativeDef::new("_reset_registry", reset_registry, "self, /"),
        NativeDef::new("get_cache_token", cache_token, ""),
    ],
    types: &[],
    fill: |_, _| Ok(()),
};

/// Goes up with every registration: what is known of classes that are no subclasses no longer holds.
#[derive(Debug, Default)]
struct Version(i64);

fn version(cx: &Cx<'_>) -> i64 {
    with_extension(cx, |_, state: &mut Version| state.0)
}

const REGISTRY: usize = 0;
const CACHE: usize = 1;
const NEGATIVE: usize = 2;
const LEARNT: usize = 3;

/// What a class keeps.
fn state<'s>(cx: &mut Cx<'s>, own: Handle<'s>) -> Result<Handle<'s, List>, Raised> {
    let key = names::intern(cx, "_abc_impl")?;
    let attributes = class::of_handle(cx, own).and_then(|c| class::attributes(cx, c.get(cx)));
    let found = attributes.and_then(|d| dict::get_name(cx, d, names::local(cx, key))).map(|f| cx.root(f));
    match found.and_then(|f| list::of_handle(cx, f)).filter(|l| list::len(l.get(cx)) == 4) {
        Some(state) => Ok(state),
        None => fail!(cx, TYPE_ERROR, "_abc_impl is set to a wrong type"),
    }
}

fn part<'s>(cx: &mut Cx<'s>, state: Handle<'_, List>, n: usize) -> Result<Handle<'s, Dict>, Raised> {
    match list::item(cx, state.get(cx), n).map(|v| cx.root(v)).and_then(|v| set::of_handle(cx, v)) {
        Some(part) => Ok(part),
        None => fail!(cx, TYPE_ERROR, "_abc_impl is set to a wrong type"),
    }
}

/// A class's number.
fn number<'s>(cx: &Cx<'s>, class: Handle<'_, Class>) -> Handle<'s> {
    immediate(cx, Value::int_wrapping(i64::from(class.get(cx).id.get())))
}

fn is_abstract(cx: &mut Cx<'_>, value: Handle<'_>) -> Result<bool, Raised> {
    cx.scoped(|cx| match attr::get_opt(cx, value, names::ISABSTRACTMETHOD)? {
        Some(flag) => compare::truth(cx, flag),
        None => Ok(false),
    })
}

/// The names that a class leaves abstract: of its own, and of its bases.
fn abstract_names<'s>(cx: &mut Cx<'s>, own: Handle<'s, Class>) -> Result<Handle<'s, Dict>, Raised> {
    let found = set::new_frozen(cx)?;
    let attributes = class::attributes(cx, own.get(cx)).map(|d| cx.root(d));
    let mut at = 0;
    while let Some((name, value)) = attributes.and_then(|d| dict::next_entry(cx, d.get(cx), &mut at)) {
        if value.shape().is_none() {
            continue;
        }
        let (name, value) = (cx.root(name), cx.root(value));
        if is_abstract(cx, value)? {
            set::add(cx, found, name)?;
        }
    }
    let bases = own.get(cx).bases.get(cx).map(|b| cx.root(b));
    for base in bases.map_or(Ok(Vec::new()), |b| tuple::handles(cx, b))? {
        cx.scoped(|cx| {
            let Some(inherited) = attr::get_opt(cx, base, names::ABSTRACTMETHODS)? else { return Ok(()) };
            for name in iter::to_vec(cx, inherited)? {
                let Some(text) = crate::object::str::of_handle(cx, name) else { continue };
                let id = crate::object::str::intern(cx, text.get(cx))?;
                let Some(value) = attr::get_opt(cx, own.any(), id)? else { continue };
                if is_abstract(cx, value)? {
                    set::add(cx, found, name)?;
                }
            }
            Ok::<_, Raised>(())
        })?;
    }
    Ok(found)
}

fn own<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Result<Handle<'s, Class>, Raised> {
    match class::of_handle(cx, args.at(cx, 0)) {
        Some(own) => Ok(own),
        None => fail!(cx, TYPE_ERROR, "an abstract base class is required"),
    }
}

/// Prepares a fresh class.
fn init<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    let (registry, cache, negative) = (set::new(cx)?, set::new(cx)?, set::new(cx)?);
    let learnt = int::from_i64(cx, version(cx))?;
    let state = list::new(cx, &[registry.any(), cache.any(), negative.any(), learnt])?;
    let key = names::intern(cx, "_abc_impl")?;
    attr::set(cx, own.any(), key, state.any())?;
    abstracts(cx, args)
}

/// Computes `__abstractmethods__` anew.
fn abstracts<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    let names_left = abstract_names(cx, own)?;
    attr::set(cx, own.any(), names::ABSTRACTMETHODS, names_left.any())?;
    Ok(none(cx))
}

fn register<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let (own, subclass) = (args.at(cx, 0), args.at(cx, 1));
    if class::of_handle(cx, subclass).is_none() {
        fail!(cx, TYPE_ERROR, "Can only register classes");
    }
    if is_subclass(cx, subclass, own)? {
        return Ok(subclass);
    }
    if is_subclass(cx, own, subclass)? {
        fail!(cx, RUNTIME_ERROR, "Refusing to create an inheritance cycle");
    }
    let state = state(cx, own)?;
    let registry = part(cx, state, REGISTRY)?;
    set::add(cx, registry, subclass)?;
    with_extension(cx, |_, state: &mut Version| state.0 += 1);
    Ok(subclass)
}

/// What the caches say of a class.
fn known(cx: &mut Cx<'_>, state: Handle<'_, List>, class: Handle<'_, Class>) -> Result<Option<bool>, Raised> {
    cx.scoped(|cx| {
        let number = number(cx, class);
        let cache = part(cx, state, CACHE)?;
        if set::contains(cx, cache, number)? {
            return Ok(Some(true));
        }
        let negative = part(cx, state, NEGATIVE)?;
        let learnt = list::item(cx, state.get(cx), LEARNT).and_then(|v| v.value().as_int());
        if learnt == Some(version(cx)) {
            return Ok(set::contains(cx, negative, number)?.then_some(false));
        }
        set::clear(cx, negative.get(cx));
        let now = int::from_i64(cx, version(cx))?;
        list::set(cx, state.get(cx), LEARNT, now.get(cx));
        Ok(None)
    })
}

fn instance_check<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let (own, instance) = (args.at(cx, 0), args.at(cx, 1));
    let actual = class::of_value(cx, instance.get(cx));
    let flags = actual.get(cx).flags.get();
    let hooks = flags & (class::HAS_GETATTRIBUTE | class::HAS_GETATTR) != 0;
    let claims = hooks || class::lookup(cx, actual.get(cx), names::CLASS).is_some();
    if claims {
        if let Some(claimed) = attr::get_opt(cx, instance, names::CLASS)? {
            let different = !claimed.get(cx).is(actual.get(cx).any());
            if different && checked(cx, own, claimed)? {
                return Ok(bool(cx, true));
            }
        }
    } else {
        let state = state(cx, own)?;
        if let Some(known) = known(cx, state, actual)? {
            return Ok(bool(cx, known));
        }
    }
    let found = checked(cx, own, actual.any())?;
    Ok(bool(cx, found))
}

/// `own.__subclasscheck__(subclass)`
fn checked(cx: &mut Cx<'_>, own: Handle<'_>, subclass: Handle<'_>) -> Result<bool, Raised> {
    cx.scoped(|cx| match call::call_special(cx, own, names::SUBCLASSCHECK, &[subclass])? {
        Some(answer) => compare::truth(cx, answer),
        None => Ok(false),
    })
}

fn subclass_check<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = args.at(cx, 0);
    let Some(subclass) = class::of_handle(cx, args.at(cx, 1)) else {
        fail!(cx, TYPE_ERROR, "issubclass() arg 1 must be a class");
    };
    let state = state(cx, own)?;
    if let Some(known) = known(cx, state, subclass)? {
        return Ok(bool(cx, known));
    }
    let found = decide(cx, own, state, subclass)?;
    let cache = part(cx, state, if found { CACHE } else { NEGATIVE })?;
    let number = number(cx, subclass);
    set::add(cx, cache, number)?;
    Ok(bool(cx, found))
}

/// Asks the hook, the bases, the registered classes, and the subclasses.
fn decide<'s>(
    cx: &mut Cx<'s>,
    own: Handle<'s>,
    state: Handle<'s, List>,
    subclass: Handle<'s, Class>,
) -> Result<bool, Raised> {
    let hook = names::intern(cx, "__subclasshook__")?;
    let answer = call::call_method(cx, own, hook, &[subclass.any()])?;
    if answer.get(cx).value().is_bool() {
        return Ok(answer.get(cx).value() == Value::TRUE);
    }
    if !answer.get(cx).is(crate::object::root(cx, crate::object::Root::NotImplemented)) {
        fail!(cx, ASSERTION_ERROR, "__subclasshook__ must return either False, True, or NotImplemented");
    }
    let Some(class) = class::of_handle(cx, own) else { return Ok(false) };
    if class::is_subclass(cx, subclass.get(cx), class.get(cx)) {
        return Ok(true);
    }
    let registry = part(cx, state, REGISTRY)?;
    let mut candidates = iter::to_vec(cx, registry.any())?;
    let derived = subclasses::list(cx, class)?;
    candidates.extend(iter::to_vec(cx, derived.any())?);
    for candidate in candidates {
        if is_subclass(cx, subclass.any(), candidate)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn reset_caches<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let state = state(cx, args.at(cx, 0))?;
    for n in [CACHE, NEGATIVE] {
        let part = part(cx, state, n)?;
        set::clear(cx, part.get(cx));
    }
    Ok(none(cx))
}

fn reset_registry<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let state = state(cx, args.at(cx, 0))?;
    let registry = part(cx, state, REGISTRY)?;
    set::clear(cx, registry.get(cx));
    Ok(none(cx))
}

fn cache_token<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> Res<'s> {
    int::from_i64(cx, version(cx))
}
