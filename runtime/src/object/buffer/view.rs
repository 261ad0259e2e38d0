//! [`View`]: `memoryview`, a window of one dimension on the bytes of another object or of the host.
//!
//! A view refers to where the bytes are, exact bytes or [`Pinned`] ones, and to what programs see as its object. Views of views refer to the same. Released,
//! it refers to nothing. Leaves out more than one dimension.

use super::super::layout::Record;
use super::super::raise::{raise, value_error, Raised};
use super::super::{bytes, classes, record, retrying, shapes};
use super::items::{Format, Item};
use super::pinned::{self, Lease, Pinned};
use std::cell::{Cell, RefCell};
use taipan_gc::{Any, Cx, Handle, HeapFull, Local, Object, Slot};

/// A memoryview.
#[derive(Debug, Object)]
#[object(unsafe(shape = shapes::MEMORY_VIEW))]
pub struct View {
    /// Whose bytes they are, for programs; empty when they are the host's.
    pub obj: Slot<Any>,
    /// Where the bytes are; empty once released.
    pub held: Slot<Any>,
    form: Cell<Form>,
    /// How many buffers of it a host has open.
    exports: Cell<u32>,
    hash: Cell<Option<i64>>,
    lease: RefCell<Option<Lease>>,
}

/// What a view shows of the bytes.
#[derive(Clone, Copy, Debug)]
pub struct Form {
    /// Where the first item begins.
    pub start: usize,
    /// How many items.
    pub len: usize,
    /// Bytes from one item to the next.
    pub stride: isize,
    /// What an item is.
    pub format: Format,
    /// Whether the format is shown with the `@` it was given with.
    pub is_marked: bool,
    /// Whether programs can't write.
    pub is_readonly: bool,
}

impl Form {
    /// All of so many bytes, one behind the other.
    pub fn whole(bytes: usize, format: Format, is_readonly: bool) -> Form {
        let size = format.size();
        Form { start: 0, len: bytes / size, stride: size as isize, format, is_marked: false, is_readonly }
    }

    /// Where an item begins.
    #[inline]
    pub fn place(self, at: usize) -> usize {
        self.start.wrapping_add_signed(self.stride.wrapping_mul(at as isize))
    }

    /// Whether the items lie one behind the other.
    pub fn is_contiguous(self) -> bool {
        self.len <= 1 || self.stride == self.format.size() as isize
    }

    /// Bytes of all items.
    pub fn bytes(self) -> usize {
        self.len * self.format.size()
    }
}

/// The value as a view.
#[inline]
pub fn of(value: Local<'_>) -> Option<Local<'_, View>> {
    // SAFETY: the shape says so.
    (value.shape() == Some(shapes::MEMORY_VIEW)).then(|| unsafe { Local::from_value(value.value()) })
}

/// The value as a view.
#[inline]
pub fn of_handle<'s>(cx: &Cx<'_>, value: Handle<'s>) -> Option<Handle<'s, View>> {
    // SAFETY: the shape says so.
    (value.get(cx).shape() == Some(shapes::MEMORY_VIEW)).then(|| unsafe { value.cast() })
}

impl View {
    /// What it shows. Of a released view, what it showed.
    #[inline]
    pub fn form(&self) -> Form {
        self.form.get()
    }

    /// Whether it is released.
    pub fn is_released(&self) -> bool {
        self.held.is_empty()
    }

    /// How many buffers of it a host has open.
    pub fn exports(&self) -> u32 {
        self.exports.get()
    }

    /// A host opens a buffer of it: it can't be released now.
    pub fn export(&self) {
        self.exports.set(self.exports.get() + 1);
    }

    /// A host has closed one.
    pub fn unexport(&self) {
        self.exports.set(self.exports.get().saturating_sub(1));
    }

    /// The hash that was worked out once.
    pub fn known_hash(&self) -> Option<i64> {
        self.hash.get()
    }

    /// Keeps the hash.
    pub fn keep_hash(&self, hash: i64) {
        self.hash.set(Some(hash));
    }
}

/// A new view.
fn make<'s>(
    cx: &mut Cx<'s>,
    obj: Option<Handle<'_>>,
    held: Handle<'_>,
    form: Form,
) -> Result<Handle<'s, View>, Raised> {
    retrying(cx, |cx| {
        let held = held.get(cx);
        cx.alloc(ViewInit {
            obj: obj.map(|obj| obj.get(cx)),
            held: Some(held),
            form: Cell::new(form),
            exports: Cell::new(0),
            hash: Cell::new(None),
            lease: RefCell::new(pinned::of(held).map(|pinned| pinned.lease())),
        })
    })
}

/// A view of all that a bytes-like object has; `None`: it is none.
pub fn open<'s>(cx: &mut Cx<'s>, value: Handle<'_>) -> Result<Option<Handle<'s, View>>, Raised> {
    if let Some(content) = bytes::of(cx, value.get(cx)).map(|content| cx.root(content)) {
        let form = Form::whole(content.get(cx).len.get() as usize, Format(b'B'), true);
        return make(cx, Some(value), content.any(), form).map(Some);
    }
    if let Some(array) = record::of(cx, value, classes::ARRAY) {
        let pinned = pinned::fix(cx, array)?;
        let format = format_of(array.get(cx));
        let bytes = array.get(cx).x.get() as usize * format.size();
        return make(cx, Some(value), pinned.any(), Form::whole(bytes, format, false)).map(Some);
    }
    match of_handle(cx, value) {
        Some(view) => {
            let form = form(cx, view)?;
            part(cx, view, form).map(Some)
        }
        None => Ok(None),
    }
}

/// What the items of an array are.
pub fn format_of(array: Local<'_, Record>) -> Format {
    Format::of_typecode(array.y.get() as u8)
}

/// A view of the host's memory.
pub fn of_pinned<'s>(
    cx: &mut Cx<'s>,
    pinned: Handle<'_, Pinned>,
    form: Form,
) -> Result<Handle<'s, View>, Raised> {
    make(cx, None, pinned.any(), form)
}

/// Another view of the same bytes. The form stays within them.
pub fn part<'s>(cx: &mut Cx<'s>, view: Handle<'_, View>, form: Form) -> Result<Handle<'s, View>, Raised> {
    let obj = view.get(cx).obj.get(cx).map(|obj| cx.root(obj));
    let held = held(cx, view)?;
    make(cx, obj, held, form)
}

/// What it shows; fails when it is released.
#[inline]
pub fn form(cx: &mut Cx<'_>, view: Handle<'_, View>) -> Result<Form, Raised> {
    let local = view.get(cx);
    match local.is_released() {
        false => Ok(local.form()),
        true => Err(released(cx)),
    }
}

fn held<'s>(cx: &mut Cx<'s>, view: Handle<'_, View>) -> Result<Handle<'s>, Raised> {
    match view.get(cx).held.get(cx).map(|held| cx.root(held)) {
        Some(held) => Ok(held),
        None => Err(released(cx)),
    }
}

#[cold]
fn released(cx: &mut Cx<'_>) -> Raised {
    value_error(cx, "operation forbidden on released memoryview object")
}

/// Lets go of the bytes.
pub fn release(cx: &mut Cx<'_>, view: Handle<'_, View>) -> Result<(), Raised> {
    let local = view.get(cx);
    match local.exports() {
        0 => {
            drop(local.lease.take());
            local.put(cx, View::held, None);
            local.put(cx, View::obj, None);
            Ok(())
        }
        exports => {
            let s = if exports == 1 { "" } else { "s" };
            Err(raise(cx, classes::BUFFER_ERROR, format!("memoryview has {exports} exported buffer{s}")))
        }
    }
}

/// All the bytes that it has a window on; none once it is released.
#[inline]
pub fn cells<'a>(cx: &'a Cx<'_>, view: Local<'a, View>) -> &'a [Cell<u8>] {
    view.held.get(cx).map_or(&[], pinned::cells)
}

/// An item that exists.
#[inline]
pub fn item(cx: &Cx<'_>, view: Local<'_, View>, at: usize) -> Item {
    let form = view.form();
    let mut item = [0; 8];
    for (to, from) in item.iter_mut().zip(&cells(cx, view)[form.place(at)..][..form.format.size()]) {
        *to = from.get();
    }
    item
}

/// Replaces an item that exists.
#[inline]
pub fn put(cx: &Cx<'_>, view: Local<'_, View>, at: usize, item: &[u8]) {
    let form = view.form();
    for (to, from) in cells(cx, view)[form.place(at)..][..form.format.size()].iter().zip(item) {
        to.set(*from);
    }
}

/// The bytes of all items, in their order.
pub fn content(cx: &Cx<'_>, view: Local<'_, View>) -> Result<Vec<u8>, HeapFull> {
    let form = view.form();
    let mut all = Vec::new();
    all.try_reserve_exact(form.bytes()).map_err(|_| HeapFull { requested: form.bytes() })?;
    let cells = cells(cx, view);
    if form.is_contiguous() {
        let first = if form.len == 0 { 0 } else { form.start };
        all.extend(cells.iter().skip(first).take(form.bytes()).map(Cell::get));
        return Ok(all);
    }
    for at in 0..form.len {
        all.extend(cells[form.place(at)..][..form.format.size()].iter().map(Cell::get));
    }
    Ok(all)
}
