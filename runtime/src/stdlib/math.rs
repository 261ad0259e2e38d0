//! `math`: functions of one or two floats, rounding, constants. Sums and norms are in [`math_sums`], integer functions in
//! [`math_integers`], gamma functions and logarithms in [`math_functions`].

use super::{math_functions, math_integers, math_sums, put, ModuleDef};
use crate::builtins::common::fail;
use crate::object::layout::Dict;
use crate::object::native::{Args, NativeDef};
use crate::object::raise::{raise, Raised};
use crate::object::{bool, call, class, classes, float, int, libm, names, number, tuple};
use taipan_gc::{Cx, Handle};

/// What natives return.
pub(super) type Res<'s> = Result<Handle<'s>, Raised>;

/// The module.
pub const MODULE: ModuleDef = ModuleDef { name: "math", functions: FUNCTIONS, types: &[], fill };

const FUNCTIONS: &[NativeDef] = &[
    NativeDef::new("acos", |cx, a| one(cx, a, f64::acos, false), "x, /"),
    NativeDef::new("acosh", |cx, a| one(cx, a, |x| libm::acosh(x), false), "x, /"),
    NativeDef::new("asin", |cx, a| one(cx, a, f64::asin, false), "x, /"),
    NativeDef::new("asinh", |cx, a| one(cx, a, |x| libm::asinh(x), false), "x, /"),
    NativeDef::new("atan", |cx, a| one(cx, a, f64::atan, false), "x, /"),
    NativeDef::new("atan2", atan2, "y, x, /"),
    NativeDef::new("atanh", |cx, a| one(cx, a, |x| libm::atanh(x), false), "x, /"),
    NativeDef::new("cbrt", |cx, a| one(cx, a, f64::cbrt, false), "x, /"),
    NativeDef::new("ceil", ceil, "x, /"),
    NativeDef::new("copysign", copysign, "x, y, /"),
    NativeDef::new("cos", |cx, a| one(cx, a, f64::cos, false), "x, /"),
    NativeDef::new("cosh", |cx, a| one(cx, a, f64::cosh, true), "x, /"),
    NativeDef::new("degrees", degrees, "x, /"),
    NativeDef::new("dist", math_sums::dist, "p, q, /"),
    NativeDef::new("comb", math_integers::comb, "n, k, /"),
    NativeDef::new("erf", |cx, a| one(cx, a, |x| libm::erf(x), false), "x, /"),
    NativeDef::new("erfc", |cx, a| one(cx, a, |x| libm::erfc(x), false), "x, /"),
    NativeDef::new("exp", |cx, a| one(cx, a, f64::exp, true), "x, /"),
    NativeDef::new("exp2", |cx, a| one(cx, a, f64::exp2, true), "x, /"),
    NativeDef::new("expm1", |cx, a| one(cx, a, f64::exp_m1, true), "x, /"),
    NativeDef::new("fabs", |cx, a| one(cx, a, f64::abs, false), "x, /"),
    NativeDef::new("factorial", math_integers::factorial, "n, /"),
    NativeDef::new("floor", floor, "x, /"),
    NativeDef::new("fmod", fmod, "x, y, /"),
    NativeDef::new("frexp", frexp, "x, /"),
    NativeDef::new("fsum", math_sums::fsum, "seq, /"),
    NativeDef::new("gamma", math_functions::gamma, "x, /"),
    NativeDef::new("gcd", math_integers::gcd, "*integers"),
    NativeDef::new("hypot", math_sums::hypot, "*coordinates"),
    NativeDef::new("isclose", isclose, "a, b, *, rel_tol=1e-09, abs_tol=0.0"),
    NativeDef::new("isfinite", |cx, a| test(cx, a, f64::is_finite), "x, /"),
    NativeDef::new("isinf", |cx, a| test(cx, a, f64::is_infinite), "x, /"),
    NativeDef::new("isnan", |cx, a| test(cx, a, f64::is_nan), "x, /"),
    NativeDef::new("isqrt", math_integers::isqrt, "n, /"),
    NativeDef::new("lcm", math_integers::lcm, "*integers"),
    NativeDef::new("ldexp", ldexp, "x, i, /"),
    NativeDef::new("lgamma", math_functions::lgamma, "x, /"),
    NativeDef::new("log", math_functions::log, "x, base=None, /"),
    NativeDef::new("log10", math_functions::log10, "x, /"),
    NativeDef::new("log1p", |cx, a| one(cx, a, f64::ln_1p, false), "x, /"),
    NativeDef::new("log2", math_functions::log2, "x, /"),
    NativeDef::new("modf", modf, "x, /"),
    NativeDef::new("nextafter", nextafter, "x, y, /"),
    NativeDef::new("perm", math_integers::perm, "n, k=None, /"),
    NativeDef::new("pow", pow, "x, y, /"),
    NativeDef::new("prod", math_sums::prod, "iterable, /, *, start=1"),
    NativeDef::new("radians", radians, "x, /"),
    NativeDef::new("remainder", remainder, "x, y, /"),
    NativeDef::new("sin", |cx, a| one(cx, a, f64::sin, false), "x, /"),
    NativeDef::new("sinh", |cx, a| one(cx, a, f64::sinh, true), "x, /"),
    NativeDef::new("sqrt", |cx, a| one(cx, a, f64::sqrt, false), "x, /"),
    NativeDef::new("tan", |cx, a| one(cx, a, f64::tan, false), "x, /"),
    NativeDef::new("tanh", |cx, a| one(cx, a, f64::tanh, false), "x, /"),
    NativeDef::new("trunc", trunc, "x, /"),
    NativeDef::new("ulp", ulp, "x, /"),
];

fn fill<'s>(cx: &mut Cx<'s>, attributes: Handle<'s, Dict>) -> Result<(), Raised> {
    use std::f64::consts::{E, PI, TAU};
    for (name, value) in [("pi", PI), ("e", E), ("tau", TAU), ("inf", f64::INFINITY), ("nan", f64::NAN)] {
        let value = float(cx, value);
        put(cx, attributes, name, value)?;
    }
    Ok(())
}

/// The n-th argument as a float.
pub(super) fn real(cx: &mut Cx<'_>, args: &Args<'_>, n: usize) -> Result<f64, Raised> {
    number::as_float(cx, args.at(cx, n))
}

/// `ValueError: math domain error`
#[cold]
pub(super) fn domain(cx: &mut Cx<'_>) -> Raised {
    raise(cx, classes::VALUE_ERROR, "math domain error")
}

/// `OverflowError: math range error`
#[cold]
pub(super) fn range(cx: &mut Cx<'_>) -> Raised {
    raise(cx, classes::OVERFLOW_ERROR, "math range error")
}

fn one<'s>(cx: &mut Cx<'s>, args: &Args<'s>, function: fn(f64) -> f64, can_overflow: bool) -> Res<'s> {
    let x = real(cx, args, 0)?;
    let result = function(x);
    if result.is_nan() && !x.is_nan() {
        return Err(domain(cx));
    }
    if result.is_infinite() && x.is_finite() {
        return Err(if can_overflow { range(cx) } else { domain(cx) });
    }
    Ok(float(cx, result))
}

fn test<'s>(cx: &mut Cx<'s>, args: &Args<'s>, function: fn(f64) -> bool) -> Res<'s> {
    let x = real(cx, args, 0)?;
    Ok(bool(cx, function(x)))
}

fn atan2<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let (y, x) = (real(cx, args, 0)?, real(cx, args, 1)?);
    Ok(float(cx, y.atan2(x)))
}

fn copysign<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let (x, y) = (real(cx, args, 0)?, real(cx, args, 1)?);
    Ok(float(cx, x.copysign(y)))
}

fn degrees<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let x = real(cx, args, 0)?;
    Ok(float(cx, x * (180.0 / std::f64::consts::PI)))
}

fn radians<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let x = real(cx, args, 0)?;
    Ok(float(cx, x * (std::f64::consts::PI / 180.0)))
}

fn fmod<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let (x, y) = (real(cx, args, 0)?, real(cx, args, 1)?);
    if y.is_infinite() && x.is_finite() {
        return Ok(float(cx, x));
    }
    let result = x % y;
    if result.is_nan() && !x.is_nan() && !y.is_nan() {
        return Err(domain(cx));
    }
    Ok(float(cx, result))
}

fn remainder<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let (x, y) = (real(cx, args, 0)?, real(cx, args, 1)?);
    let result = libm::remainder(x, y);
    if result.is_nan() && !x.is_nan() && !y.is_nan() {
        return Err(domain(cx));
    }
    Ok(float(cx, result))
}

fn pow<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let (x, y) = (real(cx, args, 0)?, real(cx, args, 1)?);
    let result = x.powf(y);
    if x.is_finite() && y.is_finite() {
        if result.is_nan() || (result.is_infinite() && x == 0.0) {
            return Err(domain(cx));
        }
        if result.is_infinite() {
            return Err(range(cx));
        }
    }
    Ok(float(cx, result))
}

fn nextafter<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let (x, y) = (real(cx, args, 0)?, real(cx, args, 1)?);
    Ok(float(cx, libm::nextafter(x, y)))
}

fn ulp<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let x = real(cx, args, 0)?.abs();
    if x.is_nan() || x.is_infinite() {
        return Ok(float(cx, x));
    }
    let next = libm::nextafter(x, f64::INFINITY);
    let result = if next.is_infinite() { x - libm::nextafter(x, f64::NEG_INFINITY) } else { next - x };
    Ok(float(cx, result))
}

fn frexp<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let (mantissa, exponent) = libm::frexp(real(cx, args, 0)?);
    let mantissa = float(cx, mantissa);
    let exponent = int::from_i64(cx, i64::from(exponent))?;
    Ok(tuple::new(cx, &[mantissa, exponent])?.any())
}

fn modf<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let x = real(cx, args, 0)?;
    let (fraction, whole) = if x.is_infinite() {
        (0f64.copysign(x), x)
    } else if x.is_nan() {
        (x, x)
    } else {
        ((x - x.trunc()).copysign(x), x.trunc())
    };
    let (fraction, whole) = (float(cx, fraction), float(cx, whole));
    Ok(tuple::new(cx, &[fraction, whole])?.any())
}

fn ldexp<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let x = real(cx, args, 0)?;
    let given = args.at(cx, 1);
    let Some(big) = int::to_big(cx, given.get(cx)) else {
        fail!(cx, TYPE_ERROR, "Expected an int as second argument to ldexp.");
    };
    if x == 0.0 || !x.is_finite() {
        return Ok(float(cx, x));
    }
    let exponent = i32::try_from(&big).unwrap_or(if big.sign() == num_bigint::Sign::Minus {
        i32::MIN
    } else {
        i32::MAX
    });
    let result = libm::ldexp(x, exponent);
    if result.is_infinite() {
        return Err(range(cx));
    }
    Ok(float(cx, result))
}

fn isclose<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let (a, b) = (real(cx, args, 0)?, real(cx, args, 1)?);
    let relative = if args.get(cx, 2).is_some() { real(cx, args, 2)? } else { 1e-9 };
    let absolute = if args.get(cx, 3).is_some() { real(cx, args, 3)? } else { 0.0 };
    if relative < 0.0 || absolute < 0.0 {
        fail!(cx, VALUE_ERROR, "tolerances must be non-negative");
    }
    let close = if a == b {
        true
    } else if a.is_infinite() || b.is_infinite() {
        false
    } else {
        let distance = (b - a).abs();
        distance <= (relative * b).abs() || distance <= (relative * a).abs() || distance <= absolute
    };
    Ok(bool(cx, close))
}

/// What `__floor__`, `__ceil__` or `__trunc__` says; floats are rounded at once.
fn rounded<'s>(
    cx: &mut Cx<'s>,
    args: &Args<'s>,
    name: names::NameId,
    function: fn(f64) -> f64,
) -> Result<Result<Handle<'s>, f64>, Raised> {
    let x = args.at(cx, 0);
    if let Some(x) = x.get(cx).value().as_float() {
        return Ok(Err(function(x)));
    }
    if let Some(found) = call::call_special(cx, x, name, &[])? {
        return Ok(Ok(found));
    }
    if name == names::TRUNC {
        let given = class::type_name(cx, x.get(cx));
        fail!(cx, TYPE_ERROR, "type {given} doesn't define __trunc__ method");
    }
    Ok(Err(function(number::as_float(cx, x)?)))
}

fn to_int<'s>(cx: &mut Cx<'s>, rounded: Result<Handle<'s>, f64>) -> Res<'s> {
    match rounded {
        Ok(found) => Ok(found),
        Err(x) => int::from_float(cx, x),
    }
}

fn floor<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let rounded = rounded(cx, args, names::FLOOR, f64::floor)?;
    to_int(cx, rounded)
}

fn ceil<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let rounded = rounded(cx, args, names::CEIL, f64::ceil)?;
    to_int(cx, rounded)
}

fn trunc<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let rounded = rounded(cx, args, names::TRUNC, f64::trunc)?;
    to_int(cx, rounded)
}
