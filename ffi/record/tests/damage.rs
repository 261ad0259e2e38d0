//! Recordings that are cut off, changed, or made up: each is told from a good one, or replayed as far as it makes sense; nothing crashes the replayer.

#[path = "../../tests/hosts/mod.rs"]
mod hosts;
mod shared;

use hosts::*;
use shared::*;
use std::path::PathBuf;
use taipan_record::format::{sum, Field, HEAD, SUM};
use taipan_record::recording::Recording;
use taipan_record::tables::FUNCTIONS;

/// A recording of the example, which has a bit of everything.
fn embed(folder: &str) -> (PathBuf, Vec<u8>) {
    let file = scratch(folder).join("embed.rec");
    let program = compile("examples/embed.c", "c99", true);
    assert!(record(&program, &["cycle"], &file).status.success());
    let bytes = std::fs::read(&file).unwrap();
    (file, bytes)
}

/// Numbers that look random.
fn random(state: &mut u64) -> usize {
    *state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
    (*state >> 33) as usize
}

/// Makes the checksum right again, as somebody would who made the file up.
fn summed(bytes: &mut [u8]) {
    let total = sum(SUM, &bytes[HEAD..]);
    bytes[Field::Sum as usize..][..8].copy_from_slice(&total.to_le_bytes());
}

#[test]
fn files_that_are_cut_off_are_told() {
    let (_, bytes) = embed("cut");
    for length in (0..HEAD + 16).chain((HEAD..bytes.len()).step_by(37)) {
        let damaged = Recording::read(bytes[..length].to_vec()).unwrap_err();
        match length < HEAD {
            true => assert_eq!(damaged.to_string(), "byte 0: this is no recording"),
            false => assert!(damaged.to_string().contains("the file was cut off"), "{length}: {damaged}"),
        }
    }
    let whole = Recording::read(bytes).unwrap();
    println!("{} calls, {} functions of the host called", whole.calls, whole.callbacks);
}

#[test]
fn every_changed_byte_is_told() {
    let (_, bytes) = embed("changed");
    let mut told = 0;
    for at in (HEAD..bytes.len()).step_by(5) {
        let mut changed = bytes.clone();
        changed[at] ^= 1 << (at % 8);
        let damaged = Recording::read(changed).unwrap_err();
        assert!(damaged.at <= at && damaged.what.contains("the checksum is wrong"), "{damaged}");
        told += 1;
    }
    println!("{told} changes");
    for (at, message) in
        [(0, "no recording"), (7, "another version of the format"), (16, "recorded with ABI")]
    {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        assert!(Recording::read(changed).unwrap_err().what.contains(message));
    }
}

/// Long recordings have checkpoints, between which a change is found.
#[test]
fn changes_of_long_recordings_are_told_to_64_kilobytes() {
    let file = scratch("long").join("game.rec");
    let program = compile("examples/game.c", "c99", true);
    assert!(record(&program, &["refcount", "20"], &file).status.success());
    let bytes = std::fs::read(&file).unwrap();
    assert!(bytes.len() > 150_000, "{}", bytes.len());
    for at in [HEAD + 100, 100_000, bytes.len() - 50] {
        let mut changed = bytes.clone();
        changed[at] ^= 4;
        let damaged = Recording::read(changed).unwrap_err();
        assert!(damaged.at <= at && at - damaged.at < (1 << 16) + 1000, "{at}: {damaged}");
    }
}

/// With the checksum made right, what is left is to be found by reading, or does no harm. `TAIPAN_CHANGES` says how many changed recordings are read,
/// instead of 600; an eighth of them are replayed.
#[test]
fn made_up_recordings_do_no_harm() {
    let many: i32 = std::env::var("TAIPAN_CHANGES").map_or(600, |text| text.parse().unwrap());
    let (mut state, mut refused, mut replayed) = (u64::from(many.unsigned_abs()), 0, [0; 4]);
    let sources = ["examples/embed.c", "ffi/tests/hosttypes.c", "ffi/tests/buffers.c"];
    for (place, source) in sources.iter().enumerate() {
        let file = scratch("made").join("made.rec");
        assert!(record(&compile(source, "c99", true), &["cycle"], &file).status.success());
        let bytes = std::fs::read(&file).unwrap();
        let most = many / 24 * (place as i32 + 1);
        for n in 0..many / 3 {
            let mut changed = bytes.clone();
            for _ in 0..1 + n % 3 {
                let at = HEAD + random(&mut state) % (bytes.len() - HEAD);
                changed[at] = match n % 2 {
                    0 => changed[at] ^ 1 << (random(&mut state) % 8),
                    _ => random(&mut state) as u8,
                };
            }
            summed(&mut changed);
            if Recording::read(changed.clone()).is_err() {
                refused += 1;
                continue;
            }
            // Some of those that look good; each is a process.
            if replayed.iter().sum::<i32>() < most {
                std::fs::write(&file, &changed).unwrap();
                let output = replay(&file).args(["--timeout", "2"]).output().unwrap();
                let code = output.status.code();
                if !code.is_some_and(|code| (0..=3).contains(&code)) {
                    let kept = scratch("made").join(format!("crash{place}-{n}.rec"));
                    std::fs::copy(&file, &kept).unwrap();
                    panic!("{kept:?}: {output:?}");
                }
                replayed[code.unwrap_or(0) as usize] += 1;
            }
        }
    }
    println!("{refused} of {many} refused; of the others, replayed by status: {replayed:?}");
    assert!(refused > many / 10 && replayed[1] > 0);
}

/// What another library would give is reported, with the place of the call.
#[test]
fn other_results_are_reported() {
    let (file, bytes) = embed("other");
    let recording = Recording::read(bytes.clone()).unwrap();
    let events = &recording.threads[0];
    let is_len = |event: &u32| recording.call(*event).is_ok_and(|(n, _)| FUNCTIONS[n].name == "tpn_len");
    let at = events.iter().position(is_len).expect("the example asks for a length");
    let returned = events[at + 1];
    let place = recording.events[returned as usize].at + 1;
    assert_eq!(bytes[place], 6, "three, as the format has it");
    let mut changed = bytes;
    changed[place] = 8;
    summed(&mut changed);
    std::fs::write(&file, changed).unwrap();
    let output = replay(&file).output().unwrap();
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    let expected = format!("DIVERGENCE: event {returned}, byte {}: tpn_len: recorded 4, now 3", place - 1);
    assert!(said.contains(&expected), "{said}");
    assert!(text(&output.stdout).ends_with(", 1 divergences\n"));
}
