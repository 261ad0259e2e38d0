//! Open buffers: bytes of the heap at addresses that C may keep until it closes them; and memory of the host's as a memoryview.
//!
//! An array or a view is opened as a view, which is exported: it can't be released, nor can the array change its length. Bytes and strs are in place
//! where they never move; else they are copied, which nobody can tell, because they never change.

use crate::abi::*;
use crate::context::Context;
use crate::fail::{fault, Fault};
use crate::table::Table;
use std::ffi::c_void;
use taipan::object::buffer::items::Format;
use taipan::object::buffer::pinned;
use taipan::object::buffer::view::{self, Form, View};
use taipan::object::{bytes, class, classes, record, shapes, str};
use taipan_gc::{Any, Cx, Handle, Local, Owned};

/// What keeps the bytes of an open buffer.
#[derive(Debug)]
pub(crate) enum Keeper {
    /// A copy.
    Copy(Copied),
    /// The object that has them.
    Object(Owned),
    /// A view of an object that never moves; `true`: nobody else has the view.
    View(Owned<View>, bool),
    /// The same, of bytes that may move: a copy of them.
    CopiedView(Owned<View>, Copied),
}

/// A copy of bytes, aligned for items of every kind, and charged to the heap.
type Copied = Vec<u64>;

/// What C is told of the bytes.
struct Place {
    data: *const u8,
    len: usize,
    format: Format,
}

/// The buffers that C has open.
pub(crate) type BufferTable = Table<Keeper>;

/// A copy of bytes, and where it is.
fn copy(cx: &Cx<'_>, bytes: &[u8], format: Format) -> Result<(Place, Copied), Fault> {
    let mut all: Copied = Vec::new();
    if all.try_reserve_exact(bytes.len().div_ceil(8)).is_err() {
        return fault(E_NOMEM, "no memory for a copy of the bytes");
    }
    all.extend(bytes.chunks(8).map(|chunk| {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        u64::from_ne_bytes(word)
    }));
    cx.charge(size_of_val(&all[..]))?;
    Ok((Place { data: all.as_ptr().cast(), len: bytes.len(), format }, all))
}

/// A copy is gone.
fn discharge(cx: &Cx<'_>, copy: &Copied) {
    cx.external(-(size_of_val(&copy[..]) as i64));
}

/// Bytes that never change, of an object, or a copy of them.
fn immutable(cx: &Cx<'_>, object: Local<'_>, bytes: &[u8]) -> Result<(Place, Keeper), Fault> {
    let format = Format(b'B');
    if cx.never_moves(object) {
        let place = Place { data: bytes.as_ptr(), len: bytes.len(), format };
        return Ok((place, Keeper::Object(cx.own::<Any>(object)?)));
    }
    let (place, copy) = copy(cx, bytes, format)?;
    Ok((place, Keeper::Copy(copy)))
}

/// A str as UTF-8.
fn text(cx: &Cx<'_>, value: Local<'_>) -> Result<(Place, Keeper), Fault> {
    let Some(string) = str::of(cx, value) else {
        return fault(
            E_TYPE,
            format!("a bytes-like object is required, not '{}'", class::type_name(cx, value)),
        );
    };
    if let Some(ascii) = str::ascii(string) {
        return immutable(cx, string.any(), ascii.as_bytes());
    }
    let Some(utf8) = str::to_utf8(string) else {
        return fault(E_RANGE, "a string with lone surrogates has no UTF-8 form");
    };
    let (place, copy) = copy(cx, utf8.as_bytes(), Format(b'B'))?;
    Ok((place, Keeper::Copy(copy)))
}

/// A view, and whether it was made for this buffer.
fn exported(cx: &Cx<'_>, view: Handle<'_, View>, is_ours: bool) -> Result<(Place, Keeper), Fault> {
    let local = view.get(cx);
    let Some(held) = local.held.get(cx) else { return fault(E_TYPE, "a released memoryview") };
    let form = local.form();
    if !form.is_contiguous() {
        return fault(E_TYPE, "a memoryview whose items do not lie one behind the other");
    }
    let cells = view::cells(cx, local);
    let first = if form.len == 0 { 0 } else { form.start };
    let data = cells[first..][..form.bytes()].as_ptr().cast::<u8>();
    let place = Place { data, len: form.bytes(), format: form.format };
    if pinned::of(held).is_some() || cx.never_moves(held) {
        return Ok((place, Keeper::View(cx.own(local)?, is_ours)));
    }
    let (place, copy) = copy(cx, &view::content(cx, local)?, form.format)?;
    match cx.own(local) {
        Ok(owned) => Ok((place, Keeper::CopiedView(owned, copy))),
        Err(full) => {
            discharge(cx, &copy);
            Err(full.into())
        }
    }
}

/// The bytes of a value, and what keeps them.
fn keep(cx: &mut Cx<'_>, value: Handle<'_>, writes: bool) -> Result<(Place, Keeper), Fault> {
    let is_array = record::of(cx, value, classes::ARRAY).is_some();
    let found = view::of_handle(cx, value);
    if writes && !is_array && found.is_none_or(|view| view.get(cx).form().is_readonly) {
        let given = class::type_name(cx, value.get(cx));
        return fault(E_TYPE, format!("a writable bytes-like object is required, not '{given}'"));
    }
    if let Some(view) = found {
        return exported(cx, view, false);
    }
    if is_array {
        let Some(view) = view::open(cx, value)? else { return fault(E_TYPE, "an array") };
        return exported(cx, view, true);
    }
    match bytes::of(cx, value.get(cx)) {
        Some(found) => immutable(cx, found.any(), bytes::content(found)),
        None => text(cx, value.get(cx)),
    }
}

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_buf_open(ctx: *mut Context, value: Val, flags: u32, out: *mut Buf) -> Status {
    Context::status(ctx, false, |ctx, cx| {
        let value = ctx.resolve(cx, value)?;
        if out.is_null() {
            return fault(E_ARG, "NULL for a result");
        }
        // SAFETY: C passes a buffer, whose size comes first.
        if unsafe { (*out).size } as usize != size_of::<Buf>() {
            return fault(E_ARG, "the size of a buffer is wrong");
        }
        if flags & !BUF_WRITE != 0 {
            return fault(E_ARG, "an unknown flag is set");
        }
        let (place, keeper) = keep(cx, value, flags & BUF_WRITE != 0)?;
        let exported = match &keeper {
            Keeper::View(owned, _) | Keeper::CopiedView(owned, _) => Some(*owned),
            Keeper::Copy(_) | Keeper::Object(_) => None,
        };
        let inserted = ctx.buffers.borrow_mut().insert(ctx.tag, ctx.serial.get(), keeper);
        let id = match inserted {
            Ok(id) => id,
            Err((status, keeper)) => {
                let_go(cx, keeper);
                return fault(status, "there is no place for one more open buffer");
            }
        };
        ctx.has_made(cx);
        if let Some(view) = exported.and_then(|owned| cx.owned(owned)) {
            view.export();
        }
        let Place { data, len, format } = place;
        let made = Buf {
            size: size_of::<Buf>() as u32,
            flags,
            data: data.cast_mut().cast(),
            len,
            item_size: format.size() as u32,
            format: format.0.into(),
            id,
        };
        // SAFETY: by the header, room for one.
        unsafe { out.write(made) };
        Ok(())
    })
}

/// Gives back what kept the bytes of a buffer.
fn let_go(cx: &mut Cx<'_>, keeper: Keeper) {
    match keeper {
        Keeper::Copy(copy) => discharge(cx, &copy),
        Keeper::Object(owned) => {
            cx.disown(owned);
        }
        Keeper::View(owned, is_ours) => cx.scoped(|cx| {
            if let (Some(view), true) = (cx.owned(owned).map(|view| cx.root(view)), is_ours) {
                // It is exported no more, so nothing can fail.
                let _ = view::release(cx, view);
            }
            cx.disown(owned);
        }),
        Keeper::CopiedView(owned, copy) => {
            discharge(cx, &copy);
            cx.disown(owned);
        }
    }
}

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_buf_close(ctx: *mut Context, buf: *mut Buf) -> Status {
    Context::quiet(ctx, |ctx, cx| {
        // SAFETY: C passes NULL or a buffer.
        let buf = unsafe { buf.as_mut() }.ok_or(E_ARG)?;
        if buf.size as usize != size_of::<Buf>() {
            return Err(E_ARG);
        }
        ctx.has_ended(|| ctx.buffers.borrow().serial(ctx.tag, buf.id));
        let keeper = ctx.buffers.borrow_mut().remove(ctx.tag, buf.id)?;
        if let Keeper::View(owned, _) | Keeper::CopiedView(owned, _) = &keeper {
            if let Some(view) = cx.owned(*owned) {
                view.unexport();
            }
        }
        let_go(cx, keeper);
        (buf.data, buf.len, buf.id) = (std::ptr::null_mut(), 0, 0);
        cx.poll();
        Ok(())
    })
}

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_memory(
    ctx: *mut Context,
    data: *mut c_void,
    len: usize,
    flags: u32,
    free: UdFreeFn,
    ud: *mut c_void,
) -> Val {
    Context::value(ctx, false, |_, cx| {
        if data.is_null() && len > 0 {
            return fault(E_ARG, "NULL for memory");
        }
        if isize::try_from(len).is_err() {
            return fault(E_ARG, "a length out of range");
        }
        if flags & !(MEMORY_WRITE | MEMORY_UNCHARGED) != 0 {
            return fault(E_ARG, "an unknown flag is set");
        }
        // SAFETY: as the header says.
        let made = unsafe { pinned::of_host(cx, data.cast(), len, ud, flags & MEMORY_UNCHARGED == 0) }?;
        let form = Form::whole(len, Format(b'B'), flags & MEMORY_WRITE == 0);
        let view = view::of_pinned(cx, made, form)?;
        made.get(cx).take(free);
        Ok(view.any())
    })
}

/// How many items a view has, what they are, and where one is; `None`: the value is no view.
pub(crate) fn view_items<'s>(
    cx: &Cx<'_>,
    value: Handle<'s>,
) -> Result<Option<(Handle<'s, View>, Form)>, Fault> {
    if value.get(cx).shape() != Some(shapes::MEMORY_VIEW) {
        return Ok(None);
    }
    let Some(view) = view::of_handle(cx, value) else { return Ok(None) };
    match view.get(cx).is_released() {
        false => Ok(Some((view, view.get(cx).form()))),
        true => fault(E_TYPE, "a released memoryview"),
    }
}
