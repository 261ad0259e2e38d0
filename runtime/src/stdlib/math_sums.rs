//! `math`'s sums: `fsum` (Shewchuk, 1997: exact partial sums), `prod`, `hypot` and `dist` (CPython's scaled, compensated norm).

use super::math::Res;
use crate::builtins::common::fail;
use crate::object::libm::{frexp, ldexp};
use crate::object::native::Args;
use crate::object::number::{self, BinaryOp};
use crate::object::raise::Raised;
use crate::object::{float, int, iter, tuple};
use taipan_gc::{Cx, Handle};

/// The partial sums: they don't overlap and rise in magnitude.
#[derive(Default)]
struct Partials {
    partials: Vec<f64>,
    special: f64,
    infinities: f64,
    overflowed: bool,
}

impl Partials {
    fn add(&mut self, x: f64) {
        let original = x;
        let mut x = x;
        let mut kept = 0;
        for i in 0..self.partials.len() {
            let mut y = self.partials[i];
            if x.abs() < y.abs() {
                std::mem::swap(&mut x, &mut y);
            }
            let high = x + y;
            let low = y - (high - x);
            if low != 0.0 {
                self.partials[kept] = low;
                kept += 1;
            }
            x = high;
        }
        self.partials.truncate(kept);
        if x == 0.0 {
            return;
        }
        if x.is_finite() {
            self.partials.push(x);
            return;
        }
        // An infinity or NaN came in, or the sum overflowed on the way.
        if original.is_finite() {
            self.overflowed = true;
        }
        if original.is_infinite() {
            self.infinities += original;
        }
        self.special += original;
        self.partials.clear();
    }

    /// The sum, rounded once, half to even.
    fn total(&self) -> f64 {
        let mut rest = self.partials.as_slice();
        let Some((&last, below)) = rest.split_last() else { return 0.0 };
        rest = below;
        let (mut high, mut low) = (last, 0.0);
        while let Some((&y, below)) = rest.split_last() {
            rest = below;
            let x = high;
            high = x + y;
            low = y - (high - x);
            if low != 0.0 {
                break;
            }
        }
        if let Some(&next) = rest.last() {
            if (low < 0.0 && next < 0.0) || (low > 0.0 && next > 0.0) {
                let y = low * 2.0;
                let x = high + y;
                if y == x - high {
                    high = x;
                }
            }
        }
        high
    }
}

/// `math.fsum`
pub(super) fn fsum<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let mut sum = Partials::default();
    iter::for_each(cx, args.at(cx, 0), |cx, item| {
        let x = number::as_float(cx, item)?;
        sum.add(x);
        if sum.overflowed {
            fail!(cx, OVERFLOW_ERROR, "intermediate overflow in fsum");
        }
        Ok(())
    })?;
    if sum.special != 0.0 || sum.special.is_nan() {
        if sum.infinities.is_nan() {
            fail!(cx, VALUE_ERROR, "-inf + inf in fsum");
        }
        return Ok(float(cx, sum.special));
    }
    Ok(float(cx, sum.total()))
}

/// `math.prod`
pub(super) fn prod<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let result = match args.get(cx, 1) {
        Some(start) => cx.root(start.get(cx)),
        None => int::from_i64(cx, 1)?,
    };
    iter::for_each(cx, args.at(cx, 0), |cx, item| {
        let product = number::binary(cx, BinaryOp::Mul, result, item)?;
        result.set(cx, product.get(cx));
        Ok(())
    })?;
    Ok(result)
}

fn split(x: f64) -> (f64, f64) {
    let t = x * 134_217_729.0;
    let high = t - (t - x);
    (high, x - high)
}

/// The Euclidean norm of numbers whose largest magnitude is `max`.
fn norm(numbers: &[f64], max: f64, found_nan: bool) -> f64 {
    if max.is_infinite() {
        return max;
    }
    if found_nan {
        return f64::NAN;
    }
    if max == 0.0 || numbers.len() <= 1 {
        return max;
    }
    let (mut sum, mut fractions) = (1.0f64, [0.0f64; 3]);
    let mut add = |sum: &mut f64, x: f64, which: usize| {
        let old = *sum;
        *sum += x;
        fractions[which] += (old - *sum) + x;
    };
    let (_, exponent) = frexp(max);
    if exponent < -1023 {
        for &x in numbers {
            let x = x / max;
            add(&mut sum, x * x, 0);
        }
        return max * (sum - 1.0 + fractions[0]).sqrt();
    }
    let scale = ldexp(1.0, -exponent);
    let mut squares = 0.0;
    for &x in numbers {
        let (high, low) = split(x * scale);
        add(&mut sum, high * high, 0);
        add(&mut sum, 2.0 * high * low, 1);
        squares += low * low;
    }
    let _ = add;
    fractions[2] += squares;
    let h = (sum - 1.0 + (fractions[0] + fractions[1] + fractions[2])).sqrt();
    let (high, low) = split(h);
    for (which, x) in [-high * high, -2.0 * high * low, -low * low].into_iter().enumerate() {
        let old = sum;
        sum += x;
        fractions[which] += (old - sum) + x;
    }
    let x = sum - 1.0 + (fractions[0] + fractions[1] + fractions[2]);
    (h + x / (2.0 * h)) / scale
}

fn norm_of(numbers: &[f64]) -> f64 {
    let found_nan = numbers.iter().any(|x| x.is_nan());
    let max = numbers.iter().fold(0.0f64, |max, x| if x.abs() > max { x.abs() } else { max });
    norm(numbers, max, found_nan)
}

/// `math.hypot`
pub(super) fn hypot<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let mut numbers = Vec::with_capacity(args.rest_len());
    for given in args.rest_all(cx) {
        numbers.push(number::as_float(cx, given)?.abs());
    }
    Ok(float(cx, norm_of(&numbers)))
}

fn point<'s>(cx: &mut Cx<'s>, given: Handle<'s>) -> Result<Vec<Handle<'s>>, Raised> {
    match tuple::of_handle(cx, given) {
        Some(items) => tuple::handles(cx, items),
        None => iter::to_vec(cx, given),
    }
}

/// `math.dist`
pub(super) fn dist<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let (p, q) = (point(cx, args.at(cx, 0))?, point(cx, args.at(cx, 1))?);
    if p.len() != q.len() {
        fail!(cx, VALUE_ERROR, "both points must have the same number of dimensions");
    }
    let mut numbers = Vec::with_capacity(p.len());
    for (p, q) in p.into_iter().zip(q) {
        numbers.push((number::as_float(cx, p)? - number::as_float(cx, q)?).abs());
    }
    Ok(float(cx, norm_of(&numbers)))
}
