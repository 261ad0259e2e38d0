//! `isinstance`, `issubclass` and `callable`.

use crate::builtins::common::{fail, Res};
use crate::builtins::quick;
use crate::object::native::{Args, NativeDef};
use crate::object::raise::Raised;
use crate::object::{attr, bool, call, class, classes, compare, names, tuple};
use taipan_gc::{Cx, Handle, Local};

/// `isinstance`, `issubclass`, `callable`
pub const FUNCTIONS: &[NativeDef] = &[
    NativeDef::new("isinstance", isinstance, "obj, class_or_tuple, /").quickly(quick::is_instance),
    NativeDef::new("issubclass", issubclass, "cls, class_or_tuple, /"),
    NativeDef::new("callable", callable, "obj, /"),
];

fn isinstance<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let is = is_instance(cx, args.at(cx, 0), args.at(cx, 1))?;
    Ok(bool(cx, is))
}

fn issubclass<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let is = is_subclass(cx, args.at(cx, 0), args.at(cx, 1))?;
    Ok(bool(cx, is))
}

fn callable<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let is = call::is_callable(cx, args.at(cx, 0).get(cx));
    Ok(bool(cx, is))
}

/// Whether the metaclass of a class has a check of its own.
fn has_own_check(cx: &Cx<'_>, class: Local<'_>, name: names::NameId) -> bool {
    let metaclass = class::of(cx, class);
    let is_type = metaclass.is(classes::local(cx, classes::TYPE));
    !is_type && attr::special(cx, class, name).is_some_and(|f| !class::owner_is(cx, f, classes::TYPE))
}

/// `isinstance(object, class)`
pub fn is_instance(cx: &mut Cx<'_>, object: Handle<'_>, of: Handle<'_>) -> Result<bool, Raised> {
    if class::of(cx, object.get(cx)).is(of.get(cx)) {
        return Ok(true);
    }
    if let Some(alternatives) = tuple::of_handle(cx, cx.root(of.get(cx))) {
        return call::enter_native(cx, |cx| any_of(cx, object, alternatives, is_instance));
    }
    if has_own_check(cx, of.get(cx), names::INSTANCECHECK) {
        return call::enter_native(cx, |cx| own_check(cx, of, names::INSTANCECHECK, object));
    }
    plain_instance(cx, object, of)
}

/// `issubclass(derived, class)`
pub fn is_subclass(cx: &mut Cx<'_>, derived: Handle<'_>, of: Handle<'_>) -> Result<bool, Raised> {
    if let Some(alternatives) = tuple::of_handle(cx, cx.root(of.get(cx))) {
        return call::enter_native(cx, |cx| any_of(cx, derived, alternatives, is_subclass));
    }
    if has_own_check(cx, of.get(cx), names::SUBCLASSCHECK) {
        return call::enter_native(cx, |cx| own_check(cx, of, names::SUBCLASSCHECK, derived));
    }
    plain_subclass(cx, derived, of)
}

fn any_of(
    cx: &mut Cx<'_>,
    value: Handle<'_>,
    alternatives: Handle<'_, crate::object::layout::Tuple>,
    check: fn(&mut Cx<'_>, Handle<'_>, Handle<'_>) -> Result<bool, Raised>,
) -> Result<bool, Raised> {
    for i in 0..tuple::len(alternatives.get(cx)) {
        let found = cx.scoped(|cx| {
            let Some(class) = tuple::item(alternatives.get(cx), i).map(|c| cx.root(c)) else {
                return Ok(false);
            };
            check(cx, value, class)
        })?;
        if found {
            return Ok(true);
        }
    }
    Ok(false)
}

fn own_check(
    cx: &mut Cx<'_>,
    class: Handle<'_>,
    name: names::NameId,
    value: Handle<'_>,
) -> Result<bool, Raised> {
    cx.scoped(|cx| match call::call_special(cx, class, name, &[value])? {
        Some(answer) => compare::truth(cx, answer),
        None => Ok(false),
    })
}

/// `type.__instancecheck__`
pub(in crate::builtins) fn plain_instance(
    cx: &mut Cx<'_>,
    object: Handle<'_>,
    of: Handle<'_>,
) -> Result<bool, Raised> {
    let Some(wanted) = class::as_class(cx, of.get(cx)) else {
        fail!(cx, TYPE_ERROR, "isinstance() arg 2 must be a type, a tuple of types, or a union");
    };
    let class = class::of(cx, object.get(cx));
    if class::is_subclass(cx, class, wanted) {
        return Ok(true);
    }
    // An object may claim another class through `__class__`.
    let has_hooks = class.flags.get() & (class::HAS_GETATTRIBUTE | class::HAS_GETATTR) != 0;
    if !has_hooks && class::lookup(cx, class, names::CLASS).is_none() {
        return Ok(false);
    }
    cx.scoped(|cx| {
        let Some(claimed) = attr::get_opt(cx, object, names::CLASS)? else { return Ok(false) };
        let claimed = class::as_class(cx, claimed.get(cx));
        let wanted = class::as_class(cx, of.get(cx));
        Ok(claimed.zip(wanted).is_some_and(|(claimed, wanted)| class::is_subclass(cx, claimed, wanted)))
    })
}

/// `type.__subclasscheck__`
pub(in crate::builtins) fn plain_subclass(
    cx: &mut Cx<'_>,
    derived: Handle<'_>,
    of: Handle<'_>,
) -> Result<bool, Raised> {
    let Some(class) = class::as_class(cx, derived.get(cx)) else {
        fail!(cx, TYPE_ERROR, "issubclass() arg 1 must be a class");
    };
    match class::as_class(cx, of.get(cx)) {
        Some(wanted) => Ok(class::is_subclass(cx, class, wanted)),
        None => fail!(cx, TYPE_ERROR, "issubclass() arg 2 must be a class, a tuple of classes, or a union"),
    }
}
