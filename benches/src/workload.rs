//! The peers' workloads w1, w6, w7 and mem, on our heap. The peers' bench.c is the definition: same work, same checksum.
//!
//! Where a counting peer frees at once, we poll: after every tree (w1), after every 64th object (w7).

use crate::objects::{check, make, must, pair, Vertex, VertexInit};
use crate::Random;
use std::time::Instant;
use taipan_gc::{CollectKind, Cx, Handle, Local, Tail, Value};

/// Binary trees.
pub fn w1(cx: &mut Cx<'_>, depth: u32) -> u64 {
    let mut sum = check(cx, make(cx, depth + 1));
    cx.poll();
    let long_lived = cx.root(make(cx, depth));
    for d in (4..=depth).step_by(2) {
        for _ in 0..1u32 << (depth - d + 4) {
            sum += check(cx, make(cx, d));
            cx.poll();
        }
    }
    sum + check(cx, long_lived.get(cx))
}

/// A shuffled graph, and five full collections.
pub fn w6(cx: &mut Cx<'_>, n: u32) -> u64 {
    let mut random = Random(42);
    let mut order: Vec<u32> = (0..n).collect();
    for i in (1..n).rev() {
        order.swap(i as usize, random.below(i + 1) as usize);
    }
    let values = must(cx.tail_shape("vertices", Tail::Values));
    let graph = cx.root(must(cx.alloc_values(values, n as usize)));
    for (done, &id) in order.iter().enumerate() {
        let fresh = must(cx.alloc(VertexInit { a: None, b: None, c: None, id: id as u64 }));
        cx.put_value(graph.get(cx), id as usize, Some(fresh.any()));
        if done % 4096 == 0 {
            cx.poll();
        }
    }
    drop(order);
    connect(cx, graph, n, &mut random);
    for _ in 0..5 {
        let start = Instant::now();
        cx.collect(CollectKind::Full);
        let ms = start.elapsed().as_secs_f64() * 1e3;
        println!("FULLGC ms={ms:.1} ns_per_obj={:.1}", ms * 1e6 / n as f64);
    }
    let graph = graph.get(cx);
    let vertex = |i| cx.value_at(graph, i)?.downcast::<Vertex>(cx)?.a.get(cx);
    (0..n as usize).filter_map(vertex).map(|a| a.id).sum()
}

fn connect(cx: &Cx<'_>, graph: Handle<'_>, n: u32, random: &mut Random) {
    let graph = graph.get(cx);
    let vertex = |i: u32| cx.value_at(graph, i as usize).and_then(|v| v.downcast::<Vertex>(cx));
    for i in 0..n {
        let Some(from) = vertex(i) else { continue };
        from.put(cx, Vertex::a, vertex(random.below(n)));
        from.put(cx, Vertex::b, vertex(random.below(n)));
        let third = if random.bits() >> 31 != 0 { vertex(random.below(n)) } else { None };
        from.put(cx, Vertex::c, third);
    }
}

/// Allocate and drop.
pub fn w7(cx: &mut Cx<'_>, n: u64) -> u64 {
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
pub fn mem(cx: &mut Cx<'_>, n: usize) -> u64 {
    let values = must(cx.tail_shape("objects", Tail::Values));
    let all = cx.root(must(cx.alloc_values(values, n)));
    touch(cx, all, n);
    let first = cx.root(pair(cx, None, None));
    cx.poll();
    let before = resident();
    for i in 0..n {
        let fresh = pair(cx, Some(first.get(cx)), Some(first.get(cx)));
        cx.put_value(all.get(cx), i, Some(fresh.any()));
    }
    println!("MEM bytes_per_obj={:.1}", (resident() as f64 - before as f64) / n as f64);
    immediates(cx, n);
    (0..n).filter(|&i| cx.value_at(all.get(cx), i).is_some()).count() as u64
}

/// Bytes per integer and per float, stored as the objects were: besides the slot that holds them, nothing.
fn immediates(cx: &mut Cx<'_>, n: usize) {
    let values = must(cx.tail_shape("numbers", Tail::Values));
    let all = cx.root(must(cx.alloc_values(values, n)));
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
