//! Many values at once: items of sequences and entries of dicts as locals, numbers as C's arrays, and lists of them.

use crate::abi::*;
use crate::buffers::view_items;
use crate::context::Context;
use crate::fail::{fault, Fault};
use crate::values::immediate;
use num_traits::ToPrimitive;
use taipan::object::buffer::{pinned, view};
use taipan::object::{class, classes, dict, float, int, list, record, tuple};
use taipan_gc::{Cx, Handle, Local};

/// The part of a sequence of this length that a caller asks for.
fn part(len: usize, from: i64, count: i64) -> Result<std::ops::Range<usize>, Fault> {
    let (Ok(from), Ok(count)) = (usize::try_from(from), usize::try_from(count)) else {
        return fault(E_ARG, "a negative place or count");
    };
    let from = from.min(len);
    Ok(from..from + count.min(len - from))
}

/// An item of a list or tuple.
fn item<'a>(cx: &'a Cx<'_>, sequence: Local<'a>, at: usize) -> Option<Local<'a>> {
    match list::of(cx, sequence) {
        Some(list) => list::item(cx, list, at),
        None => tuple::get(cx, sequence, at),
    }
}

/// The length of a list or tuple.
fn len(cx: &Cx<'_>, sequence: Local<'_>) -> Result<usize, Fault> {
    if let Some(list) = list::of(cx, sequence) {
        return Ok(list::len(list));
    }
    match tuple::of(cx, sequence) {
        Some(tuple) => Ok(tuple::len(tuple)),
        None => fault(E_TYPE, format!("expected a sequence, not '{}'", class::type_name(cx, sequence))),
    }
}

impl Context {
    /// A call that makes many locals: `body` says why it can't before it makes any. What is on the stack when it fails goes.
    fn many(ctx: *mut Context, body: impl FnOnce(&Context, &mut Cx<'_>) -> Result<i64, Fault>) -> i64 {
        let result = Context::enter(ctx, |ctx, cx| {
            // SAFETY: the core is this thread's; the borrow ends with the statement.
            let base = unsafe { (*cx.core()).memory.roots.stack.top() };
            body(ctx, cx).unwrap_or_else(|fault| {
                ctx.pop_to(cx, base);
                ctx.fail(cx, fault).into()
            })
        });
        result.unwrap_or_else(i64::from)
    }

    /// Fails unless so many more locals fit.
    fn room_for_locals(&self, cx: &Cx<'_>, count: usize) -> Result<(), Fault> {
        self.room(cx, count)?;
        // SAFETY: the core is this thread's; the borrow ends with the statement.
        let top = unsafe { (*cx.core()).memory.roots.stack.top() };
        match self.scopes.fits(top.saturating_add(count)) {
            true => Ok(()),
            false => fault(E_LIMIT, "too many locals: close scopes"),
        }
    }

    /// A local of the innermost scope, whose locals are the top of the stack.
    fn new_local(&self, cx: &Cx<'_>, local: Local<'_>) -> Result<Val, Fault> {
        match immediate(cx, Some(local)) {
            Some(immediate) => Ok(immediate),
            None => self.scopes.add_local(cx.root(local).index()),
        }
    }
}

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_seq_copy(
    ctx: *mut Context,
    sequence: Val,
    from: i64,
    count: i64,
    out: *mut Val,
) -> i64 {
    Context::many(ctx, |ctx, cx| {
        let sequence = ctx.resolve(cx, sequence)?;
        let part = part(len(cx, sequence.get(cx))?, from, count)?;
        if out.is_null() {
            return fault(E_ARG, "NULL for a result");
        }
        ctx.room_for_locals(cx, part.len())?;
        for (to, at) in part.clone().enumerate() {
            let Some(item) = item(cx, sequence.get(cx), at) else { return Ok(to as i64) };
            // SAFETY: by the header there is room for `count` values.
            unsafe { out.add(to).write(ctx.new_local(cx, item)?) };
        }
        Ok(part.len() as i64)
    })
}

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_dict_next(
    ctx: *mut Context,
    target: Val,
    position: *mut u64,
    key: *mut Val,
    value: *mut Val,
) -> i32 {
    Context::many(ctx, |ctx, cx| {
        let target = ctx.resolve(cx, target)?;
        let Some(target) = dict::of_handle(cx, target) else {
            return fault(E_TYPE, format!("expected dict, not '{}'", class::type_name(cx, target.get(cx))));
        };
        if position.is_null() || key.is_null() {
            return fault(E_ARG, "NULL for a result");
        }
        ctx.room_for_locals(cx, 2)?;
        // SAFETY: C's variable.
        let Ok(mut at) = u32::try_from(unsafe { position.read() }) else { return Ok(0) };
        let Some((found, held)) = dict::next_entry(cx, target.get(cx), &mut at) else { return Ok(0) };
        // SAFETY: C's variables; there was room for both locals.
        unsafe {
            key.write(ctx.new_local(cx, found)?);
            if !value.is_null() {
                value.write(ctx.new_local(cx, held)?);
            }
            position.write(at.into());
        }
        Ok(1)
    }) as i32
}

/// A number of C.
trait Number: Copy {
    /// From an int or a float of a script.
    fn of(cx: &Cx<'_>, value: Local<'_>) -> Result<Self, Fault>;
    /// From an item of an `array.array` or of a view, whose bytes come first.
    fn of_item(code: u8, item: [u8; 8]) -> Option<Self>;
}

/// An item of an array of integers.
fn integer(code: u8, item: [u8; 8]) -> Option<i128> {
    let [a, b, c, d, ..] = item;
    Some(match code {
        b'b' => (a as i8).into(),
        b'B' => a.into(),
        b'h' => i16::from_ne_bytes([a, b]).into(),
        b'H' => u16::from_ne_bytes([a, b]).into(),
        b'i' => i32::from_ne_bytes([a, b, c, d]).into(),
        b'I' => u32::from_ne_bytes([a, b, c, d]).into(),
        b'?' => i128::from(a != 0),
        b'l' | b'q' | b'n' => i64::from_ne_bytes(item).into(),
        b'L' | b'Q' | b'N' | b'P' => u64::from_ne_bytes(item).into(),
        _ => return None,
    })
}

impl Number for f64 {
    fn of(cx: &Cx<'_>, value: Local<'_>) -> Result<f64, Fault> {
        if let Some(number) = value.value().as_float() {
            return Ok(number);
        }
        match int::to_big(cx, value).map(|big| big.to_f64()) {
            Some(Some(number)) if number.is_finite() => Ok(number),
            Some(_) => fault(E_RANGE, "int too large to convert to float"),
            None => fault(E_TYPE, format!("expected float, not '{}'", class::type_name(cx, value))),
        }
    }

    fn of_item(code: u8, item: [u8; 8]) -> Option<f64> {
        let [a, b, c, d, ..] = item;
        match code {
            b'd' => Some(f64::from_ne_bytes(item)),
            b'f' => Some(f32::from_ne_bytes([a, b, c, d]).into()),
            _ => integer(code, item).map(|number| number as f64),
        }
    }
}

impl Number for i64 {
    fn of(cx: &Cx<'_>, value: Local<'_>) -> Result<i64, Fault> {
        match int::to_big(cx, value).map(|big| big.to_i64()) {
            Some(Some(number)) => Ok(number),
            Some(None) => fault(E_RANGE, "the int does not fit"),
            None => fault(E_TYPE, format!("expected int, not '{}'", class::type_name(cx, value))),
        }
    }

    fn of_item(code: u8, item: [u8; 8]) -> Option<i64> {
        integer(code, item).and_then(|number| i64::try_from(number).ok())
    }
}

/// The number that an item of an array or a view is.
fn number_of<N: Number>(code: u8, item: [u8; 8]) -> Result<N, Fault> {
    match N::of_item(code, item) {
        Some(number) => Ok(number),
        None if integer(code, item).is_some() => fault(E_RANGE, "the int does not fit"),
        None => fault(E_TYPE, "items of another type"),
    }
}

/// Numbers of a list, tuple, `array.array` or memoryview, all checked before C sees one.
fn numbers<N: Number>(cx: &Cx<'_>, sequence: Handle<'_>, from: i64, count: i64) -> Result<Vec<N>, Fault> {
    let mut made = Vec::new();
    let room = |made: &mut Vec<N>, more| match made.try_reserve_exact(more) {
        Ok(()) => Ok(()),
        Err(_) => fault(E_NOMEM, "no memory for the numbers"),
    };
    if let Some(array) = record::of(cx, sequence, classes::ARRAY) {
        let array = array.get(cx);
        let (len, code) = (array.x.get() as usize, array.y.get() as u8);
        let part = part(len, from, count)?;
        room(&mut made, part.len())?;
        let storage = array.a.get(cx).map_or(&[][..], pinned::cells);
        let size = view::format_of(array).size();
        for cells in storage.chunks_exact(size).take(part.end).skip(part.start) {
            let mut item = [0; 8];
            item.iter_mut().zip(cells).for_each(|(to, from)| *to = from.get());
            made.push(number_of(code, item)?);
        }
        return Ok(made);
    }
    if let Some((view, form)) = view_items(cx, sequence)? {
        let part = part(form.len, from, count)?;
        room(&mut made, part.len())?;
        for at in part {
            made.push(number_of(form.format.0, view::item(cx, view.get(cx), at))?);
        }
        return Ok(made);
    }
    let part = part(len(cx, sequence.get(cx))?, from, count)?;
    room(&mut made, part.len())?;
    for item in part.filter_map(|at| item(cx, sequence.get(cx), at)) {
        made.push(N::of(cx, item)?);
    }
    Ok(made)
}

/// Copies numbers to C.
///
/// # Safety
/// `out` is NULL or has room for `count` numbers.
unsafe fn copy<N: Number>(ctx: *mut Context, sequence: Val, from: i64, count: i64, out: *mut N) -> i64 {
    Context::number(ctx, false, |ctx, cx| {
        let sequence = ctx.resolve(cx, sequence)?;
        let found = numbers::<N>(cx, sequence, from, count)?;
        if out.is_null() {
            return fault(E_ARG, "NULL for a result");
        }
        // SAFETY: by contract; there are `count` numbers at most.
        unsafe { std::ptr::copy_nonoverlapping(found.as_ptr(), out, found.len()) };
        Ok(found.len() as i64)
    })
}

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_seq_doubles(
    ctx: *mut Context,
    sequence: Val,
    from: i64,
    count: i64,
    out: *mut f64,
) -> i64 {
    // SAFETY: as the header says.
    unsafe { copy(ctx, sequence, from, count, out) }
}

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_seq_i64(
    ctx: *mut Context,
    sequence: Val,
    from: i64,
    count: i64,
    out: *mut i64,
) -> i64 {
    // SAFETY: as the header says.
    unsafe { copy(ctx, sequence, from, count, out) }
}

/// A list of C's numbers, each made a value by `make`.
///
/// # Safety
/// `numbers` is NULL or has `count` of them.
unsafe fn list_of<N: Copy>(
    ctx: *mut Context,
    count: i64,
    numbers: *const N,
    make: impl for<'t> Fn(&mut Cx<'t>, N) -> Result<Handle<'t>, Fault>,
) -> Val {
    Context::value(ctx, false, |_, cx| {
        let Ok(count) = usize::try_from(count) else { return fault(E_ARG, "a negative count") };
        if count > 0 && numbers.is_null() {
            return fault(E_ARG, "NULL for an array of numbers");
        }
        let made = list::with_capacity(cx, count)?;
        for at in 0..count {
            cx.scoped(|cx| {
                // SAFETY: by contract.
                let number = make(cx, unsafe { *numbers.add(at) })?;
                Ok::<(), Fault>(list::append(cx, made, number)?)
            })?;
        }
        Ok(made.any())
    })
}

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_list_doubles(ctx: *mut Context, count: i64, numbers: *const f64) -> Val {
    // SAFETY: as the header says.
    unsafe { list_of(ctx, count, numbers, |cx, number| Ok(float(cx, number))) }
}

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_list_i64(ctx: *mut Context, count: i64, numbers: *const i64) -> Val {
    // SAFETY: as the header says.
    unsafe { list_of(ctx, count, numbers, |cx, number| Ok(int::from_i64(cx, number)?)) }
}
