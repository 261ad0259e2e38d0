#!/usr/bin/env bash
# Collections under stress: random graphs beside a model, under every manager that collects, until so many collections have been seen.
#
#   tests/zeal.sh                 ten million
#   tests/zeal.sh 200000          as many as .ci/run does
#   tests/zeal.sh 1 --from 1234   one seed again; other arguments are those of the program `zeal`
set -euo pipefail
cd "$(dirname "$0")/.."

count=(--count 10000000)
case "${1:-}" in
    '' | -*) ;;
    *)
        count=(--count "$1")
        shift
        ;;
esac
cargo build --release --quiet -p taipan-tests --bin zeal
exec "${CARGO_TARGET_DIR:-target}/release/zeal" "${count[@]}" "$@"
