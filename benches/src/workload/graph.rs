//! w6: a graph whose order in memory is not that of its edges, and full collections of it.

use super::{array, item, set_item};
use crate::objects::{must, Vertex, VertexInit};
use crate::Random;
use std::time::Instant;
use taipan_gc::{CollectKind, Cx, Handle};

/// Full collections.
const TIMES: usize = 5;

/// A shuffled graph, and full collections of it.
pub(super) fn w6(cx: &mut Cx<'_>, n: u64) -> u64 {
    let n = n as u32;
    let mut random = Random(42);
    let mut order: Vec<u32> = (0..n).collect();
    for i in (1..n).rev() {
        order.swap(i as usize, random.below(i + 1) as usize);
    }
    let graph = array(cx, "vertices", n as usize);
    for (done, &id) in order.iter().enumerate() {
        let fresh = must(cx.alloc(VertexInit { a: None, b: None, c: None, id: id as u64 }));
        set_item(cx, graph.get(cx), id, fresh);
        if done % 4096 == 0 {
            cx.poll();
        }
    }
    drop(order);
    connect(cx, graph, n, &mut random);
    for _ in 0..TIMES {
        let start = Instant::now();
        cx.collect(CollectKind::Full);
        let ms = start.elapsed().as_secs_f64() * 1e3;
        println!("FULLGC ms={ms:.1} ns_per_obj={:.1}", ms * 1e6 / n as f64);
    }
    let graph = graph.get(cx);
    let neighbour = |i| item::<Vertex>(cx, graph, i)?.a.get(cx);
    (0..n).filter_map(neighbour).map(|a| a.id).sum()
}

fn connect(cx: &Cx<'_>, graph: Handle<'_>, n: u32, random: &mut Random) {
    let graph = graph.get(cx);
    let vertex = |i: u32| item::<Vertex>(cx, graph, i);
    for i in 0..n {
        let Some(from) = vertex(i) else { continue };
        from.put(cx, Vertex::a, vertex(random.below(n)));
        from.put(cx, Vertex::b, vertex(random.below(n)));
        let third = if random.bits() >> 31 != 0 { vertex(random.below(n)) } else { None };
        from.put(cx, Vertex::c, third);
    }
}
