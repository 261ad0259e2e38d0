//! Weak references: objects that watch another one (see `taipan_gc`'s `Cx::watch`), find it as long as it lives, and may have a function
//! called when it dies.

use super::class::{self, WEAKLY};
use super::classes::KIND_WEAKREF;
use super::layout::{Class, WeakRef};
use super::raise::{type_error, Raised};
use super::{call, finalizers, instance, shapes};
use taipan_gc::roots::Ticket;
use taipan_gc::{CollectKind, Cx, Handle, Local, Weak};

/// The value as a weak reference.
pub fn of<'s>(cx: &Cx<'_>, value: Handle<'s>) -> Option<Handle<'s, WeakRef>> {
    // SAFETY: instances of this kind start with one.
    (class::kind_of(cx, value.get(cx)) == KIND_WEAKREF).then(|| unsafe { value.cast() })
}

/// What the reference refers to, while it lives.
pub fn target<'a>(cx: &'a Cx<'_>, reference: Local<'_, WeakRef>) -> Option<Local<'a>> {
    let ticket = Ticket { index: reference.index.get(), generation: reference.generation.get() };
    cx.upgrade(Weak::<taipan_gc::Any>::from_ticket(cx, ticket))
}

/// A new weak reference of a class of that kind. TypeError when the object can't be referenced weakly.
pub fn new<'s>(
    cx: &mut Cx<'s>,
    class: Handle<'_, Class>,
    object: Handle<'_>,
    callback: Option<Handle<'_>>,
) -> Result<Handle<'s, WeakRef>, Raised> {
    assert_eq!(class.get(cx).kind.get(), KIND_WEAKREF, "no class of weak references");
    if !can_be_referenced(cx, object.get(cx)) {
        let given = class::type_name(cx, object.get(cx));
        return Err(type_error(cx, format!("cannot create weak reference to '{given}' object")));
    }
    let made = instance::new(cx, class)?;
    // SAFETY: instances of this kind start with one.
    let reference: Handle<'s, WeakRef> = unsafe { made.cast() };
    let watch = |cx: &Cx<'_>| cx.watch(object.get(cx), made.get(cx), callback.is_some());
    let mut weak = watch(cx);
    if weak.is_err() {
        cx.collect(CollectKind::Full);
        weak = watch(cx);
    }
    let local = reference.get(cx);
    if let Some(ticket) = weak?.map(Weak::ticket) {
        local.index.set(ticket.index);
        local.generation.set(ticket.generation);
    }
    local.put(cx, WeakRef::callback, callback.map(|c| c.get(cx)));
    Ok(reference)
}

/// The reference of exactly this class, without a callback, that the object has already.
pub fn existing<'s>(cx: &Cx<'s>, class: Handle<'_, Class>, object: Handle<'_>) -> Option<Handle<'s>> {
    let first = cx.watchers(object.get(cx)).next()?;
    let root = cx.root(first);
    let plain = of(cx, root)?.get(cx).callback.is_empty();
    (plain && class::of(cx, first).is(class.get(cx))).then_some(root)
}

/// Whether CPython gives the object room for weak references.
fn can_be_referenced(cx: &Cx<'_>, object: Local<'_>) -> bool {
    match object.shape() {
        Some(
            shapes::SET
            | shapes::FROZENSET
            | shapes::FUNCTION
            | shapes::NATIVE
            | shapes::BOUND_METHOD
            | shapes::CLASS
            | shapes::MODULE
            | shapes::CODE
            | shapes::GENERATOR,
        ) => true,
        _ => class::of(cx, object).flags.get() & WEAKLY != 0 || class::as_class(cx, object).is_some(),
    }
}

/// What the heap calls when the object of a reference has died: calls the callback, which goes.
pub(crate) fn told<'s>(cx: &mut Cx<'s>, object: Handle<'s>) {
    let Some(reference) = of(cx, object) else { return };
    let local = reference.get(cx);
    let Some(callback) = local.callback.get(cx).map(|c| cx.root(c)) else { return };
    local.put(cx, WeakRef::callback, None);
    finalizers::aside(cx, callback, |cx| call::call(cx, callback, &[object]).map(drop));
}
