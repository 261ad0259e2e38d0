#!/usr/bin/env bash
# Collections under stress: random graphs beside a model, under every manager that collects, until so many collections have been seen.
#
#   tests/zeal.sh                         ten million
#   tests/zeal.sh --count 200000          as many as .ci/run does
#   tests/zeal.sh --from 1234 --count 1   one seed again
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --release --quiet -p taipan-tests --bin zeal
exec "${CARGO_TARGET_DIR:-target}/release/zeal" "$@"
