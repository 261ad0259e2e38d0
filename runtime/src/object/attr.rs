//! Attributes: getting, setting, deleting, and binding through descriptors, as CPython's data model defines them.

use super::class::{self, HAS_DELATTR, HAS_GETATTR, HAS_GETATTRIBUTE, HAS_SETATTR, NO_DICT};
use super::classes::{self, *};
use super::layout::{
    BoundMethod, BoundMethodInit, Class, Function, Member, Module, Native, Property, Super, Wrapper,
    WrapperInit,
};
use super::names::{self, NameId};
use super::raise::{self, raise, type_error, Raised};
use super::{call, define, dict, instance, none, retrying, shapes, str};
use taipan_gc::{Cx, Handle, Local, ShapeId};

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
    if name == names::CLASS {
        return Ok(Some(class::of_value(cx, local).any()));
    }
    let class = class::of(cx, local);
    let found = class::lookup(cx, class, name).map(|f| cx.root(f));
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

/// Whether a class attribute takes precedence over the instance's own.
pub(crate) fn is_data_descriptor(cx: &Cx<'_>, attribute: Local<'_>) -> bool {
    match attribute.shape() {
        Some(shapes::PROPERTY | shapes::MEMBER) => true,
        // SAFETY: the shape says so.
        Some(shapes::NATIVE) => unsafe { Local::<'_, Native>::from_value(attribute.value()) }.def.is_getter,
        Some(shape) if shape.0 < taipan_gc::STATIC_SHAPES => false,
        Some(_) => {
            special(cx, attribute, names::SET).is_some() || special(cx, attribute, names::DELETE).is_some()
        }
        None => false,
    }
}

/// Whether a data descriptor says what reading it gives; if not, the instance's own attribute counts.
pub(crate) fn has_get(cx: &Cx<'_>, descriptor: Local<'_>) -> bool {
    let is_core = descriptor.shape().is_none_or(|s| s.0 < taipan_gc::STATIC_SHAPES);
    is_core || special(cx, descriptor, names::GET).is_some()
}

/// What a class attribute becomes when read through an instance: `attribute.__get__(object, type(object))`.
pub fn bind<'s>(cx: &mut Cx<'s>, attribute: Handle<'_>, object: Handle<'_>) -> Result<Handle<'s>, Raised> {
    let local = attribute.get(cx);
    match local.shape() {
        Some(shapes::FUNCTION) => new_method(cx, attribute, object),
        Some(shapes::NATIVE) => {
            // SAFETY: the shape says so.
            let def = unsafe { Local::<'_, Native>::from_value(local.value()) }.def;
            if def.is_getter {
                call::call(cx, attribute, &[object])
            } else if def.is_class {
                let class = class::of_value(cx, object.get(cx)).any();
                new_method(cx, attribute, class)
            } else if def.is_static || !def.signature.starts_with("self") {
                Ok(cx.root(local))
            } else {
                new_method(cx, attribute, object)
            }
        }
        Some(shapes::PROPERTY) => property_get(cx, attribute, object),
        Some(shapes::STATIC_METHOD) => Ok(unwrap_static(cx, attribute)),
        Some(shapes::CLASS_METHOD) => {
            let class = class::of_value(cx, object.get(cx));
            bind_class_method(cx, attribute, class)
        }
        Some(shapes::MEMBER) => member_get(cx, attribute, object),
        Some(shape) if shape.0 >= taipan_gc::STATIC_SHAPES => {
            if class::kind_of(cx, local) == KIND_PROPERTY {
                return property_get(cx, attribute, object);
            }
            let class = class::of_value(cx, object.get(cx)).any();
            match call::call_special(cx, attribute, names::GET, &[object, class])? {
                Some(found) => Ok(found),
                None => Ok(cx.root(attribute.get(cx))),
            }
        }
        _ => Ok(cx.root(local)),
    }
}

/// What a class attribute becomes when read through the class: `attribute.__get__(None, class)`.
pub fn bind_class<'s>(
    cx: &mut Cx<'s>,
    attribute: Handle<'_>,
    class: Handle<'_, Class>,
) -> Result<Handle<'s>, Raised> {
    let local = attribute.get(cx);
    match local.shape() {
        Some(shapes::NATIVE) => {
            // SAFETY: the shape says so.
            let def = unsafe { Local::<'_, Native>::from_value(local.value()) }.def;
            if def.is_class {
                new_method(cx, attribute, class.any())
            } else {
                Ok(cx.root(local))
            }
        }
        Some(shapes::STATIC_METHOD) => Ok(unwrap_static(cx, attribute)),
        Some(shapes::CLASS_METHOD) => bind_class_method(cx, attribute, class),
        Some(shape) if shape.0 >= taipan_gc::STATIC_SHAPES => {
            let none = none(cx);
            match call::call_special(cx, attribute, names::GET, &[none, class.any()])? {
                Some(found) => Ok(found),
                None => Ok(cx.root(attribute.get(cx))),
            }
        }
        _ => Ok(cx.root(local)),
    }
}

fn bind_class_method<'s>(
    cx: &mut Cx<'s>,
    attribute: Handle<'_>,
    class: Handle<'_, Class>,
) -> Result<Handle<'s>, Raised> {
    let wrapped = unwrap_static(cx, attribute);
    match wrapped.get(cx).shape() {
        Some(shapes::FUNCTION | shapes::NATIVE | shapes::BOUND_METHOD) => {
            new_method(cx, wrapped, class.any())
        }
        _ => {
            let metaclass = class::of_value(cx, class.get(cx).any()).any();
            match call::call_special(cx, wrapped, names::GET, &[class.any(), metaclass])? {
                Some(found) => Ok(found),
                None => new_method(cx, wrapped, class.any()),
            }
        }
    }
}

/// A callable with its first argument.
pub fn new_method<'s>(
    cx: &mut Cx<'s>,
    function: Handle<'_>,
    receiver: Handle<'_>,
) -> Result<Handle<'s>, Raised> {
    let method: Handle<'s, BoundMethod> = retrying(cx, |cx| {
        cx.alloc(BoundMethodInit { function: Some(function.get(cx)), receiver: Some(receiver.get(cx)) })
    })?;
    Ok(method.any())
}

/// What a static or class method wraps; anything else as it is.
pub fn unwrap_static<'s>(cx: &Cx<'s>, attribute: Handle<'_>) -> Handle<'s> {
    let local = attribute.get(cx);
    if matches!(local.shape(), Some(shapes::STATIC_METHOD | shapes::CLASS_METHOD)) {
        // SAFETY: the shapes say so.
        let wrapper: Local<'_, Wrapper> = unsafe { Local::from_value(local.value()) };
        return cx.root(wrapper.wrapped.get(cx).unwrap_or(Local::NONE));
    }
    cx.root(local)
}

/// A static method, class method or mapping proxy.
pub fn new_wrapper<'s>(cx: &mut Cx<'s>, shape: ShapeId, wrapped: Handle<'_>) -> Result<Handle<'s>, Raised> {
    let wrapper = retrying(cx, |cx| {
        let wrapper = cx.alloc(WrapperInit { wrapped: Some(wrapped.get(cx)) })?;
        if let Some(header) = wrapper.header() {
            // SAFETY: the three shapes have the same layout.
            unsafe { header.set_shape(shape) };
        }
        Ok(wrapper)
    })?;
    Ok(wrapper.any())
}

/// `property.__get__` of an instance.
pub(crate) fn property_get<'s>(
    cx: &mut Cx<'s>,
    property: Handle<'_>,
    object: Handle<'_>,
) -> Result<Handle<'s>, Raised> {
    // SAFETY: callers have checked that it is a property or derives from it.
    let property: Handle<'_, Property> = unsafe { property.cast() };
    match property.get(cx).get.get(cx).map(|g| cx.root(g)) {
        Some(getter) if !getter.get(cx).value().is_none() => call::call(cx, getter, &[object]),
        _ => Err(property_error(cx, property, object, "getter")),
    }
}

#[cold]
fn property_error(cx: &mut Cx<'_>, property: Handle<'_, Property>, object: Handle<'_>, what: &str) -> Raised {
    let class = class::of(cx, object.get(cx));
    let qualname = class.qualname.get(cx).and_then(|n| str::of(cx, n)).map(str::lossy).unwrap_or_default();
    let name = property.get(cx).name.get(cx).and_then(|n| str::of(cx, n)).map(str::lossy);
    let message = match name {
        Some(name) => format!("property '{name}' of '{qualname}' object has no {what}"),
        None => format!("property of '{qualname}' object has no {what}"),
    };
    raise(cx, classes::ATTRIBUTE_ERROR, message)
}

fn member_get<'s>(cx: &mut Cx<'s>, member: Handle<'_>, object: Handle<'_>) -> Result<Handle<'s>, Raised> {
    let name = member_name(cx, member, object)?;
    match instance::member(cx, object.get(cx), name) {
        Some(found) => Ok(cx.root(found)),
        None => {
            let text = str::lossy(names::local(cx, name));
            let class = class::type_name(cx, object.get(cx));
            Err(raise(cx, classes::ATTRIBUTE_ERROR, format!("'{class}' object has no attribute '{text}'")))
        }
    }
}

fn member_name(cx: &mut Cx<'_>, member: Handle<'_>, object: Handle<'_>) -> Result<NameId, Raised> {
    // SAFETY: callers have checked the shape.
    let member: Handle<'_, Member> = unsafe { member.cast() };
    let local = member.get(cx);
    let belongs =
        local.class.get(cx).is_some_and(|c| class::is_subclass(cx, class::of(cx, object.get(cx)), c));
    match define::member_parts(cx, local) {
        Some(name) if belongs => Ok(name),
        _ => {
            let name = local.name.get(cx).map(str::lossy).unwrap_or_default();
            let owner = local.class.get(cx).map(|c| class::name(cx, c)).unwrap_or_default();
            let given = class::type_name(cx, object.get(cx));
            Err(type_error(
                cx,
                format!("descriptor '{name}' for '{owner}' objects doesn't apply to a '{given}' object"),
            ))
        }
    }
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
            let owner = found.and_then(|f| super::casts::native(f.get(cx))?.owner.get(cx));
            let owner =
                owner.and_then(|o| class::as_class(cx, o)).map(|c| class::name(cx, c)).unwrap_or_default();
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

/// Sets or deletes through a data descriptor; whether it was one.
pub(crate) fn set_descriptor(
    cx: &mut Cx<'_>,
    descriptor: Handle<'_>,
    object: Handle<'_>,
    value: Option<Handle<'_>>,
) -> Result<bool, Raised> {
    let local = descriptor.get(cx);
    let shape = local.shape();
    if shape == Some(shapes::PROPERTY) || class::kind_of(cx, local) == KIND_PROPERTY {
        // SAFETY: just checked.
        let property: Handle<'_, Property> = unsafe { descriptor.cast() };
        let slot = if value.is_some() { &property.get(cx).set } else { &property.get(cx).delete };
        let function = slot.get(cx).filter(|f| !f.value().is_none()).map(|f| cx.root(f));
        let Some(function) = function else {
            let what = if value.is_some() { "setter" } else { "deleter" };
            return Err(property_error(cx, property, object, what));
        };
        match value {
            Some(value) => call::call(cx, function, &[object, value])?,
            None => call::call(cx, function, &[object])?,
        };
        return Ok(true);
    }
    match shape {
        Some(shapes::MEMBER) => {
            let slot = member_name(cx, descriptor, object)?;
            match value {
                Some(value) => instance::set_member(cx, object, slot, value)?,
                None => {
                    if instance::member(cx, object.get(cx), slot).is_none() {
                        let text = str::lossy(names::local(cx, slot));
                        return Err(raise(cx, classes::ATTRIBUTE_ERROR, text));
                    }
                    instance::delete_member(cx, object, slot)?;
                }
            }
            Ok(true)
        }
        Some(shape) if shape.0 >= taipan_gc::STATIC_SHAPES => {
            let done = match value {
                Some(value) => call::call_special(cx, descriptor, names::SET, &[object, value])?,
                None => call::call_special(cx, descriptor, names::DELETE, &[object])?,
            };
            if done.is_none() && is_data_descriptor(cx, descriptor.get(cx)) {
                let text = if value.is_some() { "__set__" } else { "__delete__" };
                return Err(raise(cx, classes::ATTRIBUTE_ERROR, text));
            }
            Ok(done.is_some())
        }
        _ => Ok(false),
    }
}

/// Whether CPython keeps the attribute in a member of a C struct; those have an error message of their own.
fn is_c_member(owner: &str, name: &str) -> bool {
    match owner {
        "range" | "slice" | "function" | "method" | "code" | "member_descriptor" | "method_descriptor"
        | "super" => true,
        "staticmethod" | "classmethod" => name == "__func__",
        "property" => matches!(name, "fget" | "fset" | "fdel"),
        "generator" | "coroutine" | "async_generator" => name.ends_with("_code"),
        _ => false,
    }
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
