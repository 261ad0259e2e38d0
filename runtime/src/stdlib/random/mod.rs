//! `_random`: the generator under `random`, as CPython has it: MT19937 (Matsumoto & Nishimura, 1998), to the bit.
//!
//! A record: its first slot holds the 624 words of the state, its first number the position in them. Distributions, and everything else
//! that is not hot, are in `random.py`.

mod sha512;
mod twister;

use super::{ModuleDef, TypeDef};
use crate::builtins::common::{fail, Res};
use crate::builtins::convert;
use crate::object::layout::Record;
use crate::object::native::{wrong_self, Args, NativeDef};
use crate::object::raise::Raised;
use crate::object::{bytes, class, classes, compare, float, int, none, record, tuple};
use num_bigint::BigUint;
use num_traits::ToPrimitive;
use std::hash::{BuildHasher, Hasher};
use std::io::Read;
use taipan_gc::{Cx, Handle};
use twister::{Twister, WORDS};

/// The module.
pub const MODULE: ModuleDef = ModuleDef {
    name: "_random",
    functions: &[
        NativeDef::new("sha512", sha512_of, "data, /"),
        NativeDef::new("urandom", urandom, "size, /"),
    ],
    types: &[TypeDef::new(classes::RANDOM, "_random", METHODS)],
    fill: |_, _| Ok(()),
};

const METHODS: &[NativeDef] = &[
    NativeDef::new_static("__new__", new, "cls, /, *args, **kwargs"),
    NativeDef::new("random", random, "self, /"),
    NativeDef::new("seed", seed, "self, n=None, /"),
    NativeDef::new("getrandbits", getrandbits, "self, k, /"),
    NativeDef::new("getstate", getstate, "self, /"),
    NativeDef::new("setstate", setstate, "self, state, /"),
    NativeDef::new("_randbelow", randbelow, "self, n, /"),
];

fn own<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Result<Handle<'s, Record>, Raised> {
    match record::of(cx, args.at(cx, 0), classes::RANDOM) {
        Some(own) => Ok(own),
        None => Err(wrong_self(cx, args, "_random.Random")),
    }
}

/// Gives `body` the generator in a record.
#[inline]
fn with<R>(cx: &Cx<'_>, own: Handle<'_, Record>, body: impl FnOnce(&Twister<'_>) -> R) -> R {
    let own = own.get(cx);
    match own.a.get(cx).and_then(|s| bytes::of(cx, s)) {
        Some(storage) => body(&Twister { words: bytes::cells(storage), at: &own.x }),
        None => unreachable!("a generator has its state from `__new__` on"),
    }
}

fn new<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let class = class::new_target(cx, args, classes::RANDOM)?;
    let seed = (args.rest_len() > 0).then(|| args.rest(cx, 0));
    let made = record::new(cx, class)?;
    let storage = bytes::new_storage(cx, WORDS * 4)?;
    made.get(cx).put(cx, Record::a, Some(storage.get(cx).any()));
    seed_with(cx, made, seed)?;
    Ok(made.any())
}

/// Seeds by an int's magnitude, by another object's hash, or by chance.
fn seed_with(cx: &mut Cx<'_>, own: Handle<'_, Record>, seed: Option<Handle<'_>>) -> Result<(), Raised> {
    let seed = seed.filter(|s| !s.get(cx).value().is_none());
    let magnitude = match seed {
        None => {
            let words: Vec<u32> = (0..WORDS).map(|_| chance() as u32).collect();
            with(cx, own, |twister| twister.seed(&words));
            return Ok(());
        }
        Some(seed) => match int::to_big(cx, seed.get(cx)) {
            Some(number) => number.into_parts().1,
            None => BigUint::from(compare::hash(cx, seed)? as u64),
        },
    };
    let mut words = magnitude.to_u32_digits();
    if words.is_empty() {
        words.push(0);
    }
    with(cx, own, |twister| twister.seed(&words));
    Ok(())
}

/// A word that nobody knows beforehand: the standard library seeds its hashers by the system's entropy.
fn chance() -> u64 {
    std::collections::hash_map::RandomState::new().build_hasher().finish()
}

fn seed<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    seed_with(cx, own, args.get(cx, 1))?;
    Ok(none(cx))
}

fn random<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    let x = with(cx, own, |twister| twister.float());
    Ok(float(cx, x))
}

/// So many random bits as an integer.
fn bits<'s>(cx: &mut Cx<'s>, own: Handle<'_, Record>, k: usize) -> Res<'s> {
    match k {
        0 => int::from_i64(cx, 0),
        1..=32 => {
            let word = with(cx, own, |twister| twister.word()) >> (32 - k);
            int::from_i64(cx, i64::from(word))
        }
        _ => {
            let mut words = Vec::new();
            let count = (k - 1) / 32 + 1;
            if words.try_reserve_exact(count).is_err() {
                return Err(convert::memory_error(cx));
            }
            with(cx, own, |twister| words.extend((0..count).map(|_| twister.word())));
            if !k.is_multiple_of(32) {
                words[count - 1] >>= 32 - k % 32;
            }
            int::new(cx, BigUint::new(words).into())
        }
    }
}

fn getrandbits<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    match usize::try_from(convert::index_i32(cx, args.at(cx, 1))?) {
        Ok(k) => bits(cx, own, k),
        Err(_) => fail!(cx, VALUE_ERROR, "number of bits must be non-negative"),
    }
}

/// A number below `n`: as many bits as `n` has, drawn until they are below.
fn randbelow<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    let n = args.at(cx, 1);
    if let Some(n) = n.get(cx).value().as_int() {
        // Nothing is below; CPython draws nothing then, either.
        if n <= 0 {
            return int::from_i64(cx, 0);
        }
        if n <= i64::from(u32::MAX) {
            let k = 64 - n.leading_zeros();
            let found = with(cx, own, |twister| loop {
                let word = i64::from(twister.word() >> (32 - k));
                if word < n {
                    break word;
                }
            });
            return int::from_i64(cx, found);
        }
    }
    let n = convert::index_big(cx, n)?;
    let k = n.bits() as usize;
    loop {
        let found = cx.scoped(|cx| {
            let found = bits(cx, own, k)?;
            Ok::<_, Raised>(int::to_big(cx, found.get(cx)).filter(|f| *f < n || k == 0))
        })?;
        if let Some(found) = found {
            return int::new(cx, found);
        }
        cx.poll();
    }
}

fn getstate<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    let (words, at) = with(cx, own, |twister| (twister.all(), twister.at.get()));
    let mut parts = Vec::with_capacity(WORDS + 1);
    for number in words.into_iter().map(i64::from).chain([at]) {
        parts.push(int::from_i64(cx, number)?);
    }
    Ok(tuple::new(cx, &parts)?.any())
}

fn setstate<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    let Some(given) = tuple::of_handle(cx, args.at(cx, 1)) else {
        fail!(cx, TYPE_ERROR, "state vector must be a tuple");
    };
    if tuple::len(given.get(cx)) != WORDS + 1 {
        fail!(cx, VALUE_ERROR, "state vector is the wrong size");
    }
    let mut words = Vec::with_capacity(WORDS + 1);
    for part in tuple::handles(cx, given)? {
        let Some(number) = int::to_big(cx, part.get(cx)) else {
            fail!(cx, TYPE_ERROR, "an integer is required");
        };
        match number.to_u64() {
            Some(number) => words.push(number as u32),
            None => fail!(cx, OVERFLOW_ERROR, "can't convert negative value to unsigned int"),
        }
    }
    let at = words.pop().unwrap_or(0);
    if at as usize > WORDS {
        fail!(cx, VALUE_ERROR, "invalid state");
    }
    with(cx, own, |twister| {
        twister.fill(&words);
        twister.at.set(i64::from(at));
    });
    Ok(none(cx))
}

fn sha512_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let data = convert::bytes_argument(cx, args.at(cx, 0))?;
    Ok(bytes::new(cx, &sha512::digest(&data))?.any())
}

/// Bytes of the system's own generator.
fn urandom<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let Ok(size) = usize::try_from(convert::index_i64(cx, args.at(cx, 0))?) else {
        fail!(cx, VALUE_ERROR, "negative argument not allowed");
    };
    let mut content = Vec::new();
    if content.try_reserve_exact(size).is_err() {
        return Err(convert::memory_error(cx));
    }
    content.resize(size, 0);
    let read = std::fs::File::open("/dev/urandom").and_then(|mut file| file.read_exact(&mut content));
    match read {
        Ok(()) => Ok(bytes::new(cx, &content)?.any()),
        Err(error) => Err(crate::builtins::errors::raise_io(cx, &error, Some("/dev/urandom"))),
    }
}
