//! Hashes of text, bytes and numbers: deterministic, the same in every heap and every run.
//!
//! Numbers follow CPython to the bit (`hash(1) == hash(1.0)`, reduction modulo 2**61 - 1). Text
//! does not: CPython's SipHash is seeded at random, so nothing may rely on its values; ours folds
//! 128-bit products with a fixed seed, because runs must replay. Leaves out protection against
//! chosen collisions.

use super::Text;
use num_bigint::{BigInt, Sign};

/// The Mersenne prime 2**61 - 1 to which CPython reduces the hashes of numbers.
pub const MODULUS: u64 = (1 << 61) - 1;
/// `hash(float("inf"))`.
pub const INFINITY_HASH: i64 = 314_159;

const SEED: u64 = 0x9e37_79b9_7f4a_7c15;
const STEP: u64 = 0xd6e8_feb8_6659_fd93;

fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    (product as u64) ^ ((product >> 64) as u64)
}

/// Folds to a non-negative 61-bit number: a hash that is never -1, CPython's error mark.
fn finish(state: u64, length: usize) -> i64 {
    let mixed = fold(state ^ length as u64 ^ STEP, SEED ^ STEP);
    (mixed >> 3) as i64
}

/// The hash of a byte string; ASCII text hashes like its bytes, as in CPython.
pub fn hash_bytes(bytes: &[u8]) -> i64 {
    let mut state = SEED;
    let mut chunks = bytes.chunks_exact(8);
    for chunk in &mut chunks {
        let mut word = [0; 8];
        word.copy_from_slice(chunk);
        state = fold(state ^ u64::from_le_bytes(word), STEP);
    }
    let mut word = [0; 8];
    for (to, from) in word.iter_mut().zip(chunks.remainder()) {
        *to = *from;
    }
    finish(fold(state ^ u64::from_le_bytes(word), STEP), bytes.len())
}

/// The hash of text.
pub fn hash_text(text: Text<'_>) -> i64 {
    match text {
        Text::Ascii(s) => hash_bytes(s.as_bytes()),
        Text::Wide(points) => {
            let mut state = !SEED;
            for pair in points.chunks(2) {
                let high = pair.get(1).copied().unwrap_or(u32::MAX);
                state = fold(state ^ (u64::from(high) << 32 | u64::from(pair[0])), STEP);
            }
            finish(state, points.len())
        }
    }
}

/// `hash(value)` of an int that fits `i64`.
pub fn hash_i64(value: i64) -> i64 {
    sign_hash(value < 0, value.unsigned_abs() % MODULUS)
}

/// `hash(value)` of any int.
pub fn hash_bigint(value: &BigInt) -> i64 {
    let mut state: u64 = 0;
    // Digit by digit from the top: state * 2**32 + digit, where 2**61 wraps round to 1.
    for digit in value.iter_u32_digits().rev() {
        let wide = (u128::from(state) << 32) + u128::from(digit);
        state = (wide % u128::from(MODULUS)) as u64;
    }
    sign_hash(value.sign() == Sign::Minus, state)
}

/// `hash(value)` of a float; `None` for NaN, which CPython hashes by identity.
pub fn hash_float(value: f64) -> Option<i64> {
    if value.is_nan() {
        return None;
    }
    if value.is_infinite() {
        return Some(if value > 0.0 { INFINITY_HASH } else { -INFINITY_HASH });
    }
    let (mantissa, exponent) = super::float::decompose(value.abs());
    let shift = exponent.rem_euclid(61) as u32;
    let reduced = ((u128::from(mantissa) << shift) % u128::from(MODULUS)) as u64;
    Some(sign_hash(value < 0.0, reduced))
}

fn sign_hash(negative: bool, magnitude: u64) -> i64 {
    let hash = if negative { -(magnitude as i64) } else { magnitude as i64 };
    if hash == -1 {
        -2
    } else {
        hash
    }
}
