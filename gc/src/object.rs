//! Typed objects: the [`Object`] trait that the derive implements, slots, fields and locals.
//!
//! A [`Local`] is a bare reference borrowed from `&Cx`. Allocation never collects, so it stays good as long as that borrow; it can't cross
//! a point where anything may be freed or moved, because such points take `&mut Cx`. To cross, root it in a [`Handle`](crate::Handle).

use crate::containers::{SlotMap, SlotVec};
use crate::header::{Header, ShapeId, FLAG_USER};
use crate::heap::Core;
use crate::shape::{FinalizeFn, TraceFn};
use crate::value::Value;
use crate::Cx;
use std::cell::Cell;
use std::marker::PhantomData;
use std::num::NonZeroU64;

/// Any value: immediate or object of whatever type.
#[derive(Debug)]
pub struct Any(());

/// A type that lies right behind the header of an object, so that a local of it can be dereferenced.
///
/// # Safety
/// Locals of this type are only made for objects whose payload is one.
pub unsafe trait Payload: 'static {}

/// A Rust type whose values live in the heap. Implemented by `#[derive(Object)]`.
///
/// # Safety
/// `SLOTS` names the byte offset of every [`Slot`] in `Self`, and nothing else in `Self` refers to objects of a heap, except what
/// `TRACE` shows.
pub unsafe trait Object: Payload + Send + Sized {
    /// Name for diagnostics.
    const NAME: &'static str;
    /// Byte offsets of the slots.
    const SLOTS: &'static [usize];
    /// Names of the slots, for diagnostics, by their byte offsets.
    const FIELDS: &'static [(usize, &'static str)] = &[];
    /// The shape's number, if it is the same in every heap.
    const STATIC_SHAPE: Option<ShapeId> = None;
    /// Shows slots in containers of the payload.
    const TRACE: Option<TraceFn> = None;
    /// Runs once, when the object has become unreachable.
    const FINALIZE: Option<FinalizeFn> = None;
    /// Runs when what the object [watches](Cx::watch) has died.
    const NOTIFY: Option<FinalizeFn> = None;
    /// Bytes outside the heap that the payload owns: charged when it is made, discharged when it is dropped. Changes in between are
    /// reported with [`Cx::external`].
    const EXTERNAL: Option<fn(&Self) -> usize> = None;
    /// Whether objects of the type stay where they are, also where others move, if the manager [can do that](crate::Manager::pins):
    /// [`Cx::never_moves`] tells.
    const PINNED: bool = false;
}

/// What an object is made of: references as locals, the rest by value. The derive makes one for each [`Object`] type.
///
/// # Safety
/// `build` puts every slot and container that it asks for into the object it returns, and into the fields that `Object` names.
pub unsafe trait Init {
    /// The type of object.
    type Object: Object;
    /// Builds the payload.
    fn build(self, slots: &SlotMaker<'_>) -> Self::Object;
}

/// Makes slots and empty containers; only an allocation has one.
///
/// Counts are the allocation's business: it gives them to all slots of the object at once.
#[derive(Debug)]
pub struct SlotMaker<'a> {
    marker: PhantomData<&'a ()>,
}

impl SlotMaker<'_> {
    #[inline(always)]
    pub(crate) fn new() -> Self {
        SlotMaker { marker: PhantomData }
    }

    /// A slot that holds `target`, or nothing.
    #[inline(always)]
    pub fn slot<T>(&self, target: Option<Local<'_, T>>) -> Slot<T> {
        Slot { value: Cell::new(Local::word_of(target)), marker: PhantomData }
    }

    /// An empty container.
    #[inline(always)]
    pub fn vec<T>(&self) -> SlotVec<T> {
        SlotVec::empty()
    }

    /// An empty container.
    #[inline(always)]
    pub fn map<K, T>(&self) -> SlotMap<K, T> {
        SlotMap::empty()
    }
}

/// A reference inside an object. It has no public constructor and is written only through its holder.
#[repr(transparent)]
pub struct Slot<T = Any> {
    pub(crate) value: Cell<Value>,
    marker: PhantomData<fn() -> *const T>,
}

impl<T> Slot<T> {
    /// What the slot refers to, if anything.
    #[inline(always)]
    pub fn get<'a>(&self, cx: &'a Cx<'_>) -> Option<Local<'a, T>> {
        let _ = cx;
        // SAFETY: slots of reachable objects hold live values until the next `&mut` point, which `cx` excludes.
        unsafe { Local::from_slot(self.value.get()) }
    }

    /// Whether the slot is empty.
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.value.get().is_hole()
    }

    /// The word in the slot.
    #[inline(always)]
    pub fn raw(&self) -> Value {
        self.value.get()
    }

    /// The slot's address as its holder's managers see it.
    #[inline(always)]
    pub fn as_ptr(&self) -> *mut Value {
        self.value.as_ptr()
    }
}

impl<T> std::fmt::Debug for Slot<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Slot({:?})", self.value.get())
    }
}

/// A slot field of type `T` in objects of type `H`; the derive makes one constant per slot.
#[derive(Debug)]
pub struct Field<H, T> {
    offset: usize,
    marker: PhantomData<fn(H) -> T>,
}

impl<H, T> Clone for Field<H, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<H, T> Copy for Field<H, T> {}

impl<H, T> Field<H, T> {
    /// The field at this byte offset.
    ///
    /// # Safety
    /// `H` has a `Slot<T>` there.
    pub const unsafe fn at(offset: usize) -> Field<H, T> {
        Field { offset, marker: PhantomData }
    }

    /// Address of the field in an object.
    #[inline(always)]
    pub(crate) fn of(self, holder: Local<'_, H>) -> *mut u8 {
        (holder.word.get() as usize + 8 + self.offset) as *mut u8
    }
}

/// A reference to an object (or an immediate value) for as long as `&'a Cx` is borrowed. It is laid out as its word, which is never
/// that of the hole, so that an `Option` of one takes no more.
#[repr(transparent)]
pub struct Local<'a, T = Any> {
    word: NonZeroU64,
    marker: PhantomData<(&'a (), *const T)>,
}

impl<T> Clone for Local<'_, T> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Local<'_, T> {}

impl<T> std::fmt::Debug for Local<'_, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Local({:?})", self.value())
    }
}

impl<'a, T> Local<'a, T> {
    /// A local for a value.
    ///
    /// # Safety
    /// The value is valid as long as `'a`, of type `T`, and not the hole.
    #[inline(always)]
    #[track_caller]
    pub const unsafe fn from_value(value: Value) -> Local<'a, T> {
        debug_assert!(!value.is_hole(), "a local of nothing");
        // SAFETY: only the hole's bits are zero.
        Local { word: unsafe { NonZeroU64::new_unchecked(value.bits()) }, marker: PhantomData }
    }

    /// A local for what a slot holds, if it holds anything.
    ///
    /// # Safety
    /// The value is the hole, or valid as long as `'a` and of type `T`.
    #[inline(always)]
    pub unsafe fn from_slot(value: Value) -> Option<Local<'a, T>> {
        NonZeroU64::new(value.bits()).map(|word| Local { word, marker: PhantomData })
    }

    /// The word of what there may be: the hole for nothing.
    #[inline(always)]
    pub(crate) fn word_of(local: Option<Local<'_, T>>) -> Value {
        local.map_or(Value::HOLE, Local::value)
    }

    /// The word.
    #[inline(always)]
    pub fn value(self) -> Value {
        // SAFETY: the bits were a value's, and the local says that it is still valid.
        unsafe { Value::from_bits(self.word.get()) }
    }

    /// The same reference without its type.
    #[inline(always)]
    pub fn any(self) -> Local<'a> {
        Local { word: self.word, marker: PhantomData }
    }

    /// The object's header, if it is an object.
    #[inline(always)]
    pub fn header(self) -> Option<&'a Header> {
        // SAFETY: a reference held by a local is valid as long as 'a.
        self.value().is_ref().then(|| unsafe { &*self.value().header() })
    }

    /// The object's shape, if it is an object.
    #[inline(always)]
    pub fn shape(self) -> Option<ShapeId> {
        self.header().map(Header::shape)
    }

    /// Sets or clears the object's one flag that belongs to the layers above the heap.
    #[inline(always)]
    pub fn set_user_flag(self, on: bool) {
        if let Some(header) = self.header() {
            // SAFETY: this flag means nothing to the heap.
            unsafe {
                if on {
                    header.set(FLAG_USER);
                } else {
                    header.clear(FLAG_USER);
                }
            }
        }
    }

    /// Whether that flag is set.
    #[inline(always)]
    pub fn user_flag(self) -> bool {
        self.header().is_some_and(|header| header.has(FLAG_USER))
    }

    /// Whether both are the same object or the same immediate.
    #[inline(always)]
    pub fn is<U>(self, other: Local<'_, U>) -> bool {
        self.word == other.word
    }
}

impl<'a> Local<'a> {
    /// An immediate value as a local; `None` for a reference and for the hole.
    #[inline(always)]
    pub fn immediate(value: Value) -> Option<Local<'a>> {
        // SAFETY: what is no reference is always valid.
        (!value.is_ref()).then(|| unsafe { Local::from_slot(value) }).flatten()
    }

    /// None.
    // SAFETY: an immediate value.
    pub const NONE: Local<'static> = unsafe { Local::from_value(Value::NONE) };

    /// This object as a `T`, if it is one.
    #[inline]
    pub fn downcast<T: Object>(self, cx: &Cx<'_>) -> Option<Local<'a, T>> {
        let shape = self.shape()?;
        (cx.shape_of::<T>() == Some(shape)).then_some(Local { word: self.word, marker: PhantomData })
    }
}

impl<T: Payload> std::ops::Deref for Local<'_, T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: a local of a payload type refers to a live object whose payload is a `T`, right behind the header.
        unsafe { &*((self.word.get() as usize + 8) as *const T) }
    }
}

impl<'a, H: Payload> Local<'a, H> {
    /// Stores into a slot of this object. The one way to do so; barrier and counts are inside.
    #[inline]
    pub fn put<T>(self, cx: &Cx<'_>, field: Field<H, T>, target: Option<Local<'_, T>>) {
        // SAFETY: the field lies in this live object; both belong to the one entered heap.
        unsafe {
            crate::refs::put(cx.core(), self.value().header(), field.of(self).cast(), Local::word_of(target));
        }
    }
}

/// Word bitmap of a type's slots, as far as they lie in the first 63 words; and whether there are others.
pub(crate) const fn slot_bitmap(offsets: &[usize]) -> (u64, bool) {
    let (mut bits, mut far) = (0, false);
    let mut i = 0;
    while i < offsets.len() {
        let word = offsets[i] / 8 + 1;
        assert!(offsets[i].is_multiple_of(8), "a slot is not aligned");
        if word < 64 {
            bits |= 1 << word;
        } else {
            far = true;
        }
        i += 1;
    }
    (bits, far)
}

/// Shows the slots that the bitmap does not reach, then what the type's own callback shows.
///
/// # Safety
/// As [`TraceFn`].
pub(crate) unsafe fn trace_far<T: Object>(payload: *mut u8, visitor: &mut dyn crate::Visitor) {
    // SAFETY: `Object` says that there are slots; the callback is the type's own.
    unsafe {
        for &offset in T::SLOTS.iter().filter(|&&offset| offset / 8 + 1 >= 64) {
            visitor.slot(&mut *payload.add(offset).cast::<Value>());
        }
        if let Some(trace) = T::TRACE {
            trace(payload, visitor);
        }
    }
}

/// Drops a `T` in place, for [`Shape::drop`](crate::Shape).
///
/// # Safety
/// `payload` is an initialised `T` that nobody uses again.
pub(crate) unsafe fn drop_in_place<T>(payload: *mut u8) {
    // SAFETY: by contract.
    unsafe { std::ptr::drop_in_place(payload as *mut T) };
}

/// External bytes of a payload; zero for types that own none.
#[inline]
pub(crate) fn external_bytes<T: Object>(payload: &T) -> usize {
    T::EXTERNAL.map_or(0, |bytes| bytes(payload))
}

/// As [`external_bytes`], for [`Shape::external`](crate::Shape::external).
///
/// # Safety
/// `payload` is an initialised `T`.
pub(crate) unsafe fn external_of<T: Object>(payload: *const u8) -> usize {
    // SAFETY: by contract.
    external_bytes(unsafe { &*payload.cast::<T>() })
}

/// What the heap's core looks like from here.
pub(crate) type CorePtr = *mut Core;
