#!/usr/bin/env bash
# Explores the protocols between threads with loom, and proves that the models catch the seeded faults. Prints how many executions each
# model took. Builds into a target directory of its own, because everything is compiled with --cfg loom.
set -euo pipefail
cd "$(dirname "$0")/.."
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-target}/loom"
export RUSTFLAGS="${RUSTFLAGS:-} --cfg loom"
cargo test -q -p taipan-gc --test loom -- --nocapture --test-threads=1
