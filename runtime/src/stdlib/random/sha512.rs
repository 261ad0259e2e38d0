//! SHA-512 (FIPS 180-4): seeds that are text go through it.
//!
//! The constants are what the standard says they are, the first 64 fractional bits of roots of primes, and computed so.

/// The integer square root, or cube root, of `n · 2^(64·power)`, without its whole part: the fractional bits.
fn root_bits(n: u64, power: u32) -> u64 {
    // The largest r of at most 4 + 64 bits with r^power <= n << (64 * power), found bit by bit.
    let mut found: u128 = 0;
    for bit in (0..70).rev() {
        let tried = found | 1 << bit;
        if at_most(tried, power, n) {
            found = tried;
        }
    }
    found as u64
}

/// Whether `r^power <= n · 2^(64·power)`.
fn at_most(r: u128, power: u32, n: u64) -> bool {
    let r = num_bigint::BigUint::from(r);
    r.pow(power) <= num_bigint::BigUint::from(n) << (64 * power)
}

/// The first primes.
fn primes(count: usize) -> Vec<u64> {
    let mut found: Vec<u64> = Vec::with_capacity(count);
    let mut n = 2;
    while found.len() < count {
        if found.iter().all(|p| n % p != 0) {
            found.push(n);
        }
        n += 1;
    }
    found
}

/// The digest of a message.
pub(super) fn digest(message: &[u8]) -> [u8; 64] {
    let primes = primes(80);
    let constants: Vec<u64> = primes.iter().map(|&p| root_bits(p, 3)).collect();
    let mut state = [0; 8];
    for (word, &prime) in state.iter_mut().zip(&primes) {
        *word = root_bits(prime, 2);
    }
    let mut padded = message.to_vec();
    padded.push(0x80);
    padded.resize((padded.len() + 16).next_multiple_of(128) - 16, 0);
    padded.extend((message.len() as u128 * 8).to_be_bytes());
    for block in padded.chunks_exact(128) {
        compress(&mut state, block, &constants);
    }
    let mut result = [0; 64];
    for (bytes, word) in result.chunks_exact_mut(8).zip(state) {
        bytes.copy_from_slice(&word.to_be_bytes());
    }
    result
}

fn compress(state: &mut [u64; 8], block: &[u8], constants: &[u64]) {
    let mut schedule = [0u64; 80];
    for (word, bytes) in schedule.iter_mut().zip(block.chunks_exact(8)) {
        *word = bytes.iter().fold(0, |word, &byte| word << 8 | u64::from(byte));
    }
    for t in 16..80 {
        let (near, far) = (schedule[t - 2], schedule[t - 15]);
        let low = far.rotate_right(1) ^ far.rotate_right(8) ^ (far >> 7);
        let high = near.rotate_right(19) ^ near.rotate_right(61) ^ (near >> 6);
        schedule[t] = schedule[t - 16].wrapping_add(low).wrapping_add(schedule[t - 7]).wrapping_add(high);
    }
    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = *state;
    for (word, constant) in schedule.iter().zip(constants) {
        let choice = (e & f) ^ (!e & g);
        let majority = (a & b) ^ (a & c) ^ (b & c);
        let sum_e = e.rotate_right(14) ^ e.rotate_right(18) ^ e.rotate_right(41);
        let sum_a = a.rotate_right(28) ^ a.rotate_right(34) ^ a.rotate_right(39);
        let first = h.wrapping_add(sum_e).wrapping_add(choice).wrapping_add(*constant).wrapping_add(*word);
        (h, g, f, e) = (g, f, e, d.wrapping_add(first));
        (d, c, b, a) = (c, b, a, first.wrapping_add(sum_a).wrapping_add(majority));
    }
    for (word, more) in state.iter_mut().zip([a, b, c, d, e, f, g, h]) {
        *word = word.wrapping_add(more);
    }
}

#[cfg(test)]
mod tests {
    use super::digest;

    fn hex(message: &[u8]) -> String {
        digest(message).iter().map(|b| format!("{b:02x}")).collect()
    }

    #[test]
    fn examples_of_the_standard() {
        assert!(hex(b"abc").starts_with("ddaf35a193617abacc417349ae204131"));
        assert!(hex(b"").ends_with("f927da3e"));
        assert!(hex(&[b'a'; 300]).len() == 128);
    }
}
