#!/usr/bin/env bash
# Differential fuzzing: random programs under every memory manager, one in a hundred stressed, and under CPython 3.11 where there is one.
# Everything must print the same, and after collections the same objects must have been finalized.
#
#   tests/fuzz.sh                       10,000 programs, from seed 0
#   tests/fuzz.sh 1000000               a million
#   tests/fuzz.sh 1000000 --from 250000 a million more, from there on; other arguments are those of fuzz-programs
#   tests/fuzz.sh --seed 7 --shrink     what a failing seed is about
set -euo pipefail
cd "$(dirname "$0")/.."

count=(--count 10000)
case "${1:-}" in
    '' ) ;;
    -*) count=() ;;
    *)
        count=(--count "$1")
        shift
        ;;
esac
cargo build --release --quiet -p taipan-tests --bin fuzz-programs
exec "${CARGO_TARGET_DIR:-target}/release/fuzz-programs" --stress 100 "${count[@]}" "$@"
