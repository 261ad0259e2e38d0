//! What a call has given, beside what it gave when it was recorded.
//!
//! Names get their meaning here; numbers, texts and statuses must be the same. What depends on time is not compared, and what depends on the memory
//! manager only when that is the same.

use super::build::Built;
use super::world::World;
use crate::kinds::{is_local, success, Call, Kind};
use crate::recording::{Recording, Value};
use crate::tables::{signature, FUNCTIONS, STRUCTS};

/// Statistics of a heap, by name.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Stats(pub Vec<(&'static str, u64)>);

/// Those that are the same under every manager, as they are the host's own doing.
const HANDLES: &[&str] = &["locals", "owned", "weak", "buffers"];
/// Those of them that functions of the host change when objects die.
const FREED: &[&str] = &["owned", "weak"];

/// Those that are the same whenever the same is done under the same manager.
const EXACT: &[&str] = &[
    "locals",
    "owned",
    "weak",
    "buffers",
    "external_bytes",
    "finalizers",
    "host_objects",
    "host_finalized",
    "injected_failures",
];
/// Those that are the same if there were as many collections; which is so unless a limit was near, where pages of the system count, too.
const COLLECTED: &[&str] = &["allocated_bytes", "live_bytes", "live_objects"];

/// How much of a call depends on what the replay changes.
struct Compared {
    result: bool,
    outs: bool,
}

fn compared(name: &str, is_status: bool, same: bool) -> Compared {
    let by_manager = name.starts_with("tpn_gc_") || name.starts_with("tpn_debug_");
    match name {
        "tpn_gc_pause_percentile" | "tpn_gc_step" => Compared { result: true, outs: false },
        "tpn_heap_caps" | "tpn_id" | "tpn_err_format" if !same => Compared { result: false, outs: false },
        // Whether it could be done is the same; what it measures is the manager's.
        _ if by_manager && !same => Compared { result: is_status, outs: false },
        _ => Compared { result: true, outs: true },
    }
}

/// How a word is shown.
fn shown(kind: Kind, word: u64) -> String {
    match kind {
        Kind::I32 | Kind::I64 | Kind::Status => (word as i64).to_string(),
        Kind::F64 => f64::from_bits(word).to_string(),
        Kind::Val => match word {
            0 => "TPN_ABSENT".to_owned(),
            2 => "TPN_ERR".to_owned(),
            6 => "None".to_owned(),
            10 => "False".to_owned(),
            14 => "True".to_owned(),
            _ if is_local(word) => "a local".to_owned(),
            _ => ((word as i64) >> 2).to_string(),
        },
        Kind::Object(_) | Kind::Payload => if word == 0 { "NULL" } else { "a pointer" }.to_owned(),
        _ => format!("{word:#x}"),
    }
}

/// A number behind a pointer that a call was made with.
fn read(at: u64, size: usize) -> u64 {
    // SAFETY: `Built` made room there, of eight bytes at least.
    unsafe {
        match size {
            4 => (at as *const u32).read_unaligned().into(),
            _ => (at as *const u64).read_unaligned(),
        }
    }
}

/// A number of four bytes is as wide as a word, as the recording has it.
fn widened(kind: Kind, word: u64) -> u64 {
    match kind {
        Kind::I32 | Kind::Status => i64::from(word as i32) as u64,
        Kind::U32 | Kind::Handle(crate::kinds::Space::Type) => u64::from(word as u32),
        _ => word,
    }
}

/// What differs, by the name of what has it.
pub(super) type Differences = Vec<String>;

impl World {
    /// A recorded word is this one; whether they are the same as far as that can be.
    pub(super) fn bind(&mut self, kind: Kind, recorded: &Value, now: u64) -> Result<(), String> {
        let now = widened(kind, now);
        let word = recorded.number();
        let same = match kind {
            Kind::Void
            | Kind::Static
            | Kind::Opaque
            | Kind::Passed
            | Kind::Time
            | Kind::Slot
            | Kind::Slots(_) => true,
            Kind::Val => self.bind_value(word, now),
            Kind::Handle(space) => self.bind_handle(space, word, now),
            Kind::Object(_) => self.bind_object(word, now),
            Kind::Payload => self.bind_payload(word, now as usize, None),
            Kind::Word => (word == 0) == (now == 0),
            _ => word == now,
        };
        match same {
            true => Ok(()),
            false => Err(format!("recorded {}, now {}", shown(kind, word), shown(kind, now))),
        }
    }

    /// The result and the out-parameters of a call.
    pub(super) fn compare(
        &mut self,
        recording: &Recording,
        n: usize,
        (result, outs): &(Value, Vec<Value>),
        built: &Built,
        now: u64,
        same: bool,
    ) -> Differences {
        let function = &FUNCTIONS[n];
        let what = compared(function.name, function.result == Kind::Status, same);
        let mut all = Differences::new();
        if let (Err(difference), true) = (self.bind(function.result, result, now), what.result) {
            all.push(difference);
        }
        let good = success(function.result, now);
        for (at, (name, kind)) in function.params.iter().enumerate() {
            // What was written then, and now.
            let (recorded, Some(count)) = (&outs[at], good) else { continue };
            if *recorded == Value::Null
                || !kind.is_out()
                || built.words[at] == 0
                || function.name == "tpn_gc_stats"
            {
                continue;
            }
            if let (Kind::Room(cap, _), Value::Text(place)) = (kind, recorded) {
                // What was reported of the result is not to be said twice.
                if all.is_empty() && what.outs {
                    let room = built.words[*cap] as usize;
                    all.extend(compare_text(recording.text(place), built.words[at], room));
                }
                continue;
            }
            let found = self.compare_out(*kind, recorded, (built.words[at], count));
            all.extend(found.into_iter().filter(|_| what.outs).map(|found| format!("{name}: {found}")));
        }
        all
    }

    fn compare_out(&mut self, kind: Kind, recorded: &Value, (at, count): (u64, u64)) -> Differences {
        let mut all = Differences::new();
        match (kind, recorded) {
            (Kind::Out(of) | Kind::InOut(of), value) => {
                all.extend(self.bind(*of, value, read(at, of.size())).err());
            }
            (Kind::OutItems(of), Value::List(items)) => {
                if items.len() as u64 != count {
                    return all; // the result differs, too
                }
                for (n, item) in items.iter().enumerate() {
                    let place = at + (n * of.size()) as u64;
                    all.extend(self.bind(*of, item, read(place, of.size())).err());
                }
            }
            (Kind::OutStruct(of) | Kind::InOutStruct(of), Value::List(fields)) => {
                for (n, field) in fields.iter().enumerate().filter(|(_, field)| **field != Value::Null) {
                    let (name, kind) = STRUCTS[of].fields[n];
                    let word = read(at + STRUCTS[of].offsets[n] as u64, kind.size());
                    all.extend(self.bind(kind, field, word).err().map(|found| format!("{name} {found}")));
                }
            }
            _ => {}
        }
        all
    }

    /// The arguments of a function of the host.
    pub(super) fn bind_arguments(
        &mut self,
        recording: &Recording,
        call: Call,
        values: &[Value],
        words: &[u64],
    ) -> Differences {
        let mut all = Differences::new();
        for (at, (name, kind)) in signature(call).iter().flat_map(|s| s.params).enumerate() {
            let found = match (kind, &values[at]) {
                (Kind::Ud | Kind::Opaque, _) => Ok(()),
                (Kind::InOut(of), value) => self.bind(**of, value, read(words[at], of.size())),
                (Kind::Items(of, n, _), Value::List(items)) => {
                    let count = words[*n] as usize;
                    let mut found = Ok(());
                    for (at, item) in
                        items.iter().enumerate().take(count).map(|(n, item)| (words[at] + n as u64 * 8, item))
                    {
                        found = found.and(self.bind(**of, item, read(at, 8)));
                    }
                    found
                }
                (Kind::Text(_), Value::Text(place)) if call.is_ordered() => {
                    let then = recording.text(place);
                    compare_text(then, words[at], then.len() + 1).map_or(Ok(()), Err)
                }
                (Kind::Text(_), _) => Ok(()),
                (kind, value) => self.bind(*kind, value, words[at]),
            };
            all.extend(found.err().map(|found| format!("{name}: {found}")));
        }
        all
    }
}

/// A text in room of this size, beside the recorded one.
fn compare_text(then: &[u8], at: u64, room: usize) -> Option<String> {
    let mut now = Vec::new();
    for n in 0..then.len().min(room) {
        // SAFETY: within the room, or a text that ends with a NUL, beyond which nothing is read.
        let byte = unsafe { *((at as usize + n) as *const u8) };
        now.push(byte);
        if byte != then[n] {
            let (then, now) = (String::from_utf8_lossy(then), String::from_utf8_lossy(&now));
            return Some(format!("recorded {then:?}, now {now:?} …"));
        }
    }
    None
}

impl Stats {
    /// The recorded ones.
    pub(super) fn recorded(value: &Value) -> Stats {
        let Value::List(fields) = value else { return Stats::default() };
        Stats::of(fields.len(), |n| fields[n].number())
    }

    /// What was written at this address.
    pub(super) fn now(at: u64) -> Stats {
        let of = stats();
        Stats::of(of.fields.len(), |n| read(at + of.offsets[n] as u64, of.fields[n].1.size()))
    }

    fn of(count: usize, number: impl Fn(usize) -> u64) -> Stats {
        let fields = stats().fields.iter().enumerate().take(count);
        Stats(
            fields
                .filter(|(_, (name, _))| !matches!(*name, "size" | "reserved"))
                .map(|(n, (name, _))| (*name, number(n)))
                .collect(),
        )
    }

    /// One of them.
    pub fn get(&self, name: &str) -> u64 {
        self.0.iter().find(|(known, _)| *known == name).map_or(0, |(_, number)| *number)
    }

    /// What differs of those that must not: if not `exact`, the host's own doing alone; without references, unless these are given back by calls only
    /// that are where they were.
    pub(super) fn compare(&self, now: &Stats, exact: bool, references: bool) -> Differences {
        let as_many = self.get("collections") == now.get("collections");
        let must = |name: &str| match exact {
            true => EXACT.contains(&name) || as_many && COLLECTED.contains(&name),
            false => HANDLES.contains(&name) && (references || !FREED.contains(&name)),
        };
        let differs = self.0.iter().filter(|(name, number)| must(name) && now.get(name) != *number);
        differs.map(|(name, number)| format!("{name}: recorded {number}, now {}", now.get(name))).collect()
    }
}

fn stats() -> &'static crate::kinds::Struct {
    let found = STRUCTS.iter().find(|known| known.name == "tpn_stats");
    found.unwrap_or(&STRUCTS[0])
}
