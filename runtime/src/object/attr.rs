//! Attributes: getting, setting, deleting, and binding through descriptors, as CPython's data model defines them.

use super::class::{self, HAS_DELATTR, HAS_GETATTR, HAS_GETATTRIBUTE, HAS_SETATTR, NO_DICT};
use super::classes::{self, *};
use super::descriptor::{bind, bind_class, has_get, is_c_member, is_data_descriptor, set_descriptor};
use super::layout::{BoundMethod, Class, Function, Module, Super};
use super::names::{self, NameId};
use super::raise::{self, raise, Raised};
use super::{call, define, dict, instance, shapes, str};
use taipan_gc::{Cx, Handle, Local};

/// `object.name`
pub fn get<'s>(cx: &mut Cx<'s>, object: Handle<'_>, name: NameId) -> Result<Handle<'s>, Raised> {
    match get_or_missing(cx, object, name)? {
        Some(found) => Ok(found),
        None => Err(missing(cx, object, name)),
    }
}

/// `getattr(object, name, None)`, telling a missing attribute from None.
pub fn get_opt<'s>(cx: &mut Cx<'s>, object: Handle<'_>, name: NameId) -> Result<Option<Handle<'s>>, Raised> {
    match get_or_missing(cx, object, name) {
        Err(raised) => raise::catch(cx, raised, classes::ATTRIBUTE_ERROR).map(|()| None),
        found => found,
    }
}

fn get_or_missing<'s>(
    cx: &mut Cx<'s>,
    object: Handle<'_>,
    name: NameId,
) -> Result<Option<Handle<'s>>, Raised> {
    let flags = class::of(cx, object.get(cx)).flags.get();
    if flags & (HAS_GETATTRIBUTE | HAS_GETATTR) == 0 {
        return generic_get(cx, object, name);
    }
    let key = names::handle(cx, name).any();
    let found = if flags & HAS_GETATTRIBUTE != 0 {
        match call::call_special(cx, object, names::GETATTRIBUTE, &[key]) {
            Err(raised) if flags & HAS_GETATTR != 0 => {
                raise::catch(cx, raised, classes::ATTRIBUTE_ERROR)?;
                None
            }
            found => return found,
        }
    } else {
        match generic_get(cx, object, name) {
            // A property's AttributeError leads to __getattr__ too.
            Err(raised) => {
                raise::catch(cx, raised, classes::ATTRIBUTE_ERROR)?;
                None
            }
            Ok(found) => found,
        }
    };
    match found {
        Some(found) => Ok(Some(found)),
        None => call::call_special(cx, object, names::GETATTR, &[key]),
    }
}

/// The AttributeError for a missing attribute.
#[cold]
pub fn missing(cx: &mut Cx<'_>, object: Handle<'_>, name: NameId) -> Raised {
    let text = str::lossy(names::local(cx, name));
    let local = object.get(cx);
    let message = if let Some(class) = class::as_class(cx, local) {
        format!("type object '{}' has no attribute '{text}'", class::name(cx, class))
    } else if local.shape() == Some(shapes::MODULE) {
        match module_name(cx, local) {
            Some(module) => format!("module '{module}' has no attribute '{text}'"),
            None => format!("module has no attribute '{text}'"),
        }
    } else if local.shape() == Some(shapes::SUPER) {
        format!("'super' object has no attribute '{text}'")
    } else {
        format!("'{}' object has no attribute '{text}'", class::type_name(cx, local))
    };
    let raised = raise(cx, classes::ATTRIBUTE_ERROR, message);
    set_name_of_pending(cx, name);
    cx.scoped(|cx| {
        let pending = cx.root(super::root(cx, super::Root::Pending));
        if class::kind_of(cx, pending.get(cx)) == KIND_EXCEPTION {
            let _ = set_extra(cx, pending, "obj", object);
        }
    });
    raised
}

/// Sets the attribute `name` of the exception that was just raised.
pub(crate) fn set_name_of_pending(cx: &mut Cx<'_>, name: NameId) {
    cx.scoped(|cx| {
        let pending = cx.root(super::root(cx, super::Root::Pending));
        if class::kind_of(cx, pending.get(cx)) == KIND_EXCEPTION {
            let key = names::handle(cx, name).any();
            let _ = set_extra(cx, pending, "name", key);
        }
    });
}

/// Attributes of exceptions that only tools read; failing to set them loses nothing.
fn set_extra(cx: &mut Cx<'_>, exception: Handle<'_>, name: &str, value: Handle<'_>) -> Result<(), Raised> {
    let name = names::intern(cx, name)?;
    instance::set(cx, exception, name, value)
}

/// The name of a module.
pub(crate) fn module_name(cx: &Cx<'_>, module: Local<'_>) -> Option<String> {
    if module.shape() != Some(shapes::MODULE) {
        return None;
    }
    // SAFETY: the shape says so.
    let module: Local<'_, Module> = unsafe { Local::from_value(module.value()) };
    let name = dict::get_name(cx, module.dict.get(cx)?, names::local(cx, names::NAME))?;
    str::of(cx, name).map(str::lossy)
}

/// `object.__getattribute__(name)` without user-defined hooks; `None` when missing.
pub fn generic_get<'s>(
    cx: &mut Cx<'s>,
    object: Handle<'_>,
    name: NameId,
) -> Result<Option<Handle<'s>>, Raised> {
    let local = object.get(cx);
    let shape = local.shape();
    if shape == Some(shapes::SUPER) {
        return super_get(cx, object, name);
    }
    if let Some(class) = class::as_class(cx, local) {
        let class = cx.root(class);
        return class_get(cx, class, name);
    }
    let class = class::of(cx, local);
    let found = class::lookup(cx, class, name).map(|f| cx.root(f));
    // A class may define `__class__`: its instances claim to be of another one.
    if name == names::CLASS && found.is_none() {
        return Ok(Some(class::of_value(cx, local).any()));
    }
    if let Some(found) = found {
        if is_data_descriptor(cx, found.get(cx)) && has_get(cx, found.get(cx)) {
            return bind(cx, found, object).map(Some);
        }
    }
    if let Some(own) = own(cx, object.get(cx), name) {
        return Ok(Some(cx.root(own)));
    }
    if name == names::DICT {
        if let Some(attributes) = attributes_dict(cx, object)? {
            return Ok(Some(attributes));
        }
    }
    if let (Some(shapes::BOUND_METHOD), true) =
        (shape, found.is_none_or(|f| class::is_of_object(cx, f.get(cx))))
    {
        // A method shows its function's attributes.
        // SAFETY: the shape says so.
        let method: Handle<'_, BoundMethod> = unsafe { object.cast() };
        let function = call::method_parts(cx, method).0;
        if function.get(cx).shape() != Some(shapes::NATIVE) {
            return get(cx, function, name).map(Some);
        }
    }
    match found {
        Some(found) => bind(cx, found, object).map(Some),
        None => Ok(None),
    }
}

/// The object's own attribute: a slot, an entry of its dict.
pub(crate) fn own<'a>(cx: &'a Cx<'_>, object: Local<'a>, name: NameId) -> Option<Local<'a>> {
    // SAFETY: the shapes say so.
    match object.shape()? {
        shapes::MODULE => {
            // SAFETY: as said above.
            let module: Local<'a, Module> = unsafe { Local::from_value(object.value()) };
            dict::get_name(cx, module.dict.get(cx)?, names::local(cx, name))
        }
        shapes::FUNCTION => {
            // SAFETY: as said above.
            let function: Local<'a, Function> = unsafe { Local::from_value(object.value()) };
            dict::get_name(cx, function.dict.get(cx)?, names::local(cx, name))
        }
        _ => instance::get(cx, object, name),
    }
}

/// `object.__dict__`, for objects that have one.
fn attributes_dict<'s>(cx: &mut Cx<'s>, object: Handle<'_>) -> Result<Option<Handle<'s>>, Raised> {
    let local = object.get(cx);
    match local.shape() {
        Some(shapes::MODULE) => {
            // SAFETY: the shape says so.
            let module: Local<'_, Module> = unsafe { Local::from_value(local.value()) };
            Ok(module.dict.get(cx).map(|d| cx.root(d.any())))
        }
        Some(shapes::FUNCTION) => {
            // SAFETY: the shape says so.
            let function: Handle<'_, Function> = unsafe { object.cast() };
            if let Some(attributes) = function.get(cx).dict.get(cx) {
                return Ok(Some(cx.root(attributes.any())));
            }
            let fresh = dict::new(cx)?;
            function.get(cx).put(cx, Function::dict, Some(fresh.get(cx)));
            Ok(Some(fresh.any()))
        }
        Some(shape) => {
            let has = instance::with_info(cx, shape, |i| i.extra != 0).unwrap_or(false);
            if !has || class::of(cx, local).flags.get() & NO_DICT != 0 {
                return Ok(None);
            }
            instance::to_dict(cx, object).map(|d| Some(d.any()))
        }
        None => Ok(None),
    }
}

/// Attribute of a class: metaclass data descriptors, then the class's MRO, then the metaclass.
fn class_get<'s>(
    cx: &mut Cx<'s>,
    class: Handle<'s, Class>,
    name: NameId,
) -> Result<Option<Handle<'s>>, Raised> {
    let metaclass = class::of_value(cx, class.get(cx).any());
    if name == names::CLASS {
        return Ok(Some(metaclass.any()));
    }
    let of_metaclass = class::lookup(cx, metaclass.get(cx), name).map(|f| cx.root(f));
    if let Some(found) = of_metaclass {
        if is_data_descriptor(cx, found.get(cx)) {
            return bind(cx, found, class.any()).map(Some);
        }
    }
    if let Some(found) = class::lookup(cx, class.get(cx), name).map(|f| cx.root(f)) {
        return bind_class(cx, found, class).map(Some);
    }
    match of_metaclass {
        Some(found) => bind(cx, found, class.any()).map(Some),
        None => Ok(None),
    }
}

fn super_get<'s>(cx: &mut Cx<'s>, object: Handle<'_>, name: NameId) -> Result<Option<Handle<'s>>, Raised> {
    // SAFETY: the caller has checked the shape.
    let object: Handle<'_, Super> = unsafe { object.cast() };
    let local = object.get(cx);
    let (Some(class), Some(start)) = (local.class.get(cx), local.receiver_class.get(cx)) else {
        return Ok(None);
    };
    if name == names::CLASS {
        return Ok(Some(classes::handle(cx, classes::SUPER).any()));
    }
    let Some(found) = class::lookup_after(cx, start, class, name).map(|f| cx.root(f)) else {
        let own = class::lookup(cx, classes::local(cx, classes::SUPER), name).map(|f| cx.root(f));
        return match own {
            Some(found) => bind(cx, found, object.any()).map(Some),
            None => Ok(None),
        };
    };
    let receiver = cx.root(local.receiver.get(cx).unwrap_or(Local::NONE));
    let start = cx.root(start);
    if receiver.get(cx).is(start.get(cx)) {
        return bind_class(cx, found, start).map(Some);
    }
    bind(cx, found, receiver).map(Some)
}

/// The special method `name` of a value's class, unbound; `None` when there is none or it is None.
#[inline]
pub fn special<'a>(cx: &'a Cx<'_>, value: Local<'a>, name: NameId) -> Option<Local<'a>> {
    class::lookup(cx, class::of(cx, value), name).filter(|f| !f.value().is_none())
}

/// `object.name = value`
pub fn set(cx: &mut Cx<'_>, object: Handle<'_>, name: NameId, value: Handle<'_>) -> Result<(), Raised> {
    if class::of(cx, object.get(cx)).flags.get() & HAS_SETATTR != 0 {
        let key = names::handle(cx, name).any();
        return call::call_special(cx, object, names::SETATTR, &[key, value]).map(drop);
    }
    generic_set(cx, object, name, Some(value))
}

/// `del object.name`
pub fn delete(cx: &mut Cx<'_>, object: Handle<'_>, name: NameId) -> Result<(), Raised> {
    if class::of(cx, object.get(cx)).flags.get() & HAS_DELATTR != 0 {
        let key = names::handle(cx, name).any();
        return call::call_special(cx, object, names::DELATTR, &[key]).map(drop);
    }
    generic_set(cx, object, name, None)
}

/// `object.__setattr__(name, value)` without user-defined hooks; deletes when there is no value.
pub fn generic_set(
    cx: &mut Cx<'_>,
    object: Handle<'_>,
    name: NameId,
    value: Option<Handle<'_>>,
) -> Result<(), Raised> {
    let class = class::of(cx, object.get(cx));
    let found = class::lookup(cx, class, name).map(|f| cx.root(f));
    if let Some(found) = found {
        if set_descriptor(cx, found, object, value)? {
            return Ok(());
        }
    }
    if super::special_attrs::set(cx, object, name, value)? {
        return Ok(());
    }
    if let Some(class) = class::as_class(cx, object.get(cx)) {
        let class = cx.root(class);
        return match define::set_attribute(cx, class, name, value)? {
            true => Ok(()),
            false => Err(missing(cx, object, name)),
        };
    }
    if let Some(def) = found.and_then(|f| super::casts::native(f.get(cx)).map(|n| n.def)) {
        if def.is_getter {
            let owner = class::definer(cx, class::of(cx, object.get(cx)), name);
            let owner = owner.map(|c| class::shown_name(cx, c)).unwrap_or_default();
            let message = match is_c_member(&owner, def.name) {
                true => "readonly attribute".to_owned(),
                false => format!("attribute '{}' of '{owner}' objects is not writable", def.name),
            };
            return Err(raise(cx, classes::ATTRIBUTE_ERROR, message));
        }
    }
    if set_own(cx, object, name, value)? {
        return Ok(());
    }
    if found.is_some() && value.is_some() && !object_has_dict(cx, object.get(cx)) {
        let (class, text) = (class::type_name(cx, object.get(cx)), str::lossy(names::local(cx, name)));
        return Err(raise(
            cx,
            classes::ATTRIBUTE_ERROR,
            format!("'{class}' object attribute '{text}' is read-only"),
        ));
    }
    Err(missing(cx, object, name))
}

fn object_has_dict(cx: &Cx<'_>, object: Local<'_>) -> bool {
    let has = object.shape().and_then(|s| instance::with_info(cx, s, |i| i.extra != 0)).unwrap_or(false);
    has && class::of(cx, object).flags.get() & NO_DICT == 0
}

/// Sets or deletes the object's own attribute; whether it can have one (and, deleting, had it).
fn set_own(
    cx: &mut Cx<'_>,
    object: Handle<'_>,
    name: NameId,
    value: Option<Handle<'_>>,
) -> Result<bool, Raised> {
    let shape = object.get(cx).shape();
    if let Some(shapes::MODULE | shapes::FUNCTION) = shape {
        let Some(attributes) = attributes_dict(cx, object)? else { return Ok(false) };
        // SAFETY: modules and functions have dicts.
        let attributes: Handle<'_, super::layout::Dict> = unsafe { attributes.cast() };
        let key = names::handle(cx, name);
        return match value {
            Some(value) => dict::set_name(cx, attributes, key, value).map(|()| true),
            None => dict::remove_name(cx, attributes, key),
        };
    }
    if !object_has_dict(cx, object.get(cx)) {
        return Ok(false);
    }
    match value {
        Some(value) => instance::set(cx, object, name, value).map(|()| true),
        None if instance::get(cx, object.get(cx), name).is_none() => Ok(false),
        None => instance::delete(cx, object, name),
    }
}
