//! [`Recording`]: a file that was read and found whole: its events, thread by thread, and what the library called back apart from what the program did.
//!
//! All of it is checked here, before anything is replayed: lengths, numbers, and that calls and returns belong together. Leaves out: whether the library
//! does the same again.

use crate::format::{sum, Damaged, Field, Op, Reader, FIRST_CALL, HEAD, MAGIC, SUM};
use crate::kinds::{Call, Function, Kind, Struct};
use crate::tables::{signature, ABI, FUNCTIONS, HASH, STRUCTS};
use std::collections::{HashMap, VecDeque};
use std::ops::Range;

/// Something that was recorded.
#[derive(Clone, PartialEq, Debug)]
pub enum Value {
    /// A number, a value, a handle, the number of a pointer or a group of functions.
    Number(u64),
    /// NULL; of an out-parameter: not written.
    Null,
    /// Bytes, by their place in the file.
    Text(Range<usize>),
    /// Bytes from elsewhere.
    Own(Vec<u8>),
    /// Not NULL, and not looked at: the length was a mistake.
    Unread,
    /// Items, or the fields of a struct that was written.
    List(Vec<Value>),
    /// Structs of this size.
    Structs(u64, Vec<Vec<Value>>),
    /// A struct that says a size which can't be.
    Wrong(u64),
    /// No structs, at an address.
    Empty,
    /// A payload, and a distance in it.
    InPayload(u64, u64),
    /// A slot elsewhere, by its address.
    Cell(u64),
    /// Memory by its number, and what is in it.
    Memory(u64, Range<usize>),
}

impl Value {
    /// The number that it is; 0 if it is none.
    pub fn number(&self) -> u64 {
        match self {
            Value::Number(number) => *number,
            _ => 0,
        }
    }
}

/// An event, as far as it is known without being read again.
#[derive(Clone, Copy, Debug)]
pub struct Event {
    /// Where it begins in the file.
    pub at: usize,
    /// For the values in it.
    last: u64,
    /// What it begins with.
    pub op: u64,
    /// If another thread did what was before: how many microseconds after that.
    pub pause: u32,
}

/// What a function of the host did that is called when something makes it be called: a finalizer, a task.
#[derive(Clone, Debug)]
pub struct Body {
    /// Its `Enter`.
    pub enter: u32,
    /// What it did, and its `Leave`.
    pub events: Vec<u32>,
}

/// What such a function is called for: kind, group of functions, payload.
pub type Cause = (Call, u64, u64);

/// A recording.
#[derive(Debug)]
pub struct Recording {
    bytes: Vec<u8>,
    /// All events.
    pub events: Vec<Event>,
    /// For each thread, the events that come in this order.
    pub threads: Vec<Vec<u32>>,
    /// What is called when there is cause.
    pub bodies: Vec<Body>,
    /// The bodies of a cause, in order.
    pub causes: HashMap<Cause, VecDeque<u32>>,
    /// The payloads for which functions of a kind and group have called something.
    pub active: HashMap<(Call, u64), Vec<u64>>,
    /// Whether functions of the host call something when objects die.
    pub frees: bool,
    /// Whether the program ended as programs should.
    pub ended: bool,
    /// The program's path.
    pub program: Vec<u8>,
    /// The folder that it worked in.
    pub folder: Vec<u8>,
    /// Calls.
    pub calls: u64,
    /// How often the library called the host.
    pub callbacks: u64,
    /// Whether something depends on time: several threads, collections by the clock.
    pub is_timed: bool,
}

/// What is open while a recording is read.
enum Frame {
    Call(usize, u32),
    /// A function of the host; whether its body is apart.
    Host(Call, bool),
}

#[derive(Default)]
struct Thread {
    frames: Vec<Frame>,
    /// Bodies that are open.
    bodies: Vec<u32>,
}

fn head(bytes: &[u8], field: Field) -> u64 {
    let mut word = [0; 8];
    word.copy_from_slice(&bytes[field as usize..][..8]);
    u64::from_le_bytes(word)
}

/// The bytes of the events, if the head is right.
fn checked(bytes: &[u8]) -> Result<usize, Damaged> {
    let wrong = |at: usize, what: String| Err(Damaged { at, what });
    if bytes.len() < HEAD || bytes[..6] != MAGIC[..6] {
        return wrong(0, "this is no recording".into());
    }
    if bytes[..8] != MAGIC {
        return wrong(6, "a recording in another version of the format".into());
    }
    let (abi, hash) = (head(bytes, Field::Abi), head(bytes, Field::Hash));
    if abi != u64::from(ABI) || hash != HASH {
        return wrong(
            Field::Abi as usize,
            format!(
                "recorded with ABI {}.{} (tables {hash:x}), and this is {}.{} ({HASH:x}): take the taipan-replay of that library",
                abi >> 16,
                abi & 0xffff,
                ABI >> 16,
                ABI & 0xffff
            ),
        );
    }
    let length = head(bytes, Field::Length);
    let there = (bytes.len() - HEAD) as u64;
    if length > there {
        return wrong(bytes.len(), format!("the file was cut off: {there} of {length} bytes are there"));
    }
    Ok(HEAD + length as usize)
}

impl Recording {
    /// Reads a recording.
    pub fn read(mut bytes: Vec<u8>) -> Result<Recording, Damaged> {
        let end = checked(&bytes)?;
        let (total, ended) = (head(&bytes, Field::Sum), head(&bytes, Field::Ended) != 0);
        bytes.truncate(end);
        let mut recording = Recording {
            bytes: Vec::new(),
            events: Vec::new(),
            threads: Vec::new(),
            bodies: Vec::new(),
            causes: HashMap::new(),
            active: HashMap::new(),
            frees: false,
            ended,
            program: Vec::new(),
            folder: Vec::new(),
            calls: 0,
            callbacks: 0,
            is_timed: false,
        };
        check_sums(&bytes, total)?;
        recording.scan(&bytes)?;
        recording.bytes = bytes;
        let mut active: Vec<_> = recording
            .causes
            .iter()
            .filter(|((call, ..), bodies)| {
                let does = |body: &u32| recording.bodies[*body as usize].events.len() > 1;
                matches!(call, Call::Finalize | Call::Trace) && bodies.iter().any(does)
            })
            .map(|(cause, _)| *cause)
            .collect();
        active.sort_unstable_by_key(|(.., payload)| *payload);
        for (call, group, payload) in active {
            recording.active.entry((call, group)).or_default().push(payload);
        }
        recording.frees = recording.causes.iter().any(|((call, ..), bodies)| {
            let at_death = matches!(call, Call::Finalize | Call::Died | Call::UdFree | Call::Free);
            at_death && bodies.iter().any(|body| recording.bodies[*body as usize].events.len() > 1)
        });
        recording.is_timed |= recording.threads.len() > 1;
        Ok(recording)
    }

    fn scan(&mut self, bytes: &[u8]) -> Result<(), Damaged> {
        let mut reader = Reader::new(bytes, HEAD, 0);
        let mut threads: Vec<Thread> = Vec::new();
        let (mut now, mut pause) = (0, 0);
        while !reader.is_done() {
            let (at, last) = (reader.at, reader.last);
            let op = reader.number()?;
            match Op::from_number(op) {
                Some(Op::Check) => {
                    reader.short()?;
                    continue;
                }
                Some(Op::Program) => {
                    (self.program, self.folder) = (reader.text()?.to_vec(), reader.text()?.to_vec());
                    continue;
                }
                Some(Op::Thread) => {
                    let number = reader.number()?;
                    if number == 0 || number > threads.len() as u64 + 1 || number > 1 << 14 {
                        return reader.wrong(format!("thread {number} after {}", threads.len()));
                    }
                    now = number as usize - 1;
                    pause = reader.number()?.min(u32::MAX.into()) as u32;
                    threads.resize_with(threads.len().max(now + 1), Thread::default);
                    self.threads.resize_with(threads.len(), Vec::new);
                    continue;
                }
                _ => {}
            }
            let Some(thread) = threads.get_mut(now) else { return reader.wrong("no thread is named first") };
            if self.events.len() >= u32::MAX as usize {
                return reader.wrong("too many events");
            }
            let number = self.events.len() as u32;
            self.events.push(Event { at, last, op, pause: std::mem::take(&mut pause) });
            self.event(&mut reader, op, number, now, thread)?;
        }
        Ok(())
    }

    /// Reads an event, and puts it where it belongs.
    fn event(
        &mut self,
        reader: &mut Reader<'_>,
        op: u64,
        number: u32,
        thread: usize,
        state: &mut Thread,
    ) -> Result<(), Damaged> {
        let mut apart = false;
        match Op::from_number(op) {
            Some(Op::Return) => {
                let Some(Frame::Call(n, mask)) = state.frames.pop() else {
                    return reader.wrong("a return without a call");
                };
                returned(reader, &FUNCTIONS[n], mask)?;
            }
            Some(Op::Enter) => {
                if !matches!(state.frames.last(), Some(Frame::Call(..))) {
                    return reader.wrong("the host is called, but not by the library");
                }
                let (call, group, arguments) = entered(reader)?;
                self.callbacks += 1;
                state.frames.push(Frame::Host(call, !call.is_ordered()));
                if !call.is_ordered() {
                    let of_payload = matches!(call, Call::Finalize | Call::Trace);
                    let payload = if of_payload { arguments[0].number() } else { 0 };
                    let body = self.bodies.len() as u32;
                    self.bodies.push(Body { enter: number, events: Vec::new() });
                    self.causes.entry((call, group, payload)).or_default().push_back(body);
                    state.bodies.push(body);
                    return Ok(());
                }
            }
            Some(Op::Leave) => {
                let Some(Frame::Host(call, is_apart)) = state.frames.pop() else {
                    return reader.wrong("the end of a function of the host that was not called");
                };
                left(reader, call)?;
                apart = is_apart;
            }
            Some(Op::Patch) => {
                patched(reader)?;
            }
            Some(Op::Moved) => {
                moved(reader)?;
            }
            _ => {
                let n = usize::try_from(op.wrapping_sub(FIRST_CALL)).unwrap_or(usize::MAX);
                let Some(function) = FUNCTIONS.get(n) else {
                    return reader.wrong(format!("there is no event {op}"));
                };
                if matches!(state.frames.last(), Some(Frame::Call(..))) {
                    return reader.wrong("a call within a call");
                }
                let arguments = list(reader, function.params)?;
                self.calls += 1;
                self.is_timed |= function.name == "tpn_gc_step";
                state.frames.push(Frame::Call(n, mask(function, &arguments)));
            }
        }
        match state.bodies.last() {
            Some(body) => self.bodies[*body as usize].events.push(number),
            None => self.threads[thread].push(number),
        }
        if apart {
            state.bodies.pop();
        }
        Ok(())
    }

    /// The arguments of a call.
    pub fn call(&self, event: u32) -> Result<(usize, Vec<Value>), Damaged> {
        let (op, mut reader) = self.open(event)?;
        let n = op.wrapping_sub(FIRST_CALL) as usize;
        match FUNCTIONS.get(n) {
            Some(function) => Ok((n, list(&mut reader, function.params)?)),
            None => reader.wrong("no call"),
        }
    }

    /// What a call with these arguments has given: result, and what was written for each parameter.
    pub fn returned(&self, event: u32, n: usize, given: &[Value]) -> Result<(Value, Vec<Value>), Damaged> {
        let (_, mut reader) = self.open(event)?;
        returned(&mut reader, &FUNCTIONS[n], mask(&FUNCTIONS[n], given))
    }

    /// Which function of the host was called, and with what.
    pub fn entered(&self, event: u32) -> Result<(Call, u64, Vec<Value>), Damaged> {
        entered(&mut self.open(event)?.1)
    }

    /// What a function of the host has given.
    pub fn left(&self, event: u32, call: Call) -> Result<(Value, Vec<Value>), Damaged> {
        left(&mut self.open(event)?.1, call)
    }

    /// What the host has changed: whether it is a buffer, its number, where, and to what.
    pub fn patched(&self, event: u32) -> Result<(bool, u64, u64, &[u8]), Damaged> {
        let (is_buffer, number, at, text) = patched(&mut self.open(event)?.1)?;
        Ok((is_buffer, number, at, &self.bytes[text]))
    }

    /// From where to where a slot was moved.
    pub fn moved(&self, event: u32) -> Result<(u64, u64), Damaged> {
        moved(&mut self.open(event)?.1)
    }

    /// What an event is.
    pub fn op(&self, event: u32) -> u64 {
        self.events[event as usize].op
    }

    fn open(&self, event: u32) -> Result<(u64, Reader<'_>), Damaged> {
        let event = &self.events[event as usize];
        let mut reader = Reader::new(&self.bytes, event.at, event.last);
        Ok((reader.number()?, reader))
    }

    /// Bytes of the file.
    pub fn text(&self, place: &Range<usize>) -> &[u8] {
        &self.bytes[place.clone()]
    }
}

/// Whether the bytes are those that were written. The checkpoints tell where they are not.
fn check_sums(bytes: &[u8], total: u64) -> Result<(), Damaged> {
    let events = &bytes[HEAD..];
    if sum(SUM, events) == total {
        return Ok(());
    }
    let (mut running, mut good, mut at) = (SUM, HEAD, HEAD);
    // The checkpoints are at known distances only if what is before them is read; so every place is tried where one may be.
    for (n, byte) in events.iter().enumerate() {
        let since = n + HEAD - good;
        if *byte == Op::Check as u8 && since as u64 >= crate::format::CHECK_EVERY {
            let stored = events.get(n + 1..n + 5);
            if stored.is_some_and(|stored| stored == (running as u32).to_le_bytes()) {
                good = HEAD + n;
            }
        }
        running = sum(running, std::slice::from_ref(byte));
        at = HEAD + n;
    }
    Err(Damaged {
        at: good,
        what: format!("bytes were changed between here and byte {at}: the checksum is wrong"),
    })
}

/// Which of a call's parameters are variables, and not NULL.
fn mask(function: &Function, arguments: &[Value]) -> u32 {
    let out = |(at, (_, kind)): (usize, &(&str, Kind))| {
        let there = !matches!(arguments[at], Value::Null | Value::Number(0))
            || is_inout(*kind) && arguments[at] != Value::Null;
        u32::from(kind.is_out() && there) << at
    };
    function.params.iter().enumerate().map(out).fold(0, |all, bit| all | bit)
}

fn is_inout(kind: Kind) -> bool {
    matches!(kind, Kind::InOut(_))
}

fn returned(reader: &mut Reader<'_>, function: &Function, mask: u32) -> Result<(Value, Vec<Value>), Damaged> {
    let result = value(reader, function.result)?;
    let mut outs = vec![Value::Null; function.params.len()];
    for (at, (_, kind)) in function.params.iter().enumerate() {
        if mask >> at & 1 != 0 {
            outs[at] = out(reader, *kind)?;
        }
    }
    Ok((result, outs))
}

fn entered(reader: &mut Reader<'_>) -> Result<(Call, u64, Vec<Value>), Damaged> {
    let Some(call) = Call::from_number(reader.number()?) else {
        return reader.wrong("a function of the host of no kind");
    };
    let group = reader.number()?;
    let mut arguments = Vec::new();
    for (_, kind) in signature(call).iter().flat_map(|s| s.params) {
        arguments.push(match kind {
            Kind::Ud => Value::Null,
            _ => argument(reader, *kind)?,
        });
    }
    Ok((call, group, arguments))
}

fn left(reader: &mut Reader<'_>, call: Call) -> Result<(Value, Vec<Value>), Damaged> {
    let Some(signature) = signature(call) else { return Ok((Value::Null, Vec::new())) };
    let result = value(reader, signature.result)?;
    let mut outs = vec![Value::Null; signature.params.len()];
    for (at, (_, kind)) in signature.params.iter().enumerate() {
        if kind.is_out() {
            outs[at] = out(reader, *kind)?;
        }
    }
    Ok((result, outs))
}

fn patched(reader: &mut Reader<'_>) -> Result<(bool, u64, u64, Range<usize>), Damaged> {
    let (is_buffer, number, at) = (reader.number()? != 0, reader.number()?, reader.number()?);
    Ok((is_buffer, number, at, text(reader)?))
}

fn moved(reader: &mut Reader<'_>) -> Result<(u64, u64), Damaged> {
    Ok((reader.number()?, reader.number()?))
}

fn text(reader: &mut Reader<'_>) -> Result<Range<usize>, Damaged> {
    let length = reader.text()?.len();
    Ok(reader.at - length..reader.at)
}

fn list(reader: &mut Reader<'_>, items: &[(&'static str, Kind)]) -> Result<Vec<Value>, Damaged> {
    items.iter().map(|(_, kind)| argument(reader, *kind)).collect()
}

/// An argument or a field.
fn argument(reader: &mut Reader<'_>, kind: Kind) -> Result<Value, Damaged> {
    match kind {
        Kind::Callback(..)
        | Kind::Ud
        | Kind::Room(..)
        | Kind::Out(_)
        | Kind::OutItems(_)
        | Kind::OutStruct(_) => Ok(Value::Number(reader.number()?)),
        Kind::Text(_) | Kind::Bytes(_) => match reader.number()? {
            0 => Ok(Value::Null),
            1 => Ok(Value::Text(text(reader)?)),
            _ => Ok(Value::Unread),
        },
        Kind::Items(of, ..) => match reader.number()? {
            0 => Ok(Value::Null),
            1 => items(reader, *of),
            _ => Ok(Value::Unread),
        },
        Kind::Struct(of) | Kind::Structs(of, _) | Kind::InOutStruct(of) => structs(reader, &STRUCTS[of]),
        Kind::InOut(of) => match reader.number()? {
            0 => Ok(Value::Null),
            _ => value(reader, *of),
        },
        Kind::Memory(_) => match reader.number()? {
            0 => Ok(Value::Null),
            _ => Ok(Value::Memory(reader.number()?, text(reader)?)),
        },
        _ => value(reader, kind),
    }
}

fn items(reader: &mut Reader<'_>, of: Kind) -> Result<Value, Damaged> {
    let count = reader.count()?;
    Ok(Value::List((0..count).map(|_| value(reader, of)).collect::<Result<_, _>>()?))
}

fn structs(reader: &mut Reader<'_>, of: &Struct) -> Result<Value, Damaged> {
    match reader.number()? {
        0 => return Ok(Value::Null),
        1 => {}
        2 => return Ok(Value::Wrong(reader.number()?)),
        _ => return Ok(Value::Empty),
    }
    let size = reader.number()?;
    let count = reader.count()?;
    if !(8..=4096).contains(&size) || count == 0 || size * count as u64 > 1 << 30 {
        return reader.wrong(format!("{count} structs of {size} bytes"));
    }
    let fields = &of.fields[..of.known(size as usize)];
    Ok(Value::Structs(size, (0..count).map(|_| list(reader, fields)).collect::<Result<_, _>>()?))
}

/// What was written, if it was.
fn out(reader: &mut Reader<'_>, kind: Kind) -> Result<Value, Damaged> {
    if reader.number()? == 0 {
        return Ok(Value::Null);
    }
    match kind {
        Kind::Out(of) | Kind::InOut(of) => value(reader, *of),
        Kind::OutItems(of) => match reader.number()? {
            1 => items(reader, *of),
            _ => Ok(Value::Null),
        },
        Kind::Room(..) => Ok(Value::Text(text(reader)?)),
        Kind::OutStruct(of) | Kind::InOutStruct(of) => {
            let known = usize::try_from(reader.number()?).unwrap_or(usize::MAX);
            let Some(fields) = STRUCTS[of].fields.get(..known) else {
                return reader.wrong("a struct with more fields than there are");
            };
            let read = |(_, kind): &(&str, Kind)| match kind {
                Kind::Text(_) | Kind::Structs(..) | Kind::Items(..) | Kind::Callback(..) | Kind::Ud => {
                    Ok(Value::Null)
                }
                _ => value(reader, *kind),
            };
            Ok(Value::List(fields.iter().map(read).collect::<Result<_, _>>()?))
        }
        _ => Ok(Value::Null),
    }
}

/// Something that is a word.
fn value(reader: &mut Reader<'_>, kind: Kind) -> Result<Value, Damaged> {
    Ok(Value::Number(match kind {
        Kind::Void | Kind::Opaque | Kind::Passed | Kind::Static => return Ok(Value::Null),
        Kind::I32 | Kind::Status => i64::from(reader.signed()? as i32) as u64,
        Kind::I64 => reader.signed()? as u64,
        Kind::U32 => reader.number()? & u64::from(u32::MAX),
        Kind::F64 => reader.word()?,
        Kind::Val => reader.val()?,
        Kind::Slot | Kind::Slots(_) => match reader.number()? {
            0 => return Ok(Value::Null),
            1 => return Ok(Value::InPayload(reader.number()?, reader.number()?)),
            _ => return Ok(Value::Cell(reader.number()?)),
        },
        _ => reader.number()?,
    }))
}
