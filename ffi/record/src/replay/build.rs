//! From recorded arguments to words for the library: arrays, structs and texts are made, names get their meaning in this run, functions of the host are
//! the replay's.
//!
//! A recording may say anything: what would have the library read or write where nothing is, is refused. Leaves out: what comes of a call.

use super::host::{trampoline, Group};
use super::world::{Bytes, World};
use super::Session;
use crate::kinds::{Kind, Struct};
use crate::recording::Value;
use crate::tables::{FUNCTIONS, STRUCTS};

/// Bytes that a variable for text may have, and items that one for items may.
const MOST_ROOM: u64 = 16 << 20;
const MOST_ITEMS: u64 = 1 << 22;
/// Lengths from here on are mistakes, which the library refuses without a look.
const MISTAKE: u64 = 1 << 44;
/// Not NULL, and nothing there.
const SOMEWHERE: u64 = 64;

/// What a call is made with.
#[derive(Debug, Default)]
pub(super) struct Built {
    pub(super) words: Vec<u64>,
    /// What the words point to.
    memory: Vec<Box<[u64]>>,
    zeros: Vec<Zeros>,
}

/// So many bytes, all zero, which take no memory: for a length that was a mistake, of which nobody knows how much was really there.
#[derive(Debug)]
struct Zeros(*mut libc::c_void, usize);

impl Zeros {
    fn new(bytes: u64) -> Option<Zeros> {
        let count = usize::try_from(bytes).ok()?;
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
        // SAFETY: a map of its own.
        let map = unsafe { libc::mmap(std::ptr::null_mut(), count, libc::PROT_READ, flags, -1, 0) };
        (map != libc::MAP_FAILED).then_some(Zeros(map, count))
    }
}

impl Drop for Zeros {
    fn drop(&mut self) {
        // SAFETY: made above, and the call that looked at it is over.
        unsafe { libc::munmap(self.0, self.1) };
    }
}

type Made<T> = Result<T, String>;

impl Built {
    /// So many bytes, all zero.
    fn room(&mut self, bytes: u64) -> u64 {
        let mut room = vec![0_u64; (bytes as usize).div_ceil(8) + 1].into_boxed_slice();
        let at = room.as_mut_ptr() as u64;
        self.memory.push(room);
        at
    }

    /// Something for a length that was a mistake.
    fn mistaken(&mut self, bytes: u64) -> Made<u64> {
        if bytes >= MISTAKE {
            return Ok(SOMEWHERE);
        }
        let zeros = Zeros::new(bytes.max(1)).ok_or_else(|| format!("no room for {bytes} bytes"))?;
        let at = zeros.0 as u64;
        self.zeros.push(zeros);
        Ok(at)
    }

    /// Bytes, and a NUL.
    fn bytes(&mut self, bytes: &[u8]) -> u64 {
        let at = self.room(bytes.len() as u64);
        // SAFETY: the room is longer, and this call's own.
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), at as *mut u8, bytes.len()) };
        at
    }
}

/// Writes a number of so many bytes into what was made for it.
fn put(at: u64, size: usize, word: u64) {
    // SAFETY: a place in a struct or array that `Built` has made.
    unsafe {
        match size {
            4 => (at as *mut u32).write_unaligned(word as u32),
            _ => (at as *mut u64).write_unaligned(word),
        }
    }
}

impl World {
    /// The words of a call.
    pub(super) fn build(&mut self, session: &'static Session, n: usize, values: &[Value]) -> Made<Built> {
        let mut built = Built::default();
        let params = FUNCTIONS[n].params;
        built.words = self.list(session, params, values, &mut built)?;
        for (at, (_, kind)) in params.iter().enumerate() {
            let there = !matches!(values[at], Value::Null | Value::Number(0));
            match kind {
                Kind::Room(cap, _) if there => {
                    built.words[*cap] = built.words[*cap].min(MOST_ROOM);
                    built.words[at] = built.room(built.words[*cap]);
                }
                Kind::OutItems(_) if there => {
                    let n = params.iter().position(|(name, _)| *name == "n").unwrap_or(at);
                    built.words[n] = (built.words[n] as i64).min(MOST_ITEMS as i64) as u64;
                    built.words[at] = built.room((built.words[n] as i64).max(0) as u64 * 8);
                }
                Kind::Out(_) if there => built.words[at] = built.room(8),
                // Its size is another parameter, and at most 4096.
                Kind::OutStruct(_) if there => built.words[at] = built.room(8192),
                Kind::InOut(_) if values[at] != Value::Null => {
                    let word = built.words[at];
                    built.words[at] = built.room(8);
                    put(built.words[at], 8, word);
                }
                _ => {}
            }
        }
        Ok(built)
    }

    /// Parameters or fields.
    fn list(
        &mut self,
        session: &'static Session,
        items: &[(&'static str, Kind)],
        values: &[Value],
        built: &mut Built,
    ) -> Made<Vec<u64>> {
        let mut words = Vec::with_capacity(items.len());
        for (at, (name, kind)) in items.iter().enumerate() {
            let word = match kind {
                Kind::Callback(call, ud) => match (values[at].number(), values[*ud].number()) {
                    (0, _) => 0,
                    (_, 0) => return Err(format!("{name}: a function without a number")),
                    _ => trampoline(*call),
                },
                Kind::Ud => match values[at].number() {
                    0 => 0,
                    number => std::ptr::from_ref(self.group(session, number - 1)) as u64,
                },
                Kind::Memory(len) => self.memory(session, &values[at], values[*len].number())?,
                _ => self.argument(session, *kind, &values[at], built)?,
            };
            words.push(word);
        }
        for (at, (name, kind)) in items.iter().enumerate() {
            if let (Value::Unread | Value::Empty, Some(bytes)) = (&values[at], mistaken_bytes(*kind, &words))
            {
                words[at] = built.mistaken(bytes)?;
            } else {
                check_length(*kind, &values[at], &words).map_err(|what| format!("{name}: {what}"))?;
            }
        }
        Ok(words)
    }

    /// The functions that were given together.
    fn group(&mut self, session: &'static Session, number: u64) -> &'static Group {
        self.groups.entry(number).or_insert_with(|| Box::leak(Box::new(Group { session, number })))
    }

    fn argument(
        &mut self,
        session: &'static Session,
        kind: Kind,
        value: &Value,
        built: &mut Built,
    ) -> Made<u64> {
        Ok(match (kind, value) {
            (Kind::Room(..) | Kind::Out(_) | Kind::OutItems(_) | Kind::OutStruct(_), _) => 0,
            (Kind::Word, Value::Number(1..)) => SOMEWHERE,
            (Kind::Word, _) => 0,
            (Kind::Val | Kind::InOut(Kind::Val), Value::Number(bits)) => self.value(*bits),
            (Kind::Handle(space), Value::Number(word)) => self.handle(space, *word),
            (Kind::Object(_), Value::Number(0)) => 0,
            (Kind::Object(class), Value::Number(number)) => match self.objects.get(number) {
                Some(pointer) => *pointer,
                None => return Err(format!("{class:?} {number} is not there, or not any more")),
            },
            (Kind::Slot | Kind::Slots(_), Value::Cell(at)) => self.cell(*at) as u64,
            (Kind::Slot | Kind::Slots(_), Value::InPayload(number, offset)) => self.slot(*number, *offset),
            (Kind::Items(of, ..), Value::List(all)) => {
                let at = built.room((all.len() * of.size()) as u64);
                for (n, item) in all.iter().enumerate() {
                    let word = self.argument(session, *of, item, built)?;
                    put(at + (n * of.size()) as u64, of.size(), word);
                }
                at
            }
            (Kind::Struct(of) | Kind::Structs(of, _) | Kind::InOutStruct(of), Value::Structs(size, all)) => {
                self.structs(session, &STRUCTS[of], *size, all, built)?
            }
            (_, Value::Text(place)) => built.bytes(session.recording.text(place)),
            (_, Value::Own(bytes)) => built.bytes(bytes),
            (_, Value::Wrong(size)) => {
                let at = built.room(8192);
                put(at, 4, *size);
                at
            }
            (_, Value::Empty) => built.room(8192),
            (_, Value::Unread) => SOMEWHERE,
            (_, Value::Number(number)) => *number,
            _ => 0,
        })
    }

    /// A slot in a payload; one that can't be in it is one elsewhere.
    fn slot(&mut self, number: u64, offset: u64) -> u64 {
        match self.payloads.get(&number) {
            Some(payload) if offset.saturating_add(8) <= payload.size as u64 => payload.base as u64 + offset,
            // Odd addresses are no recorded ones.
            _ => self.cell((number << 32 ^ offset) << 1 | 1) as u64,
        }
    }

    fn structs(
        &mut self,
        session: &'static Session,
        of: &Struct,
        size: u64,
        all: &[Vec<Value>],
        built: &mut Built,
    ) -> Made<u64> {
        let whole = all.len() as u64 * size;
        // A struct that is written may be taken for a whole one.
        let to = built.room(whole.max(4096));
        for (n, values) in all.iter().enumerate() {
            let mut words = self.list(session, &of.fields[..values.len()], values, built)?;
            if of.is_sized() {
                words[0] = size;
            }
            for (at, word) in words.iter().enumerate() {
                let place = to + n as u64 * size + of.offsets[at] as u64;
                put(place, of.fields[at].1.size(), *word);
            }
        }
        Ok(to)
    }

    /// Memory of the host's, which is the replay's.
    fn memory(&mut self, session: &'static Session, value: &Value, len: u64) -> Made<u64> {
        let Value::Memory(number, content) = value else { return Ok(0) };
        let Ok(len) = usize::try_from(len).and_then(isize::try_from).map(isize::unsigned_abs) else {
            return Ok(SOMEWHERE);
        };
        let content = session.recording.text(content);
        if content.len() > len {
            return Err("more bytes of memory than it has".to_owned());
        }
        // SAFETY: a map of its own. Pages that nobody touches take no memory.
        let map = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                len.max(1),
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE,
                -1,
                0,
            )
        };
        if map == libc::MAP_FAILED {
            return Err(format!("no room for memory of {len} bytes"));
        }
        // SAFETY: the map is as long.
        unsafe { std::ptr::copy_nonoverlapping(content.as_ptr(), map.cast(), content.len()) };
        self.memory.insert(*number, Bytes { at: map as usize, len, context: 0 });
        Ok(map as u64)
    }
}

/// How many bytes there should be of what was not looked at; `None`: it can't be that.
fn mistaken_bytes(kind: Kind, words: &[u64]) -> Option<u64> {
    let count = |n: usize| (words[n] as i64).max(0) as u64;
    match kind {
        Kind::Text(Some(len)) if words[len] == u64::MAX => None,
        Kind::Text(Some(len)) | Kind::Bytes(len) => Some(words[len]),
        Kind::Items(of, n, times) => Some(count(n).saturating_mul(times * of.size() as u64)),
        Kind::Structs(of, n) => Some(count(n).saturating_mul(STRUCTS[of].size as u64)),
        _ => None,
    }
}

/// Whether as much is there as the call says.
fn check_length(kind: Kind, value: &Value, words: &[u64]) -> Result<(), String> {
    let (said, there) = match (kind, value) {
        (Kind::Text(Some(len)) | Kind::Bytes(len), Value::Text(place)) => {
            if words[len] == u64::MAX && matches!(kind, Kind::Text(_)) {
                return Ok(());
            }
            (words[len], place.len() as u64)
        }
        (Kind::Text(_) | Kind::Bytes(_) | Kind::Items(..), Value::Unread) => {
            return Err("it is not there".to_owned())
        }
        (Kind::Struct(_) | Kind::InOutStruct(_), Value::Empty) => return Err("it is not there".to_owned()),
        (Kind::Items(_, n, times), Value::List(all)) => {
            ((words[n] as i64).max(0) as u64 * times, all.len() as u64)
        }
        (Kind::Structs(_, n), Value::Structs(_, all)) => ((words[n] as i64).max(0) as u64, all.len() as u64),
        (Kind::Struct(_) | Kind::InOutStruct(_), Value::Structs(_, all)) => (1, all.len() as u64),
        (Kind::Slots(n), _) => (words[n], 1),
        _ => return Ok(()),
    };
    match said == there {
        true => Ok(()),
        false => Err(format!("{there} are there, and {said} were said")),
    }
}
