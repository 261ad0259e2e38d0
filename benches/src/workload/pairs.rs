//! w7, objects that die at once; mem, bytes for each object that stays.

use super::{array, set_item};
use crate::objects::pair;
use taipan_gc::{Cx, Handle, Local, Value};

/// Allocate and drop.
pub(super) fn w7(cx: &mut Cx<'_>, n: u64) -> u64 {
    let (x, y) = (cx.root(pair(cx, None, None)), cx.root(pair(cx, None, None)));
    let mut sum = 0;
    for i in 0..n {
        let (left, right) = (x.get(cx), y.get(cx));
        let fresh = pair(cx, Some(left), Some(right));
        sum += fresh.right.get(cx).is_some_and(|r| r.is(right)) as u64;
        if i % 64 == 63 {
            cx.poll();
        }
    }
    sum
}

/// Bytes per object.
pub(super) fn mem(cx: &mut Cx<'_>, n: u64) -> u64 {
    let n = n as usize;
    let all = array(cx, "objects", n);
    touch(cx, all, n);
    let first = cx.root(pair(cx, None, None));
    cx.poll();
    let before = resident();
    for i in 0..n {
        let fresh = pair(cx, Some(first.get(cx)), Some(first.get(cx)));
        set_item(cx, all.get(cx), i as u32, fresh);
    }
    println!("MEM bytes_per_obj={:.1}", (resident() as f64 - before as f64) / n as f64);
    immediates(cx, n);
    (0..n).filter(|&i| cx.value_at(all.get(cx), i).is_some()).count() as u64
}

/// Bytes per integer and per float, stored as the objects were: besides the slot that holds them, nothing.
fn immediates(cx: &mut Cx<'_>, n: usize) {
    let all = array(cx, "numbers", n);
    touch(cx, all, n);
    let fill = |name: &str, number: &dyn Fn(usize) -> Option<Value>| {
        let before = resident();
        for i in 0..n {
            cx.put_value(all.get(cx), i, number(i).and_then(Local::immediate));
        }
        println!("MEM bytes_per_{name}={:.1}", (resident() as f64 - before as f64) / n as f64);
    };
    fill("int", &|i| Value::int(i as i64 * 1_000_003));
    fill("float", &|i| Some(Value::float(i as f64 * 0.1)));
}

/// Makes an array resident: only what comes into it later is to be measured.
fn touch(cx: &Cx<'_>, array: Handle<'_>, n: usize) {
    for i in 0..n {
        cx.put_value(array.get(cx), i, None);
    }
}

/// Resident bytes of this process.
fn resident() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    statm.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok()).unwrap_or(0) * 4096
}
