//! `math`'s integer functions: `comb`, `perm`, `factorial`, `gcd`, `lcm`, `isqrt`.
//!
//! Results of a size that no heap could hold are refused before they are computed.

use super::math::Res;
use crate::builtins::common::fail;
use crate::object::native::Args;
use crate::object::raise::Raised;
use crate::object::{int, number};
use num_bigint::{BigInt, Sign};
use num_integer::Integer;
use num_traits::{One, Signed, ToPrimitive, Zero};
use taipan_gc::{Cx, Handle};

/// No result may have more bits.
const MAX_BITS: f64 = 8e9;

fn integer(cx: &mut Cx<'_>, value: Handle<'_>) -> Result<BigInt, Raised> {
    number::as_index_big(cx, value)
}

/// The product of `from ..= to`, by halves so that factors are of like size.
fn product(from: u64, to: u64) -> BigInt {
    if from > to {
        return BigInt::one();
    }
    if to - from < 8 {
        return (from..=to).fold(BigInt::one(), |product, n| product * n);
    }
    let middle = from + (to - from) / 2;
    product(from, middle) * product(middle + 1, to)
}

fn check_size(cx: &mut Cx<'_>, factors: f64, largest: f64) -> Result<(), Raised> {
    if factors * largest.max(2.0).log2() > MAX_BITS {
        fail!(cx, MEMORY_ERROR, "");
    }
    Ok(())
}

/// `math.factorial`
pub(super) fn factorial<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let n = integer(cx, args.at(cx, 0))?;
    if n.is_negative() {
        fail!(cx, VALUE_ERROR, "factorial() not defined for negative values");
    }
    let Some(n) = n.to_i64() else {
        fail!(cx, OVERFLOW_ERROR, "factorial() argument should not exceed {}", i64::MAX);
    };
    check_size(cx, n as f64, n as f64)?;
    int::new(cx, product(2, n as u64))
}

fn both(cx: &mut Cx<'_>, args: &Args<'_>) -> Result<(BigInt, BigInt), Raised> {
    let n = integer(cx, args.at(cx, 0))?;
    let k = match args.some(cx, 1) {
        Some(k) => integer(cx, k)?,
        None => n.clone(),
    };
    if n.is_negative() {
        fail!(cx, VALUE_ERROR, "n must be a non-negative integer");
    }
    if k.is_negative() {
        fail!(cx, VALUE_ERROR, "k must be a non-negative integer");
    }
    Ok((n, k))
}

/// n * (n-1) * … , k factors.
fn falling(n: &BigInt, k: u64) -> BigInt {
    if let Some(n) = n.to_u64() {
        return if k == 0 { BigInt::one() } else { product(n - k + 1, n) };
    }
    (0..k).fold(BigInt::one(), |product, i| product * (n - i))
}

/// `math.perm`
pub(super) fn perm<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let (n, k) = both(cx, args)?;
    if k > n {
        return int::from_i64(cx, 0);
    }
    let Some(factors) = k.to_i64() else {
        fail!(cx, OVERFLOW_ERROR, "k must not exceed {}", i64::MAX);
    };
    check_size(cx, factors as f64, n.bits() as f64 * 2.0)?;
    int::new(cx, falling(&n, factors as u64))
}

/// `math.comb`
pub(super) fn comb<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let (n, k) = both(cx, args)?;
    if k > n {
        return int::from_i64(cx, 0);
    }
    let rest = &n - &k;
    let k = if rest < k { rest } else { k };
    let Some(factors) = k.to_i64() else {
        fail!(cx, OVERFLOW_ERROR, "min(n - k, k) must not exceed {}", i64::MAX);
    };
    check_size(cx, factors as f64, n.bits() as f64 * 2.0)?;
    int::new(cx, falling(&n, factors as u64) / product(2, factors as u64))
}

fn fold<'s>(
    cx: &mut Cx<'s>,
    args: &Args<'s>,
    start: BigInt,
    combine: fn(&BigInt, &BigInt) -> BigInt,
) -> Res<'s> {
    let mut result = start;
    for given in args.rest_all(cx) {
        let next = integer(cx, given)?;
        result = combine(&result, &next);
    }
    int::new(cx, result)
}

/// `math.gcd`
pub(super) fn gcd<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    fold(cx, args, BigInt::zero(), |a, b| a.gcd(b))
}

/// `math.lcm`
pub(super) fn lcm<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    fold(
        cx,
        args,
        BigInt::one(),
        |a, b| if a.is_zero() || b.is_zero() { BigInt::zero() } else { a.lcm(b).abs() },
    )
}

/// `math.isqrt`
pub(super) fn isqrt<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let n = integer(cx, args.at(cx, 0))?;
    if n.sign() == Sign::Minus {
        fail!(cx, VALUE_ERROR, "isqrt() argument must be nonnegative");
    }
    int::new(cx, n.sqrt())
}
