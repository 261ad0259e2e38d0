//! Goes through the events of a thread: calls are made, functions of the host are waited for, what the host changed is changed.
//!
//! Threads take turns in the order of the recording: one goes on when every other has come to something that was later. While one is inside the library
//! others go on, as far as they did then. Leaves out: what the words of a call are (`build`) and what its results should be (`compare`).

use super::build::Built;
use super::compare::Stats;
use super::host::OURS;
use super::world::{Bytes, Type};
use super::{lock, Session};
use crate::format::{Op, FIRST_CALL};
use crate::kinds::{success, Call, Kind};
use crate::known;
use crate::recording::Value;
use crate::tables::{signature, ABI, FUNCTIONS, STRUCTS};
use std::cell::RefCell;
use std::ops::Range;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Events that are gone through, and how far that has come.
struct Stream {
    events: &'static [u32],
    at: usize,
}

/// A thread of the replay.
#[derive(Default)]
struct Player {
    thread: usize,
    /// That of the thread, and on it those of functions that came when there was cause.
    streams: Vec<Stream>,
    /// The statistics, if they were asked for last.
    stats: Option<(Stats, Stats)>,
}

thread_local! {
    static PLAYER: RefCell<Player> = RefCell::default();
}

/// Goes through a thread of the recording.
pub(super) fn thread(session: &'static Session, n: usize) {
    let events = &session.recording.threads[n];
    PLAYER.with_borrow_mut(|player| {
        *player = Player { thread: n, streams: vec![Stream { events, at: 0 }], stats: None }
    });
    if let Some(event) = play(session) {
        session.diverged(event, "the end of a function of the host, outside of one");
    }
}

/// No thread waits longer to do what it did after a while.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// Threads that are looked at for one that is in a call.
const MOST_INSIDE: usize = 8;

fn is_return(session: &Session, event: u32) -> bool {
    session.recording.op(event) == Op::Return as u64
}

/// What happened while the call was under way that this thread makes.
pub(super) fn under_way(session: &Session) -> Range<u32> {
    PLAYER.with_borrow(|player| {
        let Some(stream) = player.streams.last() else { return 0..0 };
        let at = |at: usize| stream.events.get(at).copied().unwrap_or(u32::MAX);
        let last = session.recording.events.len() as u32;
        stream.at.checked_sub(1).map_or(0, at)..at(stream.at).min(last)
    })
}

/// The event that comes next, when it is its turn; `None` at the end.
fn peek(session: &'static Session) -> Option<u32> {
    let (event, is_root, thread) = PLAYER.with_borrow(|player| {
        let stream = player.streams.last()?;
        Some((*stream.events.get(stream.at)?, player.streams.len() == 1, player.thread))
    })?;
    if is_root && session.recording.threads.len() > 1 {
        let mut turns = lock(&session.turns);
        while turns.first() != Some(&(event, thread)) {
            turns = session.turned[thread].wait(turns).unwrap_or_else(std::sync::PoisonError::into_inner);
        }
        let is_while = turns.iter().skip(1).take(MOST_INSIDE).any(|(turn, _)| is_return(session, *turn));
        drop(turns);
        let pause = session.recording.events[event as usize].pause;
        // Another thread is in a call, which this one may interrupt: at about the same time as then.
        if is_while && pause > 0 && !is_return(session, event) {
            std::thread::sleep(Duration::from_micros(pause.into()).min(LONGEST_PAUSE));
        }
    }
    Some(event)
}

/// The event that came is dealt with.
fn advance(session: &'static Session) {
    let root = PLAYER.with_borrow_mut(|player| {
        let is_root = player.streams.len() == 1;
        let stream = player.streams.last_mut()?;
        stream.at += 1;
        is_root.then(|| (player.thread, stream.events.get(stream.at).copied().unwrap_or(u32::MAX)))
    });
    if let (Some((thread, next)), true) = (root, session.recording.threads.len() > 1) {
        let mut turns = lock(&session.turns);
        turns.pop_first();
        if next != u32::MAX {
            turns.insert((next, thread));
        }
        if let Some((_, thread)) = turns.first() {
            session.turned[*thread].notify_one();
        }
    }
}

/// As [`peek`], with what the host did in between done.
fn next(session: &'static Session) -> Option<u32> {
    loop {
        let event = peek(session)?;
        match Op::from_number(session.recording.op(event)) {
            Some(Op::Patch) => patch(session, event),
            Some(Op::Moved) => {
                if let Ok((from, to)) = session.recording.moved(event) {
                    session.world().move_cell(from, to);
                }
            }
            _ => return Some(event),
        }
        advance(session);
    }
}

/// The host has changed bytes.
fn patch(session: &'static Session, event: u32) {
    let Ok((is_buffer, number, at, bytes)) = session.recording.patched(event) else { return };
    let world = session.world();
    let found = if is_buffer { world.buffers.get(&number) } else { world.memory.get(&number) };
    let fits = |found: &&Bytes| at.checked_add(bytes.len() as u64).is_some_and(|end| end <= found.len as u64);
    match found.filter(fits) {
        // SAFETY: an open buffer, or memory of the replay's, which is as long.
        Some(found) => unsafe {
            std::ptr::copy_nonoverlapping(bytes.as_ptr(), (found.at + at as usize) as *mut u8, bytes.len());
        },
        None => {
            drop(world);
            session.diverged(event, "bytes are changed that are not there");
        }
    }
}

/// What was recorded next, when a function of the host is called.
pub(super) enum Found {
    /// That.
    It(u32),
    /// Something else.
    Other(u32, String),
}

/// What an event is, for messages.
fn described(session: &Session, event: u32) -> String {
    let op = session.recording.op(event);
    match Op::from_number(op) {
        Some(Op::Return) => "recorded that the call returns".to_owned(),
        Some(Op::Leave) => "recorded that the function returns".to_owned(),
        Some(Op::Enter) => match session.recording.entered(event) {
            Ok((call, group, _)) => {
                format!(
                    "recorded that the {} of functions {group} is called",
                    signature(call).map_or("", |s| s.name)
                )
            }
            Err(_) => String::new(),
        },
        _ => {
            format!("recorded a call of {}", FUNCTIONS.get((op - FIRST_CALL) as usize).map_or("", |f| f.name))
        }
    }
}

/// Whether what comes next is that this function is called.
pub(super) fn next_is_enter(session: &'static Session, call: Call, group: u64) -> Found {
    let Some(event) = next(session) else {
        let last = session.recording.events.len().saturating_sub(1) as u32;
        return Found::Other(last, "the recording ends".to_owned());
    };
    if session.recording.op(event) == Op::Enter as u64 {
        if let Ok((found, number, _)) = session.recording.entered(event) {
            if (found, number) == (call, group) {
                advance(session);
                return Found::It(event);
            }
        }
    }
    Found::Other(event, described(session, event))
}

/// Does what the recorded function did, and gives what it gave.
pub(super) fn body(session: &'static Session, call: Call, words: &[u64]) -> u64 {
    let Some(event) = play(session) else {
        lock(&session.report).notes.push("the recording ends within a function of the host".to_owned());
        let code = i32::from(!lock(&session.report).divergences.is_empty());
        session.give_up(code)
    };
    let (Ok((result, outs)), Some(signature)) = (session.recording.left(event, call), signature(call)) else {
        return 0;
    };
    for (at, (_, kind)) in signature.params.iter().enumerate() {
        if let (Kind::InOut(Kind::I32), Value::Number(number)) = (kind, &outs[at]) {
            // SAFETY: the library's variable.
            unsafe { *(words[at] as *mut i32) = *number as i32 };
        }
    }
    match signature.result {
        Kind::Val => session.world().value(result.number()),
        _ => result.number(),
    }
}

/// The same for one that came when there was cause.
pub(super) fn apart(session: &'static Session, events: &'static [u32], call: Call, words: &[u64]) -> u64 {
    PLAYER.with_borrow_mut(|player| {
        if player.streams.is_empty() {
            // A thread of the library's, which has no part of its own.
            player.streams.push(Stream { events: &[], at: 0 });
        }
        player.streams.push(Stream { events, at: 0 });
    });
    let result = body(session, call, words);
    PLAYER.with_borrow_mut(|player| player.streams.pop());
    result
}

/// Goes on to the end of the function of the host that runs, or of the stream.
fn play(session: &'static Session) -> Option<u32> {
    loop {
        let event = next(session)?;
        advance(session);
        match Op::from_number(session.recording.op(event)) {
            Some(Op::Leave) => return Some(event),
            Some(Op::Enter) => skip(session, event),
            Some(_) => {}
            None => perform(session, event),
        }
    }
}

/// A function of the host was called then, and is not now: what it did is not done.
fn skip(session: &'static Session, event: u32) {
    session.diverged(event, &format!("{}, and it is not now", described(session, event)));
    let mut depth = 1;
    while depth > 0 {
        let Some(event) = peek(session) else { return };
        match Op::from_number(session.recording.op(event)) {
            Some(Op::Enter) => depth += 1,
            Some(Op::Leave) => depth -= 1,
            _ => {}
        }
        advance(session);
    }
}

/// Makes a call.
fn perform(session: &'static Session, event: u32) {
    let (n, mut values) = match session.recording.call(event) {
        Ok(call) => call,
        Err(damaged) => session.fatal(event, &damaged.to_string()),
    };
    session.calls.fetch_add(1, Ordering::Relaxed);
    session.now.store(event.into(), Ordering::Relaxed);
    // What fails, with an unknown manager or a limit that is too small, is to fail again.
    if n == known::HEAP_NEW && succeeded(session, n, &values) {
        adapt(session, &mut values[0]);
    }
    let name = FUNCTIONS[n].name;
    let built = session.world().build(session, n, &values);
    let built = match built {
        Ok(built) => built,
        Err(what) => session.fatal(event, &format!("{name}: {what}")),
    };
    before(session, event, n, &values, &built);
    // SAFETY: what it points to is there, and names are those of this run.
    let result = unsafe { session.library.call(n, &built.words) };
    let returned = loop {
        let Some(event) = next(session) else { break None };
        match Op::from_number(session.recording.op(event)) {
            Some(Op::Return) => {
                advance(session);
                break Some(event);
            }
            Some(Op::Enter) => {
                advance(session);
                skip(session, event);
            }
            _ => break None,
        }
    };
    let Some(event) = returned else {
        lock(&session.report).notes.push(format!("the recording ends within {name}, which returns here"));
        return;
    };
    match session.recording.returned(event, n, &values) {
        Ok(recorded) => after(session, event, n, &values, &built, &recorded, result),
        Err(damaged) => session.fatal(event, &damaged.to_string()),
    }
}

/// Whether a call is recorded to have succeeded, if nothing was called back meanwhile.
fn succeeded(session: &'static Session, n: usize, values: &[Value]) -> bool {
    let Some(event) = next(session) else { return false };
    let returned = session.recording.op(event) == Op::Return as u64;
    let result = session.recording.returned(event, n, values).map(|(result, _)| result.number());
    returned && result.is_ok_and(|result| success(FUNCTIONS[n].result, result).is_some())
}

/// What a call needs.
fn before(session: &'static Session, event: u32, n: usize, values: &[Value], built: &Built) {
    match n {
        known::SLOT_GET | known::SLOT_SET => {
            let cell = match values[2] {
                Value::Cell(at) => at,
                _ => return,
            };
            let is_new = session.world().cells.get(&cell).is_some_and(|cell| cell.owner == 0);
            if is_new && succeeded(session, n, values) {
                let owner = owner(session, built.words[0], built.words[1]);
                session.world().own_cell(cell, owner);
            }
        }
        known::HEAP_FREE if session.options.verify => {
            let context = {
                let world = session.world();
                let context = world.contexts.get(&values[0].number()).copied();
                context.and_then(|context| world.objects.get(&context).copied())
            };
            if let Some(context) = context {
                verify(session, event, context);
            }
        }
        known::BUF_CLOSE => {
            if let Value::Structs(_, all) = &values[1] {
                let id = all[0].last().map_or(0, Value::number);
                session.world().buffers.remove(&id);
            }
        }
        _ => {}
    }
}

fn verify(session: &Session, event: u32, context: u64) {
    // SAFETY: a context whose heap is not freed.
    if unsafe { session.library.call(known::VERIFY, &[context]) } as i32 == -14 {
        session.diverged(event, "the heap is not sound; the standard error stream says why");
    }
}

/// The payload of an object whose type has a trace function; 0 if it is none.
fn owner(session: &Session, context: u64, object: u64) -> usize {
    let types: Vec<u64> = {
        let world = session.world();
        world.types.iter().filter(|(_, found)| found.is_traced).map(|(id, _)| *id).collect()
    };
    // SAFETY: the call that follows is made with this context, too.
    let had_error = unsafe { session.library.call(known::PENDING, &[context]) } as i32 == 1;
    for id in types {
        // SAFETY: as above; which values and types are good, the library sees.
        let payload = unsafe { session.library.call(known::PAYLOAD, &[context, object, id]) };
        if payload != 0 {
            return payload as usize;
        }
        if !had_error {
            // SAFETY: as above.
            unsafe { session.library.call(known::ERR_CLEAR, &[context]) };
        }
    }
    0
}

#[allow(clippy::too_many_arguments)] // all that is known of a call
fn after(
    session: &'static Session,
    event: u32,
    n: usize,
    values: &[Value],
    built: &Built,
    recorded: &(Value, Vec<Value>),
    result: u64,
) {
    let name = FUNCTIONS[n].name;
    let same = session.is_same();
    let differences = session.world().compare(&session.recording, n, recorded, built, result, same);
    for difference in differences {
        session.diverged(event, &format!("{name}: {difference}"));
    }
    let good = success(FUNCTIONS[n].result, result).is_some();
    let mut stats = None;
    if n == known::STATS && good && recorded.1[1] != Value::Null {
        let (then, now) = (Stats::recorded(&recorded.1[1]), Stats::now(built.words[1]));
        let exact = same && !session.recording.is_timed;
        for difference in then.compare(&now, exact, same || !session.recording.frees) {
            session.diverged(event, &format!("{name}: {difference}"));
        }
        stats = Some((then, now));
    }
    let before = PLAYER.with_borrow_mut(|player| std::mem::replace(&mut player.stats, stats));
    if good {
        if let (known::HEAP_FREE, Some(stats)) = (n, before) {
            lock(&session.report).stats.push(stats);
        }
        learn(session, n, values, built, recorded, result);
        if n == known::COLLECT && session.options.verify {
            verify(session, event, built.words[0]);
        }
    }
}

/// What a call that has succeeded tells of what there is.
fn learn(
    session: &'static Session,
    n: usize,
    values: &[Value],
    built: &Built,
    (result, outs): &(Value, Vec<Value>),
    now: u64,
) {
    let mut world = session.world();
    // SAFETY: variables that `Built` made, and that were written.
    let read = |at: usize| unsafe { *(built.words[at] as *const u64) };
    match n {
        known::ATTACH => {
            world.contexts.insert(values[0].number(), outs[1].number());
        }
        known::HEAP_FREE => world.end_heap(values[0].number()),
        known::TYPE_NEW => {
            if let Value::Structs(_, all) = &values[1] {
                let of = STRUCTS.iter().find(|known| known.name == "tpn_typespec");
                let field = |name: &str| {
                    let at = of.and_then(|of| of.fields.iter().position(|(known, _)| *known == name));
                    at.and_then(|at| all[0].get(at)).map_or(0, Value::number)
                };
                let made = Type { size: field("payload_size") as usize, is_traced: field("trace") != 0 };
                world.types.insert(read(2) & u64::from(u32::MAX), made);
            }
        }
        known::NEW | known::NEW_TAIL => {
            let size = world.types.get(&built.words[1]).map_or(0, |known| known.size);
            let start = size.next_multiple_of(8);
            let tail = n == known::NEW_TAIL;
            let whole = if tail { start + built.words[2] as usize * 8 } else { size };
            let at = if tail { 3 } else { 2 };
            match (&outs[at], outs.get(4)) {
                (Value::Number(number), _) => {
                    world.bind_payload(*number, read(at) as usize, Some(whole));
                }
                (_, Some(Value::InPayload(number, _))) => {
                    world.bind_payload(*number, read(4) as usize - start, Some(whole));
                }
                _ => {}
            }
        }
        known::PAYLOAD => {
            let size = world.types.get(&built.words[2]).map_or(0, |known| known.size);
            let known = world.payloads.get(&result.number()).filter(|known| known.base == now as usize);
            if known.is_none_or(|known| known.size < size) {
                world.bind_payload(result.number(), now as usize, Some(size));
            }
        }
        known::BUF_OPEN => {
            if let Value::List(fields) = &outs[3] {
                let word = |at: u64| {
                    // SAFETY: a buffer that was opened, which is as long.
                    unsafe { *((built.words[3] + at) as *const u64) }
                };
                let is_written = built.words[2] & 1 != 0;
                let len = if is_written { word(16) as usize } else { 0 };
                let id = fields.last().map_or(0, Value::number);
                world.buffers.insert(id, Bytes { at: word(8) as usize, len, context: values[0].number() });
            }
        }
        known::REMOTE_NEW | known::REMOTE_DUP if now != 0 => {
            *world.remotes.entry(result.number()).or_insert(0) += 1;
        }
        known::REMOTE_FREE => {
            let number = values[0].number();
            let left = world.remotes.get(&number).copied().unwrap_or(0).saturating_sub(1);
            world.remotes.insert(number, left);
            if left == 0 {
                world.objects.remove(&number);
            }
        }
        _ => {}
    }
}

/// What the options want of a heap: another manager, stress. What scripts print comes here, if it went to the program's own streams.
fn adapt(session: &'static Session, config: &mut Value) {
    let Some(of) = STRUCTS.iter().find(|known| known.name == "tpn_config") else { return };
    let field = |name: &str| of.fields.iter().position(|(known, _)| *known == name).unwrap_or(0);
    if *config == Value::Null {
        *config = Value::Structs(0, vec![vec![]]);
    }
    let Value::Structs(size, all) = config else { return };
    let fields = &mut all[0];
    let is_default = fields.is_empty();
    for (_, kind) in &of.fields[fields.len()..] {
        let is_pointer =
            matches!(kind, Kind::Text(_) | Kind::Struct(_) | Kind::Structs(..) | Kind::Items(..));
        fields.push(if is_pointer { Value::Null } else { Value::Number(0) });
    }
    *size = of.size as u64;
    if is_default {
        fields[field("abi")] = Value::Number(ABI.into());
    }
    let options = &session.options;
    let named = match &fields[field("manager")] {
        Value::Text(place) => session.recording.text(place).to_vec(),
        _ => Vec::new(),
    };
    if let Some(manager) = &options.manager {
        if manager.as_bytes() != named {
            session.same.store(false, Ordering::Relaxed);
        }
        fields[field("manager")] = Value::Own(manager.clone().into_bytes());
    }
    let mut more = Vec::new();
    if options.zeal > 0 {
        session.same.store(false, Ordering::Relaxed);
        more = vec![("zeal.collect_every", options.zeal), ("zeal.verify", 1), ("zeal.poison", 1)];
    } else if options.verify {
        more = vec![("zeal.verify", 1)];
    }
    if !more.is_empty() {
        let mut opts = match std::mem::replace(&mut fields[field("opts")], Value::Null) {
            Value::Structs(_, opts) => opts,
            _ => Vec::new(),
        };
        opts.extend(more.into_iter().map(|(key, value)| vec![Value::Own(key.into()), Value::Number(value)]));
        fields[field("n_opts")] = Value::Number(opts.len() as u64);
        fields[field("opts")] = Value::Structs(16, opts);
    }
    if fields[field("log")].number() == 0 {
        fields[field("log")] = Value::Number(1);
        fields[field("log_ud")] = Value::Number(OURS + 1);
    }
}
