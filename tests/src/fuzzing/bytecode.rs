//! Any bytes as a code unit: what the verifier accepts must be safe to run, whatever it does.

use super::{decode, run, Stress};

/// Decodes a unit, verifies it, and runs it if it is accepted. The first byte chooses the memory manager.
pub fn bytecode(data: &[u8]) {
    let Some((&choice, data)) = data.split_first() else { return };
    let unit = decode(data);
    // Also what is refused must be printable.
    let _ = taipan::bytecode::dis::disassemble(&unit);
    if taipan::bytecode::verify::verify(&unit).is_ok() {
        run(choice, Stress::default(), |interpreter| interpreter.run_unit(unit));
    }
}
