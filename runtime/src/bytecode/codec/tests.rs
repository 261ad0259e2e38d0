//! Round trips, and bytes that are refused, each for one reason.

use super::{dump, fingerprint, frame, load, LoadError, FORMAT, HEADER, MAGIC, MAX_DEPTH};
use crate::bytecode::{CodeUnit, Const, Handler, Op, Params, Position};
use num_bigint::BigInt;

/// A unit that returns None, and says something in every field.
fn unit() -> CodeUnit {
    CodeUnit {
        name: "f".into(),
        qualname: "C.f".into(),
        filename: "ä.py".into(),
        first_line: 3,
        params: Params { positional_only: 1, positional: 2, keyword_only: 1, ..Params::default() },
        registers: 12,
        first_temp: 5,
        local_names: vec!["x".into(), "y".into(), "z".into(), "".into()],
        cell_registers: vec![3],
        words: vec![Op::Move as u32 | 4 << 8, Op::ReturnNone as u32, Op::PushExc as u32 | 5 << 8 | 4 << 16],
        names: vec!["n".into(), "ü".into()],
        caches: 2,
        handlers: Vec::new(),
        positions: vec![
            Position { pc: 0, line: 4, end_line: 5, column: 70, end_column: 3 },
            Position { pc: 1, line: 2, end_line: 2, column: 0, end_column: u32::MAX },
        ],
        doc: Some("".into()),
        attribute_hint: 9,
        ..CodeUnit::default()
    }
}

/// The unit as it comes back, verified or not.
fn trip(unit: &CodeUnit) -> CodeUnit {
    super::read::unit(&dump(unit)).unwrap_or_else(|error| panic!("{error}"))
}

fn with(constants: Vec<Const>) -> CodeUnit {
    CodeUnit { constants, words: vec![Op::ReturnNone as u32], caches: 0, positions: Vec::new(), ..unit() }
}

fn nested(depth: usize, mut inner: Const) -> CodeUnit {
    for _ in 0..depth {
        inner = Const::Tuple(Box::new([inner]));
    }
    with(vec![inner])
}

#[test]
fn fields_come_back() {
    let handlers = vec![
        Handler { start: 0, end: 1, target: 2, depth: 5 },
        Handler { start: u32::MAX, end: 0, target: u32::MAX, depth: 255 },
    ];
    let mut all = CodeUnit { handlers, flags: u32::MAX, ..unit() };
    assert_eq!(trip(&all), all);
    all.doc = None;
    all.params = Params { var_positional: true, var_keyword: true, keyword_only: u16::MAX, ..all.params };
    all.free_registers = vec![0, 255];
    all.first_line = u32::MAX;
    assert_eq!(trip(&all), all);
    assert_eq!(trip(&CodeUnit::default()), CodeUnit::default());
}

#[test]
fn constants_come_back() {
    let big = BigInt::from(i64::MAX);
    let inner = CodeUnit { filename: "b.py".into(), ..with(vec![Const::Int(-1)]) };
    let same = CodeUnit { filename: "ä.py".into(), ..with(Vec::new()) };
    let all = with(vec![
        Const::None,
        Const::Bool(true),
        Const::Bool(false),
        Const::Ellipsis,
        Const::Int(0),
        Const::Int(63),
        Const::Int(-64),
        Const::Int(i64::MIN),
        Const::Int(i64::MAX),
        Const::BigInt(&big + 1),
        Const::BigInt(-&big - 2),
        Const::BigInt(&big << 4000),
        Const::Float(-0.0),
        Const::Float(f64::NEG_INFINITY),
        Const::Imaginary(2.5),
        Const::Str("".into()),
        Const::Str("a\0ß\u{10ffff}".into()),
        Const::Wide(Box::new([0x61, 0xd800, 0x10_ffff])),
        Const::Bytes(Box::new([0, 255])),
        Const::Tuple(Box::new([])),
        Const::Tuple(Box::new([Const::Tuple(Box::new([Const::None])), Const::Int(1)])),
        Const::FrozenSet(Box::new([Const::Str("k".into()), Const::Tuple(Box::new([]))])),
        Const::Code(Box::new(inner)),
        Const::Code(Box::new(same)),
    ]);
    let again = load(&dump(&all)).expect("it is fine");
    assert_eq!(again, all);
    assert_eq!(dump(&again), dump(&all));
    let (Const::Float(zero), Const::Float(_)) = (&again.constants[12], &again.constants[13]) else {
        panic!()
    };
    assert!(zero.is_sign_negative());
}

#[test]
fn nans_are_all_the_same() {
    let forged = f64::from_bits(0xfff8_dead_beef_0001);
    let bytes = dump(&with(vec![Const::Float(forged), Const::Imaginary(forged)]));
    assert_eq!(bytes, dump(&with(vec![Const::Float(f64::NAN), Const::Imaginary(f64::NAN)])));
    // Also when somebody else has written them.
    let mut other = bytes.clone();
    let at = other.windows(8).position(|window| window == f64::NAN.to_bits().to_le_bytes()).expect("it");
    other[at..at + 8].copy_from_slice(&forged.to_bits().to_le_bytes());
    let read = load(&frame(&other[HEADER..])).expect("a float as any");
    assert_eq!(dump(&read), bytes);
}

#[test]
fn file_names_are_shared_unless_long() {
    let around = |name: &str| {
        let inner = CodeUnit { filename: name.into(), ..with(Vec::new()) };
        CodeUnit { filename: name.into(), ..with(vec![Const::Code(Box::new(inner))]) }
    };
    for (length, times) in [(255, 1), (256, 2)] {
        let all = around(&"n".repeat(length));
        let bytes = dump(&all);
        assert_eq!(load(&bytes).expect("it is fine"), all);
        assert_eq!(bytes.iter().filter(|byte| **byte == b'n').count() / length, times);
    }
}

#[test]
fn headers_are_checked() {
    let bytes = dump(&with(Vec::new()));
    assert_eq!(load(b""), Err(LoadError::NotBytecode));
    assert_eq!(load(b"print(1)\n"), Err(LoadError::NotBytecode));
    let cut = load(&MAGIC).expect_err("nothing follows").to_string();
    assert_eq!(cut, "malformed bytecode: the header ends too early at byte 8");
    let changed = |at: usize| {
        let mut bytes = bytes.clone();
        bytes[at] ^= 1;
        load(&bytes).expect_err("it was changed").to_string()
    };
    assert_eq!(changed(0), "not bytecode: it doesn't begin with the magic at byte 0");
    let other = FORMAT ^ 1;
    assert_eq!(
        changed(8),
        format!("bytecode of format {other} at byte 8; this version of Taipan reads format {FORMAT}")
    );
    let (theirs, ours) = (fingerprint() ^ 1, fingerprint());
    let message = changed(12);
    assert!(
        message.contains(&format!("{theirs:08x}")) && message.contains(&format!("{ours:08x}")),
        "{message}"
    );
    assert!(changed(16).starts_with("damaged bytecode: its checksum is"), "{}", changed(16));
    for at in HEADER..bytes.len() {
        assert!(changed(at).starts_with("damaged"), "byte {at}");
    }
}

/// Refused also with the right checksum.
fn refused(bytes: Vec<u8>, why: &str) {
    match load(&frame(&bytes[HEADER..])) {
        Ok(_) => panic!("accepted, although: {why}"),
        Err(error) => assert!(error.to_string().contains(why), "refused for another reason: {error}"),
    }
}

#[test]
fn cut_and_trailing_bytes_are_refused() {
    let unit = with(vec![Const::Str("text".into()), Const::Float(1.5), Const::BigInt(BigInt::from(1) << 70)]);
    let bytes = dump(&unit);
    for end in HEADER..bytes.len() {
        refused(bytes[..end].to_vec(), "malformed bytecode");
    }
    refused(
        [&bytes[..], &[0]].concat(),
        &format!("1 bytes behind the end of the unit at byte {}", bytes.len()),
    );
}

#[test]
fn other_forms_are_refused() {
    // The name is `f`: its length is the first byte of the unit.
    let bytes = dump(&with(Vec::new()));
    let replaced = |from: usize, to: usize, with: &[u8]| [&bytes[..from], with, &bytes[to..]].concat();
    refused(replaced(HEADER, HEADER + 1, &[0x81, 0]), "a name that is written too long at byte 20");
    refused(replaced(HEADER, HEADER + 1, &[0xff; 11]), "a name beyond 18446744073709551615 at byte 20");
    refused(replaced(HEADER + 1, HEADER + 2, &[0xff]), "a name that is no UTF-8 at byte 21");
    let constant = |tail: &[u8]| [&bytes[..bytes.len() - 1], &[1], tail].concat();
    refused(constant(&[15]), "an unknown kind of constant, 15, at byte");
    refused(constant(&[5, 1, 7]), "an integer that is written too long");
    refused(constant(&[5, 9, 1, 2, 3, 4, 5, 6, 7, 8, 0]), "an integer that is written too long");
    refused(constant(&[10, 1, 0x80, 0x80, 0x44]), "a code point beyond 1114111");
    refused(constant(&[10, 1, 0x61]), "a string of code points without a surrogate");
}

#[test]
fn lengths_are_believed_only_when_there_is_so_much() {
    let bytes = dump(&with(Vec::new()));
    let huge = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f];
    let constants = [&bytes[..bytes.len() - 1], &huge].concat();
    refused(constants, "constants where 0 bytes are left");
    for tag in 9..=13 {
        refused([&bytes[..bytes.len() - 1], &[1, tag], &huge].concat(), "where 0 bytes are left");
    }
    refused([&bytes[..HEADER], &huge, &bytes[HEADER + 1..]].concat(), "a name where");
}

#[test]
fn nesting_is_bounded() {
    assert!(load(&dump(&nested(MAX_DEPTH - 1, Const::None))).is_ok());
    let deep = dump(&nested(MAX_DEPTH, Const::None));
    refused(deep, "units and constants nest more than 256 deep");
    let mut unit = with(Vec::new());
    for _ in 0..MAX_DEPTH {
        unit = with(vec![Const::Code(Box::new(unit))]);
    }
    refused(dump(&unit), "units and constants nest more than 256 deep");
}

#[test]
fn what_is_loaded_is_verified() {
    let bad = CodeUnit { words: vec![Op::Return as u32 | 6 << 8], ..with(Vec::new()) };
    refused(
        dump(&bad),
        "the bytecode is refused: C.f at 0: Return           t1: register 6 may be undefined",
    );
    refused(dump(&with(vec![Const::Code(Box::new(bad))])), "register 6 may be undefined");
    // One number behind the last opcode: those that the loop might come to use for itself are none that can be loaded.
    for number in Op::all().len()..256 {
        let unknown = CodeUnit { words: vec![number as u32, Op::ReturnNone as u32], ..with(Vec::new()) };
        refused(dump(&unknown), "unknown opcode");
    }
}
