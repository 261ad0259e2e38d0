//! Bytecode as it is kept in files, changed: what loads all the same must be safe to run.

use super::{run, Stress};
use crate::generate::Random;
use taipan::bytecode::codec::{frame, load, HEADER};
use taipan::bytecode::CodeUnit;

/// Any bytes as the unit in kept bytecode, behind a header that is right. The first byte chooses the memory manager.
pub fn kept(data: &[u8]) {
    let Some((&choice, body)) = data.split_first() else { return };
    if let Ok(unit) = load(&frame(body)) {
        run_loaded(choice, Stress::default(), unit);
    }
}

/// Runs a unit that has been loaded, whatever comes of it.
pub fn run_loaded(choice: u8, stress: Stress, unit: CodeUnit) {
    run(choice, stress, |interpreter| interpreter.run_unit(unit));
}

/// Bytecode with one to three changes, and a checksum that agrees with them. `other` is bytecode that parts are taken from.
pub fn changed(random: &mut Random, bytes: &[u8], other: &[u8]) -> Vec<u8> {
    let mut body = bytes[HEADER..].to_vec();
    let other = &other[HEADER..];
    for _ in 0..random.between(1, 3) {
        if body.is_empty() {
            break;
        }
        let at = random.below(body.len());
        let far = (at + random.between(1, 16)).min(body.len());
        match random.below(10) {
            0..=2 => body[at] ^= 1 << random.below(8),
            3..=4 => body[at] = random.bits() as u8,
            // Small numbers are registers, indexes and tags.
            5..=6 => body[at] = random.below(16) as u8,
            7 => {
                let there = random.below(other.len());
                let end = (there + random.between(1, 16)).min(other.len());
                body.splice(at..far, other[there..end].iter().copied());
            }
            8 => {
                let part = body[at..far].to_vec();
                let to = random.below(body.len());
                let end = (to + part.len()).min(body.len());
                body[to..end].copy_from_slice(&part[..end - to]);
            }
            _ => body.truncate(at),
        }
    }
    frame(&body)
}
