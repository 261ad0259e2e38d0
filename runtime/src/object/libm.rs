//! Functions of the C library's mathematics that Rust's std lacks or computes differently from it. CPython calls these, so the last bit depends
//! on them.

// SAFETY: the signatures are those of C99; the functions read and write nothing but their arguments and `errno`.
unsafe extern "C" {
    /// Error function
    pub safe fn erf(x: f64) -> f64;
    /// Complementary error function
    pub safe fn erfc(x: f64) -> f64;
    /// Inverse hyperbolic sine
    pub safe fn asinh(x: f64) -> f64;
    /// Inverse hyperbolic cosine
    pub safe fn acosh(x: f64) -> f64;
    /// Inverse hyperbolic tangent
    pub safe fn atanh(x: f64) -> f64;
    /// IEEE remainder
    pub safe fn remainder(x: f64, y: f64) -> f64;
    /// The next representable number towards `y`
    pub safe fn nextafter(x: f64, y: f64) -> f64;
    /// `x * 2**exponent`, rounded once
    pub safe fn ldexp(x: f64, exponent: i32) -> f64;
}

/// Mantissa in `[0.5, 1)` and exponent; zeros, infinities and NaNs as they are, with exponent 0.
pub fn frexp(x: f64) -> (f64, i32) {
    if x == 0.0 || !x.is_finite() {
        return (x, 0);
    }
    let bits = x.to_bits();
    let exponent = (bits >> 52 & 0x7ff) as i32;
    if exponent == 0 {
        // Subnormal: normalise first.
        let (mantissa, exponent) = frexp(x * 18_014_398_509_481_984.0);
        return (mantissa, exponent - 54);
    }
    (f64::from_bits(bits & !(0x7ff << 52) | 1022 << 52), exponent - 1022)
}
