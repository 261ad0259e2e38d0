//! w5: a ring buffer of messages; each push is timed, and the longest are told.

use crate::objects::must;
use std::time::Instant;
use taipan_gc::{Cx, Local, Object, SlotVec};

/// Messages in the buffer.
const LIVE: usize = 200_000;
/// Bytes of a message.
const BYTES: usize = 1024;

#[derive(Object, Debug)]
struct Buffer {
    messages: SlotVec<Message>,
}

#[derive(Object, Debug)]
struct Message {
    bytes: [u8; BYTES],
}

/// A queue of messages.
pub(super) fn w5(cx: &mut Cx<'_>, n: u64) -> u64 {
    let buffer = cx.root(must(cx.alloc(BufferInit {})));
    // Every page is touched before the clock runs.
    let mut times = vec![1u32; n as usize];
    let start = Instant::now();
    let (mut last, mut at) = (start, 0);
    for (i, time) in times.iter_mut().enumerate() {
        push(cx, buffer.get(cx), at, i as u8);
        at = if at + 1 == LIVE { 0 } else { at + 1 };
        cx.poll();
        let now = Instant::now();
        *time = u32::try_from((now - last).as_nanos()).unwrap_or(u32::MAX);
        last = now;
    }
    tell(&mut times, (last - start).as_secs_f64());
    let messages = &buffer.get(cx).messages;
    (0..LIVE).filter_map(|i| messages.get(cx, i)).map(|message| message.bytes[BYTES / 2] as u64).sum()
}

/// Puts a message at `at`: over the oldest, once the buffer is full.
fn push(cx: &Cx<'_>, buffer: Local<'_, Buffer>, at: usize, byte: u8) {
    let fresh = must(cx.alloc(MessageInit { bytes: [byte; BYTES] }));
    if !buffer.set_at(cx, Buffer::messages, at, fresh) {
        must(buffer.push(cx, Buffer::messages, fresh));
    }
}

/// Prints the distribution of the pushes' times, which are in nanoseconds.
fn tell(times: &mut [u32], seconds: f64) {
    times.sort_unstable();
    let at = |index: usize| times.get(index).map_or(0, |&ns| ns);
    let part = |part: f64| at((times.len() as f64 * part) as usize) as f64 / 1e3;
    println!(
        "PAUSE max_us={:.1} p9999_us={:.1} p999_us={:.1} p50_ns={} push_per_s={:.0}",
        at(times.len().saturating_sub(1)) as f64 / 1e3,
        part(0.9999),
        part(0.999),
        at(times.len() / 2),
        times.len() as f64 / seconds
    );
}
