//! Ints against floats, exactly: neither is converted when that would round.

use crate::text::float::truncate_to_int;
use crate::text::int::{compare, IntRef};
use std::cmp::Ordering;

/// The order of an int and a float; `None` for NaN.
pub(super) fn int_and_float(a: IntRef<'_>, b: f64) -> Option<Ordering> {
    const EXACT: u64 = 1 << 53;
    if let IntRef::Small(small) = a {
        if small.unsigned_abs() <= EXACT {
            return (small as f64).partial_cmp(&b);
        }
    }
    if b.is_nan() {
        return None;
    }
    if b.is_infinite() {
        return Some(if b > 0.0 { Ordering::Less } else { Ordering::Greater });
    }
    let whole = b.trunc();
    let whole_number = truncate_to_int(whole).ok()?;
    let order = compare(a, whole_number.view());
    // Equal in the whole part: the fraction decides.
    Some(order.then(0.0.partial_cmp(&(b - whole)).unwrap_or(Ordering::Equal)))
}
