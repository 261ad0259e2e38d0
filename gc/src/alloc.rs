//! Allocation through [`Cx`]: typed objects, and objects with a tail; and the short cuts of those who look for themselves. None of it ever collects.

use crate::header::{Header, ShapeId};
use crate::heap::{AllocationHook, Core};
use crate::limits::HeapFull;
use crate::manager::Memory;
use crate::object::{
    drop_in_place, external_bytes, external_of, slot_bitmap, trace_far, Init, Local, Object, SlotMaker,
};
use crate::protocol::signals::{COLLECT, DRAIN, FINALIZERS};
use crate::refs;
use crate::shape::{Shape, Tail};
use crate::space::MAX_SMALL;
use crate::types;
use crate::value::Value;
use crate::zero::push_zero;
use crate::Cx;
use std::cell::Cell;

impl Cx<'_> {
    /// Allocates an object. Never collects; when this says `HeapFull`, [`reserve`](Self::reserve) may help.
    #[inline(always)]
    pub fn alloc<I: Init>(&self, init: I) -> Result<Local<'_, I::Object>, HeapFull> {
        const { assert!(align_of::<I::Object>() <= 8, "types in the heap are aligned to 8 bytes at most") };
        // Built before the cell is taken: `build` is the embedder's code, and may panic or allocate.
        let payload = init.build(&SlotMaker::new());
        if const { fits_registers::<I::Object>() } {
            // The cold halves come last, with nothing to do after them: this function is part of others, and saves no registers for them.
            match self.fresh_at_hand::<I::Object>() {
                Some(header) => self.place(payload, header),
                None => self.place_first(payload),
            }
        } else {
            self.place(payload, self.fresh::<I::Object>()?)
        }
    }

    /// Allocates an object of a type that may not be registered.
    #[cold]
    #[inline(never)]
    fn place_first<T: Object>(&self, payload: T) -> Result<Local<'_, T>, HeapFull> {
        let header = self.fresh_slow::<T>()?;
        self.place(payload, header)
    }

    /// Allocates the cell of an object and puts its payload there, whose slots have no counts yet: without a cell it is simply dropped.
    #[inline(always)]
    fn place<T: Object>(&self, payload: T, header: u64) -> Result<Local<'_, T>, HeapFull> {
        if const { is_listed::<T>() } {
            self.core_mut().reserve_lists()?;
        }
        let at_hand = match const { T::PINNED } {
            true => self.core_mut().alloc_at_hand::<true>(fixed_size::<T>(), header),
            false => self.core_mut().alloc_at_hand::<false>(fixed_size::<T>(), header),
        };
        match at_hand {
            // SAFETY: the cell is ours, and big enough for header and payload.
            Some(object) => Ok(unsafe { self.born_with(object, payload) }),
            None if const { fits_registers::<T>() } => self.place_slow(payload, header),
            None => {
                let object = self.core_mut().alloc_slow(fixed_size::<T>(), Header::of_word(header))?;
                // SAFETY: as above.
                Ok(unsafe { self.born_with(object, payload) })
            }
        }
    }

    #[cold]
    #[inline(never)]
    fn place_slow<T: Object>(&self, payload: T, header: u64) -> Result<Local<'_, T>, HeapFull> {
        let object = self.core_mut().alloc_slow(fixed_size::<T>(), Header::of_word(header))?;
        // SAFETY: as in `place`.
        Ok(unsafe { self.born_with(object, payload) })
    }

    /// Makes a cell with a header an object.
    ///
    /// # Safety
    /// The cell is ours, and that of a fresh `T`.
    #[inline(always)]
    unsafe fn born_with<T: Object>(&self, object: *mut Header, payload: T) -> Local<'_, T> {
        // SAFETY: by contract.
        let payload = unsafe {
            let target = (object as *mut u8).add(8).cast::<T>();
            target.write(payload);
            &*target
        };
        if const { is_listed::<T>() } {
            // SAFETY: just initialised.
            unsafe { self.core_mut().register_reserved(object) };
            if const { T::EXTERNAL.is_some() } {
                self.external(external_bytes(payload) as i64);
            }
        }
        let mut object = object;
        if self.core_ref().counted {
            let memory = &mut self.core_mut().memory;
            if const { is_born_light::<T>() } {
                object = memory.push_newborn(object);
            } else {
                // SAFETY: just initialised; `Object` says where the slots are.
                unsafe { adopt_slots::<T>(memory, object) };
                push_zero(&mut memory.zero, object);
            }
        }
        // SAFETY: just initialised.
        unsafe { Local::from_value(Value::from_header(object)) }
    }

    /// Makes a fresh object a local: under counting managers it is born on the zero queue.
    ///
    /// # Safety
    /// `object` was allocated with count 0 since the last `&mut` point and is initialised.
    #[inline(always)]
    pub unsafe fn newborn<T>(&self, object: *mut Header) -> Local<'_, T> {
        let core = self.core_mut();
        if core.counted {
            // SAFETY: by contract.
            unsafe { core.memory.queue_zero(object) };
        }
        // SAFETY: by contract.
        unsafe { Local::from_value(Value::from_header(object)) }
    }

    /// As [`newborn`](Self::newborn), for what was allocated with [`Core::alloc_newborn`](crate::heap::Core::alloc_newborn).
    ///
    /// # Safety
    /// As there.
    #[inline(always)]
    unsafe fn born<T>(&self, object: *mut Header) -> Local<'_, T> {
        let core = self.core_mut();
        if core.counted {
            push_zero(&mut core.memory.zero, object);
        }
        // SAFETY: by contract.
        unsafe { Local::from_value(Value::from_header(object)) }
    }

    /// The shape of objects of type `T`, if one was ever allocated here or its number is fixed.
    #[inline(always)]
    pub fn shape_of<T: Object>(&self) -> Option<ShapeId> {
        let key = types::key::<T>();
        T::STATIC_SHAPE.or_else(|| {
            let types = &mut self.core_mut().types;
            types.at_hand(key).or_else(|| types.find(key)).map(|word| Header::of_word(word).shape())
        })
    }

    /// The shape of objects of type `T`, registered at need.
    #[inline(always)]
    pub fn shape_or_register<T: Object>(&self) -> Result<ShapeId, HeapFull> {
        Ok(Header::of_word(self.fresh::<T>()?).shape())
    }

    /// The header word of a fresh object of type `T`, registered at need.
    #[inline(always)]
    fn fresh<T: Object>(&self) -> Result<u64, HeapFull> {
        match self.fresh_at_hand::<T>() {
            Some(word) => Ok(word),
            None => self.fresh_slow::<T>(),
        }
    }

    /// The header word of a fresh object of type `T`, if it is at hand.
    #[inline(always)]
    fn fresh_at_hand<T: Object>(&self) -> Option<u64> {
        match T::STATIC_SHAPE {
            Some(shape) => Some(fresh_word::<T>(self.core_ref().counted, shape)),
            None => self.core_ref().types.at_hand(types::key::<T>()),
        }
    }

    /// As [`fresh`](Self::fresh), for a type that is not at hand.
    #[cold]
    #[inline(never)]
    fn fresh_slow<T: Object>(&self) -> Result<u64, HeapFull> {
        let core = self.core_mut();
        let key = types::key::<T>();
        if let Some(word) = core.types.find(key) {
            return Ok(word);
        }
        let full = HeapFull { requested: size_of::<Shape>() };
        if core.memory.fails_now() || !core.types.reserve() {
            return Err(full);
        }
        let shape = core.memory.shapes.add(shape_for::<T>()).ok_or(full)?;
        let word = fresh_word::<T>(core.counted, shape);
        core.types.insert(key, word);
        Ok(word)
    }

    /// Has a function called after each allocation, or none. Meanwhile every allocation takes the slow path; without it none costs more.
    pub fn set_allocation_hook(&self, hook: Option<AllocationHook>) {
        let core = self.core_mut();
        core.allocation_hook = hook;
        core.hide_cells();
    }

    // ---- objects with a tail ----

    /// To be asked by layers above before they let a table outside the heap grow by `bytes`: an injected failure reaches them here.
    #[inline]
    pub fn may_grow(&self, bytes: usize) -> Result<(), HeapFull> {
        match self.core_mut().memory.fails_now() {
            true => Err(HeapFull { requested: bytes }),
            false => Ok(()),
        }
    }

    /// Registers a shape of objects that are nothing but a tail.
    pub fn tail_shape(&self, name: &'static str, tail: Tail) -> Result<ShapeId, HeapFull> {
        let full = HeapFull { requested: size_of::<Shape>() };
        self.may_grow(full.requested)?;
        self.core_mut().memory.shapes.add(Shape { tail, ..Shape::fixed(name, 16, 0) }).ok_or(full)
    }

    /// Allocates an object with `len` values, all of them empty. Never collects.
    ///
    /// # Panics
    /// When the shape is not one of objects that are nothing but values.
    pub fn alloc_values(&self, shape: ShapeId, len: usize) -> Result<Local<'_>, HeapFull> {
        self.alloc_tail(shape, len, |tail| tail == Tail::Values)
    }

    /// Allocates an object with `len` elements without references, all zero. Never collects.
    ///
    /// # Panics
    /// When the shape is not one of objects that are nothing but bytes.
    pub fn alloc_bytes(&self, shape: ShapeId, len: usize) -> Result<Local<'_>, HeapFull> {
        self.alloc_tail(shape, len, |tail| matches!(tail, Tail::Bytes(_)))
    }

    fn alloc_tail(
        &self,
        id: ShapeId,
        len: usize,
        fits: impl Fn(Tail) -> bool,
    ) -> Result<Local<'_>, HeapFull> {
        let core = self.core_mut();
        let shapes = &core.memory.shapes;
        assert!(shapes.knows(id), "an unknown shape");
        let shape = shapes.get(id);
        assert!(fits(shape.tail) && shape.size == 16 && shape.is_plain(), "the shape has another layout");
        let size = shape.size_with(len).filter(|_| u32::try_from(len).is_ok());
        let size = size.ok_or(HeapFull { requested: usize::MAX })?;
        let object = core.alloc_newborn(size, id)?;
        // SAFETY: the cell is ours and that big. Zeros are empty slots, and the low half of word 1 is the length.
        unsafe {
            let words = object as *mut u64;
            words.add(1).write(len as u64);
            if size <= MAX_SMALL {
                // Large ones come zeroed.
                std::ptr::write_bytes(words.add(2), 0, size / 8 - 2);
            }
            Ok(self.born(object))
        }
    }

    /// Number of elements of an object's tail; `None` when it has none.
    #[inline]
    pub fn tail_len(&self, holder: Local<'_>) -> Option<usize> {
        let header = holder.header()?;
        match self.core_ref().memory.shapes.get(header.shape()).tail {
            Tail::None => None,
            // SAFETY: the object has a tail.
            _ => Some(unsafe { crate::shape::tail_len(std::ptr::from_ref(header).cast_mut()) }),
        }
    }

    /// First element of the tail of a live object of this kind, and how many there are.
    fn tail(&self, holder: Local<'_>, fits: impl Fn(Tail) -> Option<usize>) -> (*mut u8, usize) {
        let Some(header) = holder.header() else { panic!("not an object") };
        let shape = self.core_ref().memory.shapes.get(header.shape());
        let Some(unit) = fits(shape.tail) else { panic!("a {} has no such tail", shape.name) };
        let object = std::ptr::from_ref(header).cast_mut();
        // SAFETY: the object has a tail, behind its fixed part.
        unsafe { ((object as *mut u8).add(shape.size as usize), crate::shape::tail_len(object) * unit) }
    }

    fn value_slot(&self, holder: Local<'_>, at: usize) -> *mut Value {
        let (first, len) = self.tail(holder, |tail| (tail == Tail::Values).then_some(1));
        assert!(at < len, "index {at} of {len} values");
        // SAFETY: within the tail.
        unsafe { (first as *mut Value).add(at) }
    }

    /// The value at an index of a tail of values, if it is not empty.
    ///
    /// # Panics
    /// When the object has no such tail, or the index lies outside.
    #[inline]
    pub fn value_at<'a>(&'a self, holder: Local<'_>, at: usize) -> Option<Local<'a>> {
        // SAFETY: slots of live objects hold live values until the next `&mut` point.
        unsafe { Local::from_slot(*self.value_slot(holder, at)) }
    }

    /// Stores into a tail of values.
    ///
    /// # Panics
    /// As [`value_at`](Self::value_at).
    #[inline]
    pub fn put_value(&self, holder: Local<'_>, at: usize, value: Option<Local<'_>>) {
        let slot = self.value_slot(holder, at);
        // SAFETY: the slot lies in the live object; both belong to the one entered heap.
        unsafe {
            refs::put(self.core(), holder.value().header(), slot, Local::word_of(value));
        }
    }

    /// The bytes of a tail without references.
    ///
    /// # Panics
    /// When the object has no such tail.
    #[inline]
    pub fn bytes<'a>(&'a self, holder: Local<'a>) -> &'a [Cell<u8>] {
        let (first, len) = self.tail(holder, |tail| match tail {
            Tail::Bytes(shift) => Some(1 << shift),
            _ => None,
        });
        // SAFETY: the tail is initialised, holds no references, and stays where it is until the next `&mut` point.
        unsafe { std::slice::from_raw_parts(first as *const Cell<u8>, len) }
    }
}

/// Gives everything in the slots of a fresh object a count.
///
/// # Safety
/// The object is an initialised `T` whose slots own no counts yet; the heap is counted.
#[inline(always)]
unsafe fn adopt_slots<T: Object>(memory: &mut Memory, object: *mut Header) {
    let mut adopt = |offset: usize| {
        // SAFETY: by contract there is a slot, with a valid value.
        unsafe {
            let value = *(object as *const u8).add(8 + offset).cast::<Value>();
            if value.is_ref() {
                memory.adopt(value.header());
            }
        }
    };
    // Compilers don't unroll a loop over a constant slice, and so don't see which slots are empty.
    macro_rules! unrolled {
        ($($i:literal)*) => {$(
            if let Some(offset) = const { offset_at(T::SLOTS, $i) } {
                adopt(offset);
            }
        )*};
    }
    unrolled!(0 1 2 3);
    if const { T::SLOTS.len() > 4 } {
        for &offset in &T::SLOTS[4..] {
            adopt(offset);
        }
    }
}

const fn offset_at(offsets: &[usize], i: usize) -> Option<usize> {
    if i < offsets.len() {
        Some(offsets[i])
    } else {
        None
    }
}

/// Whether objects of the type are born as newborns: when they die they are gone without a trace, and settling those that live takes few steps.
const fn is_born_light<T: Object>() -> bool {
    let plain = !is_listed::<T>() && T::NOTIFY.is_none() && T::TRACE.is_none();
    plain && T::SLOTS.len() <= 4 && !slot_bitmap(T::SLOTS).1
}

/// Whether a payload is handed to a function in registers. Others would be written to memory first, also where the function is not called.
const fn fits_registers<T>() -> bool {
    size_of::<T>() <= 2 * size_of::<usize>()
}

/// Whether objects of the type are on the lists that tracing managers keep.
const fn is_listed<T: Object>() -> bool {
    std::mem::needs_drop::<T>() || T::FINALIZE.is_some() || T::EXTERNAL.is_some()
}

/// The header word of a fresh object of type `T`.
#[inline(always)]
fn fresh_word<T: Object>(counted: bool, shape: ShapeId) -> u64 {
    let header = match counted {
        true if const { is_born_light::<T>() } => Header::newborn(shape),
        true => Header::queued(shape),
        false => Header::new(0, shape),
    };
    header.word()
}

/// Bytes of an object of type `T`.
pub(crate) const fn fixed_size<T>() -> usize {
    let size = 8 + size_of::<T>().next_multiple_of(8);
    if size < 16 {
        16
    } else {
        size
    }
}

/// The shape of an [`Object`] type.
pub fn shape_for<T: Object>() -> Shape {
    let (slots, far) = const { slot_bitmap(T::SLOTS) };
    Shape {
        trace: if far { Some(trace_far::<T>) } else { T::TRACE },
        drop: std::mem::needs_drop::<T>().then_some(drop_in_place::<T> as _),
        external: T::EXTERNAL.map(|_| external_of::<T> as _),
        finalize: T::FINALIZE,
        notify: T::NOTIFY,
        pinned: T::PINNED,
        fields: T::FIELDS,
        ..Shape::fixed(T::NAME, fixed_size::<T>() as u32, slots)
    }
}

/// What interfaces to other languages ask before they take a short cut.
impl Core {
    /// Whether somebody wants to see, or to fail, each step that may fail: then no allocation takes a short cut.
    #[inline(always)]
    pub fn counts_steps(&self) -> bool {
        self.memory.cache.is_hidden()
    }

    /// Charges bytes outside the heap, as [`Cx::external`] does.
    #[inline(always)]
    pub fn charge_external(&mut self, bytes: usize) {
        self.memory.stats.external_bytes = self.memory.stats.external_bytes.saturating_add(bytes as u64);
        self.memory.note_external(bytes);
    }

    /// Whether a [poll](Cx::poll) would do anything.
    #[inline(always)]
    pub fn owes_poll(&self) -> bool {
        self.memory.signals.pending() & (COLLECT | FINALIZERS | DRAIN) != 0 || !self.memory.zero.is_empty()
    }
}
