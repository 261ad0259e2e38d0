//! Sorting: stable, by keys, of a list whose items are out of it meanwhile, so that changing it is noticed.
//!
//! Keys that are all small integers, all floats or all strings are compared in Rust; others by a [merge sort](super::timsort) whose comparisons
//! may run Python code.

use super::common::fail;
use super::timsort;
use crate::object::layout::{Array, List};
use crate::object::raise::Raised;
use crate::object::{call, compare, list, str};
use crate::text::Text;
use taipan_gc::{Cx, Handle, Local};

/// Sorts a list.
pub fn sort(
    cx: &mut Cx<'_>,
    list: Handle<'_, List>,
    key: Option<Handle<'_>>,
    reverse: bool,
) -> Result<(), Raised> {
    cx.scoped(|cx| {
        let (items, len) = list::take_items(cx, list);
        let Some(items) = items.filter(|_| len > 1) else {
            list::restore_items(cx, list, items, len);
            return match (key, items) {
                // The key function is called even so.
                (Some(key), Some(items)) if len == 1 => keys(cx, key, items, len).map(drop),
                _ => Ok(()),
            };
        };
        let mut order = Vec::new();
        let sorted = permutation(cx, items, len, key, reverse, &mut order);
        let changed = list::len(list.get(cx)) != 0 || list.get(cx).items.get(cx).is_some();
        if order.len() == len {
            list::permute(cx, items.get(cx), &order);
        }
        list::restore_items(cx, list, Some(items), len);
        sorted?;
        if changed {
            fail!(cx, VALUE_ERROR, "list modified during sort");
        }
        Ok(())
    })
}

/// Where the keys are.
#[derive(Clone, Copy)]
enum Keys<'s> {
    Items(Handle<'s, Array>),
    Made(Handle<'s, List>),
}

impl<'s> Keys<'s> {
    fn get<'a>(&self, cx: &'a Cx<'_>, n: usize) -> Local<'a> {
        match self {
            Keys::Items(items) => list::array_item(items.get(cx), n),
            Keys::Made(keys) => list::item(cx, keys.get(cx), n).unwrap_or(Local::NONE),
        }
    }
}

fn keys<'s>(
    cx: &mut Cx<'s>,
    key: Handle<'_>,
    items: Handle<'s, Array>,
    len: usize,
) -> Result<Handle<'s, List>, Raised> {
    let made = list::with_capacity(cx, len)?;
    for n in 0..len {
        cx.scoped(|cx| {
            let item = cx.root(list::array_item(items.get(cx), n));
            let value = call::call(cx, key, &[item])?;
            list::append(cx, made, value)
        })?;
    }
    Ok(made)
}

/// The order that the items are to have; after a comparison that failed, as far as it was found. Empty when it didn't come to comparisons.
fn permutation<'s>(
    cx: &mut Cx<'s>,
    items: Handle<'s, Array>,
    len: usize,
    key: Option<Handle<'_>>,
    reverse: bool,
    order: &mut Vec<u32>,
) -> Result<(), Raised> {
    let keys = match key {
        Some(key) => Keys::Made(keys(cx, key, items, len)?),
        None => Keys::Items(items),
    };
    let mut buffer = Vec::new();
    cx.may_grow(len)?;
    if order.try_reserve_exact(len).is_err() || buffer.try_reserve_exact(len / 2).is_err() {
        fail!(cx, MEMORY_ERROR, "");
    }
    order.extend(0..len as u32);
    // Reversing before and after keeps equal items in their order.
    if reverse {
        order.reverse();
    }
    let sorted = match sort_plain(cx, keys, order) {
        true => Ok(()),
        false => timsort::sort(order, &mut buffer, |a, b| less(cx, keys, a, b)),
    };
    if reverse {
        order.reverse();
    }
    sorted
}

/// Sorts by keys that are all of one plain type; `false` when they are not.
fn sort_plain(cx: &Cx<'_>, keys: Keys<'_>, order: &mut [u32]) -> bool {
    let first = keys.get(cx, 0);
    if first.value().is_int() {
        let numbers: Option<Vec<i64>> = (0..order.len()).map(|n| keys.get(cx, n).value().as_int()).collect();
        let Some(numbers) = numbers else { return false };
        order.sort_by_key(|&n| numbers[n as usize]);
        return true;
    }
    if first.value().is_float() {
        let number = |n| keys.get(cx, n).value().as_float().filter(|x| !x.is_nan());
        let numbers: Option<Vec<f64>> = (0..order.len()).map(number).collect();
        let Some(numbers) = numbers else { return false };
        // Not `total_cmp`: zeros of both signs are equal.
        order.sort_by(|&a, &b| {
            numbers[a as usize].partial_cmp(&numbers[b as usize]).unwrap_or(std::cmp::Ordering::Equal)
        });
        return true;
    }
    let text = |n| {
        let local = keys.get(cx, n);
        str::is_exact(local.value(), local.shape()).then(|| str::of(cx, local).map(str::text)).flatten()
    };
    let texts: Option<Vec<Text<'_>>> = (0..order.len()).map(text).collect();
    let Some(texts) = texts else { return false };
    order.sort_by(|&a, &b| match (texts[a as usize], texts[b as usize]) {
        (Text::Ascii(a), Text::Ascii(b)) => a.cmp(b),
        (a, b) => a.iter().cmp(b.iter()),
    });
    true
}

/// Whether key `a` is less than key `b`.
fn less(cx: &mut Cx<'_>, keys: Keys<'_>, a: u32, b: u32) -> Result<bool, Raised> {
    let (x, y) = (keys.get(cx, a as usize), keys.get(cx, b as usize));
    if let Some(answer) = compare::less_quick(cx, x, y) {
        return Ok(answer);
    }
    cx.scoped(|cx| {
        let a = cx.root(keys.get(cx, a as usize));
        let b = cx.root(keys.get(cx, b as usize));
        compare::less(cx, a, b)
    })
}
