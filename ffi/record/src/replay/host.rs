//! The functions of the host, as the library gets them from a replay: each does what was recorded of it.
//!
//! A native or a loader must be the next that was recorded. The others come when the library has cause, and do what was recorded for that cause: for this
//! object's end, for this task. Trace functions show the slots that the host has used with the object.

use super::player::{self, Found};
use super::{lock, Session};
use crate::kinds::Call;
use crate::known;
use crate::recorder::callbacks::given;
use crate::recording::Cause;
use crate::tables::signature;
use std::sync::atomic::Ordering;

/// Functions that were given together.
pub(super) struct Group {
    pub(super) session: &'static Session,
    pub(super) number: u64,
}

impl std::fmt::Debug for Group {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "functions {}", self.number)
    }
}

/// The number of functions that no host gave.
pub(super) const OURS: u64 = u64::MAX - 1;
/// `TPN_NONE`, which a native gives of which nothing was recorded.
const NONE: u64 = 6;

/// What the library gets for a function.
pub(super) fn trampoline(call: Call) -> u64 {
    let function = match call {
        Call::Native => native as *const (),
        Call::Loader => loader as *const (),
        Call::Task => task as *const (),
        Call::Died => died as *const (),
        Call::Finalize => finalize as *const (),
        Call::UdFree => ud_free as *const (),
        Call::Free => free as *const (),
        Call::Log => log as *const (),
        Call::Pressure => pressure as *const (),
        Call::Event => event as *const (),
        Call::Trace => trace as *const (),
        Call::Alloc => alloc as *const (),
        Call::Dealloc => dealloc as *const (),
    };
    function as u64
}

/// A function that comes where it was recorded.
fn ordered(group: &Group, call: Call, words: &[u64]) -> u64 {
    let session = group.session;
    session.callbacks.fetch_add(1, Ordering::Relaxed);
    let event = match player::next_is_enter(session, call, group.number) {
        Found::It(event) => event,
        Found::Other(event, what) => {
            let name = signature(call).map_or("", |s| s.name);
            session
                .diverged(event, &format!("{what}, now the {name} of functions {} is called", group.number));
            return if call == Call::Loader { 0 } else { NONE };
        }
    };
    bind(session, event, words);
    player::body(session, call, words)
}

/// The arguments of a function are those that were recorded.
fn bind(session: &Session, event: u32, words: &[u64]) {
    let Ok((call, _, values)) = session.recording.entered(event) else { return };
    let differences = session.world().bind_arguments(&session.recording, call, &values, words);
    // Some come at other times, and then with other numbers.
    for difference in differences.iter().filter(|_| call.is_ordered()) {
        session.diverged(event, &format!("an argument of a function of the host: {difference}"));
    }
}

/// A function that comes when there is cause: does what was recorded for that, if anything was.
fn caused(group: &Group, call: Call, words: &[u64]) -> Option<u64> {
    let session = group.session;
    session.callbacks.fetch_add(1, Ordering::Relaxed);
    let payload = match call {
        Call::Finalize => session.world().numbers.get(&(words[0] as usize)).copied().unwrap_or(0),
        _ => 0,
    };
    let is_unknown = payload == 0 && call == Call::Finalize;
    let payload = if is_unknown { unknown(session, call, group.number)? } else { payload };
    repeat(session, (call, group.number, payload), words)
}

/// Does what was recorded for a cause, and was not done yet.
fn repeat(session: &'static Session, cause: Cause, words: &[u64]) -> Option<u64> {
    let bodies = session.recording.causes.get(&cause)?;
    let nth = {
        let mut world = session.world();
        let used = world.used.entry(cause).or_insert(0);
        *used += 1;
        *used - 1
    };
    Some(run(session, *bodies.get(nth)?, cause.0, words))
}

/// Does what a function did.
fn run(session: &'static Session, body: u32, call: Call, words: &[u64]) -> u64 {
    let body = &session.recording.bodies[body as usize];
    bind(session, body.enter, words);
    player::apart(session, &body.events, call, words)
}

/// For an object whose payload the host has never asked for: another such, whose finalizer has done something.
fn unknown(session: &Session, call: Call, group: u64) -> Option<u64> {
    let world = session.world();
    let all = session.recording.active.get(&(call, group))?;
    all.iter()
        .copied()
        .find(|payload| !world.known.contains(payload) && !world.used.contains_key(&(call, group, *payload)))
}

unsafe extern "C" fn native(ctx: u64, group: &Group, receiver: u64, argc: i32, argv: u64) -> u64 {
    ordered(group, Call::Native, &[ctx, 0, receiver, i64::from(argc) as u64, argv])
}

unsafe extern "C" fn loader(ctx: u64, group: &Group, name: u64, is_package: u64) -> u64 {
    ordered(group, Call::Loader, &[ctx, 0, name, is_package])
}

unsafe extern "C" fn task(ctx: u64, group: &Group) {
    caused(group, Call::Task, &[ctx, 0]);
}

unsafe extern "C" fn died(ctx: u64, reference: u64, group: &Group) {
    caused(group, Call::Died, &[ctx, reference, 0]);
}

unsafe extern "C" fn finalize(payload: u64, fin: u64, group: &Group) {
    caused(group, Call::Finalize, &[payload, fin, 0]);
    group.session.world().end_payload(payload as usize);
}

unsafe extern "C" fn ud_free(group: &Group) {
    caused(group, Call::UdFree, &[]);
}

unsafe extern "C" fn free(group: &Group) {
    caused(group, Call::Free, &[0]);
}

unsafe extern "C" fn log(group: &Group, level: i32, text: u64, len: u64) {
    let session = group.session;
    if group.number != OURS {
        caused(group, Call::Log, &[0, i64::from(level) as u64, text, len]);
    }
    if session.options.output {
        use std::io::Write;
        // SAFETY: the library hands on text of this length.
        let text = unsafe { std::slice::from_raw_parts(text as *const u8, len as usize) };
        let _turn = lock(&session.report);
        // What can't be shown is not shown.
        let _ = match level {
            2 => std::io::stderr().write_all(text),
            _ => std::io::stdout().write_all(text),
        };
    }
}

unsafe extern "C" fn pressure(group: &Group, bytes: u64, limit: u64) -> u64 {
    let session = group.session;
    match caused(group, Call::Pressure, &[0, bytes, limit]) {
        Some(answer) => {
            session.world().last.insert(group.number, answer);
            answer
        }
        // As the last time.
        None => session.world().last.get(&group.number).copied().unwrap_or(0),
    }
}

unsafe extern "C" fn event(group: &Group, event: u64) {
    caused(group, Call::Event, &[0, event]);
}

/// Memory from the system, unless the host had none then.
unsafe extern "C" fn alloc(group: &Group, size: u64, align: u64) -> u64 {
    let answer = caused(group, Call::Alloc, &[0, size, align]).filter(|_| group.session.is_same());
    if answer == Some(given::NONE) {
        return 0;
    }
    let mut memory = std::ptr::null_mut();
    // SAFETY: a variable, and an alignment that is a power of two.
    let status = unsafe { libc::posix_memalign(&mut memory, align.max(8) as usize, size as usize + 1) };
    if status != 0 {
        return 0;
    }
    memory as u64 + u64::from(answer == Some(given::ODD))
}

unsafe extern "C" fn dealloc(group: &Group, memory: u64, size: u64, align: u64) {
    caused(group, Call::Dealloc, &[0, memory, size, align]);
    let odd = !memory.is_multiple_of(align.max(1));
    // SAFETY: it came from `alloc`, and the library gives it back.
    unsafe { libc::free((memory - u64::from(odd)) as *mut _) };
}

unsafe extern "C" fn trace(payload: u64, tracer: u64, group: &Group) {
    let session = group.session;
    let shown = session.world().shown.get(&(payload as usize)).cloned().unwrap_or_default();
    for slot in shown {
        // SAFETY: the library's tracer, and a slot that lives as long as the payload.
        unsafe { session.library.call(known::TRACE_SLOTS, &[tracer, slot as u64, 1]) };
    }
    // What is none of its business, and was done all the same in the call that is under way.
    let Some(all) = session.recording.active.get(&(Call::Trace, group.number)) else { return };
    let within = player::under_way(session);
    for number in all {
        let bodies = &session.recording.causes[&(Call::Trace, group.number, *number)];
        let here = |body: &&u32| within.contains(&session.recording.bodies[**body as usize].enter);
        let fresh = |body: &&u32| session.world().traced.insert(**body);
        if let Some(body) = bodies.iter().filter(here).find(fresh) {
            run(session, *body, Call::Trace, &[payload, tracer, 0]);
            return;
        }
    }
}
