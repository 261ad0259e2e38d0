//! Criterion benches of the virtual machine: dispatch (an integer and a float loop), call, attribute, method call and new instance, under
//! every manager. Quick on purpose: they show order of magnitude; `callgrind.sh` shows regressions.

use criterion::{criterion_group, criterion_main, Criterion, Throughput};
use std::hint::black_box;
use std::time::Duration;
use taipan_benches::kernels;

/// Steps of a kernel in one call: enough that parsing the call does not show.
const STEPS: u64 = 20_000;

fn vm(c: &mut Criterion) {
    let call = format!("kernel({STEPS})");
    for (name, source) in kernels::VM {
        let mut group = c.benchmark_group(*name);
        group.throughput(Throughput::Elements(STEPS));
        group
            .sample_size(10)
            .warm_up_time(Duration::from_millis(100))
            .measurement_time(Duration::from_millis(300));
        for factory in taipan_tests::managers() {
            let manager = factory().facts().name;
            let mut python = match kernels::interpreter(manager, source) {
                Ok(python) => python,
                Err(message) => panic!("{message}"),
            };
            group.bench_function(manager, |b| {
                b.iter(|| match python.eval(&call) {
                    Ok(result) => black_box(result),
                    Err(failure) => panic!("{failure}"),
                });
            });
        }
        group.finish();
    }
}

criterion_group!(benches, vm);
criterion_main!(benches);
