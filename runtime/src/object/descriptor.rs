//! Descriptors: what an attribute of a class means when it is read through an instance or through the class, set or deleted. Methods,
//! properties, members, class and static methods, and classes with `__get__`, `__set__`, `__delete__`.
use super::attr::special;
use super::class;
use super::classes::{self, *};
use super::layout::{BoundMethod, BoundMethodInit, Class, Member, Native, Property, Wrapper, WrapperInit};
use super::names::{self, NameId};
use super::raise::{raise, type_error, Raised};
use super::{call, define, instance, native, none, retrying, shapes, str};
use taipan_gc::{Cx, Handle, Local, ShapeId};

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
pub(super) fn has_get(cx: &Cx<'_>, descriptor: Local<'_>) -> bool {
    let is_core = descriptor.shape().is_none_or(|s| s.0 < taipan_gc::STATIC_SHAPES);
    is_core || special(cx, descriptor, names::GET).is_some()
}

/// Whether a class attribute that is no data descriptor is just itself when it is read through an instance.
pub(crate) fn is_plain_value(cx: &Cx<'_>, attribute: Local<'_>) -> bool {
    match attribute.shape() {
        None => true,
        Some(
            shapes::FUNCTION
            | shapes::NATIVE
            | shapes::STATIC_METHOD
            | shapes::CLASS_METHOD
            | shapes::PROPERTY
            | shapes::MEMBER,
        ) => false,
        Some(shape) if shape.0 < taipan_gc::STATIC_SHAPES => true,
        Some(_) => {
            class::kind_of(cx, attribute) != KIND_PROPERTY && special(cx, attribute, names::GET).is_none()
        }
    }
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
            } else if def.is_static || !def.is_method {
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
        Some(shapes::NATIVE) => {
            // SAFETY: the shape says so.
            let native: Handle<'_, Native> = unsafe { descriptor.cast() };
            native::call_setter(cx, native, object, value)
        }
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
pub(super) fn is_c_member(owner: &str, name: &str) -> bool {
    match owner {
        "range" | "slice" | "function" | "method" | "code" | "member_descriptor" | "method_descriptor"
        | "super" => true,
        "staticmethod" | "classmethod" => name == "__func__",
        "property" => matches!(name, "fget" | "fset" | "fdel"),
        "generator" | "coroutine" | "async_generator" => name.ends_with("_code"),
        _ => false,
    }
}
