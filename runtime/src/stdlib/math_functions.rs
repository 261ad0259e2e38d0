//! `math.gamma`, `lgamma` (Lanczos' approximation with the coefficients that CPython uses, so that results agree to the last bit) and the
//! logarithms, which take integers of any size.
// The constants are written with all the digits that their tables give.
#![allow(clippy::excessive_precision)]

use super::math::{domain, range, real, Res};
use crate::object::native::Args;
use crate::object::raise::Raised;
use crate::object::{float, int, number};
use num_bigint::{BigInt, Sign};
use std::f64::consts::{LN_2, PI};
use taipan_gc::{Cx, Handle};

const LANCZOS_G: f64 = 6.024680040776729583740234375;
const LANCZOS_G_MINUS_HALF: f64 = 5.524680040776729583740234375;
const NUMERATOR: [f64; 13] = [
    23531376880.410759688572007674451636754734846804940,
    42919803642.649098768957899047001988850926355848959,
    35711959237.355668049440185451547166705960488635843,
    17921034426.037209699919755754458931112671403265390,
    6039542586.3520280050642916443072979210699388420708,
    1439720407.3117216736632230727949123939715485786372,
    248874557.86205415651146038641322942321632125127801,
    31426415.585400194380614231628318205362874684987640,
    2876370.6289353724412254090516208496135991145378768,
    186056.26539522349504029498971604569928220784236328,
    8071.6720023658162106380029022722506138218516325024,
    210.82427775157934587250973392071336271166969580291,
    2.5066282746310002701649081771338373386264310793408,
];
const DENOMINATOR: [f64; 13] = [
    0.0,
    39916800.0,
    120543840.0,
    150917976.0,
    105258076.0,
    45995730.0,
    13339535.0,
    2637558.0,
    357423.0,
    32670.0,
    1925.0,
    66.0,
    1.0,
];
/// Factorials whose value is exact.
const FACTORIALS: [f64; 23] = [
    1.0,
    1.0,
    2.0,
    6.0,
    24.0,
    120.0,
    720.0,
    5040.0,
    40320.0,
    362880.0,
    3628800.0,
    39916800.0,
    479001600.0,
    6227020800.0,
    87178291200.0,
    1307674368000.0,
    20922789888000.0,
    355687428096000.0,
    6402373705728000.0,
    121645100408832000.0,
    2432902008176640000.0,
    51090942171709440000.0,
    1124000727777607680000.0,
];

fn lanczos_sum(x: f64) -> f64 {
    let (mut numerator, mut denominator) = (0.0, 0.0);
    if x < 5.0 {
        for i in (0..13).rev() {
            numerator = numerator * x + NUMERATOR[i];
            denominator = denominator * x + DENOMINATOR[i];
        }
    } else {
        for i in 0..13 {
            numerator = numerator / x + NUMERATOR[i];
            denominator = denominator / x + DENOMINATOR[i];
        }
    }
    numerator / denominator
}

/// sin(pi*x), exact where it should be.
fn sin_pi(x: f64) -> f64 {
    let y = x.abs() % 2.0;
    let result = match (2.0 * y).round() as i32 {
        0 => (PI * y).sin(),
        1 => (PI * (y - 0.5)).cos(),
        2 => (PI * (1.0 - y)).sin(),
        3 => -(PI * (y - 1.5)).cos(),
        _ => (PI * (y - 2.0)).sin(),
    };
    1f64.copysign(x) * result
}

/// The error that a function of C reports through `errno`.
enum Fault {
    Domain,
    Range,
}

fn tgamma(x: f64) -> Result<f64, Fault> {
    if !x.is_finite() {
        return if x.is_nan() || x > 0.0 { Ok(x) } else { Err(Fault::Domain) };
    }
    if x == 0.0 {
        return Err(Fault::Domain);
    }
    if x == x.floor() {
        if x < 0.0 {
            return Err(Fault::Domain);
        }
        if x <= FACTORIALS.len() as f64 {
            return Ok(FACTORIALS[x as usize - 1]);
        }
    }
    let magnitude = x.abs();
    if magnitude < 1e-20 {
        let result = 1.0 / x;
        return if result.is_infinite() { Err(Fault::Range) } else { Ok(result) };
    }
    if magnitude > 200.0 {
        return if x < 0.0 { Ok(0.0 / sin_pi(x)) } else { Err(Fault::Range) };
    }
    let y = magnitude + LANCZOS_G_MINUS_HALF;
    // The rounding error of y.
    let z = if magnitude > LANCZOS_G_MINUS_HALF {
        (y - magnitude) - LANCZOS_G_MINUS_HALF
    } else {
        (y - LANCZOS_G_MINUS_HALF) - magnitude
    };
    let z = z * LANCZOS_G / y;
    let mut result;
    if x < 0.0 {
        result = -PI / sin_pi(magnitude) / magnitude * y.exp() / lanczos_sum(magnitude);
        result -= z * result;
        if magnitude < 140.0 {
            result /= y.powf(magnitude - 0.5);
        } else {
            let root = y.powf(magnitude / 2.0 - 0.25);
            result /= root;
            result /= root;
        }
    } else {
        result = lanczos_sum(magnitude) / y.exp();
        result += z * result;
        if magnitude < 140.0 {
            result *= y.powf(magnitude - 0.5);
        } else {
            let root = y.powf(magnitude / 2.0 - 0.25);
            result *= root;
            result *= root;
        }
    }
    if result.is_infinite() {
        return Err(Fault::Range);
    }
    Ok(result)
}

fn log_gamma(x: f64) -> Result<f64, Fault> {
    if !x.is_finite() {
        return Ok(if x.is_nan() { x } else { f64::INFINITY });
    }
    if x == x.floor() && x <= 2.0 {
        return if x <= 0.0 { Err(Fault::Domain) } else { Ok(0.0) };
    }
    let magnitude = x.abs();
    if magnitude < 1e-20 {
        return Ok(-magnitude.ln());
    }
    let mut result = lanczos_sum(magnitude).ln() - LANCZOS_G;
    result += (magnitude - 0.5) * ((magnitude + LANCZOS_G - 0.5).ln() - 1.0);
    if x < 0.0 {
        const LOG_PI: f64 = 1.144729885849400174143427351353058711647;
        result = LOG_PI - sin_pi(magnitude).abs().ln() - magnitude.ln() - result;
    }
    if result.is_infinite() {
        return Err(Fault::Range);
    }
    Ok(result)
}

fn answer<'s>(cx: &mut Cx<'s>, result: Result<f64, Fault>) -> Res<'s> {
    match result {
        Ok(result) => Ok(float(cx, result)),
        Err(Fault::Domain) => Err(domain(cx)),
        Err(Fault::Range) => Err(range(cx)),
    }
}

/// `math.gamma`
pub(super) fn gamma<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let x = real(cx, args, 0)?;
    answer(cx, tgamma(x))
}

/// `math.lgamma`
pub(super) fn lgamma<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let x = real(cx, args, 0)?;
    answer(cx, log_gamma(x))
}

/// A logarithm of an integer of any size, or of a float.
fn logarithm(cx: &mut Cx<'_>, x: Handle<'_>, function: fn(f64) -> f64, of_two: f64) -> Result<f64, Raised> {
    let big: Option<BigInt> = if x.get(cx).value().is_float() { None } else { int::to_big(cx, x.get(cx)) };
    let Some(big) = big else {
        let x = number::as_float(cx, x)?;
        if x <= 0.0 {
            return Err(domain(cx));
        }
        return Ok(function(x));
    };
    if big.sign() != Sign::Plus {
        return Err(domain(cx));
    }
    // What fits a float is converted; else only the top bits are.
    let bits = big.bits();
    if bits <= 1023 {
        let x = number::as_float(cx, x)?;
        return Ok(function(x));
    }
    let shift = bits - 64;
    let top = u64::try_from(&(&big >> shift)).unwrap_or(u64::MAX);
    let mantissa = top as f64 / 18_446_744_073_709_551_616.0;
    Ok(function(mantissa) + of_two * bits as f64)
}

/// `math.log`
pub(super) fn log<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let x = logarithm(cx, args.at(cx, 0), f64::ln, LN_2)?;
    let Some(base) = args.get(cx, 1) else { return Ok(float(cx, x)) };
    let base = logarithm(cx, base, f64::ln, LN_2)?;
    if base == 0.0 {
        crate::builtins::common::fail!(cx, ZERO_DIVISION_ERROR, "float division by zero");
    }
    Ok(float(cx, x / base))
}

/// `math.log2`
pub(super) fn log2<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let x = logarithm(cx, args.at(cx, 0), f64::log2, 1.0)?;
    Ok(float(cx, x))
}

/// `math.log10`
pub(super) fn log10<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let x = logarithm(cx, args.at(cx, 0), f64::log10, std::f64::consts::LOG10_2)?;
    Ok(float(cx, x))
}
